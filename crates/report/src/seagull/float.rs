//! Numbers as C's `%g` writes them.

/// Digits that `%g` keeps.
const DIGITS: usize = 6;
/// Below this power of ten `%g` changes to the form with an exponent.
const EXPONENT_MIN: i32 = -4;

/// The value as `%g`: six digits, trailing zeros left out, an exponent for very small or large.
pub(super) fn general(value: f32) -> String {
    let value = f64::from(value);
    if !value.is_finite() {
        return non_finite(value);
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.into();
    }
    // Rounding may carry into the next power of ten, so the exponent is taken afterwards.
    let scientific = format!("{value:.precision$e}", precision = DIGITS - 1);
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the exponent form has an e");
    let exponent: i32 = exponent.parse().expect("an exponent is a small number");
    if exponent < EXPONENT_MIN || exponent >= DIGITS as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs());
    }
    let decimals = (DIGITS as i32 - 1 - exponent) as usize;
    trimmed(&format!("{value:.decimals$}")).into()
}

fn non_finite(value: f64) -> String {
    let name = if value.is_nan() { "nan" } else { "inf" };
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{name}")
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_c() {
        let cases: &[(f32, &str)] = &[
            (0.0, "0"),
            (1.0, "1"),
            (100.0, "100"),
            (0.1, "0.1"),
            (9.995_003, "9.995"),
            (12_345.678, "12345.7"),
            (123_456.0, "123456"),
            (999_999.5, "1e+06"),
            (1_234_567.0, "1.23457e+06"),
            (0.000_123_456, "0.000123456"),
            (0.000_012_345, "1.2345e-05"),
            (-2.5, "-2.5"),
            (333.333_34, "333.333"),
            (1e20, "1e+20"),
            (f32::INFINITY, "inf"),
            (f32::NAN, "nan"),
        ];
        for (value, text) in cases {
            assert_eq!(general(*value), *text, "{value:?}");
        }
    }
}
