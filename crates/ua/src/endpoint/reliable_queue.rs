//! What goes out reliably before one final response: its order and what it waits for (RFC 3262 3).

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{Message, Method, NameAddr, RAck};

use super::command::Reply;
use super::exchange::carries_session;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

/// What goes out reliably before the final response to one INVITE of theirs.
#[derive(Debug)]
pub(crate) struct ReliableQueue {
    pub(crate) transaction: TransactionId,
    cseq: u32,
    /// The INVITE has an offer.
    offered: bool,
    pub(super) next_rseq: u32,
    pub(super) sent: Option<Unacknowledged>,
    pub(super) waiting: VecDeque<Reply>,
    /// The 2xx, while a description of ours is not acknowledged.
    pub(super) held: Option<Held>,
    /// A description of ours was acknowledged.
    acknowledged: bool,
    /// The response that was not acknowledged when the final one went out.
    late: Option<u32>,
    /// The final response is out.
    pub(super) over: bool,
}

/// The response that waits for its PRACK.
#[derive(Debug)]
pub(super) struct Unacknowledged {
    pub(super) rseq: u32,
    pub(super) code: u16,
    pub(super) bytes: Bytes,
    pub(super) resend: Backoff,
    pub(super) give_up: Instant,
    /// It has a description.
    pub(super) session: bool,
}

/// A 2xx that has to wait.
#[derive(Debug)]
pub(crate) enum Held {
    /// To the first INVITE.
    Accept(Box<NameAddr>, Reply),
    /// To a re-INVITE.
    Respond(Reply),
}

/// What a PRACK was for.
pub(super) enum Matched {
    /// For the response that is being repeated; `answers` if the body answers an offer in it.
    Sent { answers: bool },
    /// For one that the final response has overtaken.
    Late,
}

impl ReliableQueue {
    pub(super) fn new(transaction: TransactionId, invite: &Message, first_rseq: u32) -> Self {
        Self {
            transaction,
            cseq: invite.cseq().map_or(0, |cseq| cseq.number),
            offered: carries_session(invite),
            next_rseq: first_rseq,
            sent: None,
            waiting: VecDeque::new(),
            held: None,
            acknowledged: false,
            late: None,
            over: false,
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let sent = self.sent.as_ref()?;
        Some(sent.resend.at.min(sent.give_up))
    }

    /// An offer of ours is out that PRACK has to answer.
    pub(crate) fn offers(&self) -> bool {
        !self.offered && self.sent.as_ref().is_some_and(|sent| sent.session)
    }

    /// The INVITE's offer has its answer.
    pub(crate) fn answered(&self) -> bool {
        self.acknowledged || self.sent.as_ref().is_some_and(|sent| sent.session)
    }

    /// Both sides know the first description of ours.
    pub(crate) const fn is_agreed(&self) -> bool {
        self.acknowledged
    }

    /// No 2xx may go out before PRACK (RFC 3262 3).
    pub(super) fn holds_success(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.session)
            || self.waiting.iter().any(|reply| reply.body.is_some())
    }

    /// The final response goes out: nothing is repeated any more (RFC 3262 3).
    pub(crate) fn finish(&mut self) {
        self.over = true;
        self.waiting.clear();
        self.held = None;
        if let Some(sent) = self.sent.take() {
            self.late = Some(sent.rseq);
        }
    }

    pub(super) fn take(&mut self, rack: &RAck) -> Option<Matched> {
        if rack.cseq.method != Method::Invite || rack.cseq.number != self.cseq {
            return None;
        }
        if self.late == Some(rack.rseq) {
            self.late = None;
            return Some(Matched::Late);
        }
        let sent = self.sent.take_if(|sent| sent.rseq == rack.rseq)?;
        let answers = sent.session && !self.offered && !self.acknowledged;
        self.acknowledged |= sent.session;
        Some(Matched::Sent { answers })
    }
}
