//! Transfers as a phone shows them: those that it asked others for (RFC 3515, RFC 5589).

use std::fmt;

use gannet_ua::ReferReport;

use crate::call::CallHandle;
use crate::destination::Destination;

/// To whom a call is transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// Anybody: the other side calls there.
    Destination(Destination),
    /// Whoever is in this other call of the phone: the other side takes its place
    /// (RFC 5589 7.3, attended transfer).
    Call(CallHandle),
}

/// How a transfer is asked for, where the profile is not to decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferOptions {
    /// Hang up as soon as the other side has agreed, without knowing what becomes of it.
    pub blind: bool,
    /// How to be told what becomes of it.
    pub report: Option<ReferReport>,
    /// More header fields of the REFER.
    pub headers: Vec<(String, String)>,
}

/// A transfer that the phone asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRecord {
    /// Counts the transfers of the phone from 1.
    pub number: u64,
    /// The call that is transferred; `None` if the REFER was sent outside of calls.
    pub call: Option<CallHandle>,
    /// What was asked for, the value of Refer-To.
    pub to: String,
    /// How it stands.
    pub state: TransferState,
}

/// How a transfer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferState {
    /// REFER has no final response yet.
    Asked,
    /// The other side has agreed.
    Accepted {
        /// The code of its response.
        code: u16,
    },
    /// The other side told of a provisional response to its call.
    Progress {
        /// The code of that response.
        code: u16,
    },
    /// It has succeeded.
    Succeeded {
        /// The final response to the call that followed; `None` if nobody tells, because the REFER
        /// asked for no news (RFC 4488, RFC 7614).
        code: Option<u16>,
    },
    /// It has failed.
    Failed {
        /// The final response to the call that followed, or to the REFER itself; 408 for none in
        /// time, 503 for not delivered (RFC 3261 8.1.3.1).
        code: u16,
        /// The phrase.
        reason: String,
        /// Whether the REFER itself was refused.
        refused: bool,
    },
    /// The subscription ended, and what came of the call was not told.
    Lost,
}

impl TransferState {
    /// True once nothing more can come.
    pub const fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Succeeded { .. } | Self::Failed { .. } | Self::Lost
        )
    }
}

impl fmt::Display for TransferState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("REFER has no answer yet"),
            Self::Accepted { code } => write!(f, "REFER was accepted with {code}"),
            Self::Progress { code } => write!(f, "the call that follows got {code}"),
            Self::Succeeded { code: Some(code) } => write!(f, "it succeeded with {code}"),
            Self::Succeeded { code: None } => f.write_str("it succeeded as far as anybody tells"),
            Self::Failed {
                code,
                reason,
                refused: true,
            } => write!(f, "REFER was refused with {code} {reason}"),
            Self::Failed { code, reason, .. } => write!(f, "it failed with {code} {reason}"),
            Self::Lost => f.write_str("the subscription ended without telling what came of it"),
        }
    }
}
