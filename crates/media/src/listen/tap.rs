//! The last seconds of what was heard, sample by sample.

use std::collections::VecDeque;

use super::timeline::{UNITS_PER_SECOND, samples_of};
use crate::codec::SAMPLE_RATE;
use crate::resample::Resampler;

/// Keeps the newest [`KEPT`] samples at [`SAMPLE_RATE`]; what did not come is silence. Grows only as audio comes.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    /// First sample on the timeline, counted in samples.
    start: u64,
    samples: VecDeque<i16>,
    /// Where the audio of the newest packets begins, and by how much it came later.
    lateness: VecDeque<(u64, u64)>,
    /// For audio of another rate: that rate, and what brings it to ours.
    conversion: Option<(u32, Resampler)>,
    converted: Vec<i16>,
}

impl Tap {
    /// Adds audio of a rate that begins at `position` of the timeline and came at `arrived`; what
    /// overlaps earlier audio replaces it.
    pub(crate) fn push(&mut self, (position, arrived): (u64, u64), audio: &[i16], rate: u32) {
        self.lateness
            .push_back((position, arrived.saturating_sub(position)));
        if self.lateness.len() > PACKETS_KEPT {
            self.lateness.pop_front();
        }
        let position = samples_of(position, SAMPLE_RATE);
        if rate == SAMPLE_RATE {
            return self.keep(position, audio);
        }
        let mut converted = std::mem::take(&mut self.converted);
        converted.clear();
        let resampler = match &mut self.conversion {
            Some((from, resampler)) if *from == rate => resampler,
            conversion => {
                let resampler = Resampler::new(rate, SAMPLE_RATE);
                &mut conversion.insert((rate, resampler)).1
            }
        };
        resampler.process(audio, &mut converted);
        self.keep(position, &converted);
        self.converted = converted;
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
        if self.samples.is_empty() || position > end + KEPT as u64 {
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
        let surplus = self.samples.len().saturating_sub(KEPT);
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

/// 20 s: as much as a comparison with a file looks at.
const KEPT: usize = 20 * SAMPLE_RATE as usize;
/// The timeline's measure of a sample.
const UNITS: u64 = (UNITS_PER_SECOND / SAMPLE_RATE) as u64;
/// Packets of 20 s.
const PACKETS_KEPT: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut tap = Tap::default();
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
        let mut tap = Tap::default();
        for packet in 0..2000_u64 {
            push(&mut tap, packet * 160, packet * 160, &[packet as i16; 160]);
        }
        let (start, samples) = since(&tap, 0);
        assert_eq!((start, samples.len()), (160_000, KEPT));
        assert_eq!(samples[0], 1000);
        push(&mut tap, 10_000_000, 10_000_000, &[7; 160]);
        assert_eq!(since(&tap, 0), (10_000_000, vec![7; 160]));
    }
}
