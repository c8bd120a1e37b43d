//! A source at work: gives the samples of one packet after the other.

use std::time::Instant;

use super::path::ReturnPath;
use super::tone::{Oscillator, fill};
use super::{Samples, Source};
use crate::resample::Resampler;

/// Where a source stands.
#[derive(Debug)]
pub(crate) struct Player {
    source: Source,
    /// Samples per second that it gives.
    rate: u32,
    oscillators: Vec<Oscillator>,
    /// Next sample of [`Source::Samples`].
    position: usize,
    ended: bool,
    /// For samples of another rate.
    conversion: Option<Box<Conversion>>,
}

/// Samples on their way to another rate.
#[derive(Debug)]
struct Conversion {
    resampler: Resampler,
    input: Vec<i16>,
    output: Vec<i16>,
    /// Samples of silence behind the end that went in.
    behind: usize,
}

impl Player {
    pub(crate) fn new(source: Source, rate: u32) -> Self {
        let ended = matches!(
            &source,
            Source::Samples(Samples { samples, .. }) if samples.is_empty()
        );
        let mut player = Self {
            source,
            rate,
            oscillators: Vec::new(),
            position: 0,
            ended,
            conversion: None,
        };
        player.prepare();
        player
    }

    /// A player without a session: what only a session can play is silence.
    pub(crate) fn alone(source: Source, rate: u32) -> Self {
        let playable = match source {
            Source::Echo | Source::Live(_) | Source::Replay(_) => Source::Silence,
            other => other,
        };
        Self::new(playable, rate)
    }

    /// Goes on at another rate.
    pub(crate) fn set_rate(&mut self, rate: u32) {
        if rate != self.rate {
            self.rate = rate;
            self.prepare();
        }
    }

    /// Makes what depends on the rate.
    fn prepare(&mut self) {
        let rate = self.rate;
        self.oscillators = match &self.source {
            Source::Tones(tones) => tones
                .iter()
                .map(|tone| Oscillator::new(*tone, rate))
                .collect(),
            Source::Mark(mark) => mark.tones().map(|tone| Oscillator::new(tone, rate)).into(),
            _ => Vec::new(),
        };
        self.conversion = match &self.source {
            Source::Samples(audio) if audio.rate != rate => Some(Box::new(Conversion {
                resampler: Resampler::new(audio.rate, rate),
                input: Vec::new(),
                output: Vec::new(),
                behind: 0,
            })),
            _ => None,
        };
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
            Source::Samples(audio) => match &mut self.conversion {
                None => {
                    read(audio, &mut self.position, out);
                    self.ended |= self.position == audio.samples.len() && !audio.repeats;
                }
                Some(conversion) => {
                    conversion.fill(audio, &mut self.position, out);
                    self.ended |= conversion.behind >= conversion.resampler.delay();
                }
            },
            Source::Echo | Source::Live(_) => path.fill(now, out, self.rate),
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
            let skipped = u128::from(samples) * u128::from(audio.rate) / u128::from(self.rate);
            let target = self.position as u64 + skipped as u64;
            if audio.repeats {
                self.position = (target % length as u64) as usize;
            } else {
                self.position = target.min(length as u64) as usize;
                self.ended |= self.position == length;
            }
        }
    }
}

impl Conversion {
    fn fill(&mut self, audio: &Samples, position: &mut usize, out: &mut [i16]) {
        let missing = out.len().saturating_sub(self.output.len());
        self.input.clear();
        self.input.resize(self.resampler.input_for(missing), 0);
        self.behind += self.input.len() - read(audio, position, &mut self.input);
        self.resampler.process(&self.input, &mut self.output);
        out.copy_from_slice(&self.output[..out.len()]);
        self.output.drain(..out.len());
    }
}

/// Overwrites `out` with what comes next, and silence behind the end; gives how many samples are
/// not behind it.
fn read(audio: &Samples, position: &mut usize, out: &mut [i16]) -> usize {
    let Samples {
        samples, repeats, ..
    } = audio;
    let mut there = 0;
    while there < out.len() {
        if *position == samples.len() && *repeats {
            *position = 0;
        }
        let rest = samples.get(*position..).unwrap_or(&[]);
        let count = rest.len().min(out.len() - there);
        if count == 0 {
            break;
        }
        out[there..there + count].copy_from_slice(&rest[..count]);
        *position += count;
        there += count;
    }
    out[there..].fill(0);
    there
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
        let mut player = Player::new(Source::once(vec![1, 2, 3]), 8000);
        assert_eq!(play(&mut player, 2), [1, 2]);
        assert!(!player.ended());
        assert_eq!(play(&mut player, 3), [3, 0, 0]);
        assert!(player.ended());
    }

    #[test]
    fn repeated_audio_begins_again_and_can_be_skipped() {
        let mut player = Player::new(Source::repeated(vec![1, 2, 3]), 8000);
        assert_eq!(play(&mut player, 5), [1, 2, 3, 1, 2]);
        player.skip(2);
        assert_eq!(play(&mut player, 2), [2, 3]);
        assert!(!player.ended());
        let mut empty = Player::new(Source::repeated(Vec::new()), 8000);
        assert_eq!(play(&mut empty, 2), [0, 0]);
        assert!(empty.ended());
    }

    #[test]
    fn audio_is_played_at_the_rate_that_is_asked_for() {
        for rate in [16_000, 48_000, 44_100] {
            let frame = rate as usize / 50;
            let mut player = Player::new(Source::once(vec![1000; 800]), rate);
            let mut heard = Vec::new();
            while !player.ended() {
                heard.extend(play(&mut player, frame));
                assert!(heard.len() <= 7 * frame, "{rate}");
            }
            let loud = heard.iter().filter(|sample| **sample > 500).count();
            assert!(loud.abs_diff(5 * frame) <= 2, "{rate}: {loud}");
            assert!(play(&mut player, frame).iter().all(|sample| *sample == 0));
        }
    }

    #[test]
    fn a_source_goes_on_at_another_rate() {
        let mut player = Player::new(Source::repeated(vec![700; 10]), 8000);
        assert_eq!(play(&mut player, 160), [700; 160]);
        player.set_rate(48_000);
        play(&mut player, 960);
        let later = play(&mut player, 960);
        assert!(later.iter().all(|sample| sample.abs_diff(700) <= 1));
        player.skip(480);
        player.set_rate(8000);
        assert_eq!(play(&mut player, 160), [700; 160]);
    }
}
