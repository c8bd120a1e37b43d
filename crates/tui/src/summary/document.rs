//! The form that programs read.

use serde::Serialize;

/// The result of a run of load. Field names are those of the JSON form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The scenario's name.
    pub scenario: String,
    /// How long the run took, in seconds.
    pub elapsed_s: f64,
    /// Calls that began, by second of the run.
    pub calls_per_second: f64,
    /// What became of the calls.
    pub calls: Calls,
    /// What crossed the wire.
    pub messages: Messages,
    /// Where calls failed or something unexpected happened, in the order of the scenario.
    pub failures: Vec<StepFailures>,
    /// Messages that belonged to no call, and what the sockets said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Counted>,
    /// From start-timer to stop-timer; nothing if nothing was measured.
    pub response_times: Option<ResponseTimeSummary>,
    /// How the rate that was wanted was kept; nothing where the other side begins the calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// What came of it all, once it is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// How a rate was kept, while calls were to begin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pace {
    /// The mean of the rate that was wanted.
    pub wanted_calls_per_s: f64,
    /// The mean of what came of it.
    pub reached_calls_per_s: f64,
    /// Why less was reached than wanted; nothing if it was not less.
    pub shortfall: Option<String>,
}

/// A judgement of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Calls were made, and all of them went as the scenario says.
    pub passed: bool,
    /// What the process returns.
    pub exit_code: u8,
    /// Why it did not pass.
    pub reasons: Vec<String>,
}

/// Something that happened, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What happened.
    pub what: String,
    /// How often.
    pub count: u64,
}

/// What became of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Begun by the other side.
    pub incoming: u64,
    /// Begun by this side.
    pub outgoing: u64,
    /// Ended as their scenario says.
    pub successful: u64,
    /// Ended otherwise.
    pub failed: u64,
    /// Not taken: the run was ending, or all call contexts were in use.
    pub refused: u64,
    /// Ended while the abort section ran.
    pub aborted: u64,
    /// Waited longer than they may.
    pub timed_out: u64,
    /// Still open at the end.
    pub open: u64,
    /// The most that were open at once.
    pub open_max: u64,
    /// Could not begin in time because all call contexts were in use.
    pub late_starts: u64,
}

/// What crossed the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// Sent, retransmissions included.
    pub sent: u64,
    /// Received, of whatever type.
    pub received: u64,
    /// Received where the scenario waited for another one.
    pub unexpected: u64,
    /// Sent again because nothing came.
    pub retransmissions_sent: u64,
    /// Received again and recognised.
    pub retransmissions_absorbed: u64,
    /// Answered without the scenario.
    pub background_answers: u64,
    /// Provisional responses that were passed over.
    pub trying_skipped: u64,
    /// Received bytes that are no message.
    pub malformed: u64,
    /// Keep-alives that were passed over.
    pub keep_alives: u64,
}

/// What went wrong at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepFailures {
    /// The section's name.
    pub section: String,
    /// Which step of the section, from 1.
    pub step: usize,
    /// The message type or the pause.
    pub name: String,
    /// `sent`, `received` or `pause`.
    pub direction: &'static str,
    /// Calls that failed here.
    pub calls_failed: u64,
    /// Messages of another kind that came here.
    pub unexpected: u64,
    /// Waits that ended without a message.
    pub timeouts: u64,
    /// Actions that failed a call here.
    pub actions_failed: u64,
    /// What happened here, most often first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Counted>,
}

/// Response times, in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResponseTimeSummary {
    /// How many were measured.
    pub count: u64,
    /// Their mean.
    pub mean_ms: f64,
    /// Their standard deviation.
    pub deviation_ms: f64,
    /// Half are at most this long.
    pub p50_ms: f64,
    /// 90 % are at most this long.
    pub p90_ms: f64,
    /// 99 % are at most this long.
    pub p99_ms: f64,
    /// 99.9 % are at most this long.
    pub p99_9_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// How many fell in each class.
    pub classes: Vec<ResponseClass>,
}

/// A class of response times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ResponseClass {
    /// As long or longer, in milliseconds.
    pub from_ms: u64,
    /// Shorter, in milliseconds; nothing for the last class.
    pub below_ms: Option<u64>,
    /// How many.
    pub count: u64,
}

impl Summary {
    /// The JSON form, over several lines.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names and numbers can always be written")
    }
}
