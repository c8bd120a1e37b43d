//! Values that parameters stand for.

use std::fmt;
use std::time::Duration;

/// A time as features write it: `500 ms`, `2s`, `0.5 seconds`, `1 minute`. A bare number is
/// refused: its unit would be a guess.
pub fn parse_time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit.trim_start() {
        "ms" | "msec" | "millisecond" | "milliseconds" => number / 1000.0,
        "s" | "sec" | "secs" | "second" | "seconds" => number,
        "m" | "min" | "mins" | "minute" | "minutes" => number * 60.0,
        "h" | "hour" | "hours" => number * 3600.0,
        _ => return None,
    };
    (seconds <= TIME_SECONDS_MAX)
        .then(|| Duration::try_from_secs_f64(seconds).ok())
        .flatten()
}

/// The longest time that can be written: a month. More is a slip of the pen.
const TIME_SECONDS_MAX: f64 = 31.0 * 86_400.0;

/// One or more status codes or classes: `486`, `4xx`, `401,407`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes(Vec<CodeRange>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeRange {
    One(u16),
    /// First digit of a class.
    Class(u16),
}

impl Codes {
    /// Reads `486`, `4xx`, `401,407`. `None` if it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let ranges: Option<Vec<_>> = text
            .split(',')
            .map(|part| code_range(part.trim()))
            .collect();
        ranges.filter(|ranges| !ranges.is_empty()).map(Self)
    }

    /// Whether `code` is one of them.
    pub fn contains(&self, code: u16) -> bool {
        self.0.iter().any(|range| match *range {
            CodeRange::One(one) => one == code,
            CodeRange::Class(digit) => code / 100 == digit,
        })
    }

    /// The code if it is a single one: what a phone can send.
    pub fn single(&self) -> Option<u16> {
        match self.0[..] {
            [CodeRange::One(code)] => Some(code),
            _ => None,
        }
    }
}

fn code_range(text: &str) -> Option<CodeRange> {
    if text.len() != 3 || !text.is_ascii() {
        return None;
    }
    if text[1..].eq_ignore_ascii_case("xx") {
        let digit = text[..1].parse().ok()?;
        return (1..=6).contains(&digit).then_some(CodeRange::Class(digit));
    }
    let code = text.parse().ok()?;
    (100..=699).contains(&code).then_some(CodeRange::One(code))
}

impl fmt::Display for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" or ")?;
            }
            match range {
                CodeRange::One(code) => write!(f, "{code}")?,
                CodeRange::Class(digit) => write!(f, "{digit}xx")?,
            }
        }
        Ok(())
    }
}

/// Which message is meant: a request by method, a response by code, or a response to a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePattern {
    /// The status codes; `None` for requests.
    pub codes: Option<Codes>,
    /// The method of the request, or of the request that the response answers.
    pub method: Option<String>,
}

impl MessagePattern {
    /// Reads `INVITE`, `486`, `2xx`, `200 to INVITE`. `None` if it is none of them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((codes, method)) = text.split_once(" to ") {
            return Some(Self {
                codes: Some(Codes::parse(codes)?),
                method: Some(method_name(method)?),
            });
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(Self {
                codes: Some(Codes::parse(text)?),
                method: None,
            });
        }
        Some(Self {
            codes: None,
            method: Some(method_name(text)?),
        })
    }

    /// Whether a request with this method is meant.
    pub fn fits_request(&self, method: &str) -> bool {
        self.codes.is_none() && self.method.as_deref() == Some(method)
    }

    /// Whether a response with this code to a request with this method is meant.
    pub fn fits_response(&self, code: u16, method: &str) -> bool {
        self.codes
            .as_ref()
            .is_some_and(|codes| codes.contains(code))
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
    }
}

fn method_name(text: &str) -> Option<String> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase()))
        .then(|| text.to_owned())
}

impl fmt::Display for MessagePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.codes, &self.method) {
            (Some(codes), Some(method)) => write!(f, "{codes} to {method}"),
            (Some(codes), None) => codes.fmt(f),
            (None, Some(method)) => f.write_str(method),
            (None, None) => f.write_str("any message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let table = [
            ("500 ms", Some(500)),
            ("10 seconds", Some(10_000)),
            ("1 second", Some(1000)),
            ("0.5 s", Some(500)),
            ("2s", Some(2000)),
            ("1 minute", Some(60_000)),
            ("2 hours", Some(7_200_000)),
            ("5", None),
            ("5 parsecs", None),
            ("1.2.3 s", None),
            ("s", None),
            ("99999999999999999999 hours", None),
        ];
        for (text, millis) in table {
            assert_eq!(
                parse_time(text),
                millis.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn codes_are_numbers_classes_and_lists() {
        let codes = Codes::parse("401, 407,5xx").unwrap();
        for (code, fits) in [
            (401, true),
            (407, true),
            (503, true),
            (404, false),
            (200, false),
        ] {
            assert_eq!(codes.contains(code), fits, "{code}");
        }
        assert_eq!(codes.to_string(), "401 or 407 or 5xx");
        assert_eq!(codes.single(), None);
        assert_eq!(Codes::parse("486").unwrap().single(), Some(486));
        for bad in ["", "99", "700", "7xx", "4x", "abc", "401,", "4é"] {
            assert_eq!(Codes::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn message_patterns_name_requests_and_responses() {
        let ok = MessagePattern::parse("200 to INVITE").unwrap();
        assert!(ok.fits_response(200, "INVITE"));
        assert!(!ok.fits_response(200, "BYE"));
        assert!(!ok.fits_request("INVITE"));
        let bye = MessagePattern::parse("BYE").unwrap();
        assert!(bye.fits_request("BYE"));
        assert!(!bye.fits_response(200, "BYE"));
        assert!(
            MessagePattern::parse("4xx")
                .unwrap()
                .fits_response(486, "INVITE")
        );
        assert_eq!(MessagePattern::parse("hello"), None);
    }
}
