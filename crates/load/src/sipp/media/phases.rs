//! When streams begin, so that their packets do not all leave at once.

/// The interval whose streams are spread: that of nearly all audio.
const INTERVAL_NS: u64 = 20_000_000;
/// The parts of an interval: a part is a tick of the media thread.
const PARTS: usize = (INTERVAL_NS / super::worker::TICK_NS) as usize;

/// How many streams send in which part of an interval.
#[derive(Debug)]
pub(super) struct Phases {
    counts: [u32; PARTS],
}

/// The part of the interval that a stream has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase(u8);

const _: () = assert!(PARTS <= u8::MAX as usize + 1);

impl Phases {
    pub(super) const fn new() -> Self {
        Self { counts: [0; PARTS] }
    }

    /// Where a stream begins that may begin now: in the part with the fewest streams, the soonest
    /// of those. One that finds no others begins at once; none waits for as long as an interval.
    pub(super) fn take(&mut self, interval_ns: u64, now_ns: u64) -> Option<(Phase, u64)> {
        if interval_ns != INTERVAL_NS {
            return None;
        }
        let part_ns = super::worker::TICK_NS;
        let first = (now_ns / part_ns) as usize % PARTS;
        let ahead = (0..PARTS).min_by_key(|ahead| self.counts[(first + ahead) % PARTS])?;
        let part = (first + ahead) % PARTS;
        self.counts[part] += 1;
        let begin_ns = match ahead {
            0 => now_ns,
            _ => (now_ns / part_ns + ahead as u64) * part_ns,
        };
        Some((Phase(part as u8), begin_ns))
    }

    /// A stream has ended.
    pub(super) fn give_back(&mut self, phase: Phase) {
        let count = &mut self.counts[usize::from(phase.0)];
        *count = count.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_that_begin_together_are_spread_evenly() {
        let mut phases = Phases::new();
        let now_ns = 1_234_567_890;
        let streams: Vec<_> = (0..PARTS * 3)
            .filter_map(|_| phases.take(INTERVAL_NS, now_ns))
            .collect();
        assert_eq!(streams[0].1, now_ns, "the first begins at once");
        assert!(phases.counts.iter().all(|count| *count == 3));
        let waits = streams.iter().map(|(_, begin_ns)| begin_ns - now_ns);
        assert!(waits.max() < Some(INTERVAL_NS));
        let (phase, _) = streams[7];
        phases.give_back(phase);
        let (again, begin_ns) = phases.take(INTERVAL_NS, now_ns).expect("20 ms");
        assert_eq!((again, begin_ns), streams[7]);
    }

    #[test]
    fn other_intervals_are_left_alone() {
        assert_eq!(Phases::new().take(30_000_000, 5), None);
    }
}
