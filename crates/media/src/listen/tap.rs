//! The last seconds of what was heard, sample by sample.

use std::collections::VecDeque;

use std::time::Duration;

use super::timeline::{UNITS_PER_SECOND, samples_of};
use crate::codec::SAMPLE_RATE;
use crate::resample::Conversion;

/// Keeps the newest samples at [`SAMPLE_RATE`]; what did not come is silence. Takes its memory when the
/// first audio comes.
#[derive(Debug)]
pub(crate) struct Tap {
    /// How many samples are kept, and of how many packets the lateness.
    kept: usize,
    packets_kept: usize,
    /// First sample on the timeline, counted in samples.
    start: u64,
    samples: VecDeque<i16>,
    /// Where the audio of the newest packets begins, and by how much it came later.
    lateness: VecDeque<(u64, u64)>,
    conversion: Conversion,
}

impl Tap {
    /// A tap that keeps so much audio; nothing at all for zero.
    pub(crate) fn new(kept: Duration) -> Self {
        let kept = usize::try_from(kept.as_millis()).unwrap_or(usize::MAX);
        Self {
            kept: kept.saturating_mul(SAMPLE_RATE as usize / 1000),
            packets_kept: kept / PACKET_MS,
            start: 0,
            samples: VecDeque::new(),
            lateness: VecDeque::new(),
            conversion: Conversion::default(),
        }
    }

    /// Adds audio of a rate that begins at `position` of the timeline and came at `arrived`; what
    /// overlaps earlier audio replaces it.
    pub(crate) fn push(&mut self, (position, arrived): (u64, u64), audio: &[i16], rate: u32) {
        if self.kept == 0 {
            return;
        }
        if self.lateness.capacity() == 0 {
            self.lateness.reserve_exact(self.packets_kept + 1);
            self.samples.reserve_exact(self.kept + LONGEST_PACKET);
        }
        self.lateness
            .push_back((position, arrived.saturating_sub(position)));
        if self.lateness.len() > self.packets_kept {
            self.lateness.pop_front();
        }
        let position = samples_of(position, SAMPLE_RATE);
        let mut conversion = std::mem::take(&mut self.conversion);
        conversion.set(rate, SAMPLE_RATE);
        self.keep(position, conversion.convert(audio));
        self.conversion = conversion;
    }

    /// By how much the packets came late whose audio begins between two positions: the middle of
    /// all values, as a time on the timeline. `None` if there are none.
    pub(crate) fn late(&self, from: u64, to: u64) -> Option<u64> {
        let between = self.lateness.iter();
        let mut late: Vec<u64> = between
            .filter(|(position, _)| (from..to).contains(position))
            .map(|(_, late)| *late)
            .collect();
        late.sort_unstable();
        late.get(late.len() / 2).copied()
    }

    fn keep(&mut self, position: u64, audio: &[i16]) {
        let end = self.start + self.samples.len() as u64;
        if self.samples.is_empty() || position > end + self.kept as u64 {
            self.samples.clear();
            self.start = position;
        }
        let skipped = self.start.saturating_sub(position).min(audio.len() as u64) as usize;
        let audio = &audio[skipped..];
        let begin = (position + skipped as u64 - self.start) as usize;
        if begin > self.samples.len() {
            self.samples.resize(begin, 0);
        }
        let over = (self.samples.len() - begin).min(audio.len());
        for (kept, new) in self.samples.range_mut(begin..begin + over).zip(audio) {
            *kept = *new;
        }
        self.samples.extend(&audio[over..]);
        let surplus = self.samples.len().saturating_sub(self.kept);
        self.samples.drain(..surplus);
        self.start += surplus as u64;
    }

    /// The samples from a position on, and the position of the first of them.
    pub(crate) fn since(&self, position: u64) -> (u64, Vec<i16>) {
        let skipped = samples_of(position, SAMPLE_RATE)
            .saturating_sub(self.start)
            .min(self.samples.len() as u64);
        let samples = self.samples.range(skipped as usize..).copied().collect();
        ((self.start + skipped) * UNITS, samples)
    }
}

/// Packets are counted as if each were so long.
const PACKET_MS: usize = 20;
/// 120 ms: more comes in one packet seldom, and then takes memory anew.
const LONGEST_PACKET: usize = 120 * SAMPLE_RATE as usize / 1000;
/// The timeline's measure of a sample.
const UNITS: u64 = (UNITS_PER_SECOND / SAMPLE_RATE) as u64;

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: usize = 20 * SAMPLE_RATE as usize;

    fn tap() -> Tap {
        Tap::new(Duration::from_secs(20))
    }

    /// Positions are counted in samples here.
    fn push(tap: &mut Tap, position: u64, arrived: u64, audio: &[i16]) {
        tap.push((position * UNITS, arrived * UNITS), audio, SAMPLE_RATE);
    }

    fn since(tap: &Tap, position: u64) -> (u64, Vec<i16>) {
        let (start, samples) = tap.since(position * UNITS);
        (start / UNITS, samples)
    }

    #[test]
    fn gaps_are_silence_and_overlaps_are_replaced() {
        let mut tap = tap();
        push(&mut tap, 100, 100, &[1; 10]);
        push(&mut tap, 115, 118, &[2; 5]);
        push(&mut tap, 118, 128, &[3; 4]);
        let expected = [
            1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 2, 2, 2, 3, 3, 3, 3,
        ];
        assert_eq!(since(&tap, 0), (100, expected.to_vec()));
        assert_eq!(since(&tap, 120), (120, vec![3, 3]));
        assert_eq!(since(&tap, 500), (122, vec![]));
        // What came before the first sample is cut off.
        push(&mut tap, 95, 95, &[9; 7]);
        assert_eq!(since(&tap, 0).1[..3], [9, 9, 1]);
        // Late by 0, 3 and 10.
        assert_eq!(tap.late(100 * UNITS, 119 * UNITS), Some(3 * UNITS));
        assert_eq!(tap.late(118 * UNITS, 119 * UNITS), Some(10 * UNITS));
        assert_eq!(tap.late(119 * UNITS, 500 * UNITS), None);
    }

    #[test]
    fn only_the_newest_samples_are_kept() {
        let mut tap = tap();
        for packet in 0..2000_u64 {
            push(&mut tap, packet * 160, packet * 160, &[packet as i16; 160]);
        }
        let (start, samples) = since(&tap, 0);
        assert_eq!((start, samples.len()), (160_000, KEPT));
        assert_eq!(samples[0], 1000);
        push(&mut tap, 10_000_000, 10_000_000, &[7; 160]);
        assert_eq!(since(&tap, 0), (10_000_000, vec![7; 160]));
    }

    #[test]
    fn no_time_keeps_nothing() {
        let mut tap = Tap::new(Duration::ZERO);
        push(&mut tap, 100, 100, &[1; 160]);
        assert_eq!(since(&tap, 0).1, Vec::<i16>::new());
        assert_eq!(tap.late(0, u64::MAX), None);
    }
}
