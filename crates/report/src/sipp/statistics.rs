//! The statistics file (`-trace_stat`).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::sipp::{Failure, Figures, Layout, Snapshot};
use gannet_events::traffic::ResponseTimes;

use super::CsvForm;
use super::csv::Line;
use super::stamp::{hours, hours_us};

/// A count with its heading.
type Column = (&'static str, fn(&Figures) -> u64);

/// Pairs after the rates.
const BEGUN: [Column; 2] = [
    ("IncomingCall", |figures| figures.incoming),
    ("OutgoingCall", |figures| figures.outgoing),
];
/// Pairs after the open calls; those of the failures follow.
const ENDED: [Column; 2] = [
    ("SuccessfulCall", |figures| figures.successful),
    ("FailedCall", |figures| figures.failed),
];
/// Pairs after the failures.
const BESIDE: [Column; 8] = [
    ("OutOfCallMsgs", |figures| figures.out_of_call),
    ("DeadCallMsgs", |figures| figures.dead_call),
    ("Retransmissions", |figures| figures.retransmissions),
    ("AutoAnswered", |figures| figures.auto_answered),
    ("Warnings", |figures| figures.warnings),
    ("FatalErrors", |figures| figures.fatal_errors),
    ("WatchdogMajor", |figures| figures.watchdog_major),
    ("WatchdogMinor", |figures| figures.watchdog_minor),
];

/// The statistics file: a header, then a line for each snapshot.
///
/// SIPp writes a first line when the run begins, one each `-fd`, and two at the end.
#[derive(Debug, Clone)]
pub struct Statistics {
    layout: Arc<Layout>,
    form: CsvForm,
    periodic_classes: bool,
}

impl Statistics {
    /// The file of a scenario.
    pub fn new(layout: Arc<Layout>, form: CsvForm) -> Self {
        Self {
            layout,
            form,
            periodic_classes: false,
        }
    }

    /// The classes of response times and call lengths count the period only (`-periodic_rtd`).
    #[must_use]
    pub fn with_periodic_classes(self) -> Self {
        Self {
            periodic_classes: true,
            ..self
        }
    }

    /// The first line, with its end.
    pub fn header(&self, out: &mut Vec<u8>) {
        let mut line = self.form.line(out);
        let times = ["StartTime", "LastResetTime", "CurrentTime"];
        line.values(times);
        line.pair_of("ElapsedTime");
        line.value("TargetRate");
        line.pair_of("CallRate");
        headings(&mut line, &BEGUN);
        line.value("TotalCallCreated");
        line.value("CurrentCall");
        headings(&mut line, &ENDED);
        for failure in Failure::ALL {
            line.pair_of(failure.column());
        }
        headings(&mut line, &BESIDE);
        for timer in &self.layout.timers {
            line.pair_of(format_args!("ResponseTime{timer}"));
            line.pair_of(format_args!("ResponseTime{timer}StDev"));
        }
        line.pair_of("CallLength");
        line.pair_of("CallLengthStDev");
        for counter in &self.layout.counters {
            let numeric = counter.bytes().all(|byte| byte.is_ascii_digit());
            let prefix = if numeric { "GenericCounter" } else { "" };
            line.pair_of(format_args!("{prefix}{counter}"));
        }
        for (timer, bounds) in self.layout.timers.iter().zip(&self.layout.timer_bounds_ms) {
            let name = format!("ResponseTimeRepartition{timer}");
            class_headings(&mut line, &name, bounds);
        }
        let bounds = &self.layout.call_length_bounds_ms;
        class_headings(&mut line, "CallLengthRepartition", bounds);
        line.end();
    }

    /// The line of a snapshot, with its end. `earlier` is that of the line before; nothing for the
    /// first, and after all figures were set to zero.
    pub fn line(&self, out: &mut Vec<u8>, earlier: Option<&Snapshot>, now: &Snapshot) {
        let since = earlier.map(|earlier| earlier.elapsed).unwrap_or_default();
        let whole = &now.figures;
        let period = match earlier {
            Some(earlier) => whole.since(&earlier.figures),
            None => whole.clone(),
        };
        let mut line = self.form.line(out);
        line.date(now.started);
        line.date(now.started + since);
        line.date(now.started + now.elapsed);
        rates(&mut line, now, now.elapsed.saturating_sub(since), &period);
        let pairs = |columns: &[Column], line: &mut Line<'_>| {
            for (_, count) in columns {
                line.pair(count(&period), count(whole));
            }
        };
        pairs(&BEGUN, &mut line);
        line.value(whole.created());
        line.value(whole.open);
        pairs(&ENDED, &mut line);
        for failure in Failure::ALL {
            line.pair(period.failures.of(failure), whole.failures.of(failure));
        }
        pairs(&BESIDE, &mut line);
        for (recent, all) in period.timers.iter().zip(&whole.timers) {
            times(&mut line, recent, all);
        }
        times(&mut line, &period.call_length, &whole.call_length);
        for (recent, all) in period.counters.iter().zip(&whole.counters) {
            line.pair(recent, all);
        }
        let classed = if self.periodic_classes {
            &period
        } else {
            whole
        };
        for measured in &classed.timers {
            classes(&mut line, measured);
        }
        classes(&mut line, &classed.call_length);
        line.end();
    }
}

fn headings(line: &mut Line<'_>, columns: &[Column]) {
    for (name, _) in columns {
        line.pair_of(name);
    }
}

fn rates(line: &mut Line<'_>, now: &Snapshot, elapsed: Duration, period: &Figures) {
    line.pair(hours(elapsed), hours(now.elapsed));
    match now.users {
        Some(users) => line.value(users),
        None => line.value(format_args!("{:.3}", now.rate)),
    }
    line.pair(
        format_args!("{:.3}", by_second(period.created(), elapsed)),
        format_args!("{:.3}", by_second(now.figures.created(), now.elapsed)),
    );
}

/// 0 in a period shorter than a millisecond.
fn by_second(count: u64, elapsed: Duration) -> f64 {
    match elapsed.as_millis() {
        0 => 0.0,
        ms => 1_000.0 * count as f64 / ms as f64,
    }
}

fn times(line: &mut Line<'_>, recent: &ResponseTimes, all: &ResponseTimes) {
    let mean = |times: &ResponseTimes| hours_us(Duration::from_nanos(times.mean_ns()));
    let deviation = |times: &ResponseTimes| hours_us(deviation(times));
    line.pair(mean(recent), mean(all));
    line.pair(deviation(recent), deviation(all));
}

/// That of a sample: SIPp divides by one less than the number of measures.
fn deviation(times: &ResponseTimes) -> Duration {
    if times.count() < 2 {
        return Duration::ZERO;
    }
    let count = times.count() as f64;
    let us = times.deviation_us() * (count / (count - 1.0)).sqrt();
    Duration::from_micros(us as u64)
}

fn class_headings(line: &mut Line<'_>, name: &str, bounds_ms: &[u64]) {
    let Some(last) = bounds_ms.last() else {
        return;
    };
    line.value(name);
    for bound in bounds_ms {
        line.value(format_args!("{name}_<{bound}"));
    }
    line.value(format_args!("{name}_>={last}"));
}

fn classes(line: &mut Line<'_>, times: &ResponseTimes) {
    if times.bounds_ms().is_empty() {
        return;
    }
    // The column of the name is empty.
    line.value("");
    line.values(times.classes());
}
