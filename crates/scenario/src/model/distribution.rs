//! Lengths of time that are drawn at random.

pub(super) mod special;

use fastrand::Rng;

use self::special::{beta_share, gamma_share, normal_quantile};
use super::draw;

/// The longest pause, in milliseconds.
pub const PAUSE_MS_MAX: f64 = 2_147_483_647.0;

/// Halvings after which two numbers are the same `f64`.
const HALVINGS: u32 = 1_100;

/// A distribution of a length of time in milliseconds. Parameter names are SIPp's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Fixed {
        /// Milliseconds.
        value: f64,
    },
    /// Between two limits.
    Uniform {
        /// Shortest.
        min: f64,
        /// Longest.
        max: f64,
    },
    /// Gauss.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        stdev: f64,
    },
    /// The logarithm is normal.
    LogNormal {
        /// Mean of the logarithm.
        mean: f64,
        /// Standard deviation of the logarithm.
        stdev: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Weibull.
    Weibull {
        /// Scale.
        lambda: f64,
        /// Shape.
        k: f64,
    },
    /// Pareto.
    Pareto {
        /// Shape.
        k: f64,
        /// Scale: the shortest.
        x_m: f64,
    },
    /// Generalised Pareto.
    GPareto {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
        /// Location: the shortest.
        location: f64,
    },
    /// Gamma.
    Gamma {
        /// Shape.
        k: f64,
        /// Scale.
        theta: f64,
    },
    /// Negative binomial.
    NegBin {
        /// Probability of success, 0 to 1.
        p: f64,
        /// Number of successes.
        n: f64,
    },
}

impl Distribution {
    /// Draws a length of time in milliseconds: 0 for less than one, at most [`PAUSE_MS_MAX`].
    pub fn sample_ms(&self, rng: &mut Rng) -> f64 {
        let ms = match *self {
            Self::Gamma { k, theta } => draw::gamma(rng, k) * theta,
            Self::NegBin { p, n } => {
                // Failures before the nth success: Poisson, with a mean that is itself gamma.
                let mean = draw::gamma(rng, n) * (1.0 - p) / p;
                draw::poisson(rng, mean) as f64
            }
            _ => self.quantile_ms(draw::open_unit(rng)),
        };
        // Parameters without sense may give what is no number; it counts as no pause.
        if ms >= 1.0 { ms.min(PAUSE_MS_MAX) } else { 0.0 }
    }

    /// The length of time in milliseconds below which that share (0 to 1) of all draws lies, before
    /// the limits of [`sample_ms`](Self::sample_ms): a normal distribution has negative times, and
    /// many have no longest one. No number if the parameters have no sense.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        // Of an exponential distribution with mean 1.
        let exponential = || -(-share).ln_1p();
        match *self {
            Self::Fixed { value } => value,
            Self::Uniform { min, max } => min + (max - min) * share,
            Self::Normal { mean, stdev } => mean + stdev * normal_quantile(share),
            Self::LogNormal { mean, stdev } => (mean + stdev * normal_quantile(share)).exp(),
            Self::Exponential { mean } => mean * exponential(),
            Self::Weibull { lambda, k } => lambda * exponential().powf(1.0 / k),
            Self::Pareto { k, x_m } => x_m * (exponential() / k).exp(),
            Self::GPareto {
                shape,
                scale,
                location,
            } => {
                let way = if shape == 0.0 {
                    exponential()
                } else {
                    (shape * exponential()).exp_m1() / shape
                };
                location + scale * way
            }
            Self::Gamma { k, theta } => theta * gamma_quantile(k, share),
            Self::NegBin { p, n } => negative_binomial_quantile(p, n, share),
        }
    }
}

/// Of a gamma distribution with scale 1.
fn gamma_quantile(shape: f64, share: f64) -> f64 {
    if shape.is_nan() || shape <= 0.0 {
        return f64::NAN;
    }
    if share >= 1.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0, shape.max(1.0));
    while gamma_share(shape, high) < share {
        low = high;
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if gamma_share(shape, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The lowest count that at least that share of all counts do not exceed.
fn negative_binomial_quantile(p: f64, n: f64, share: f64) -> f64 {
    let sense = p > 0.0 && p <= 1.0 && n > 0.0;
    if !sense {
        return f64::NAN;
    }
    let reached = |count: u64| beta_share(n, count as f64 + 1.0, p) >= share;
    if reached(0) {
        return 0.0;
    }
    if share >= 1.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0, 1);
    while !reached(high) {
        if high as f64 > PAUSE_MS_MAX * PAUSE_MS_MAX {
            return f64::INFINITY;
        }
        low = high;
        high *= 2;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Distribution; 13] = [
        Distribution::Fixed { value: 2_500.0 },
        Distribution::Uniform {
            min: 1_000.0,
            max: 5_000.0,
        },
        Distribution::Normal {
            mean: 60_000.0,
            stdev: 15_000.0,
        },
        Distribution::LogNormal {
            mean: 9.0,
            stdev: 0.5,
        },
        Distribution::Exponential { mean: 900.0 },
        Distribution::Weibull {
            lambda: 400.0,
            k: 1.5,
        },
        Distribution::Pareto { k: 2.5, x_m: 300.0 },
        Distribution::GPareto {
            shape: 0.2,
            scale: 100.0,
            location: 50.0,
        },
        Distribution::GPareto {
            shape: 0.0,
            scale: 100.0,
            location: 50.0,
        },
        Distribution::Gamma {
            k: 0.5,
            theta: 1_000.0,
        },
        Distribution::Gamma {
            k: 9.0,
            theta: 1_000.0,
        },
        Distribution::NegBin { p: 0.1, n: 3.0 },
        Distribution::NegBin {
            p: 0.000_2,
            n: 12.5,
        },
    ];

    #[test]
    fn as_many_draws_lie_below_a_quantile_as_it_says() {
        for distribution in ALL {
            let mut rng = Rng::with_seed(7);
            let mut draws: Vec<f64> = (0..40_000)
                .map(|_| distribution.sample_ms(&mut rng))
                .collect();
            draws.sort_by(f64::total_cmp);
            for share in [0.1, 0.5, 0.9, 0.99] {
                let limit = distribution.quantile_ms(share);
                // Draws below 1 are 0; of counts and constants many are equal.
                let below = draws.partition_point(|&ms| ms < limit.floor()) as f64 / 40_000.0;
                let upto = draws.partition_point(|&ms| ms <= limit.ceil()) as f64 / 40_000.0;
                assert!(
                    below - 0.01 < share && share < upto + 0.01,
                    "{distribution:?}: {below} to {upto} for {share}"
                );
            }
        }
    }

    #[test]
    fn quantiles_have_the_values_of_tables() {
        let cases = [
            (ALL[0], 2_500.0),
            (ALL[1], 4_960.0),
            (ALL[2], 94_895.218),
            (ALL[4], 4_144.653),
            (ALL[6], 300.0 * 100_f64.powf(0.4)),
            // Half a chi-square number with 18 degrees of freedom: 34.805 at 99 %.
            (ALL[10], 17_402.65),
            (ALL[11], 78.0),
        ];
        for (distribution, expected) in cases {
            let found = distribution.quantile_ms(0.99);
            let error = (found - expected).abs() / expected;
            assert!(error < 1e-5, "{distribution:?}: {found}");
        }
    }

    #[test]
    fn draws_are_no_pause_or_at_least_a_millisecond_and_at_most_the_longest() {
        let mut rng = Rng::with_seed(1);
        for (distribution, expected) in [
            (Distribution::Fixed { value: 0.99 }, 0.0),
            (Distribution::Fixed { value: -7.0 }, 0.0),
            (Distribution::Fixed { value: 1.0 }, 1.0),
            (Distribution::Fixed { value: 1e12 }, PAUSE_MS_MAX),
            (Distribution::Fixed { value: f64::NAN }, 0.0),
            (
                Distribution::Gamma {
                    k: -1.0,
                    theta: 1.0,
                },
                0.0,
            ),
            (Distribution::NegBin { p: 0.0, n: 1.0 }, PAUSE_MS_MAX),
            (Distribution::NegBin { p: 1.0, n: 4.0 }, 0.0),
        ] {
            let ms = distribution.sample_ms(&mut rng);
            assert!((ms - expected).abs() < 1e-9, "{distribution:?}: {ms}");
        }
        assert!(
            Distribution::NegBin { p: 2.0, n: 4.0 }
                .quantile_ms(0.99)
                .is_nan()
        );
    }

    #[test]
    fn equal_seeds_give_equal_draws() {
        for distribution in ALL {
            let draw = |seed| distribution.sample_ms(&mut Rng::with_seed(seed));
            assert!((draw(3) - draw(3)).abs() < f64::EPSILON, "{distribution:?}");
        }
    }
}
