//! A source at work: gives the samples of one packet after the other.

use std::time::Instant;

use super::path::ReturnPath;
use super::tone::{Oscillator, fill};
use super::{Samples, Source};

/// Where a source stands.
#[derive(Debug)]
pub(crate) struct Player {
    source: Source,
    oscillators: Vec<Oscillator>,
    /// Next sample of [`Source::Samples`].
    position: usize,
    ended: bool,
}

impl Player {
    pub(crate) fn new(source: Source) -> Self {
        let oscillators = match &source {
            Source::Tones(tones) => tones.iter().copied().map(Oscillator::new).collect(),
            Source::Mark(mark) => mark.tones().into_iter().map(Oscillator::new).collect(),
            _ => Vec::new(),
        };
        let ended = matches!(
            &source,
            Source::Samples(Samples { samples, .. }) if samples.is_empty()
        );
        Self {
            source,
            oscillators,
            position: 0,
            ended,
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether audio that plays once has been played.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Overwrites `out` with the next samples. What comes back from `path` is of `now`.
    pub(crate) fn fill(&mut self, out: &mut [i16], path: &mut ReturnPath, now: Instant) {
        match &self.source {
            Source::Tones(_) | Source::Mark(_) => fill(&mut self.oscillators, out),
            Source::Samples(samples) => {
                let repeats = samples.repeats;
                let samples = &samples.samples;
                for sample in out.iter_mut() {
                    if self.position == samples.len() && repeats {
                        self.position = 0;
                    }
                    *sample = samples.get(self.position).copied().unwrap_or(0);
                    self.position = (self.position + 1).min(samples.len());
                }
                self.ended |= self.position == samples.len() && !repeats;
            }
            Source::Echo | Source::Live(_) => path.fill(now, out),
            Source::Silence | Source::Mute | Source::Replay(_) => out.fill(0),
        }
    }

    /// Goes on as if `samples` had been played: media time does not stop when
    /// nothing is sent.
    pub(crate) fn skip(&mut self, samples: u64) {
        for oscillator in &mut self.oscillators {
            oscillator.skip(samples);
        }
        if let Source::Samples(audio) = &self.source
            && !audio.samples.is_empty()
        {
            let length = audio.samples.len();
            let target = self.position as u64 + samples;
            if audio.repeats {
                self.position = (target % length as u64) as usize;
            } else {
                self.position = target.min(length as u64) as usize;
                self.ended |= self.position == length;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(player: &mut Player, count: usize) -> Vec<i16> {
        let mut out = vec![0; count];
        player.fill(&mut out, &mut ReturnPath::default(), Instant::now());
        out
    }

    #[test]
    fn audio_played_once_is_followed_by_silence() {
        let mut player = Player::new(Source::once(vec![1, 2, 3]));
        assert_eq!(play(&mut player, 2), [1, 2]);
        assert!(!player.ended());
        assert_eq!(play(&mut player, 3), [3, 0, 0]);
        assert!(player.ended());
    }

    #[test]
    fn repeated_audio_begins_again_and_can_be_skipped() {
        let mut player = Player::new(Source::repeated(vec![1, 2, 3]));
        assert_eq!(play(&mut player, 5), [1, 2, 3, 1, 2]);
        player.skip(2);
        assert_eq!(play(&mut player, 2), [2, 3]);
        assert!(!player.ended());
        let mut empty = Player::new(Source::repeated(Vec::new()));
        assert_eq!(play(&mut empty, 2), [0, 0]);
        assert!(empty.ended());
    }
}
