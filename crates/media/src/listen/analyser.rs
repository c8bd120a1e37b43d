//! Level and strongest tones of a block.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::block::{BLOCKS_PER_SECOND, PEAKS_MAX, Peak};
use crate::codec::SAMPLE_RATE;
use crate::level::energy_dbfs;

/// Buffers for the spectrum of a block. One serves any number of streams.
pub(crate) struct Analyser {
    tables: Arc<Tables>,
    input: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f32>,
}

impl Analyser {
    /// For blocks of G.711; others make it change its buffers when they come.
    pub(crate) fn new() -> Self {
        Self::for_blocks_of((SAMPLE_RATE / BLOCKS_PER_SECOND) as usize)
    }

    fn for_blocks_of(samples: usize) -> Self {
        let tables = Tables::of(samples);
        Self {
            input: tables.fft.make_input_vec(),
            spectrum: tables.fft.make_output_vec(),
            scratch: tables.fft.make_scratch_vec(),
            power: vec![0.0; samples / 2 + 1],
            tables,
        }
    }

    /// Level and tones of a block in which `received` samples are not missing;
    /// missing ones are 0. A block of any rate is 40 ms.
    pub(crate) fn analyse(&mut self, samples: &[i16], received: usize) -> (f32, [Peak; PEAKS_MAX]) {
        if samples.len() != self.input.len() {
            *self = Self::for_blocks_of(samples.len());
        }
        let energy: f64 = samples
            .iter()
            .map(|&sample| f64::from(sample).powi(2))
            .sum();
        let level = energy_dbfs(energy, received);
        let peaks = if energy > 0.0 {
            self.peaks(samples)
        } else {
            Default::default()
        };
        (level, peaks)
    }

    fn peaks(&mut self, samples: &[i16]) -> [Peak; PEAKS_MAX] {
        let window = &self.tables.window;
        for ((input, &sample), weight) in self.input.iter_mut().zip(samples).zip(window) {
            *input = f32::from(sample) * weight;
        }
        self.tables
            .fft
            .process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch)
            .expect("the buffers were made for this transform");
        for (power, value) in self.power.iter_mut().zip(&self.spectrum) {
            *power = value.norm_sqr();
        }
        // The mean of the block is no sound.
        self.power[0] = 0.0;
        let total: f32 = self.power.iter().sum();
        let mut peaks = [Peak::default(); PEAKS_MAX];
        if total <= 0.0 {
            return peaks;
        }
        for peak in &mut peaks {
            *peak = self.take_strongest(total);
            if peak.share < SHARE_MIN {
                *peak = Peak::default();
                break;
            }
        }
        peaks
    }

    /// The strongest tone of `power`, which loses it.
    fn take_strongest(&mut self, total: f32) -> Peak {
        let bins = self.power.len();
        let mut top = 1;
        for bin in 1..bins {
            if self.power[bin] > self.power[top] {
                top = bin;
            }
        }
        let lobe = top.saturating_sub(LOBE_BINS)..=(top + LOBE_BINS).min(bins - 1);
        let share = self.power[lobe.clone()].iter().sum::<f32>() / total;
        let frequency_hz = (top as f32 + self.offset(top)) * BIN_HZ;
        self.power[lobe].fill(0.0);
        Peak {
            frequency_hz,
            share,
        }
    }

    /// Where between the bins the top of a peak is, -0.5 to 0.5: the parabola
    /// through the logarithms of three bins.
    fn offset(&self, top: usize) -> f32 {
        if top == 0 || top + 1 >= self.power.len() {
            return 0.0;
        }
        let log = |bin: usize| self.power[bin].max(f32::MIN_POSITIVE).ln();
        let (left, middle, right) = (log(top - 1), log(top), log(top + 1));
        let curve = left - 2.0 * middle + right;
        if curve >= 0.0 {
            0.0
        } else {
            (0.5 * (left - right) / curve).clamp(-0.5, 0.5)
        }
    }
}

impl fmt::Debug for Analyser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analyser").finish_non_exhaustive()
    }
}

/// Weakest tone that is kept, as share of the power.
const SHARE_MIN: f32 = 0.04;
/// Half the width of the main lobe of the window, in bins.
const LOBE_BINS: usize = 2;
/// The same at all rates, as blocks are equally long.
const BIN_HZ: f32 = BLOCKS_PER_SECOND as f32;

/// What all analysers of blocks of one length share.
struct Tables {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
}

/// Tables by the samples of a block: one for each rate.
static TABLES: LazyLock<Mutex<HashMap<usize, Arc<Tables>>>> = LazyLock::new(Mutex::default);

impl Tables {
    fn of(samples: usize) -> Arc<Self> {
        let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables
            .entry(samples)
            .or_insert_with(|| Arc::new(Self::new(samples)));
        Arc::clone(table)
    }

    fn new(samples: usize) -> Self {
        // Hann, centred between the two middle samples.
        let weight = |n: usize| {
            let phase = std::f32::consts::TAU * (n as f32 + 0.5) / samples as f32;
            0.5 - 0.5 * phase.cos()
        };
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(samples),
            window: (0..samples).map(weight).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::source::{Tone, render, render_at};

    const BLOCK_SAMPLES: usize = 320;

    fn analyse(tones: &[Tone]) -> (f32, [Peak; PEAKS_MAX]) {
        let samples = render(tones, Duration::from_millis(40));
        Analyser::new().analyse(&samples, BLOCK_SAMPLES)
    }

    #[test]
    fn the_frequency_and_level_of_a_sine_are_found() {
        for hz in [
            200.0_f32, 350.0, 425.0, 440.0, 880.0, 1004.0, 2100.0, 3400.0,
        ] {
            let (level, peaks) = analyse(&[Tone::new(hz)]);
            assert!((peaks[0].frequency_hz - hz).abs() < 3.0, "{hz}: {peaks:?}");
            assert!(peaks[0].share > 0.98, "{hz}: {peaks:?}");
            assert!((level + 13.0).abs() < 0.5, "{hz}: {level}");
        }
    }

    #[test]
    fn blocks_of_all_rates_are_read_by_the_same_analyser() {
        let mut analyser = Analyser::new();
        for (rate, hz) in [
            (16_000, 6000.0),
            (48_000, 17_000.0),
            (44_100, 440.0),
            (8000, 440.0),
        ] {
            let samples = render_at(rate, &[Tone::new(hz)], Duration::from_millis(40));
            let (level, peaks) = analyser.analyse(&samples, samples.len());
            assert!(
                (peaks[0].frequency_hz - hz).abs() < 3.0,
                "{rate} {hz}: {peaks:?}"
            );
            assert!((level + 13.0).abs() < 0.5, "{rate} {hz}: {level}");
        }
    }

    #[test]
    fn two_tones_ninety_hertz_apart_are_told_apart() {
        let (_, mut peaks) = analyse(&[Tone::new(350.0), Tone::new(440.0)]);
        peaks[..2].sort_by(|a, b| a.frequency_hz.total_cmp(&b.frequency_hz));
        assert!((peaks[0].frequency_hz - 350.0).abs() < 12.0, "{peaks:?}");
        assert!((peaks[1].frequency_hz - 440.0).abs() < 12.0, "{peaks:?}");
    }

    #[test]
    fn silence_has_no_tones() {
        let (level, peaks) = analyse(&[]);
        assert_eq!((level, peaks), (-96.0, [Peak::default(); PEAKS_MAX]));
    }

    #[test]
    fn noise_has_no_dominant_tone() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut analyser = Analyser::new();
        for _ in 0..500 {
            let block: [i16; BLOCK_SAMPLES] = std::array::from_fn(|_| rng.i16(-3000..3000));
            let (level, peaks) = analyser.analyse(&block, BLOCK_SAMPLES);
            assert!(level > -30.0);
            assert!(peaks[0].share < 0.3, "{peaks:?}");
        }
    }

    #[test]
    fn six_marks_are_nearly_all_tones_even_when_cut_off_and_noise_is_not() {
        let tonal = |peaks: &[Peak]| peaks.iter().map(|peak| peak.share).sum::<f32>();
        let mut rng = fastrand::Rng::with_seed(2);
        let mut analyser = Analyser::new();
        let mut most = 0.0_f32;
        for _ in 0..2000 {
            let block: [i16; BLOCK_SAMPLES] = std::array::from_fn(|_| rng.i16(-3000..3000));
            most = most.max(tonal(&analyser.analyse(&block, BLOCK_SAMPLES).1));
        }
        let tones: Vec<Tone> = (0..6).flat_map(|n| crate::Mark::nth(n).tones()).collect();
        let mut least = 1.0_f32;
        for phase in 0..200 {
            let skipped = render(&tones, Duration::from_millis(40 + phase));
            let block: [i16; BLOCK_SAMPLES] = skipped[skipped.len() - BLOCK_SAMPLES..]
                .try_into()
                .expect("40 ms");
            least = least.min(tonal(&analyser.analyse(&block, BLOCK_SAMPLES).1));
        }
        assert!(most < 0.7 && least > 0.95, "{most} {least}");
    }
}
