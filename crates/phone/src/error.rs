//! What can go wrong when a phone is told to do something.

use gannet_net::NetError;
use gannet_sip::Transport;

use crate::call::{CallEnd, CallHandle};

/// Why a phone could not do what it was asked. Each names the phone.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The environment refused a socket, a port or a thread.
    #[error("{phone}: {problem}")]
    Environment {
        /// The phone.
        phone: String,
        /// What, where, and what to do about it.
        problem: String,
    },
    /// What was waited for did not come in time.
    #[error("{phone}: waited for {waited_for}; {instead}")]
    TimedOut {
        /// The phone.
        phone: String,
        /// What was waited for.
        waited_for: String,
        /// What there was instead.
        instead: String,
    },
    /// The call ended while something else was waited for.
    #[error("{phone}: waited for {waited_for}, but the call ended: {end}")]
    CallEnded {
        /// The phone.
        phone: String,
        /// What was waited for.
        waited_for: String,
        /// How the call ended.
        end: CallEnd,
    },
    /// The other side said no.
    #[error("{phone}: {request} was refused with {code} {reason}")]
    Refused {
        /// The phone.
        phone: String,
        /// What was sent.
        request: String,
        /// The status code.
        code: u16,
        /// The phrase.
        reason: String,
    },
    /// The other side agreed, but to nothing that can be used.
    #[error("{phone}: {request} was accepted, but {problem}; the session stays as it was")]
    BadAnswer {
        /// The phone.
        phone: String,
        /// What was sent.
        request: String,
        /// What is wrong with the answer.
        problem: String,
    },
    /// Nobody answered a request: timer B or F ran out (RFC 3261 17.1).
    #[error("{phone}: no answer to {request} from {destination}")]
    NoAnswer {
        /// The phone.
        phone: String,
        /// What was sent.
        request: String,
        /// Where to.
        destination: String,
    },
    /// A request could not be delivered.
    #[error("{phone}: {request} could not be delivered to {destination}")]
    NotDelivered {
        /// The phone.
        phone: String,
        /// What was sent.
        request: String,
        /// Where to.
        destination: String,
    },
    /// There is no call with this handle.
    #[error("{phone}: there is no {call}")]
    NoSuchCall {
        /// The phone.
        phone: String,
        /// The handle.
        call: CallHandle,
    },
    /// The call is in another state than the action needs.
    #[error("{phone}: cannot {action}: expected a call that is {expected}, this one is {found}")]
    WrongState {
        /// The phone.
        phone: String,
        /// What was to be done.
        action: &'static str,
        /// The state it needs.
        expected: &'static str,
        /// The state it has.
        found: String,
    },
    /// The phone has no server to talk to.
    #[error("{phone}: {action} needs a server, and the phone has none")]
    NoServer {
        /// The phone.
        phone: String,
        /// What was to be done.
        action: &'static str,
    },
    /// A destination cannot be read as a URI.
    #[error("{phone}: \"{text}\" is no destination: {reason}")]
    BadDestination {
        /// The phone.
        phone: String,
        /// The text.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A request could not be sent at all.
    #[error("{phone}: cannot send {request}: {reason}")]
    Unsendable {
        /// The phone.
        phone: String,
        /// What was to be sent.
        request: String,
        /// Why not.
        reason: String,
    },
    /// The caller asked for something that makes no sense.
    #[error("{phone}: {problem}")]
    Misuse {
        /// The phone.
        phone: String,
        /// What is wrong.
        problem: String,
    },
    /// The transport is not carried by phones.
    #[error("{phone}: transport {transport} does not work yet")]
    Transport {
        /// The phone.
        phone: String,
        /// The transport.
        transport: Transport,
    },
    /// The phone was stopped, or is without power.
    #[error("{phone}: the phone is off")]
    Off {
        /// The phone.
        phone: String,
    },
}

impl PhoneError {
    pub(crate) fn from_net(phone: &str, error: &NetError) -> Self {
        let mut problem = error.to_string();
        if let Some(source) = std::error::Error::source(error) {
            problem.push_str(": ");
            problem.push_str(&source.to_string());
        }
        Self::Environment {
            phone: phone.to_owned(),
            problem,
        }
    }

    /// True if the fault lies with the machine, not with the system under test or the test.
    pub const fn is_environment(&self) -> bool {
        matches!(self, Self::Environment { .. })
    }
}
