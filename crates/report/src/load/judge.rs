//! Whether conditions hold.

use super::condition::{Metric, Operator};
use super::{Condition, ConditionError, Fired, LoadFigures, LoadTimes};

impl Condition {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a run that has these figures, which may all be zero, can be judged by it.
    ///
    /// # Errors
    /// There are no response times of that name.
    pub fn check(&self, figures: &LoadFigures) -> Result<(), ConditionError> {
        let Metric::Time { name, .. } = &self.metric else {
            return Ok(());
        };
        if find(figures, name).is_some() {
            return Ok(());
        }
        let mut known: Vec<&str> = Vec::new();
        for times in &figures.times {
            let names = [times.name.as_str(), times.of.as_str()];
            known.extend(names.into_iter().filter(|name| !name.is_empty()));
        }
        Err(ConditionError {
            text: self.text.clone(),
            span: self.name_span.clone(),
            what: format!(
                "this scenario measures no response times `{name}`; there are {}",
                known.join(", ")
            ),
        })
    }

    /// Judges a run. What was never measured holds: a run that shows nothing is no success.
    pub fn judge(&self, figures: &LoadFigures) -> Fired {
        let found = self.found(figures);
        let holds = found
            .as_ref()
            .is_none_or(|(value, _)| self.compares(*value));
        Fired {
            condition: self.text.clone(),
            holds,
            found: found.map_or_else(|| "nothing was measured".to_owned(), |(_, text)| text),
        }
    }

    fn compares(&self, found: f64) -> bool {
        // Figures are counts, or times that came out of integers: they are equal or they are not.
        let is_equal = (found - self.value).abs() < 1e-9;
        match self.operator {
            Operator::Above => found > self.value && !is_equal,
            Operator::AtLeast => found > self.value || is_equal,
            Operator::Below => found < self.value && !is_equal,
            Operator::AtMost => found < self.value || is_equal,
            Operator::Equal => is_equal,
            Operator::Unequal => !is_equal,
        }
    }

    /// The value and its text; nothing if it cannot be told.
    fn found(&self, figures: &LoadFigures) -> Option<(f64, String)> {
        match &self.metric {
            Metric::Rate => {
                let rate = figures.rate_reached;
                Some((rate, format!("rate is {rate:.1}/s")))
            }
            Metric::Time { of, name } => {
                let times = find(figures, name).filter(|times| times.count > 0)?;
                let value = time(times, of);
                Some((
                    value,
                    format!("{of}({name}) is {value:.3} ms of {}", times.count),
                ))
            }
            Metric::Count(name) => {
                let (count, whole) = count(figures, name);
                if !self.is_percent {
                    return Some((count as f64, format!("{name} is {count}")));
                }
                let percent = (whole > 0).then(|| 100.0 * count as f64 / whole as f64)?;
                Some((
                    percent,
                    format!("{name} is {percent:.3} %, {count} of {whole}"),
                ))
            }
        }
    }
}

/// By its name, or by the message that it begins with.
fn find<'f>(figures: &'f LoadFigures, name: &str) -> Option<&'f LoadTimes> {
    let by_name = |times: &&LoadTimes| times.name.eq_ignore_ascii_case(name);
    let by_message = |times: &&LoadTimes| times.of == name;
    let mut times = figures.times.iter();
    times
        .clone()
        .find(by_name)
        .or_else(|| times.find(by_message))
}

fn time(times: &LoadTimes, of: &str) -> f64 {
    match of {
        "p50" => times.p50_ms,
        "p90" => times.p90_ms,
        "p95" => times.p95_ms,
        "p99" => times.p99_ms,
        "p99.9" => times.p99_9_ms,
        "mean" => times.mean_ms,
        "max" => times.max_ms,
        _ => times.deviation_ms,
    }
}

/// A count, and what its percentages are of: calls, or messages.
fn count(figures: &LoadFigures, name: &str) -> (u64, u64) {
    let (calls, messages) = (&figures.calls, &figures.messages);
    let all_messages = messages.sent + messages.received;
    match name {
        "successful" => (calls.successful, calls.begun),
        "failed" => (calls.failed, calls.begun),
        "open_max" => (calls.open_max, calls.begun),
        "sent" => (messages.sent, all_messages),
        "received" => (messages.received, all_messages),
        "retransmissions" => (messages.retransmissions, all_messages),
        "unexpected" => (messages.unexpected, all_messages),
        "timeouts" => (messages.timeouts, all_messages),
        _ => (calls.begun, calls.begun),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::sample::sample;

    fn judged(text: &str) -> Fired {
        let condition: Condition = text.parse().unwrap_or_else(|error| panic!("{error}"));
        condition.judge(&sample().figures)
    }

    #[test]
    fn conditions_hold_or_not() {
        for (text, holds, found) in [
            ("failed > 0.1%", true, "failed is 2.000 %, 2 of 100"),
            ("failed > 2%", false, "failed is 2.000 %"),
            ("failed >= 2%", true, "failed is 2"),
            ("failed == 2", true, "failed is 2"),
            ("failed != 2", false, "failed is 2"),
            ("successful < 98", false, "successful is 98"),
            (
                "p99(invite) > 200ms",
                false,
                "p99(invite) is 30.000 ms of 98",
            ),
            ("p99(1) > 29.9ms", true, "p99(1) is 30"),
            ("max(invite) <= 0.03s", true, "max(invite) is 30"),
            ("rate < 11", true, "rate is 10.0/s"),
            ("p50(call) < 1s", true, "nothing was measured"),
        ] {
            let fired = judged(text);
            assert_eq!(fired.holds, holds, "{text}: {}", fired.found);
            assert!(fired.found.starts_with(found), "{text}: {}", fired.found);
        }
    }

    #[test]
    fn names_are_checked_beforehand() {
        let condition: Condition = "p99(bye) > 2ms".parse().unwrap();
        let error = condition.check(&sample().figures).expect_err("no bye");
        assert_eq!(error.span, 4..7);
        assert!(error.what.ends_with("there are 1, invite, call"), "{error}");
    }
}
