//! `--fail-if`: conditions on the figures of a run.
//!
//! ```text
//! condition  = metric operator value
//! metric     = count | "rate" | time "(" name ")"
//! count      = "calls" | "successful" | "failed" | "open_max" | "sent" | "received"
//!            | "retransmissions" | "unexpected" | "timeouts"
//! time       = "p50" | "p90" | "p95" | "p99" | "p99.9" | "mean" | "max" | "deviation"
//! operator   = ">" | ">=" | "<" | "<=" | "==" | "!="
//! value      = number [ "%" | "us" | "ms" | "s" | "/s" ]
//! ```

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use gannet_diag::nearest;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A condition that fails a run when it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// As it was written.
    pub(super) text: String,
    pub(super) metric: Metric,
    pub(super) operator: Operator,
    /// In milliseconds, calls per second, or as it is.
    pub(super) value: f64,
    pub(super) is_percent: bool,
    /// Where the name of the response times stands.
    pub(super) name_span: Range<usize>,
}

/// What is wrong with a condition, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ConditionError {
    /// The condition.
    pub text: String,
    /// Octets of it that are wrong.
    pub span: Range<usize>,
    /// What is wrong, what was expected.
    pub what: String,
}

/// A condition and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fired {
    /// The condition as it was written.
    pub condition: String,
    /// It holds, so the run failed.
    pub holds: bool,
    /// What was found, in words.
    pub found: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Metric {
    Count(&'static str),
    Rate,
    Time { of: &'static str, name: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Unequal,
}

pub(super) const COUNTS: [&str; 9] = [
    "calls",
    "successful",
    "failed",
    "open_max",
    "sent",
    "received",
    "retransmissions",
    "unexpected",
    "timeouts",
];
const TIMES: [&str; 8] = [
    "p50",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "mean",
    "max",
    "deviation",
];
/// Longest first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("==", Operator::Equal),
    ("!=", Operator::Unequal),
    (">", Operator::Above),
    ("<", Operator::Below),
];

impl fmt::Display for ConditionError {
    /// Three lines: what is wrong, the condition, and a mark below the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.text.replace(|c: char| c.is_control(), " ");
        let before = self.text.get(..self.span.start).unwrap_or(&self.text);
        let marked = self.text.get(self.span.clone()).unwrap_or_default();
        write!(
            f,
            "column {}: {}\n  {shown}\n  {}{}",
            before.chars().count() + 1,
            self.what,
            " ".repeat(before.chars().count()),
            "^".repeat(marked.chars().count().max(1)),
        )
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let mut rest = Cursor { text, at: 0 };
        let word = rest.word();
        let (metric, name_span) = metric(&mut rest, word)?;
        let operator = rest.operator()?;
        let number_at = rest.skip_blanks();
        let number = rest.number()?;
        let unit = rest.word();
        rest.end()?;
        let (value, is_percent) = scaled(&metric, number, text, unit, number_at)?;
        Ok(Self {
            text: text.to_owned(),
            metric,
            operator,
            value,
            is_percent,
            name_span,
        })
    }
}

fn metric(
    rest: &mut Cursor<'_>,
    word: Range<usize>,
) -> Result<(Metric, Range<usize>), ConditionError> {
    let name = &rest.text[word.clone()];
    if let Some(count) = COUNTS.iter().find(|count| **count == name) {
        return Ok((Metric::Count(count), word));
    }
    if name == "rate" {
        return Ok((Metric::Rate, word));
    }
    let Some(of) = TIMES.iter().find(|time| **time == name) else {
        return Err(rest.error(word.clone(), unknown_metric(name)));
    };
    if !rest.takes("(") {
        let at = rest.at..rest.at;
        let what = format!("expected `(` and the name of response times, as in `{of}(invite)`");
        return Err(rest.error(at, what));
    }
    let start = rest.at;
    let Some(length) = rest.text[start..].find(')') else {
        return Err(rest.error(start..rest.text.len(), "the `)` is missing".to_owned()));
    };
    rest.at = start + length + 1;
    let name = rest.text[start..start + length].trim();
    let span = start..start + length;
    if name.is_empty() {
        return Err(rest.error(
            start - 1..rest.at,
            "a name is missing, as in `(invite)`".to_owned(),
        ));
    }
    let metric = Metric::Time {
        of,
        name: name.to_ascii_lowercase(),
    };
    Ok((metric, span))
}

fn unknown_metric(name: &str) -> String {
    let known: Vec<&str> = COUNTS.into_iter().chain(["rate"]).chain(TIMES).collect();
    if name.is_empty() {
        return "expected what is to be judged, for example `failed` or `p99(invite)`".to_owned();
    }
    let near = nearest(name, &known, 1);
    let hint = near.first().map(|near| format!(", did you mean `{near}`?"));
    format!(
        "`{name}` is not known{}; there are {}",
        hint.unwrap_or_default(),
        known.join(", ")
    )
}

/// The value in the unit of the metric.
fn scaled(
    metric: &Metric,
    number: f64,
    text: &str,
    unit: Range<usize>,
    number_at: usize,
) -> Result<(f64, bool), ConditionError> {
    let wrong = |what: &str| {
        let span = if unit.is_empty() {
            number_at..unit.start
        } else {
            unit.clone()
        };
        Err(ConditionError {
            text: text.to_owned(),
            span,
            what: what.to_owned(),
        })
    };
    match (metric, &text[unit.clone()]) {
        (Metric::Time { .. }, "ms") | (Metric::Rate, "" | "/s") | (Metric::Count(_), "") => {
            Ok((number, false))
        }
        (Metric::Time { .. }, "us") => Ok((number / 1e3, false)),
        (Metric::Time { .. }, "s") => Ok((number * 1e3, false)),
        (Metric::Time { .. }, _) => {
            wrong("expected a time with its unit: us, ms or s, as in 200ms")
        }
        (Metric::Rate, _) => wrong("expected calls per second, as in 50 or 50/s"),
        (Metric::Count("calls"), "%") => wrong("calls are what percentages are of: give a number"),
        (Metric::Count(_), "%") => Ok((number, true)),
        (Metric::Count(_), _) => wrong("expected a number or a percentage, as in 5 or 0.1%"),
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn error(&self, span: Range<usize>, what: String) -> ConditionError {
        ConditionError {
            text: self.text.to_owned(),
            span,
            what,
        }
    }

    fn skip_blanks(&mut self) -> usize {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    /// Up to the next blank, operator or bracket.
    fn word(&mut self) -> Range<usize> {
        let start = self.skip_blanks();
        let rest = &self.text[start..];
        let ends = |c: char| c.is_whitespace() || "<>=!()".contains(c);
        self.at = start + rest.find(ends).unwrap_or(rest.len());
        start..self.at
    }

    fn takes(&mut self, what: &str) -> bool {
        self.skip_blanks();
        let is_there = self.text[self.at..].starts_with(what);
        if is_there {
            self.at += what.len();
        }
        is_there
    }

    fn operator(&mut self) -> Result<Operator, ConditionError> {
        for (sign, operator) in OPERATORS {
            if self.takes(sign) {
                return Ok(operator);
            }
        }
        let found = self.word();
        Err(self.error(found, "expected >, >=, <, <=, == or !=".to_owned()))
    }

    fn number(&mut self) -> Result<f64, ConditionError> {
        let start = self.skip_blanks();
        let rest = &self.text[start..];
        let length = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        if let Ok(number) = rest[..length].parse() {
            self.at = start + length;
            return Ok(number);
        }
        let found = self.word();
        Err(self.error(found, "expected a number, as in 200ms or 0.1%".to_owned()))
    }

    fn end(&mut self) -> Result<(), ConditionError> {
        let start = self.skip_blanks();
        if start == self.text.len() {
            return Ok(());
        }
        let what = "expected the end: give the option again for another condition";
        Err(self.error(start..self.text.len(), what.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let read = |text: &str| {
            text.parse::<Condition>()
                .unwrap_or_else(|it| panic!("{it}"))
        };
        let p99 = read("p99(invite) > 200ms");
        let metric = Metric::Time {
            of: "p99",
            name: "invite".into(),
        };
        assert_eq!((p99.metric, p99.operator), (metric, Operator::Above));
        assert_eq!((p99.value, p99.is_percent), (200.0, false));
        assert!((read("mean( Call )>=1.5s").value - 1_500.0).abs() < 1e-9);
        let failed = read("failed>0.1%");
        assert_eq!((failed.value, failed.is_percent), (0.1, true));
        assert_eq!(read("rate < 50/s").metric, Metric::Rate);
        assert_eq!(read("  calls!=10 ").operator, Operator::Unequal);
    }

    #[test]
    fn errors_have_a_place() {
        for (text, span, what) in [
            ("", 0..0, "expected what is to be judged"),
            ("faild > 1", 0..5, "did you mean `failed`?"),
            ("p99 > 200ms", 4..4, "expected `(`"),
            ("p99(invite > 2ms", 4..16, "`)` is missing"),
            ("p99() > 2ms", 3..5, "name is missing"),
            ("failed 5", 7..8, "expected >"),
            ("failed > many", 9..13, "expected a number"),
            ("failed > 5ms", 10..12, "number or a percentage"),
            ("p99(a) > 5", 9..10, "a time with its unit"),
            ("p99(a) > 5%", 10..11, "a time with its unit"),
            ("calls > 5%", 9..10, "what percentages are of"),
            ("failed > 1 and more", 15..19, "expected the end"),
            ("failed > 1 % 7", 13..14, "expected the end"),
            ("failed > 1.2.3", 9..14, "expected a number"),
            ("föiled > 1", 0..7, "is not known"),
        ] {
            let error = text.parse::<Condition>().expect_err(text);
            assert!(error.what.contains(what), "{text}: {error}");
            assert_eq!(error.span, span, "{text}: {error}");
        }
        let error = "failed > 5ms".parse::<Condition>().expect_err("a unit");
        let shown = error.to_string();
        assert!(shown.starts_with("column 11: "), "{shown}");
        assert!(
            shown.ends_with("\n  failed > 5ms\n            ^^"),
            "{shown}"
        );
    }
}
