//! Functions that quantiles need.

/// Terms of a series or fraction; it ends much earlier for any sensible parameter.
const TERMS_MAX: u32 = 200_000;

/// When a series or fraction is done.
const PRECISION: f64 = 1e-15;

/// Stands for 0 in a denominator.
const TINY: f64 = 1e-300;

/// Logarithm of the gamma function, for positive `x` (Lanczos, g = 7, 9 terms).
pub(in crate::model) fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let t = x + 7.5;
    let mut sum = 0.999_999_999_999_809_9;
    let mut denominator = x;
    for term in TERMS {
        denominator += 1.0;
        sum += term / denominator;
    }
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The number below which that share of standard normal numbers lies (Acklam; relative error 1.2e-9).
pub(super) fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const TAIL: f64 = 0.024_25;
    if share <= 0.0 {
        f64::NEG_INFINITY
    } else if share >= 1.0 {
        f64::INFINITY
    } else if share < TAIL {
        let q = (-2.0 * share.ln()).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    } else if share > 1.0 - TAIL {
        let q = (-2.0 * (1.0 - share).ln()).sqrt();
        -polynomial(&C, q) / polynomial(&D, q)
    } else {
        let q = share - 0.5;
        polynomial(&A, q * q) * q / polynomial(&B, q * q)
    }
}

/// Share of gamma numbers with that shape and scale 1 that lie below `x`.
pub(super) fn gamma_share(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let factor = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 {
        let mut term = 1.0 / shape;
        let mut sum = term;
        for n in 1..TERMS_MAX {
            term *= x / (shape + f64::from(n));
            sum += term;
            if term < sum * PRECISION {
                break;
            }
        }
        return sum * factor;
    }
    let first = x + 1.0 - shape;
    let fraction = continued_fraction(1.0, first, |n| {
        let n = f64::from(n);
        (-n * (n - shape), first + 2.0 * n)
    });
    1.0 - factor * fraction
}

/// Share of beta numbers with the shapes `a` and `b` that lie below `x`.
pub(super) fn beta_share(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(b, a, 1.0 - x);
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let factor = (a * x.ln() + b * (1.0 - x).ln() - ln_beta).exp() / a;
    let fraction = continued_fraction(1.0, 1.0, |n| {
        let m = f64::from(n / 2);
        let numerator = if n % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        (numerator, 1.0)
    });
    factor * fraction
}

/// `numerator / (first + a1 / (b1 + a2 / (b2 + …)))`, where `term` gives the pairs from 1 (modified Lentz).
fn continued_fraction(numerator: f64, first: f64, term: impl Fn(u32) -> (f64, f64)) -> f64 {
    let not_zero = |x: f64| if x.abs() < TINY { TINY } else { x };
    let mut value = not_zero(first);
    let mut c = value;
    let mut d = 0.0;
    for n in 1..TERMS_MAX {
        let (a, b) = term(n);
        d = 1.0 / not_zero(b + a * d);
        c = not_zero(b + a / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < PRECISION {
            break;
        }
    }
    numerator / value
}

/// Coefficients from the highest power down.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_near(found: f64, expected: f64, what: &str) {
        let error = (found - expected).abs();
        assert!(error < 1e-7 * expected.abs().max(1.0), "{what}: {found}");
    }

    #[test]
    fn the_functions_have_the_values_of_tables() {
        assert_near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln(), "gamma 1/2");
        assert_near(ln_gamma(11.0), 3_628_800_f64.ln(), "10!");
        for (share, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_985),
            (0.99, 2.326_347_874),
            (0.001, -3.090_232_306),
        ] {
            assert_near(normal_quantile(share), expected, "normal");
        }
        assert_near(gamma_share(1.0, 2.0), 1.0 - (-2.0_f64).exp(), "exponential");
        assert_near(gamma_share(5.0, 1.0), 0.003_659_846_827, "below the mean");
        assert_near(gamma_share(0.5, 0.5), 0.682_689_492_1, "chi square");
        assert_near(gamma_share(5.0, 15.0), 0.999_143_358, "above the mean");
        assert_near(beta_share(2.0, 3.0, 0.5), 0.6875, "beta");
        assert_near(beta_share(3.0, 2.0, 0.9), 0.9477, "beta, other side");
        assert_near(beta_share(1.0, 1.0, 0.3), 0.3, "uniform");
    }
}
