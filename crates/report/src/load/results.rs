//! The document of a run of load.

use serde::{Deserialize, Serialize};

use super::{FailureExample, Fired, LoadFigures, Series};

/// The version of the format. It changes when a field is renamed, removed or changes its meaning.
pub const LOAD_RESULTS_VERSION: u32 = 1;

/// `results.json` of a run of load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadResults {
    /// `gannet-load-results`.
    pub format: String,
    /// [`LOAD_RESULTS_VERSION`].
    pub version: u32,
    /// Version of the program.
    pub gannet: String,
    /// `sipp`, `seagull` or `load`.
    pub command: String,
    /// The arguments of the command.
    pub arguments: Vec<String>,
    /// The scenario's name.
    pub scenario: String,
    /// When the run began, as RFC 3339 in UTC.
    pub started: String,
    /// What came of it; `null` while it goes on, and for ever if it broke off.
    pub verdict: Option<LoadVerdict>,
    /// The figures at the end, or at the last second that was written.
    pub figures: LoadFigures,
    /// The course of the run.
    pub series: Series,
    /// Calls that failed, with their messages.
    pub examples: Vec<FailureExample>,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadVerdict {
    /// What the process returns.
    pub exit_code: u8,
    /// It is 0.
    pub passed: bool,
    /// Why it did not pass, a line for each.
    pub reasons: Vec<String>,
    /// The conditions of `--fail-if`, in their order.
    pub conditions: Vec<Fired>,
}

impl LoadResults {
    /// The name in the field `format`.
    pub const FORMAT: &'static str = "gannet-load-results";

    /// The document as it is stored.
    pub fn json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("names and numbers can always be written");
        text.push('\n');
        text
    }

    /// `passed`, `failed`, `going on` or `broke off`, for people. Whether a run without a verdict
    /// goes on can only be told by who plays it.
    pub fn verdict_text(&self) -> &'static str {
        match &self.verdict {
            Some(verdict) if verdict.passed => "passed",
            Some(_) => "failed",
            None => "no verdict: the run goes on or broke off",
        }
    }
}
