//! A bounded recording of what was received.

/// Samples from a moment on; what did not come is filled in.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// Position of the first sample on the timeline.
    start: u64,
    samples: Vec<i16>,
    samples_max: usize,
    /// The last packet, to hide a short loss.
    last: Vec<i16>,
}

impl Recorder {
    pub(crate) fn new(start: u64, samples_max: usize) -> Self {
        Self {
            start,
            samples: Vec::new(),
            samples_max,
            last: Vec::new(),
        }
    }

    /// Adds audio that begins at `position` of the timeline. A gap before it of
    /// up to 80 ms repeats the last packet, a longer one is silence; what
    /// overlaps earlier audio replaces it.
    pub(crate) fn push(&mut self, position: u64, audio: &[i16]) {
        let skipped = self.start.saturating_sub(position) as usize;
        let audio = audio.get(skipped..).unwrap_or(&[]);
        let begin = position.saturating_sub(self.start) as usize;
        if audio.is_empty() || begin >= self.samples_max {
            return;
        }
        let gap = begin.saturating_sub(self.samples.len());
        if (1..=CONCEALED).contains(&gap) && !self.last.is_empty() {
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

/// 80 ms.
const CONCEALED: usize = 640;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_the_length_is_bounded() {
        let mut recorder = Recorder::new(100, 1000);
        recorder.push(0, &[7; 50]);
        assert_eq!(recorder.samples(), []);
        recorder.push(90, &[8; 20]);
        assert_eq!(recorder.samples(), [8; 10]);
        recorder.push(120, &[9; 10]);
        assert_eq!(
            recorder.samples()[10..],
            [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]
        );
        recorder.push(900, &[1; 10]);
        assert_eq!(recorder.samples().len(), 810);
        assert_eq!(recorder.samples()[799..801], [0, 1]);
        recorder.push(1095, &[2; 10]);
        recorder.push(1200, &[2; 10]);
        assert_eq!(recorder.samples().len(), 1000);
    }
}
