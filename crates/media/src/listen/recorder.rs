//! A bounded recording of what was received.

use super::timeline::samples_of;
use crate::resample::Conversion;

/// Samples from a moment on; what did not come is filled in.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// First sample on the timeline, counted in samples of its rate.
    start: u64,
    rate: u32,
    samples: Vec<i16>,
    samples_max: usize,
    /// The last packet, to hide a short loss.
    last: Vec<i16>,
    conversion: Conversion,
}

impl Recorder {
    /// A recording at `rate` from this place of the timeline on.
    pub(crate) fn new(start: u64, rate: u32, samples_max: usize) -> Self {
        Self {
            start: samples_of(start, rate),
            rate,
            samples: Vec::new(),
            samples_max,
            last: Vec::new(),
            conversion: Conversion::default(),
        }
    }

    /// Samples per second.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// Adds audio of a rate that begins at `position` of the timeline. A gap before it of
    /// up to 80 ms repeats the last packet, a longer one is silence; what
    /// overlaps earlier audio replaces it.
    pub(crate) fn push(&mut self, position: u64, audio: &[i16], rate: u32) {
        let position = samples_of(position, self.rate);
        let mut conversion = std::mem::take(&mut self.conversion);
        conversion.set(rate, self.rate);
        self.add(position, conversion.convert(audio));
        self.conversion = conversion;
    }

    fn add(&mut self, position: u64, audio: &[i16]) {
        let skipped = self.start.saturating_sub(position) as usize;
        let audio = audio.get(skipped..).unwrap_or(&[]);
        let mut begin = position.saturating_sub(self.start) as usize;
        if begin.abs_diff(self.samples.len()) == 1 {
            // Where a packet begins is rounded at rates that the timeline is no multiple of.
            begin = self.samples.len();
        }
        if audio.is_empty() || begin >= self.samples_max {
            return;
        }
        let gap = begin.saturating_sub(self.samples.len());
        if (1..=self.rate as usize / CONCEALED_PART).contains(&gap) && !self.last.is_empty() {
            // Each repetition is quieter (half after 20 ms).
            let fill = self.last.iter().cycle().take(gap).enumerate();
            let length = self.last.len();
            self.samples
                .extend(fill.map(|(n, sample)| sample >> (n / length + 1).min(15)));
        } else {
            self.samples.resize(self.samples.len().max(begin), 0);
        }
        self.samples.truncate(begin);
        let room = self.samples_max - begin;
        self.samples.extend(&audio[..audio.len().min(room)]);
        self.last.clear();
        self.last.extend(audio);
    }

    pub(crate) fn samples(&self) -> &[i16] {
        &self.samples
    }
}

/// 80 ms, as a part of a second.
const CONCEALED_PART: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::timeline::UNITS_PER_SECOND;

    const UNITS: u64 = 6;

    #[test]
    fn gaps_are_filled_and_the_length_is_bounded() {
        let mut recorder = Recorder::new(100 * UNITS, 8000, 1000);
        let push = |recorder: &mut Recorder, position: u64, audio: &[i16]| {
            recorder.push(position * UNITS, audio, 8000);
        };
        push(&mut recorder, 0, &[7; 50]);
        assert_eq!(recorder.samples(), []);
        push(&mut recorder, 90, &[8; 20]);
        assert_eq!(recorder.samples(), [8; 10]);
        push(&mut recorder, 120, &[9; 10]);
        assert_eq!(
            recorder.samples()[10..],
            [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
        );
        push(&mut recorder, 900, &[1; 10]);
        assert_eq!(recorder.samples().len(), 810);
        assert_eq!(recorder.samples()[799..801], [0, 1]);
        push(&mut recorder, 1095, &[2; 10]);
        push(&mut recorder, 1200, &[2; 10]);
        assert_eq!(recorder.samples().len(), 1000);
    }

    #[test]
    fn packets_of_other_rates_join_without_a_seam() {
        for (from, to) in [
            (48_000, 44_100),
            (8000, 48_000),
            (44_100, 8000),
            (16_000, 16_000),
        ] {
            let mut recorder = Recorder::new(12_345, to, to as usize);
            for packet in 0..60_u64 {
                let position = 12_345 + packet * u64::from(UNITS_PER_SECOND) / 50;
                recorder.push(position, &vec![1000; from as usize / 50], from);
            }
            assert_eq!(recorder.samples().len(), to as usize);
            let settled = &recorder.samples()[to as usize / 50..];
            assert!(
                settled.iter().all(|sample| sample.abs_diff(1000) <= 1),
                "{from} to {to}"
            );
        }
    }
}
