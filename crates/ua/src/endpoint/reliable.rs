//! Reliable provisional responses of ours (RFC 3262 3): one at a time, repeated until PRACK.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method, RAck};

use super::call::{Call, CallState, Ringing};
use super::call_table::RING_AGAIN_AFTER;
use super::command::Reply;
use super::core::{Endpoint, SendError};
use super::exchange::carries_session;
use super::happening::{CallId, EndCause, Happening};
use super::reliable_queue::{Held, Matched, ReliableQueue, Unacknowledged};
use crate::dialog::{Dialog, DialogState};
use crate::target::Target;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

/// The option tag (RFC 3262 8.1).
pub(crate) const OPTION_TAG: &str = "100rel";
/// Reliable responses that wait for their turn; further ones are not sent.
const WAITING_MAX: usize = 64;
/// RSeq begins in the lower half of its range (RFC 3262 3).
const FIRST_RSEQ_MAX: u32 = (1 << 31) - 1;

impl Endpoint {
    /// Sends a provisional response, 101 to 199, for an incoming call reliably, as soon as the one
    /// before it is acknowledged; it is repeated until PRACK comes: then
    /// [`Happening::Pracked`], else the INVITE is answered 504 and the call ends with
    /// [`EndCause::PrackMissing`]. A 2xx waits until descriptions are acknowledged. If the INVITE
    /// has no offer, the first reliable response must have one (RFC 3261 13.2.1).
    ///
    /// # Errors
    /// If the call does not wait for an answer, or 100rel is not known to both sides.
    pub fn ring_reliably(
        &mut self,
        now: Instant,
        call: CallId,
        reply: Reply,
    ) -> Result<(), SendError> {
        let entry = self.calls.get_mut(&call).ok_or(SendError::NoDialog)?;
        let (CallState::Incoming, Some(transaction)) = (entry.state, entry.server) else {
            return Err(SendError::NoDialog);
        };
        if !(101..200).contains(&reply.code) {
            return Err(SendError::NoDialog);
        }
        if !self.config.supports(OPTION_TAG) || !can_take(&entry.invite) {
            return Err(SendError::Unreliable);
        }
        if entry.dialog.is_none() {
            entry.dialog =
                Dialog::from_request(&entry.invite, &entry.local_tag, DialogState::Early).ok();
        }
        entry.ringing = Some(Ringing {
            code: reply.code,
            bytes: None,
            at: now + RING_AGAIN_AFTER,
        });
        let invite = entry.invite.clone();
        self.queue_reliably(now, call, transaction, &invite, reply);
        self.file(call);
        Ok(())
    }

    /// The same for a re-INVITE that was handed over by [`Happening::Request`] (RFC 6141 3.3).
    ///
    /// # Errors
    /// If there is no such re-INVITE, or 100rel is not known to both sides.
    pub fn respond_reliably(
        &mut self,
        now: Instant,
        request: TransactionId,
        reply: Reply,
    ) -> Result<(), SendError> {
        let incoming = self.incoming.get(&request).ok_or(SendError::NoDialog)?;
        let is_reinvite = incoming.message.method() == Some(Method::Invite);
        let call = incoming.call.filter(|_| is_reinvite);
        let call = call.ok_or(SendError::NoDialog)?;
        if !(101..200).contains(&reply.code) {
            return Err(SendError::NoDialog);
        }
        if !self.config.supports(OPTION_TAG) || !can_take(&incoming.message) {
            return Err(SendError::Unreliable);
        }
        let invite = incoming.message.clone();
        // The target of a re-INVITE counts from the first reliable response on (RFC 6141 4.5).
        if let Some(entry) = self.calls.get_mut(&call)
            && let Some(dialog) = &mut entry.dialog
        {
            dialog.refresh_target(&invite);
        }
        self.queue_reliably(now, call, request, &invite, reply);
        self.file(call);
        Ok(())
    }

    /// True if every provisional response to this INVITE goes out reliably: the caller wants it so
    /// (RFC 3262 3), or this side does.
    pub(crate) fn must_be_reliable(&self, invite: &Message) -> bool {
        self.config.supports(OPTION_TAG)
            && (invite.lists(HeaderName::Require, OPTION_TAG)
                || (self.config.require_100rel && can_take(invite)))
    }

    /// The refusal of a caller without 100rel, where this side insists on it (RFC 3261 21.4.15).
    pub(crate) fn refusal_without_100rel(&self, invite: &Message) -> Option<Reply> {
        let refused = self.config.require_100rel && !can_take(invite);
        refused.then(|| Reply::new(421).header("Require", OPTION_TAG))
    }

    fn queue_reliably(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
        invite: &Message,
        reply: Reply,
    ) {
        let first_rseq = self.rng.u32(1..=FIRST_RSEQ_MAX);
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let current = entry
            .reliable
            .take_if(|queue| queue.transaction == transaction);
        let queue = current
            .unwrap_or_else(|| Box::new(ReliableQueue::new(transaction, invite, first_rseq)));
        let queue = entry.reliable.insert(queue);
        if queue.over || queue.held.is_some() {
            return;
        }
        if queue.sent.is_none() {
            self.send_reliably(now, call, reply);
        } else if queue.waiting.len() < WAITING_MAX {
            queue.waiting.push_back(reply);
        }
    }

    fn send_reliably(&mut self, now: Instant, call: CallId, mut reply: Reply) {
        let Some(queue) = self
            .calls
            .get_mut(&call)
            .and_then(|entry| entry.reliable.as_mut())
        else {
            return;
        };
        let (rseq, transaction) = (queue.next_rseq, queue.transaction);
        queue.next_rseq = rseq.wrapping_add(1);
        let (code, session) = (reply.code, reply.body.is_some());
        reply.headers.push(("Require".into(), OPTION_TAG.into()));
        reply.headers.push(("RSeq".into(), rseq.to_string()));
        // Whether UPDATE may be sent in the early dialog is told here (RFC 3311 5.1).
        let has_allow = |(name, _): &(String, String)| name.eq_ignore_ascii_case("Allow");
        if !reply.headers.iter().any(has_allow) {
            let allow: Vec<_> = self.config.allow.iter().map(Method::as_str).collect();
            reply.headers.push(("Allow".into(), allow.join(", ")));
        }
        let bytes = self.reply_to_invite(now, call, transaction, reply);
        let timers = self.config.timers;
        let sent = Unacknowledged {
            rseq,
            code,
            bytes,
            resend: Backoff::start(now, timers.t1),
            give_up: now + timers.give_up(),
            session,
        };
        if let Some(entry) = self.calls.get_mut(&call)
            && let Some(queue) = &mut entry.reliable
        {
            queue.sent = Some(sent);
        }
        self.file(call);
    }

    /// A response to the first INVITE of a call, or to a re-INVITE.
    fn reply_to_invite(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
        reply: Reply,
    ) -> Bytes {
        let Some(entry) = self.calls.get(&call) else {
            return Bytes::new();
        };
        if entry.server == Some(transaction) {
            return self.reply_in_call(now, call, reply);
        }
        let contact = entry.contact.clone();
        let Some(incoming) = self.incoming.get(&transaction) else {
            return Bytes::new();
        };
        let (invite, source, tag) = (
            incoming.message.clone(),
            incoming.source,
            incoming.tag.clone(),
        );
        self.reply_with_tag(now, transaction, (&invite, source), reply, contact, &tag)
    }

    /// Keeps a 2xx back while a description in a reliable response waits for its PRACK. Gives it
    /// back if it may go out now.
    pub(crate) fn hold_success(
        &mut self,
        call: CallId,
        transaction: TransactionId,
        held: Held,
    ) -> Option<Held> {
        if self.config.success_before_prack {
            return Some(held);
        }
        let offer_open = self.has_open_prack(call);
        let queue = self.calls.get_mut(&call)?.reliable.as_mut();
        match queue.filter(|queue| queue.transaction == transaction) {
            Some(queue) if !queue.over && (queue.holds_success() || offer_open) => {
                queue.held = Some(held);
                None
            }
            _ => Some(held),
        }
    }

    fn has_open_prack(&self, call: CallId) -> bool {
        self.calls.get(&call).is_some_and(|entry| {
            entry.open.iter().any(|open| {
                let incoming = self.incoming.get(open);
                incoming.is_some_and(|it| it.message.method() == Some(Method::Prack))
            })
        })
    }

    /// PRACK inside a call that lives, or for a response that its end has overtaken.
    pub(crate) fn handle_prack(
        &mut self,
        now: Instant,
        id: TransactionId,
        call: CallId,
        message: Message,
        source: Target,
    ) {
        let rack = message.text(HeaderName::RAck);
        let Some(Ok(rack)) = rack.map(|text| RAck::parse(&text)) else {
            let reply = Reply {
                code: 400,
                reason: Some("PRACK without a usable RAck".to_owned()),
                ..Reply::default()
            };
            self.reply(now, id, (&message, source), reply, None);
            return;
        };
        let queue = self
            .calls
            .get_mut(&call)
            .and_then(|entry| entry.reliable.as_mut());
        match queue.and_then(|queue| queue.take(&rack)) {
            None => {
                self.reply(now, id, (&message, source), Reply::new(481), None);
            }
            Some(Matched::Late) => {
                self.reply(now, id, (&message, source), Reply::new(200), None);
            }
            // A new offer, which the user answers (RFC 3262 5).
            Some(Matched::Sent { answers: false }) if carries_session(&message) => {
                self.hand_over(id, (Some(call), None), message, source);
                self.file(call);
            }
            Some(Matched::Sent { .. }) => {
                self.reply(now, id, (&message, source), Reply::new(200), None);
                self.happen(Happening::Pracked {
                    call,
                    prack: message,
                });
                self.go_on_after_prack(now, call);
            }
        }
    }

    /// What waited for a PRACK goes out: the next reliable response, then the 2xx.
    pub(crate) fn go_on_after_prack(&mut self, now: Instant, call: CallId) {
        let queue = self
            .calls
            .get_mut(&call)
            .and_then(|entry| entry.reliable.as_mut());
        let Some(queue) = queue.filter(|queue| queue.sent.is_none() && !queue.over) else {
            return self.file(call);
        };
        let transaction = queue.transaction;
        if queue.held.is_none() || queue.holds_success() {
            if let Some(reply) = queue.waiting.pop_front() {
                self.send_reliably(now, call, reply);
            }
        } else {
            match queue.held.take() {
                Some(Held::Accept(contact, reply)) => self.accept(now, call, *contact, reply),
                Some(Held::Respond(reply)) => self.respond(now, transaction, reply),
                None => {}
            }
        }
        self.file(call);
    }

    /// Repeats what has no PRACK, at intervals that double without bound; after 64*T1 the INVITE is
    /// refused (RFC 3262 3).
    pub(crate) fn repeat_reliable(&mut self, now: Instant, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Some(queue) = &mut entry.reliable else {
            return;
        };
        let transaction = queue.transaction;
        let Some(sent) = &mut queue.sent else {
            return;
        };
        if sent.give_up <= now {
            queue.finish();
            if entry.is_fork() {
                return self.end_beside(now, call);
            }
            if entry.server == Some(transaction) && entry.state == CallState::Incoming {
                self.reply_in_call(now, call, Reply::new(504));
                return self.end_call(now, call, EndCause::PrackMissing);
            }
            return self.respond(now, transaction, Reply::new(504));
        }
        if sent.resend.at <= now {
            sent.resend.advance(now, None);
            let (code, bytes) = (sent.code, sent.bytes.clone());
            self.transactions.respond(now, transaction, code, bytes);
        }
    }
}

impl Call {
    /// The final response to this INVITE goes out.
    pub(crate) fn finish_reliable(&mut self, transaction: TransactionId) {
        if let Some(queue) = &mut self.reliable
            && queue.transaction == transaction
        {
            queue.finish();
        }
    }
}

/// Whether the sender of an INVITE knows 100rel.
fn can_take(invite: &Message) -> bool {
    invite.lists(HeaderName::Supported, OPTION_TAG) || invite.lists(HeaderName::Require, OPTION_TAG)
}
