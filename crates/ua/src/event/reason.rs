//! Why a subscription was terminated.

use std::fmt;

/// The `reason` of a terminated subscription (RFC 6665 4.1.3, 4.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminationReason {
    /// Subscribe anew at once: another notifier is to take over.
    Deactivated,
    /// Subscribe anew some time later.
    Probation,
    /// Not allowed any more; do not try again.
    Rejected,
    /// It was not refreshed in time.
    Timeout,
    /// Permission could not be had in time.
    GiveUp,
    /// What was subscribed to does not exist any more; do not try again.
    NoResource,
    /// The state will not change any more; do not try again.
    Invariant,
    /// Any other word.
    Other(String),
}

impl TerminationReason {
    /// The reason for this word; words compare without case (RFC 3261 7.3.1).
    pub fn new(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "deactivated" => Self::Deactivated,
            "probation" => Self::Probation,
            "rejected" => Self::Rejected,
            "timeout" => Self::Timeout,
            "giveup" => Self::GiveUp,
            "noresource" => Self::NoResource,
            "invariant" => Self::Invariant,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Deactivated => "deactivated",
            Self::Probation => "probation",
            Self::Rejected => "rejected",
            Self::Timeout => "timeout",
            Self::GiveUp => "giveup",
            Self::NoResource => "noresource",
            Self::Invariant => "invariant",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Display for TerminationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
