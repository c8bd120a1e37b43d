//! What the server waits for: times, and answers to requests of its own.

use gannet_ua::endpoint::{Body, CallId};
use gannet_ua::transaction::TransactionId;

use super::keeping::Kept;
use crate::command::Answer;

/// A deadline of the server's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deadline {
    /// The phones of a call have rung long enough.
    NoAnswer(u64),
    /// A service has come to its end.
    ServiceEnd(u64),
    /// A message of a mailbox was played in a call.
    Heard(u64, u64),
    /// A caller at the mailbox may have pressed keys.
    Keys(u64),
    /// Flows may have been silent for too long.
    SilentFlows,
    /// A re-INVITE of the server's own can be tried again.
    ReinviteAgain(u64),
    /// A call was parked long enough.
    ParkReturn(u64),
    /// Agents who did not answer are asked again.
    Rested,
}

impl Deadline {
    /// The call that it is about, if it is about one.
    pub(crate) const fn call(self) -> Option<u64> {
        match self {
            Self::NoAnswer(call)
            | Self::ServiceEnd(call)
            | Self::Heard(call, _)
            | Self::Keys(call)
            | Self::ReinviteAgain(call)
            | Self::ParkReturn(call) => Some(call),
            Self::SilentFlows | Self::Rested => None,
        }
    }
}

/// What becomes of the outcome of a request of ours.
#[derive(Debug)]
pub(crate) enum Pending {
    /// It answers a request of the other side of a call.
    Relayed(Relayed),
    /// It was a re-INVITE of the server's own, for this call and leg.
    Reinvited(u64, CallId),
    /// It is one of the ways of this MESSAGE.
    Message(TransactionId),
    /// It carries a text that was kept.
    Kept(Box<Kept>),
    /// It was a NOTIFY about a user's messages.
    Unsolicited(String),
    /// It was an INFO that somebody asked for by the event socket.
    Info(Answer),
    /// It moves this leg, which is on hold, to music.
    Music(CallId),
}

/// A request inside a call that went on to the other side.
#[derive(Debug)]
pub(crate) struct Relayed {
    /// The request that waits for the answer.
    pub(crate) request: TransactionId,
    /// The leg that it came from.
    pub(crate) from: CallId,
    /// The leg that it went to.
    pub(crate) to: CallId,
    /// Its body.
    pub(crate) offer: Option<Body>,
    /// Whether it is a re-INVITE.
    pub(crate) is_invite: bool,
}
