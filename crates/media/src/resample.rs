//! Bringing audio from one rate to another.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Resamples one stream of mono audio with a windowed sinc that keeps what is below 0.42 of the
/// lower rate and lets nothing fold back. It answers 3 ms late or less, and for 20 ms of one rate
/// gives exactly 20 ms of the other.
#[derive(Debug, Clone)]
pub(crate) struct Resampler {
    filter: Arc<Filter>,
    /// Input that is still looked at.
    buffer: Vec<f32>,
    /// Which of the filter's phases comes next.
    phase: usize,
}

impl Resampler {
    /// Between two rates of codecs, or of files that have such a rate.
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let filter = Filter::between(from, to);
        Self {
            buffer: vec![0.0; filter.taps - 1],
            filter,
            phase: 0,
        }
    }

    /// Takes input and appends what it gives to `out`.
    pub(crate) fn process(&mut self, input: &[i16], out: &mut Vec<i16>) {
        let Self {
            filter,
            buffer,
            phase,
        } = self;
        buffer.extend(input.iter().map(|&sample| f32::from(sample)));
        let mut at = 0;
        while let Some(window) = buffer.get(at..at + filter.taps) {
            let weights = &filter.weights[*phase * filter.taps..][..filter.taps];
            out.push(to_sample(dot(window, weights)));
            *phase += filter.down;
            at += *phase / filter.up;
            *phase %= filter.up;
        }
        buffer.drain(..at);
    }

    /// How much input gives `count` samples of output.
    pub(crate) fn input_for(&self, count: usize) -> usize {
        let Some(last) = count.checked_sub(1) else {
            return 0;
        };
        let begin = (self.phase + last * self.filter.down) / self.filter.up;
        (begin + self.filter.taps).saturating_sub(self.buffer.len())
    }

    /// By how many samples of input the output is late.
    pub(crate) fn delay(&self) -> usize {
        self.filter.taps / 2
    }
}

/// What brings a stream from one rate to another, as long as they differ. Whoever changes a rate begins
/// with a new resampler.
#[derive(Debug, Default)]
pub(crate) struct Conversion {
    /// From which rate to which.
    current: Option<(u32, u32, Resampler)>,
    converted: Vec<i16>,
}

impl Conversion {
    /// These are the rates from now on.
    pub(crate) fn set(&mut self, from: u32, to: u32) {
        let rates = self.current.as_ref().map(|(from, to, _)| (*from, *to));
        if from == to {
            self.current = None;
        } else if rates != Some((from, to)) {
            self.current = Some((from, to, Resampler::new(from, to)));
        }
    }

    /// The next samples at the other rate: themselves where the rates are one.
    pub(crate) fn convert<'s>(&'s mut self, samples: &'s [i16]) -> &'s [i16] {
        let Some((_, _, resampler)) = &mut self.current else {
            return samples;
        };
        self.converted.clear();
        resampler.process(samples, &mut self.converted);
        &self.converted
    }
}

/// All of `input` at another rate, not late. For any rates; slow for those that have no large common
/// divisor.
pub(crate) fn converted(input: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to {
        return input.to_vec();
    }
    let shape = Shape::of(from, to);
    let length = (input.len() as u64 * u64::from(to) / u64::from(from)) as usize;
    let last = input.len() as i64 - 1;
    let ratio = f64::from(from) / f64::from(to);
    (0..length)
        .map(|index| {
            let centre = index as f64 * ratio;
            let middle = centre.floor() as i64;
            let (mut sum, mut weights) = (0.0, 0.0);
            for at in (middle - shape.reach + 1).max(0)..=(middle + shape.reach).min(last) {
                let weight = shape.weight(at as f64 - centre);
                sum += weight * f64::from(input[at as usize]);
                weights += weight;
            }
            to_sample(if weights == 0.0 { 0.0 } else { sum / weights } as f32)
        })
        .collect()
}

/// The filter for two rates: for each place that an output sample can have between two of the input,
/// the weights of the input around it.
#[derive(Debug)]
struct Filter {
    /// Places between two samples of the input.
    up: usize,
    /// Such places from one output sample to the next.
    down: usize,
    taps: usize,
    weights: Vec<f32>,
}

/// By rates: few, and the same for all streams.
type Filters = HashMap<(u32, u32), Arc<Filter>>;

static FILTERS: LazyLock<Mutex<Filters>> = LazyLock::new(Mutex::default);

impl Filter {
    fn between(from: u32, to: u32) -> Arc<Self> {
        let mut filters = FILTERS.lock().unwrap_or_else(PoisonError::into_inner);
        let filter = filters
            .entry((from, to))
            .or_insert_with(|| Arc::new(Self::new(from, to)));
        Arc::clone(filter)
    }

    fn new(from: u32, to: u32) -> Self {
        let common = common_divisor(from, to);
        let (up, down) = ((to / common) as usize, (from / common) as usize);
        let shape = Shape::of(from, to);
        let taps = 2 * shape.reach as usize;
        let mut weights = Vec::with_capacity(up * taps);
        for phase in 0..up {
            let part = phase as f64 / up as f64;
            let distances = (0..taps).map(|tap| (tap as i64 - shape.reach + 1) as f64 - part);
            let raw: Vec<f64> = distances.map(|distance| shape.weight(distance)).collect();
            let sum: f64 = raw.iter().sum();
            weights.extend(raw.iter().map(|weight| (weight / sum) as f32));
        }
        Self {
            up,
            down,
            taps,
            weights,
        }
    }
}

/// The curve of the filter.
struct Shape {
    /// In cycles per input sample; half the lower of the two rates, less a transition band.
    cutoff: f64,
    /// Half its length in input samples, a multiple of 4.
    reach: i64,
}

impl Shape {
    fn of(from: u32, to: u32) -> Self {
        let ratio = f64::from(from) / f64::from(to);
        let reach = (SINC_LOBES * ratio.max(1.0)).ceil() as i64;
        Self {
            cutoff: 0.46 * (1.0 / ratio).min(1.0),
            reach: (reach + 3) / 4 * 4,
        }
    }

    fn weight(&self, distance: f64) -> f64 {
        sinc(2.0 * self.cutoff * distance) * hann(distance / self.reach as f64)
    }
}

/// Half the length of the filter in samples of the lower rate.
const SINC_LOBES: f64 = 24.0;

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x.abs() < 1e-9 { 1.0 } else { x.sin() / x }
}

fn hann(x: f64) -> f64 {
    0.5 + 0.5 * (x.clamp(-1.0, 1.0) * std::f64::consts::PI).cos()
}

fn to_sample(value: f32) -> i16 {
    value
        .round()
        .clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
}

/// Eight sums side by side, which the processor adds up at once.
fn dot(window: &[f32], weights: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    let (window, _) = window.as_chunks::<LANES>();
    let (weights, _) = weights.as_chunks::<LANES>();
    for (values, weights) in window.iter().zip(weights) {
        for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
            *sum += value * weight;
        }
    }
    sums.iter().sum()
}

/// The number of taps is a multiple of it.
const LANES: usize = 8;

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_dbfs;

    fn sine(hz: f64, rate: u32) -> Vec<i16> {
        (0..rate)
            .map(|n| {
                let phase = std::f64::consts::TAU * hz * f64::from(n) / f64::from(rate);
                (10_000.0 * phase.sin()) as i16
            })
            .collect()
    }

    fn in_frames(input: &[i16], from: u32, to: u32) -> Vec<i16> {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        for frame in input.chunks_exact(from as usize / 50) {
            let before = out.len();
            // The last samples of a frame may be for the next output.
            let least = frame.len() - (from / to) as usize;
            assert!((least..=frame.len()).contains(&resampler.input_for(to as usize / 50)));
            resampler.process(frame, &mut out);
            assert_eq!(out.len() - before, to as usize / 50, "{from} to {to}");
        }
        out
    }

    #[test]
    fn the_pass_band_keeps_its_level_and_the_stop_band_is_gone() {
        for from in [16_000, 44_100, 48_000, 192_000, 11_025] {
            for (hz, kept) in [
                (300.0, true),
                (1000.0, true),
                (3300.0, true),
                (5000.0, false),
            ] {
                let input = sine(hz, from);
                let whole = converted(&input, from, 8000);
                assert!(whole.len().abs_diff(8000) <= 1);
                let change = level_dbfs(&whole[200..7800]) - level_dbfs(&input);
                if kept {
                    assert!(change.abs() < 0.5, "{hz} Hz from {from}: {change} dB");
                } else {
                    assert!(change < -40.0, "{hz} Hz from {from}: {change} dB");
                }
            }
        }
    }

    #[test]
    fn streams_are_resampled_as_whole_recordings_are() {
        for (from, to) in [
            (8000, 16_000),
            (8000, 48_000),
            (16_000, 8000),
            (16_000, 48_000),
            (48_000, 8000),
            (48_000, 16_000),
            (44_100, 48_000),
            (48_000, 44_100),
            (8000, 44_100),
        ] {
            let input = sine(1234.0, from);
            let (whole, stream) = (converted(&input, from, to), in_frames(&input, from, to));
            assert_eq!(stream.len(), to as usize);
            let late = Resampler::new(from, to).delay() as f64 * f64::from(to) / f64::from(from);
            assert!(late / f64::from(to) <= 0.0031, "{from} to {to}: {late}");
            // Where the delay is whole, both are the same.
            if late.fract() == 0.0 {
                for (at, sample) in stream
                    .iter()
                    .enumerate()
                    .skip(late as usize + 2000)
                    .take(3000)
                {
                    let other = whole[at - late as usize];
                    assert!(sample.abs_diff(other) <= 2, "{from} to {to} at {at}");
                }
            }
            let change = level_dbfs(&stream[to as usize / 2..]) - level_dbfs(&input);
            assert!(change.abs() < 0.1, "{from} to {to}: {change} dB");
        }
    }

    #[test]
    fn nothing_appears_above_what_was_there() {
        let input = sine(3000.0, 8000);
        let stream = in_frames(&input, 8000, 48_000);
        // The mirror image of 3000 Hz at 8000 Hz is 5000 Hz.
        let step = std::f64::consts::TAU * 5000.0 / 48_000.0;
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (n, &sample) in stream[9600..19_200].iter().enumerate() {
            let (sin, cos) = (step * n as f64).sin_cos();
            real += f64::from(sample) * cos;
            imaginary += f64::from(sample) * sin;
        }
        let amplitude = 2.0 * f64::hypot(real, imaginary) / 9600.0;
        assert!(amplitude < 20.0, "{amplitude} of 10000");
    }
}
