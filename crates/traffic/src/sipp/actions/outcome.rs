//! What actions have the player do.

use std::net::SocketAddr;

use gannet_events::sipp::Failure;

use crate::sipp::Protocol;

/// What the actions of a step have the player do.
#[derive(Debug, Default)]
pub(in crate::sipp) struct Outcome {
    /// Whether the call goes on.
    pub(in crate::sipp) verdict: Verdict,
    /// The step that comes next (`jump`), also if a check failed after it.
    pub(in crate::sipp) jump: Option<usize>,
    /// The pause of the call ends then, in nanoseconds since the start (`pauserestore`).
    pub(in crate::sipp) pause_until_ns: Option<u64>,
    /// The socket of the call is closed (`closecon`), before `destination` is set.
    pub(in crate::sipp) closes: bool,
    /// Where the call sends from now on (`setdest`).
    pub(in crate::sipp) destination: Option<(SocketAddr, Protocol)>,
    /// No new calls, and an end when the open ones have ended (`stop_gracefully`).
    pub(in crate::sipp) stops_gracefully: bool,
}

/// Whether a call goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::sipp) enum Verdict {
    /// It does.
    #[default]
    GoesOn,
    /// It does, and is counted as failed at its end. The rest of the actions was passed over.
    GoesOnFailed(Failure),
    /// It ends here, rejected (`stop_call`).
    StopCall,
    /// The run ends at once (`stop_now`).
    StopNow,
    /// The run ends at once: an `error` action, or an action that cannot be carried out.
    Fatal(String),
}
