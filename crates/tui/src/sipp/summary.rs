//! From figures to a summary.

use gannet_events::sipp::{Failure, FailureCounts, Figures, Layout, Snapshot};
use gannet_events::traffic::ResponseTimes;

use super::saturation::saturation;
use super::step::{doing, position};
use crate::{Counted, Pace};

/// What came of a run, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The scenario's name.
    pub scenario: String,
    /// How long the run took, in seconds.
    pub elapsed_s: f64,
    /// Calls that began, on either side.
    pub calls: u64,
    /// Calls that ended well.
    pub successful: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls that are still open.
    pub open: u64,
    /// The most calls that were open at once.
    pub open_max: u64,
    /// Messages sent, retransmissions included.
    pub messages_sent: u64,
    /// Messages received, retransmissions included.
    pub messages_received: u64,
    /// Messages sent again or received again.
    pub retransmissions: u64,
    /// That the generator was too slow, and how; nothing if it was not.
    pub saturation: Option<String>,
    /// Why calls failed, most often first.
    pub causes: Vec<Cause>,
    /// What happened beside the calls.
    pub beside: Vec<Counted>,
    /// Response times and the call length, as far as they were measured.
    pub timers: Vec<TimerSummary>,
}

/// Why calls failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Why.
    pub failure: Failure,
    /// How many calls.
    pub count: u64,
    /// Where, most often first; not all calls are at a step when they fail.
    pub at: Vec<FailedAt>,
}

/// Where calls failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAt {
    /// The step's number in the layout.
    pub step: usize,
    /// The step in words.
    pub what: String,
    /// How many calls.
    pub count: u64,
}

/// How long something took, in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerSummary {
    /// What was measured.
    pub name: String,
    /// How often.
    pub count: u64,
    /// The mean.
    pub mean_us: u64,
    /// Half are at most this long.
    pub p50_us: u64,
    /// 99 % are at most this long.
    pub p99_us: u64,
    /// 99.9 % are at most this long.
    pub p99_9_us: u64,
    /// The longest.
    pub max_us: u64,
}

impl Summary {
    /// The summary of a scenario's figures at the end of a run. `pace` is what was wanted and
    /// reached while calls were begun, where they began on this side.
    pub fn of(layout: &Layout, figures: &Figures, last: &Snapshot, pace: Option<&Pace>) -> Self {
        Self {
            scenario: layout.scenario.clone(),
            elapsed_s: last.elapsed.as_secs_f64(),
            calls: figures.created(),
            successful: figures.successful,
            failed: figures.failed,
            open: figures.open,
            open_max: figures.open_max,
            messages_sent: figures.messages_sent,
            messages_received: figures.messages_received,
            retransmissions: figures.retransmissions,
            saturation: saturation(figures.lag, pace),
            causes: causes(layout, figures),
            beside: beside(figures),
            timers: timers(layout, figures),
        }
    }
}

fn causes(layout: &Layout, figures: &Figures) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Failure::ALL
        .into_iter()
        .map(|failure| Cause {
            failure,
            count: figures.failures.of(failure),
            at: places(layout, &figures.failures_at, failure),
        })
        .filter(|cause| cause.count > 0)
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    causes
}

fn places(layout: &Layout, counts: &[FailureCounts], failure: Failure) -> Vec<FailedAt> {
    let steps = layout.steps.iter().zip(counts).enumerate();
    let mut places: Vec<FailedAt> = steps
        .map(|(index, (step, counts))| FailedAt {
            step: index,
            what: format!("{}, {}", position(index), doing(step)),
            count: counts.of(failure),
        })
        .filter(|place| place.count > 0)
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.count));
    places
}

fn beside(figures: &Figures) -> Vec<Counted> {
    let rows = [
        (figures.out_of_call, "a message of no call"),
        (figures.dead_call, "a message of a call that had ended"),
        (
            figures.auto_answered,
            "a request answered without the scenario",
        ),
        (figures.warnings, "a warning"),
        (figures.fatal_errors, "an error that ends the run"),
    ];
    rows.into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| Counted {
            what: what.into(),
            count,
        })
        .collect()
}

fn timers(layout: &Layout, figures: &Figures) -> Vec<TimerSummary> {
    let timers = layout.timers.iter().zip(&figures.timers);
    timers
        .map(|(name, times)| (format!("response time {name}"), times))
        .chain([("call length".to_owned(), &figures.call_length)])
        .filter(|(_, times)| times.count() > 0)
        .map(|(name, times)| timer(name, times))
        .collect()
}

fn timer(name: String, times: &ResponseTimes) -> TimerSummary {
    TimerSummary {
        name,
        count: times.count(),
        mean_us: times.mean_ns() / 1_000,
        p50_us: times.quantile_us(0.5),
        p99_us: times.quantile_us(0.99),
        p99_9_us: times.quantile_us(0.999),
        max_us: times.max_ns() / 1_000,
    }
}
