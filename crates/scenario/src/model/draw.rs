//! Random numbers of other than the uniform kind, from a generator that the caller seeds.

use fastrand::Rng;

use super::distribution::special::ln_gamma;

/// Means from which the draw by rejection is right; below it the draw by products is faster.
const REJECTION_MEAN_MIN: f64 = 10.0;

/// Means above which a count is drawn as a normal number: its relative error is below that of `f64`
/// in the rejection, and the count still fits.
const NORMAL_MEAN_MIN: f64 = 1e9;

/// Strictly between 0 and 1.
pub fn open_unit(rng: &mut Rng) -> f64 {
    ((rng.u64(..) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Exponential with mean 1.
pub fn exponential(rng: &mut Rng) -> f64 {
    -open_unit(rng).ln()
}

/// Normal with mean 0 and deviation 1 (Marsaglia's polar method).
pub fn normal(rng: &mut Rng) -> f64 {
    loop {
        let x = 2.0 * open_unit(rng) - 1.0;
        let y = 2.0 * open_unit(rng) - 1.0;
        let square = x * x + y * y;
        if square < 1.0 && square > 0.0 {
            return x * (-2.0 * square.ln() / square).sqrt();
        }
    }
}

/// How many of rare, independent things happen when `mean` are expected; 0 for a mean that is not
/// positive.
pub fn poisson(rng: &mut Rng, mean: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        0
    } else if mean < REJECTION_MEAN_MIN {
        poisson_by_product(rng, mean)
    } else if mean < NORMAL_MEAN_MIN {
        poisson_by_rejection(rng, mean)
    } else {
        // The cast saturates.
        (mean + mean.sqrt() * normal(rng)).round() as u64
    }
}

/// Gamma with scale 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000);
/// 0 for a shape that is not positive.
pub fn gamma(rng: &mut Rng, shape: f64) -> f64 {
    if shape.is_nan() || shape <= 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        // Raised to a shape above 1, and back.
        let power = open_unit(rng).powf(1.0 / shape);
        return gamma(rng, shape + 1.0) * power;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && open_unit(rng).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// Arrivals with exponential gaps, until a unit of time is full.
fn poisson_by_product(rng: &mut Rng, mean: f64) -> u64 {
    let limit = (-mean).exp();
    let mut product = open_unit(rng);
    let mut count = 0;
    while product > limit {
        product *= open_unit(rng);
        count += 1;
    }
    count
}

/// Hörmann, "The transformed rejection method for generating Poisson random variables", 1993: PTRS.
fn poisson_by_rejection(rng: &mut Rng, mean: f64) -> u64 {
    let width = 0.931 + 2.53 * mean.sqrt();
    let slope = -0.059 + 0.024_83 * width;
    let inverse_alpha = 1.1239 + 1.1328 / (width - 3.4);
    let squeeze = 0.9277 - 3.6224 / (width - 2.0);
    loop {
        let place = open_unit(rng) - 0.5;
        let height = open_unit(rng);
        let edge = 0.5 - place.abs();
        let count = ((2.0 * slope / edge + width) * place + mean + 0.43).floor();
        if edge >= 0.07 && height <= squeeze {
            return count as u64;
        }
        if count < 0.0 || (edge < 0.013 && height > edge) {
            continue;
        }
        let drawn = (height * inverse_alpha / (slope / (edge * edge) + width)).ln();
        if drawn <= count * mean.ln() - mean - ln_gamma(count + 1.0) {
            return count as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of many draws.
    fn moments(mut draw: impl FnMut(&mut Rng) -> f64) -> (f64, f64) {
        let mut rng = Rng::with_seed(20_261_121);
        let count = 200_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..count {
            let x = draw(&mut rng);
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(count);
        (mean, squares / f64::from(count) - mean * mean)
    }

    fn assert_close(name: &str, found: f64, expected: f64) {
        let error = (found - expected).abs() / expected;
        assert!(error < 0.03, "{name}: {found} for {expected}");
    }

    #[test]
    fn mean_and_variance_of_a_poisson_count_are_its_parameter() {
        for expected in [0.01, 0.5, 3.0, 9.9, 10.0, 12.5, 100.0, 12_345.0, 1e8, 1e12] {
            let (mean, variance) = moments(|rng| poisson(rng, expected) as f64 - expected.floor());
            assert_close("mean", mean + expected.floor(), expected);
            assert_close("variance", variance, expected);
        }
        assert_eq!(poisson(&mut Rng::with_seed(1), 0.0), 0);
        assert_eq!(poisson(&mut Rng::with_seed(1), f64::NAN), 0);
    }

    #[test]
    fn poisson_counts_have_their_probabilities() {
        for mean in [2.0, 10.5, 40.0] {
            let mut rng = Rng::with_seed(5);
            let mut seen = vec![0_u32; 200];
            let draws = 300_000;
            for _ in 0..draws {
                seen[poisson(&mut rng, mean) as usize] += 1;
            }
            for (k, &seen) in seen.iter().enumerate() {
                let k = k as f64;
                let expected = (k * mean.ln() - mean - ln_gamma(k + 1.0)).exp() * f64::from(draws);
                let bound = 6.0 * expected.sqrt() + 6.0;
                assert!(
                    (f64::from(seen) - expected).abs() < bound,
                    "{mean} {k} {seen}"
                );
            }
        }
    }

    #[test]
    fn continuous_draws_have_their_mean_and_variance() {
        let (mean, variance) = moments(normal);
        assert!(mean.abs() < 0.02, "{mean}");
        assert_close("variance", variance, 1.0);
        let (mean, variance) = moments(exponential);
        assert_close("mean", mean, 1.0);
        assert_close("variance", variance, 1.0);
        for shape in [0.3, 1.0, 2.5, 400.0] {
            let (mean, variance) = moments(|rng| gamma(rng, shape));
            assert_close("mean", mean, shape);
            assert_close("variance", variance, shape);
        }
    }
}
