//! The log-stat file.

use std::fmt::Write as _;

use chrono::FixedOffset;
use gannet_events::traffic::{Figures, Layout, Period, Snapshot, clock_text};

use super::clock::{date_time, hours, hours_between};
use super::float::general;

/// Columns before the pairs: what they are called.
const TIMES: &str = "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);";
/// The first pairs of columns, one for the period and one from the start.
const RATES: [&str; 6] = [
    "Rate",
    "IncomingCall",
    "OutgoingCall",
    "MsgRecvPerS",
    "MsgSendPerS",
    "UnexpectedMsg",
];
/// The pairs after the column of open calls.
const ENDS: [&str; 9] = [
    "InitSuccessfulCall",
    "TrafficSuccessfulCall",
    "DefaultSuccessfulCall",
    "AbortSuccessfulCall",
    "FailedCall",
    "FailedRefused",
    "FailedAborted",
    "FailedTimeout",
    "ResponseTime",
];

/// The log-stat file: a header, then a line for each snapshot.
///
/// Seagull writes a first line when the run begins, one each log-stat-period, and one at the end.
#[derive(Debug, Clone)]
pub struct Statistics {
    bounds_ms: Vec<u64>,
    offset: FixedOffset,
}

impl Statistics {
    /// The file of a run; dates are written in the time of `offset`.
    pub fn new(layout: &Layout, offset: FixedOffset) -> Self {
        Self {
            bounds_ms: layout.response_bounds_ms.clone(),
            offset,
        }
    }

    /// The first line, with its end.
    pub fn header(&self) -> String {
        let mut line = String::from(TIMES);
        let pair = |line: &mut String, name: &str| {
            let _ = write!(line, "{name}(P);{name}(C);");
        };
        for name in RATES {
            pair(&mut line, name);
        }
        line.push_str("CurrentCall;");
        for name in ENDS {
            pair(&mut line, name);
        }
        if let Some(last) = self.bounds_ms.last() {
            line.push_str("ResponseTimeRepartition;");
            for bound in &self.bounds_ms {
                let _ = write!(line, "<{bound};");
            }
            let _ = write!(line, ">={last};");
        }
        line.push('\n');
        line
    }

    /// The line of a snapshot, with its end. `earlier` is that of the line before, nothing for the
    /// first line.
    pub fn line(&self, earlier: Option<&Snapshot>, now: &Snapshot) -> String {
        let period = Period::between(earlier, now);
        let whole = Period::between(None, now);
        let mut line = String::new();
        self.times(&mut line, now, &period);
        rates(&mut line, &period, &whole);
        let _ = write!(line, "{};", now.figures.calls_open);
        for (of_period, of_run) in ends(&period.figures).into_iter().zip(ends(&whole.figures)) {
            let _ = write!(line, "{of_period};{of_run};");
        }
        let _ = write!(
            line,
            "{};{};",
            clock_text(period.response_time()),
            clock_text(whole.response_time())
        );
        if !self.bounds_ms.is_empty() {
            // The column of the repartition's name is empty.
            line.push(';');
            for count in now.figures.response_times.classes() {
                let _ = write!(line, "{count};");
            }
        }
        line.push('\n');
        line
    }

    fn times(&self, line: &mut String, now: &Snapshot, period: &Period) {
        let _ = write!(
            line,
            "{};{};{};{};{};",
            date_time(now.started, self.offset),
            date_time(now.started + now.reset, self.offset),
            date_time(now.started + now.elapsed, self.offset),
            hours_between(now.elapsed.saturating_sub(period.elapsed), now.elapsed),
            hours(now.elapsed)
        );
    }
}

fn rates(line: &mut String, period: &Period, whole: &Period) {
    let counts = |line: &mut String, count: fn(&Figures) -> u64| {
        let _ = write!(
            line,
            "{};{};",
            count(&period.figures),
            count(&whole.figures)
        );
    };
    let by_second = |line: &mut String, count: fn(&Figures) -> u64| {
        let _ = write!(
            line,
            "{};{};",
            general(period.per_second(count(&period.figures))),
            general(whole.per_second(count(&whole.figures)))
        );
    };
    by_second(line, Figures::calls_started);
    counts(line, |figures| figures.incoming_calls);
    counts(line, |figures| figures.outgoing_calls);
    by_second(line, |figures| figures.messages_received);
    by_second(line, |figures| figures.messages_sent);
    counts(line, |figures| figures.unexpected_messages);
}

/// The counts of [`ENDS`] but for the response time.
fn ends(figures: &Figures) -> [u64; 8] {
    [
        figures.init_successful,
        figures.traffic_successful,
        figures.default_successful,
        figures.abort_successful,
        figures.failed,
        figures.failed_refused,
        figures.failed_aborted,
        figures.failed_timeout,
    ]
}
