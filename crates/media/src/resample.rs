//! Bringing audio from one rate to another.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Resamples one stream of mono audio. It keeps what is below 0.425 of the lower rate, and what would
/// fold back is 70 dB lower. It answers 5 ms late between rates of codecs, and gives exactly as much
/// time as it takes: for 20 ms of one rate 20 ms of the other.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    rates: (u64, u64),
    /// The block that is being filled, and what becomes of it.
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Output that is not due yet.
    ready: Vec<i16>,
    /// Samples taken and given so far.
    taken: u64,
    given: u64,
    /// Samples of silence that were given because a block was not full.
    padded: usize,
}

impl Resampler {
    /// Between two rates of codecs, or of files that have such a rate.
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let fft = fft(from, to);
        let (input, output) = (fft.input_frames_max(), fft.output_frames_max());
        Self {
            fft,
            rates: (u64::from(from), u64::from(to)),
            input: vec![0.0; input],
            filled: 0,
            output: vec![0.0; output],
            ready: Vec::with_capacity(2 * output),
            taken: 0,
            given: 0,
            padded: 0,
        }
    }

    /// Takes input and appends what it gives to `out`.
    pub(crate) fn process(&mut self, mut input: &[i16], out: &mut Vec<i16>) {
        self.taken += input.len() as u64;
        while !input.is_empty() {
            let room = self.input.len() - self.filled;
            let (now, later) = input.split_at(room.min(input.len()));
            for (place, &sample) in self.input[self.filled..].iter_mut().zip(now) {
                *place = f32::from(sample);
            }
            self.filled += now.len();
            input = later;
            if self.filled == self.input.len() {
                self.filled = 0;
                self.next_block();
            }
        }
        let due = (self.taken * self.rates.1 / self.rates.0 - self.given) as usize;
        self.given += due as u64;
        // Packets that are no whole blocks come later by the part of a block, once.
        let missing = due.saturating_sub(self.ready.len());
        self.padded += missing;
        out.extend(std::iter::repeat_n(0, missing));
        out.extend(self.ready.drain(..due - missing));
    }

    fn next_block(&mut self) {
        let (taken, given) = (self.input.len(), self.output.len());
        let input = SequentialSlice::new(&self.input[..], 1, taken).expect(FITS);
        let mut output = SequentialSlice::new_mut(&mut self.output[..], 1, given).expect(FITS);
        self.fft
            .process_into_buffer(&input, &mut output, None)
            .expect(FITS);
        self.ready
            .extend(self.output.iter().map(|sample| to_sample(*sample)));
    }

    /// How much input gives `count` samples of output.
    pub(crate) fn input_for(&self, count: usize) -> usize {
        let (from, to) = self.rates;
        let all = ((self.given + count as u64) * from).div_ceil(to);
        all.saturating_sub(self.taken) as usize
    }

    /// By how many samples of input the output is late.
    pub(crate) fn delay(&self) -> usize {
        let (from, to) = self.rates;
        let late = (self.fft.output_delay() + self.padded) as u64;
        (late * from).div_ceil(to) as usize
    }
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resampler")
            .field("rates", &self.rates)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

/// Works on blocks of 10 ms, or of more where the rates have no common divisor for that. Of its windows
/// this one is the narrowest that lets less than -70 dB fold back.
fn fft(from: u32, to: u32) -> Fft<f32> {
    let block = (from as usize / BLOCKS_PER_SECOND).max(1);
    let (from, to) = (from.max(1) as usize, to.max(1) as usize);
    Fft::new_custom(
        from,
        to,
        block,
        1,
        1,
        WindowFunction::Hann2,
        FixedSync::Both,
    )
    .expect("rates and block are not zero")
}

const BLOCKS_PER_SECOND: usize = 100;
/// Why nothing can go wrong with a block.
const FITS: &str = "one channel of as many samples as the resampler says";

/// What brings a stream from one rate to another, as long as they differ. Whoever changes a rate begins
/// with a new resampler.
#[derive(Debug, Default)]
pub(crate) struct Conversion {
    /// From which rate to which.
    current: Option<(u32, u32, Box<Resampler>)>,
    converted: Vec<i16>,
}

impl Conversion {
    /// These are the rates from now on.
    pub(crate) fn set(&mut self, from: u32, to: u32) {
        let rates = self.current.as_ref().map(|(from, to, _)| (*from, *to));
        if from == to {
            self.current = None;
        } else if rates != Some((from, to)) {
            self.current = Some((from, to, Box::new(Resampler::new(from, to))));
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
    if from == to || input.is_empty() {
        return input.to_vec();
    }
    let length = (input.len() as u64 * u64::from(to) / u64::from(from)) as usize;
    let samples: Vec<f32> = input.iter().map(|&sample| f32::from(sample)).collect();
    let samples = SequentialSlice::new(&samples[..], 1, input.len()).expect("one channel of all");
    let all = fft(from, to)
        .process_all(&samples, input.len(), None)
        .expect("the buffer holds as many samples as it says");
    let mut all = all.take_data();
    all.resize(length, 0.0);
    all.into_iter().map(to_sample).collect()
}

fn to_sample(value: f32) -> i16 {
    value
        .round()
        .clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
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
            assert_eq!(resampler.input_for(to as usize / 50), frame.len());
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
                (3400.0, true),
                (4020.0, false),
                (4300.0, false),
                (5000.0, false),
            ] {
                let input = sine(hz, from);
                let whole = converted(&input, from, 8000);
                assert!(whole.len().abs_diff(8000) <= 1);
                let change = level_dbfs(&whole[200..7800]) - level_dbfs(&input);
                if kept {
                    assert!(change.abs() < 0.1, "{hz} Hz from {from}: {change} dB");
                } else {
                    assert!(change < -60.0, "{hz} Hz from {from}: {change} dB");
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
            assert!(late / f64::from(to) <= 0.0051, "{from} to {to}: {late}");
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
    fn a_sweep_has_no_images_above_what_was_there() {
        for hz in (300..3400).step_by(310) {
            let input = sine(f64::from(hz), 8000);
            let stream = in_frames(&input, 8000, 48_000);
            for image in [8000 - hz, 8000 + hz, 16_000 - hz] {
                let step = std::f64::consts::TAU * f64::from(image) / 48_000.0;
                let (mut real, mut imaginary) = (0.0, 0.0);
                for (n, &sample) in stream[9600..19_200].iter().enumerate() {
                    let (sin, cos) = (step * n as f64).sin_cos();
                    real += f64::from(sample) * cos;
                    imaginary += f64::from(sample) * sin;
                }
                let amplitude = 2.0 * f64::hypot(real, imaginary) / 9600.0;
                // -60 dB.
                assert!(
                    amplitude < 10.0,
                    "{hz} Hz has {amplitude} of 10000 at {image} Hz"
                );
            }
        }
    }

    #[test]
    fn packets_of_odd_lengths_give_as_much_time_as_they_take() {
        let input = sine(440.0, 8000);
        let mut resampler = Resampler::new(8000, 48_000);
        let mut out = Vec::new();
        for length in [40, 120, 7, 233, 80, 160, 320, 1] {
            let before = out.len();
            resampler.process(&input[..length], &mut out);
            assert_eq!(out.len() - before, 6 * length);
        }
        // The first packet is half a block, and what follows stays late by that.
        assert_eq!(resampler.delay(), 40 + 40);
        // Rates without a common divisor for 10 ms.
        let mut resampler = Resampler::new(11_025, 8000);
        let mut out = Vec::new();
        for frame in sine(440.0, 11_025).chunks(221) {
            resampler.process(frame, &mut out);
        }
        assert_eq!(out.len(), 8000);
    }
}
