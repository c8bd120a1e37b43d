//! Steady tones.

use std::time::Duration;

use crate::codec::{SAMPLE_RATE, samples_in};
use crate::level::sine_amplitude;

/// A sine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Frequency in Hz, below half the rate of the codec that carries it.
    pub frequency_hz: f32,
    /// Level in dBFS.
    pub level_dbfs: f32,
}

impl Tone {
    /// A tone of -13 dBFS.
    pub fn new(frequency_hz: f32) -> Self {
        Self {
            frequency_hz,
            level_dbfs: -13.0,
        }
    }

    /// The same tone at another level.
    pub fn with_level(self, level_dbfs: f32) -> Self {
        Self { level_dbfs, ..self }
    }
}

/// Samples at [`SAMPLE_RATE`] of tones that sound together, for greetings, beeps and tests. No
/// tones give silence.
pub fn render(tones: &[Tone], length: Duration) -> Vec<i16> {
    render_at(SAMPLE_RATE, tones, length)
}

/// The same at another rate.
pub(crate) fn render_at(rate: u32, tones: &[Tone], length: Duration) -> Vec<i16> {
    let mut samples = vec![0; samples_in(length, rate) as usize];
    let oscillators = tones.iter().map(|tone| Oscillator::new(*tone, rate));
    fill(&mut oscillators.collect::<Vec<_>>(), &mut samples);
    samples
}

/// Noise at [`SAMPLE_RATE`] that is the same in each run; its samples are even between two bounds.
pub fn render_noise(level_dbfs: f32, length: Duration) -> Vec<i16> {
    // The RMS of even samples between -a and a is a / sqrt(3), that of a sine of this level a / sqrt(2).
    let bound = sine_amplitude(level_dbfs) * 1.5_f64.sqrt();
    let mut rng = fastrand::Rng::with_seed(1);
    let count = samples_in(length, SAMPLE_RATE);
    (0..count)
        .map(|_| ((rng.f64() * 2.0 - 1.0) * bound) as i16)
        .collect()
}

/// One running tone.
#[derive(Debug, Clone)]
pub(super) struct Oscillator {
    amplitude: f64,
    /// Turns per sample.
    step: f64,
    /// Turns, 0 to 1.
    phase: f64,
}

impl Oscillator {
    /// A tone at a rate.
    pub(super) fn new(tone: Tone, rate: u32) -> Self {
        Self {
            amplitude: sine_amplitude(tone.level_dbfs),
            step: f64::from(tone.frequency_hz) / f64::from(rate),
            phase: 0.0,
        }
    }

    pub(super) fn skip(&mut self, samples: u64) {
        self.phase = (self.phase + self.step * samples as f64).fract();
    }
}

/// Overwrites `out` with the sum of the oscillators.
pub(super) fn fill(oscillators: &mut [Oscillator], out: &mut [i16]) {
    for sample in out.iter_mut() {
        let mut sum = 0.0;
        for oscillator in oscillators.iter_mut() {
            sum += oscillator.amplitude * (oscillator.phase * std::f64::consts::TAU).sin();
            oscillator.phase = (oscillator.phase + oscillator.step).fract();
        }
        *sample = sum.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_dbfs;

    #[test]
    fn rendered_tones_have_their_length_and_level() {
        let samples = render(
            &[Tone::new(440.0).with_level(-20.0)],
            Duration::from_millis(250),
        );
        assert_eq!(samples.len(), 2000);
        assert!((level_dbfs(&samples) + 20.0).abs() < 0.1);
        assert!(level_dbfs(&render(&[], Duration::from_millis(20))) < -90.0);
    }

    #[test]
    fn skipping_samples_keeps_the_phase() {
        let tone = Tone::new(1234.5);
        let whole = render(&[tone], Duration::from_secs(1));
        let mut oscillators = [Oscillator::new(tone, 8000)];
        oscillators[0].skip(7000);
        let mut rest = [0; 1000];
        fill(&mut oscillators, &mut rest);
        for (left, right) in whole[7000..].iter().zip(rest) {
            assert!((left - right).abs() <= 1);
        }
    }
}
