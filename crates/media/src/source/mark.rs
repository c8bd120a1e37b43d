//! Marks: tone pairs by which a listener knows who is speaking.

use super::tone::Tone;

/// A pair of tones that belongs to one phone.
///
/// The 120 pairs are the edges of a complete graph over 16 frequencies, in the
/// order of a round-robin tournament: eight marks that follow each other from a
/// multiple of eight share no frequency, so that up to eight phones can also be
/// told apart when they are mixed. The frequencies are multiples of 50 Hz
/// (whole periods in 20 ms), at least 100 Hz apart and 55 Hz or more from
/// those of DTMF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    index: u8,
}

impl Mark {
    /// How many different marks there are.
    pub const COUNT: usize = PLAYERS * (PLAYERS - 1) / 2;

    /// The mark with this index; from [`Self::COUNT`] on they begin again.
    pub fn nth(index: usize) -> Self {
        Self {
            index: (index % Self::COUNT) as u8,
        }
    }

    /// The index, below [`Self::COUNT`].
    pub fn index(self) -> usize {
        usize::from(self.index)
    }

    /// The two frequencies in Hz, the lower one first.
    pub fn frequencies_hz(self) -> [f32; 2] {
        let (round, table) = (self.index() / TABLES, self.index() % TABLES);
        // Circle method: the last player stays, the others turn.
        let others = PLAYERS - 1;
        let (left, right) = if table == 0 {
            (others, round)
        } else {
            ((round + table) % others, (round + others - table) % others)
        };
        let (left, right) = (FREQUENCIES_HZ[left], FREQUENCIES_HZ[right]);
        [left.min(right), left.max(right)].map(f32::from)
    }

    /// The tones as they are played.
    pub fn tones(self) -> [Tone; 2] {
        self.frequencies_hz()
            .map(|hz| Tone::new(hz).with_level(LEVEL_DBFS))
    }
}

const PLAYERS: usize = FREQUENCIES_HZ.len();
const TABLES: usize = PLAYERS / 2;
const _: () = assert!(PLAYERS.is_multiple_of(2) && Mark::COUNT <= u8::MAX as usize);

/// Level of each of the two tones.
const LEVEL_DBFS: f32 = -16.0;

const FREQUENCIES_HZ: [u16; 16] = [
    500, 600, 1050, 1150, 1400, 1700, 1850, 2000, 2200, 2350, 2500, 2650, 2800, 2950, 3100, 3250,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn key(mark: Mark) -> [u32; 2] {
        mark.frequencies_hz().map(|hz| hz as u32)
    }

    #[test]
    fn all_marks_differ() {
        let keys: HashSet<_> = (0..Mark::COUNT).map(|n| key(Mark::nth(n))).collect();
        assert_eq!(keys.len(), 120);
        assert_eq!(Mark::nth(Mark::COUNT), Mark::nth(0));
        assert!(keys.iter().all(|[low, high]| low < high));
    }

    #[test]
    fn eight_neighbours_share_no_frequency() {
        for start in (0..Mark::COUNT).step_by(8) {
            let frequencies: HashSet<_> =
                (start..start + 8).flat_map(|n| key(Mark::nth(n))).collect();
            assert_eq!(frequencies.len(), 16, "from {start}");
        }
    }

    #[test]
    fn frequencies_keep_away_from_dtmf_and_each_other() {
        for (index, hz) in FREQUENCIES_HZ.iter().enumerate() {
            for dtmf in [697, 770, 852, 941, 1209, 1336, 1477, 1633_u16] {
                assert!(hz.abs_diff(dtmf) >= 55, "{hz} {dtmf}");
            }
            for other in &FREQUENCIES_HZ[..index] {
                assert!(hz.abs_diff(*other) >= 100, "{hz} {other}");
            }
            assert_eq!(hz % 50, 0);
        }
    }
}
