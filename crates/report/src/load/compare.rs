//! Two runs beside each other.

use std::fmt;

use super::LoadResults;

/// Two runs beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared, in order.
    pub changes: Vec<Change>,
}

/// One figure of both runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is.
    pub name: String,
    /// In the first run; nothing if it has no such figure.
    pub before: Option<f64>,
    /// In the second run.
    pub after: Option<f64>,
    /// More is worse; nothing where neither is.
    pub more_is_worse: Option<bool>,
}

/// Changes smaller than this share are no news: two runs are never quite alike.
const SHARE_MIN: f64 = 0.05;

impl Change {
    /// It got worse, by more than a twentieth.
    pub fn is_worse(&self) -> bool {
        self.got(true)
    }

    /// It got better, by more than a twentieth.
    pub fn is_better(&self) -> bool {
        self.got(false)
    }

    fn got(&self, worse: bool) -> bool {
        let (Some(before), Some(after), Some(more_is_worse)) =
            (self.before, self.after, self.more_is_worse)
        else {
            return false;
        };
        let grew = after - before;
        let is_news = grew.abs() > before.abs() * SHARE_MIN && grew.abs() > 1e-9;
        is_news && (grew > 0.0) == (more_is_worse == worse)
    }
}

/// Compares two runs of load.
pub fn compare(before: &LoadResults, after: &LoadResults) -> Comparison {
    let (one, other) = (&before.figures, &after.figures);
    let mut changes = Vec::new();
    let mut add = |name: &str, before: f64, after: f64, more_is_worse: Option<bool>| {
        changes.push(Change {
            name: name.to_owned(),
            before: Some(before),
            after: Some(after),
            more_is_worse,
        });
    };
    let share = |count: u64, of: u64| 100.0 * count as f64 / of.max(1) as f64;
    add("duration, s", one.elapsed_s, other.elapsed_s, None);
    add(
        "calls",
        one.calls.begun as f64,
        other.calls.begun as f64,
        None,
    );
    add(
        "calls per second",
        one.rate_reached,
        other.rate_reached,
        Some(false),
    );
    add(
        "failed calls, %",
        share(one.calls.failed, one.calls.begun),
        share(other.calls.failed, other.calls.begun),
        Some(true),
    );
    let retransmitted = |figures: &super::LoadFigures| {
        let messages = &figures.messages;
        share(messages.retransmissions, messages.sent + messages.received)
    };
    add(
        "retransmissions, %",
        retransmitted(one),
        retransmitted(other),
        Some(true),
    );
    add(
        "unexpected messages",
        one.messages.unexpected as f64,
        other.messages.unexpected as f64,
        Some(true),
    );
    add(
        "timeouts",
        one.messages.timeouts as f64,
        other.messages.timeouts as f64,
        Some(true),
    );
    changes.extend(times(before, after));
    changes.extend(failures(before, after));
    Comparison { changes }
}

fn times(before: &LoadResults, after: &LoadResults) -> Vec<Change> {
    let mut changes = Vec::new();
    let names = |results: &LoadResults| -> Vec<String> {
        let measured = results.figures.times.iter().filter(|it| it.count > 0);
        measured.map(|it| it.name.clone()).collect()
    };
    let mut all = names(before);
    for name in names(after) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let find = |results: &LoadResults, name: &str| {
        let mut times = results.figures.times.iter();
        times.find(|it| it.name == name && it.count > 0).cloned()
    };
    for name in all {
        let (one, other) = (find(before, &name), find(after, &name));
        let label = one.as_ref().or(other.as_ref()).map_or("", |it| &it.of);
        let label = if label.is_empty() {
            name.clone()
        } else {
            format!("{name} ({label})")
        };
        for percent in ["50", "90", "99"] {
            let value = |times: &Option<super::LoadTimes>| {
                let times = times.as_ref()?;
                let found = times.percentiles().into_iter().find(|it| it.0 == percent);
                found.map(|(_, value)| value)
            };
            changes.push(Change {
                name: format!("{label} p{percent}, ms"),
                before: value(&one),
                after: value(&other),
                more_is_worse: Some(true),
            });
        }
    }
    changes
}

fn failures(before: &LoadResults, after: &LoadResults) -> Vec<Change> {
    let mut names: Vec<&str> = Vec::new();
    for failure in before
        .figures
        .failures
        .iter()
        .chain(&after.figures.failures)
    {
        if !names.contains(&failure.name.as_str()) {
            names.push(&failure.name);
        }
    }
    let count = |results: &LoadResults, name: &str| {
        let mut failures = results.figures.failures.iter();
        failures.find(|it| it.name == name).map_or(0, |it| it.count) as f64
    };
    let changes = names.into_iter().map(|name| Change {
        name: format!("failed: {name}"),
        before: Some(count(before, name)),
        after: Some(count(after, name)),
        more_is_worse: Some(true),
    });
    changes.collect()
}

impl fmt::Display for Comparison {
    /// A table; what got worse is marked, and counted at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.changes.iter().map(|it| it.name.chars().count()).max();
        let width = width.unwrap_or(0).max(6);
        writeln!(f, "{:width$}  {:>12}  {:>12}", "", "A", "B")?;
        for change in &self.changes {
            let mark = match (change.is_worse(), change.is_better()) {
                (true, _) => "  worse",
                (_, true) => "  better",
                _ => "",
            };
            let (before, after) = (shown(change.before), shown(change.after));
            writeln!(f, "{:width$}  {before:>12}  {after:>12}{mark}", change.name)?;
        }
        let worse = self.changes.iter().filter(|it| it.is_worse()).count();
        match worse {
            0 => writeln!(f, "nothing got worse"),
            1 => writeln!(f, "1 figure got worse"),
            _ => writeln!(f, "{worse} figures got worse"),
        }
    }
}

/// A figure without needless digits.
pub(crate) fn shown(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.fract().abs() < 1e-9 => format!("{value:.0}"),
        Some(value) => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::sample::sample;

    #[test]
    fn what_got_worse_is_told() {
        let before = sample();
        let mut after = sample();
        after.figures.calls.failed = 10;
        after.figures.times[0].p99_ms = 60.0;
        after.figures.times[0].p50_ms = 20.5;
        after.figures.failures[0].count = 10;
        after.figures.rate_reached = 12.0;
        let comparison = compare(&before, &after);
        let marked = |is: fn(&Change) -> bool| -> Vec<&str> {
            let changes = comparison.changes.iter().filter(|it| is(it));
            changes.map(|it| it.name.as_str()).collect()
        };
        assert_eq!(
            marked(Change::is_worse),
            [
                "failed calls, %",
                "1 (invite) p99, ms",
                "failed: unexpected message"
            ]
        );
        assert_eq!(marked(Change::is_better), ["calls per second"]);
        let text = comparison.to_string();
        assert!(text.ends_with("3 figures got worse\n"), "{text}");
        assert!(
            compare(&before, &before)
                .to_string()
                .ends_with("nothing got worse\n")
        );
    }
}
