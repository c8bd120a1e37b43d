//! The state of a run of load at one moment.

use serde::{Deserialize, Serialize};

use super::LoadTimes;

/// The figures of a run of load, from its start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadFigures {
    /// Time since the run began, in seconds.
    pub elapsed_s: f64,
    /// `init`, `running`, `paused`, `stopping` or `ended`.
    pub phase: String,
    /// New calls per second that are wanted now.
    pub rate_wanted: f64,
    /// New calls per second since the start.
    pub rate_reached: f64,
    /// Calls.
    pub calls: CallCounts,
    /// Messages.
    pub messages: MessageCounts,
    /// Whatever else is counted, by name; zeros are left out.
    pub counts: Vec<NamedCount>,
    /// Calls that failed, by cause; zeros are left out.
    pub failures: Vec<NamedCount>,
    /// The steps of the scenario, in order.
    pub steps: Vec<LoadStep>,
    /// Response times, and how long calls took.
    pub times: Vec<LoadTimes>,
}

/// What became of the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallCounts {
    /// That began, on either side.
    pub begun: u64,
    /// Of these, by the other side.
    pub incoming: u64,
    /// Of these, here.
    pub outgoing: u64,
    /// That are open now.
    pub open: u64,
    /// The most that were open at once.
    pub open_max: u64,
    /// That ended as the scenario says.
    pub successful: u64,
    /// That ended otherwise, or were not taken.
    pub failed: u64,
}

/// What crossed the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MessageCounts {
    /// Sent, retransmissions included.
    pub sent: u64,
    /// Received.
    pub received: u64,
    /// Sent again or received again.
    pub retransmissions: u64,
    /// Received where the scenario waited for another one.
    pub unexpected: u64,
    /// Waits that ended without a message.
    pub timeouts: u64,
}

/// Something, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedCount {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// A step of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadStep {
    /// The section or scenario that it belongs to; empty if there is only one.
    pub section: String,
    /// Its number in there, from 1.
    pub number: u64,
    /// `sent`, `received`, `pause` or `other`.
    pub kind: String,
    /// Method, code, message type or length of the pause.
    pub name: String,
    /// Messages sent or received; for a pause, how often it began.
    pub messages: u64,
    /// Sent again or received again.
    pub retransmissions: u64,
    /// Waits that ended without a message.
    pub timeouts: u64,
    /// Other messages that came here.
    pub unexpected: u64,
    /// Calls that failed here.
    pub failed: u64,
}

impl LoadFigures {
    /// Messages that the scenario received and that are responses, by code.
    pub fn response_codes(&self) -> Vec<NamedCount> {
        let mut codes: Vec<NamedCount> = Vec::new();
        let is_code =
            |name: &str| name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_digit());
        let responses = self.steps.iter();
        for step in responses.filter(|step| step.kind == "received" && is_code(&step.name)) {
            match codes.iter_mut().find(|code| code.name == step.name) {
                Some(code) => code.count += step.messages,
                None => codes.push(NamedCount {
                    name: step.name.clone(),
                    count: step.messages,
                }),
            }
        }
        codes.sort_by(|one, other| one.name.cmp(&other.name));
        codes
    }
}

/// Adds a count to a list that leaves out zeros.
pub(super) fn push(counts: &mut Vec<NamedCount>, name: &str, count: u64) {
    if count > 0 {
        counts.push(NamedCount {
            name: name.to_owned(),
            count,
        });
    }
}

/// Calls per second over a time; 0 for no time.
pub(super) fn per_second(count: u64, elapsed_s: f64) -> f64 {
    if elapsed_s > 0.0 {
        thousandths(count as f64 / elapsed_s)
    } else {
        0.0
    }
}

/// With three decimals: more digits are noise, and short numbers are read as they were written.
pub(super) fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
