//! How a step or a scenario ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a step or a scenario ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All that was asked for happened.
    Passed,
    /// Something else happened.
    Failed,
    /// It was not executed; the text says why, for example `"tagged @skip"`.
    Skipped(String),
    /// No step definition matches the text.
    Undefined,
    /// What was asked for did not happen in time.
    TimedOut,
    /// The user stopped the run.
    Interrupted,
}

impl Status {
    /// The stable name, without a reason.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped(_) => "skipped",
            Self::Undefined => "undefined",
            Self::TimedOut => "timed-out",
            Self::Interrupted => "interrupted",
        }
    }

    /// True for [`Status::Passed`] only.
    pub fn is_passed(&self) -> bool {
        matches!(self, Self::Passed)
    }

    /// True if it makes the run fail: neither passed nor skipped.
    pub fn is_failure(&self) -> bool {
        !matches!(self, Self::Passed | Self::Skipped(_))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed | Self::Failed | Self::Undefined | Self::Interrupted => {
                f.write_str(self.name())
            }
            Self::Skipped(reason) => write!(f, "skipped: {reason}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}
