//! What a phone saw and did.

use std::time::Instant;

use gannet_ua::endpoint::{CallId, EndCause, Outcome, RequestId};

/// Which end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one who sent the first INVITE.
    Caller,
    /// The other.
    Callee,
}

/// One call as one endpoint reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Its number at the endpoint.
    pub id: CallId,
    /// Which end.
    pub role: Role,
    /// Call-ID.
    pub sip_call_id: String,
    /// CSeq number of the INVITE: the callee's; the caller's may grow by challenges.
    pub cseq: u32,
    /// Our tag; empty as long as nobody else knows it.
    pub local_tag: String,
    /// The other's tag, once there is a confirmed dialog.
    pub remote_tag: String,
    /// When it began.
    pub began: Instant,
    /// The callee accepted.
    pub accepted: Option<Instant>,
    /// The caller's endpoint reported a 2xx.
    pub answered: Option<Instant>,
    /// The callee's endpoint reported the ACK.
    pub confirmed: Option<Instant>,
    /// The user asked for its end.
    pub hung_up: Option<Instant>,
    /// How it ended.
    pub ended: Option<(Instant, EndCause)>,
    /// What was reported of it after its end.
    pub after_end: Vec<&'static str>,
}

impl CallRecord {
    pub(super) const fn new(id: CallId, role: Role, sip_call_id: String, began: Instant) -> Self {
        Self {
            id,
            role,
            sip_call_id,
            cseq: 0,
            local_tag: String::new(),
            remote_tag: String::new(),
            began,
            accepted: None,
            answered: None,
            confirmed: None,
            hung_up: None,
            ended: None,
            after_end: Vec::new(),
        }
    }

    /// Notes that something was reported; it must not come after the end.
    pub(super) fn reported(&mut self, what: &'static str) {
        if self.ended.is_some() {
            self.after_end.push(what);
        }
    }
}

/// One request inside a call, as its sender or its receiver saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// The call.
    pub call: CallId,
    /// The method.
    pub method: String,
    /// The number at the sender's endpoint; `None` at the receiver.
    pub request: Option<RequestId>,
    /// CSeq number; zero as long as it is not known.
    pub cseq: u32,
    /// The sender: when and how it ended. The receiver: when and with what code its user answered.
    pub done: Option<(Instant, u16)>,
    /// No response came: the code is only what it counts as.
    pub timed_out: bool,
    /// It is an offer that puts the call on hold.
    pub holds: bool,
}

/// What an endpoint reported of its registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registering {
    /// Registered, until then.
    Until(Instant),
    /// Failed.
    Failed(Outcome),
    /// The lifetime ran out.
    Expired,
    /// Unregistered, or tried to.
    Unregistered(Outcome),
}
