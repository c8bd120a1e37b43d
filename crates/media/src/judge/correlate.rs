//! Where two recordings fit onto each other best.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// Sums of squares up to each sample, for the energy of any stretch.
pub(super) struct Energy(Vec<f64>);

impl Energy {
    pub(super) fn of(samples: &[f32]) -> Self {
        let mut sum = 0.0;
        let sums = samples.iter().map(|&sample| {
            sum += f64::from(sample) * f64::from(sample);
            sum
        });
        Self(std::iter::once(0.0).chain(sums).collect())
    }

    /// The energy of the samples from `from` to before `to`.
    pub(super) fn between(&self, from: usize, to: usize) -> f64 {
        self.0[to] - self.0[from]
    }
}

/// The lag at which `heard` is most like `reference`, where at least `overlap_min` samples of both
/// lie on each other and are louder than `power_min` per sample: sample n of `heard` is then sample
/// n + lag of `reference`. `None` if there is no such lag.
pub(super) fn best_lag(
    heard: &[f32],
    reference: &[f32],
    overlap_min: usize,
    power_min: f64,
) -> Option<i64> {
    if heard.is_empty() || reference.is_empty() {
        return None;
    }
    let (energy_heard, energy_reference) = (Energy::of(heard), Energy::of(reference));
    let mut best: Option<(f64, i64)> = None;
    correlate(heard, reference, &mut |lag, product| {
        let (from, to) = overlap(heard.len(), reference.len(), lag);
        if to < from + overlap_min.max(1) {
            return;
        }
        let floor = power_min * (to - from) as f64;
        let of_heard = energy_heard.between(from, to);
        let shifted = |at: usize| (at as i64 + lag) as usize;
        let of_reference = energy_reference.between(shifted(from), shifted(to));
        if of_heard < floor || of_reference < floor {
            return;
        }
        let likeness = product / (of_heard * of_reference).sqrt();
        if best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, lag));
        }
    });
    best.map(|(_, lag)| lag)
}

/// The samples of `heard` that lie on samples of the reference at a lag: first and behind the last.
pub(super) fn overlap(heard: usize, reference: usize, lag: i64) -> (usize, usize) {
    let from = (-lag).max(0);
    let to = (reference as i64 - lag).min(heard as i64).max(from);
    (from as usize, to as usize)
}

/// Gives the sum of products at every lag, by overlap-save: the memory is that of some transforms
/// of the length of `heard`, however long `reference` is.
fn correlate(heard: &[f32], reference: &[f32], out: &mut dyn FnMut(i64, f64)) {
    let size = (heard.len() * 2).next_power_of_two().max(SIZE_MIN);
    let step = size - heard.len() + 1;
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (
        planner.plan_fft_forward(size),
        planner.plan_fft_inverse(size),
    );
    let transform = |fill: &dyn Fn(&mut [f32])| {
        let mut input = forward.make_input_vec();
        fill(&mut input);
        let mut spectrum = forward.make_output_vec();
        forward
            .process(&mut input, &mut spectrum)
            .expect("the buffers were made for this transform");
        spectrum
    };
    let pattern = transform(&|input| input[..heard.len()].copy_from_slice(heard));
    let first = 1 - heard.len() as i64;
    let lags = reference.len() as i64;
    let mut begin = first;
    while begin < lags {
        let mut spectrum: Vec<Complex<f32>> = transform(&|input| {
            // Sample k of the input is sample begin + k of the reference.
            let skip = (-begin).max(0) as usize;
            let from = begin.max(0) as usize;
            let count = (reference.len() - from.min(reference.len())).min(size - skip.min(size));
            input[skip.min(size)..][..count].copy_from_slice(&reference[from..from + count]);
        });
        for (value, other) in spectrum.iter_mut().zip(&pattern) {
            *value *= other.conj();
        }
        // The transform of real input has no imaginary part at both ends.
        if let Some(first) = spectrum.first_mut() {
            first.im = 0.0;
        }
        if let Some(last) = spectrum.last_mut() {
            last.im = 0.0;
        }
        let mut products = inverse.make_output_vec();
        inverse
            .process(&mut spectrum, &mut products)
            .expect("the buffers were made for this transform");
        for (index, product) in products[..step].iter().enumerate() {
            let lag = begin + index as i64;
            if lag < lags {
                out(lag, f64::from(*product) / size as f64);
            }
        }
        begin += step as i64;
    }
}

/// Short recordings share one length of transform.
const SIZE_MIN: usize = 1 << 13;

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: u64, length: usize) -> Vec<f32> {
        let mut rng = fastrand::Rng::with_seed(seed);
        (0..length).map(|_| rng.f32() - 0.5).collect()
    }

    #[test]
    fn every_lag_has_the_sum_of_its_products() {
        let (heard, reference) = (noise(1, 37), noise(2, 20_000));
        let mut lags = 0;
        correlate(&heard, &reference, &mut |lag, product| {
            let (from, to) = overlap(heard.len(), reference.len(), lag);
            let expected: f32 = (from..to)
                .map(|n| heard[n] * reference[(n as i64 + lag) as usize])
                .sum();
            assert!((product - f64::from(expected)).abs() < 1e-3, "lag {lag}");
            lags += 1;
        });
        assert_eq!(lags, 20_000 + 36);
    }

    #[test]
    fn a_stretch_is_found_where_it_was_taken_from() {
        let reference = noise(3, 50_000);
        for lag in [0, 17, 31_000] {
            let heard: Vec<f32> = reference[lag..lag + 9000].iter().map(|s| s * 0.2).collect();
            assert_eq!(best_lag(&heard, &reference, 4000, 0.0), Some(lag as i64));
        }
        // The heard part begins before the reference does.
        let heard = [noise(4, 3000), reference[..6000].to_vec()].concat();
        assert_eq!(best_lag(&heard, &reference, 4000, 0.0), Some(-3000));
        assert_eq!(best_lag(&heard, &[], 1, 0.0), None);
        assert_eq!(best_lag(&vec![0.0; 8000], &reference, 4000, 1e-6), None);
    }
}
