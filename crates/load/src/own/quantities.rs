//! Rates and times as people write them.

use std::time::Duration;

use thiserror::Error;

/// Something that is no rate or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected {expected}")]
pub struct QuantityError {
    expected: &'static str,
}

const UNITS: [(&str, f64); 5] = [
    ("ms", 1e-3),
    ("min", 60.0),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
];

/// Longer times are slips.
const TIME_MAX_S: f64 = 366.0 * 86_400.0;

/// Reads calls per second: `50`, `0.5`, `50000`, `50k`.
///
/// # Errors
/// It is no number from 0 to 10⁹.
pub fn parse_rate(text: &str) -> Result<f64, QuantityError> {
    let (digits, factor) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1e3),
        None => (text, 1.0),
    };
    number(digits)
        .map(|number| number * factor)
        .filter(|rate| *rate <= gannet_traffic::RATE_MAX)
        .ok_or(QuantityError {
            expected: "calls per second, for example 50, 0.5 or 50k",
        })
}

/// Reads a time: `20s`, `500ms`, `2min` or `2m`, `1h`; a bare number is seconds.
///
/// # Errors
/// It is none of these, or longer than a year.
pub fn parse_time(text: &str) -> Result<Duration, QuantityError> {
    let (digits, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)))
        .unwrap_or((text, 1.0));
    number(digits.trim_ascii_end())
        .map(|number| number * factor)
        .filter(|seconds| *seconds <= TIME_MAX_S)
        .map(Duration::from_secs_f64)
        .ok_or(QuantityError {
            expected: "a time, for example 20s, 500ms, 2min or 1h",
        })
}

/// A time that is longer than nothing.
///
/// # Errors
/// As for [`parse_time`], and for zero.
pub fn parse_span(text: &str) -> Result<Duration, QuantityError> {
    parse_time(text)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or(QuantityError {
            expected: "a time above zero, for example 20s, 500ms, 2min or 1h",
        })
}

/// Digits with or without decimals.
fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse()
        .ok()
        .filter(|number: &f64| plain && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_decimals_and_thousands() {
        for (text, rate) in [("50", 50.0), ("0.5", 0.5), ("50k", 50e3), ("1.5k", 1500.0)] {
            assert_eq!(parse_rate(text), Ok(rate), "{text}");
        }
        for wrong in ["", "k", "-1", "1e3", "inf", "ten", "2000000k", ".5"] {
            assert!(parse_rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        for (text, ms) in [
            ("20s", 20_000),
            ("20", 20_000),
            ("500ms", 500),
            ("0.5s", 500),
            ("2m", 120_000),
            ("2min", 120_000),
            ("2 min", 120_000),
            ("1h", 3_600_000),
            ("0", 0),
        ] {
            assert_eq!(parse_time(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for wrong in ["", "s", "-1s", "1d", "1e9s", "soon", "99999999h"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
            assert!(parse_span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_span_is_longer_than_nothing() {
        assert_eq!(parse_span("20s"), Ok(Duration::from_secs(20)));
        assert!(parse_span("0s").is_err() && parse_time("0s").is_ok());
    }
}
