//! How much what was heard is like a file.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::correlate::{Energy, best_lag, overlap};
use crate::codec::{SAMPLE_RATE, samples_in};

/// Audio to compare with, at [`SAMPLE_RATE`]. Clones share it.
#[derive(Clone)]
pub struct Reference {
    samples: Arc<[f32]>,
}

/// How much a recording is like a [`Reference`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// 1 for the same sound, whatever its level; about 0 for another one.
    pub score: f64,
    /// Sample of the recording with which the first one that was compared was heard.
    pub from: usize,
    /// Behind the last sample of the recording that was compared.
    pub to: usize,
    /// How much of the reference lies before that and was not heard.
    pub missing_start: Duration,
    /// How much of it lies behind the last sample that was compared.
    pub missing_end: Duration,
}

/// Why audio is nothing to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// Longer than [`Reference::LENGTH_MAX`].
    #[error("it is {}s long, {}s at most can be compared", .length.as_secs(), Reference::LENGTH_MAX.as_secs())]
    TooLong {
        /// How long.
        length: Duration,
    },
    /// Shorter than [`Reference::LENGTH_MIN`].
    #[error("it is {}ms long, {}ms at least are needed", .length.as_millis(), Reference::LENGTH_MIN.as_millis())]
    TooShort {
        /// How long.
        length: Duration,
    },
    /// There is no sound in it.
    #[error("there is no sound in it")]
    Silent,
}

impl Reference {
    /// The longest audio that can be compared with.
    pub const LENGTH_MAX: Duration = Duration::from_mins(10);
    /// The shortest one.
    pub const LENGTH_MIN: Duration = Duration::from_millis(300);
    /// More of a recording than this is not looked at: its end counts.
    pub const HEARD_MAX: Duration = Duration::from_secs(20);
    /// So much must be heard of a reference that is longer than twice of it.
    const NEEDED_MAX: Duration = Duration::from_secs(5);

    /// Takes mono audio at [`SAMPLE_RATE`].
    ///
    /// # Errors
    /// If it is too long, too short or silent.
    pub fn new(samples: &[i16]) -> Result<Self, ReferenceError> {
        let length = Duration::from_secs_f64(samples.len() as f64 / f64::from(SAMPLE_RATE));
        if length > Self::LENGTH_MAX {
            return Err(ReferenceError::TooLong { length });
        }
        if length < Self::LENGTH_MIN {
            return Err(ReferenceError::TooShort { length });
        }
        let samples = centred(samples);
        let all = Energy::of(&samples).between(0, samples.len());
        if all < POWER_MIN * samples.len() as f64 {
            return Err(ReferenceError::Silent);
        }
        Ok(Self {
            samples: samples.into(),
        })
    }

    /// How much of it must have been heard for a comparison: half, five seconds at most.
    pub fn needed(&self) -> Duration {
        Duration::from_secs_f64(self.needed_samples() as f64 / f64::from(SAMPLE_RATE))
    }

    fn needed_samples(&self) -> usize {
        (self.samples.len() / 2).min(samples_in(Self::NEEDED_MAX, SAMPLE_RATE) as usize)
    }

    /// Finds where in the recording the reference is, or the part of it that was heard, and says
    /// how alike the two are. `None` if too little was heard, or nothing but silence.
    ///
    /// Level, offset and clocks that differ a little do not count against it; lost packets, noise
    /// and other sounds do, each by its part of the time.
    pub fn compare(&self, recording: &[i16]) -> Option<Likeness> {
        let kept = samples_in(Self::HEARD_MAX, SAMPLE_RATE) as usize;
        let skipped = recording.len().saturating_sub(kept);
        let heard = centred(&recording[skipped..]);
        let lag = best_lag(&heard, &self.samples, self.needed_samples(), POWER_MIN)?;
        let (from, to) = overlap(heard.len(), self.samples.len(), lag);
        let time =
            |samples: i64| Duration::from_secs_f64(samples.max(0) as f64 / f64::from(SAMPLE_RATE));
        Some(Likeness {
            score: self.follow(&heard, lag, (from, to)),
            from: skipped + from,
            to: skipped + to,
            missing_start: time(from as i64 + lag),
            missing_end: time(self.samples.len() as i64 - (to as i64 + lag)),
        })
    }

    /// Goes through the recording piece by piece; each may be a little earlier or later than the
    /// one before, as clocks drift and jitter buffers shift. The mean likeness of the pieces, each
    /// by its loudness.
    fn follow(&self, heard: &[f32], lag: i64, (from, to): (usize, usize)) -> f64 {
        let reference = &self.samples;
        let shifted = |at: usize, lag: i64| (at as i64 + lag) as usize;
        let (of_heard, of_reference) = (Energy::of(heard), Energy::of(reference));
        let total_heard = of_heard.between(from, to);
        let total_reference = of_reference.between(shifted(from, lag), shifted(to, lag));
        let gain = total_reference / total_heard.max(f64::MIN_POSITIVE);
        let (mut lag, mut sum, mut weights) = (lag, 0.0, 0.0);
        let mut begin = from;
        while begin < to {
            let end = (begin + PIECE).min(to);
            let at = |lag: i64| {
                let start = usize::try_from(begin as i64 + lag).ok()?;
                let stop = start + (end - begin);
                (stop <= reference.len()).then_some((start, stop))
            };
            let likeness = |lag: i64| {
                let (start, stop) = at(lag)?;
                let energy = of_heard.between(begin, end) * of_reference.between(start, stop);
                let products = heard[begin..end].iter().zip(&reference[start..stop]);
                let product: f64 = products.map(|(a, b)| f64::from(a * b)).sum();
                (energy > 0.0).then(|| product / energy.sqrt())
            };
            let mut best = best_of(lag, STEP, likeness);
            if best.0 < LOST_TRACK {
                // A jitter buffer that was set anew moves what follows by some packets.
                let first = (begin as i64 + lag - JUMP).clamp(0, reference.len() as i64) as usize;
                let last = (first + PIECE + 2 * JUMP as usize).min(reference.len());
                let piece = &heard[begin..end];
                let moved = best_lag(piece, &reference[first..last], piece.len(), POWER_MIN);
                let moved = moved.map(|at| first as i64 + at - begin as i64);
                if let Some(lag) = moved
                    && let Some(found) = likeness(lag)
                    && found > FOUND_AGAIN
                {
                    best = (found, lag);
                }
            }
            if best.0 > LOST_TRACK {
                lag = best.1;
            }
            let loud = at(lag).map_or(0.0, |(start, stop)| of_reference.between(start, stop));
            let weight = loud.max(of_heard.between(begin, end) * gain).sqrt();
            sum += weight * best.0.max(0.0);
            weights += weight;
            begin = end;
        }
        if weights > 0.0 { sum / weights } else { 0.0 }
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("samples", &self.samples.len())
            .finish()
    }
}

/// The greatest likeness within `reach` of a lag, and its lag.
fn best_of(lag: i64, reach: i64, likeness: impl Fn(i64) -> Option<f64>) -> (f64, i64) {
    let mut best = (likeness(lag).unwrap_or(0.0), lag);
    for other in lag - reach..=lag + reach {
        if let Some(found) = likeness(other)
            && found > best.0
        {
            best = (found, other);
        }
    }
    best
}

/// Samples from -1 to 1 without their mean.
fn centred(samples: &[i16]) -> Vec<f32> {
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
    let mean = sum / (samples.len().max(1)) as f64;
    let scaled = samples
        .iter()
        .map(|&sample| ((f64::from(sample) - mean) / 32_768.0) as f32);
    scaled.collect()
}

/// Quieter than -55 dBFS there is nothing to compare.
const POWER_MIN: f64 = 1.6e-6;
/// 250 ms.
const PIECE: usize = 2000;
/// How far a piece may be from where the one before says: 1 ms, as clocks drift by some hundred
/// parts in a million.
const STEP: i64 = 8;
/// How far a jitter buffer may move what follows: 100 ms.
const JUMP: i64 = 800;
/// A piece less alike does not say where the next one is.
const LOST_TRACK: f64 = 0.5;
/// A piece that alike is the same sound.
const FOUND_AGAIN: f64 = 0.85;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Codec, Decoder, Encoder};

    /// Something like speech: voiced syllables with pitches and formants of their own, and pauses.
    fn babble(seed: u64, seconds: usize) -> Vec<i16> {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut samples = Vec::with_capacity(seconds * 8000);
        while samples.len() < seconds * 8000 {
            let length = 1200 + rng.usize(..1600);
            let pitch = 90.0 + rng.f32() * 130.0;
            let formants = [0.0; 3].map(|_| 300.0 + rng.f32() * 2600.0);
            let level = 2000.0 + rng.f32() * 6000.0;
            for n in 0..length {
                let time = n as f32 / 8000.0;
                let glide = pitch * (1.0 + 0.1 * time);
                let envelope = (std::f32::consts::PI * n as f32 / length as f32).sin();
                let voice: f32 = (1..20)
                    .map(|harmonic| {
                        let hz = glide * harmonic as f32;
                        let near = |f: &f32| 1.0 / (1.0 + ((hz - f) / 120.0).powi(2));
                        let gain: f32 = formants.iter().map(near).sum::<f32>() + 0.02;
                        gain * (std::f32::consts::TAU * hz * time).sin()
                    })
                    .sum();
                let breath = (rng.f32() - 0.5) * 0.1;
                samples.push((level * envelope * (0.3 * voice + breath)) as i16);
            }
            samples.extend(std::iter::repeat_n(0, rng.usize(..800)));
        }
        samples.truncate(seconds * 8000);
        samples
    }

    fn through(codec: Codec, samples: &[i16]) -> Vec<i16> {
        let (mut octets, mut decoded) = (Vec::new(), Vec::new());
        Encoder::new(codec).encode(samples, &mut octets);
        Decoder::new(codec).decode(&octets, &mut decoded);
        decoded
    }

    fn score(reference: &[i16], recording: &[i16]) -> f64 {
        let reference = Reference::new(reference).expect("audible");
        reference.compare(recording).map_or(0.0, |it| it.score)
    }

    #[test]
    fn the_same_sound_through_a_codec_scores_high_and_another_one_low() {
        for seed in 0..3 {
            let spoken = babble(seed, 6);
            for codec in [Codec::Pcmu, Codec::Pcma] {
                let same = score(&spoken, &through(codec, &spoken));
                assert!(same > 0.98, "{seed} {codec:?}: {same}");
            }
            for other in 100..102 {
                let other_score = score(&spoken, &through(Codec::Pcmu, &babble(other, 6)));
                assert!(other_score < 0.3, "{seed} as {other}: {other_score}");
            }
        }
    }

    #[test]
    fn level_offset_and_loss_count_little() {
        let spoken = babble(7, 6);
        let mut heard = vec![0; 4321];
        heard.extend(spoken.iter().map(|sample| sample / 5));
        heard.extend(babble(8, 2));
        let reference = Reference::new(&spoken).expect("audible");
        let likeness = reference.compare(&heard).expect("enough");
        assert!(likeness.score > 0.98, "{likeness:?}");
        assert_eq!(
            (
                likeness.from,
                likeness.to,
                likeness.missing_start + likeness.missing_end
            ),
            (4321, 4321 + spoken.len(), Duration::ZERO)
        );
        // One packet in twenty never came.
        for packet in (0..heard.len() / 160).step_by(20) {
            heard[packet * 160..][..160].fill(0);
        }
        assert!(score(&spoken, &heard) > 0.9);
    }

    #[test]
    fn a_part_of_a_longer_file_is_enough_and_what_is_missing_is_told() {
        let spoken = babble(9, 20);
        let heard = &spoken[8000..8000 + 48_000];
        let likeness = Reference::new(&spoken)
            .expect("audible")
            .compare(heard)
            .expect("enough");
        assert!(likeness.score > 0.98, "{likeness:?}");
        assert_eq!(likeness.missing_start, Duration::from_secs(1));
        assert_eq!(likeness.missing_end, Duration::from_secs(13));
        // Less than five seconds of it says nothing yet.
        let little = Reference::new(&spoken).expect("audible");
        assert_eq!(little.compare(&spoken[..39_000]), None);
    }

    #[test]
    fn a_clock_that_drifts_and_a_buffer_that_jumps_are_followed() {
        let spoken = babble(10, 10);
        // 200 ppm: one sample too many every 5000.
        let drifting: Vec<i16> = (0..spoken.len()).map(|n| spoken[n - n / 5000]).collect();
        let drift = score(&spoken, &drifting);
        assert!(drift > 0.9, "{drift}");
        let jumped = [&spoken[..40_000], &vec![0; 400], &spoken[40_000..]].concat();
        let jump = score(&spoken, &jumped);
        assert!(jump > 0.85, "{jump}");
    }

    #[test]
    fn noise_over_the_sound_lowers_the_score() {
        let spoken = babble(11, 5);
        let mut rng = fastrand::Rng::with_seed(1);
        let noisy: Vec<i16> = spoken
            .iter()
            .map(|sample| sample.saturating_add(rng.i16(-6000..6000)))
            .collect();
        let noisy = score(&spoken, &noisy);
        assert!((0.2..0.8).contains(&noisy), "{noisy}");
    }

    #[test]
    fn silence_and_lengths_that_cannot_be_compared_are_told() {
        let spoken = babble(12, 2);
        let reference = Reference::new(&spoken).expect("audible");
        assert_eq!(reference.compare(&vec![0; 16_000]), None);
        assert_eq!(reference.compare(&[]), None);
        assert_eq!(
            Reference::new(&[0; 8000]).err(),
            Some(ReferenceError::Silent)
        );
        assert!(matches!(
            Reference::new(&spoken[..2000]),
            Err(ReferenceError::TooShort { .. })
        ));
        let long = vec![1000; 8000 * 601];
        assert!(matches!(
            Reference::new(&long),
            Err(ReferenceError::TooLong { .. })
        ));
    }
}
