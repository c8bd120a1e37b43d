//! Answering calls: provisional responses, 2xx until ACK, refusals (RFC 3261 13.3).

use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, NameAddr};

use super::call::{Call, CallState, PendingOk, Ringing};
use super::call_table::RING_AGAIN_AFTER;
use super::caller::is_offer;
use super::command::Reply;
use super::core::Endpoint;
use super::happening::{CallId, EndCause, Happening};
use super::reliable_queue::Held;
use crate::dialog::{Dialog, DialogState};
use crate::target::Target;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Sends a provisional response, 101 to 199, for an incoming call and repeats it each minute; if
    /// the caller requires it, or `require_100rel` is set and the caller can, by
    /// [`ring_reliably`](Self::ring_reliably).
    /// Nothing happens with another code, or if the call does not wait for an answer.
    pub fn ring(&mut self, now: Instant, call: CallId, reply: Reply) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.state != CallState::Incoming || !(101..200).contains(&reply.code) {
            return;
        }
        let invite = entry.invite.clone();
        if self.must_be_reliable(&invite) {
            // It cannot fail here.
            return drop(self.ring_reliably(now, call, reply));
        }
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.dialog.is_none() {
            entry.dialog =
                Dialog::from_request(&entry.invite, &entry.local_tag, DialogState::Early).ok();
        }
        let code = reply.code;
        let bytes = self.reply_in_call(now, call, reply);
        if let Some(entry) = self.calls.get_mut(&call) {
            let (at, bytes) = (now + RING_AGAIN_AFTER, Some(bytes));
            entry.ringing = Some(Ringing { code, bytes, at });
        }
        self.file(call);
    }

    /// Answers an incoming call with a 2xx and repeats it until ACK comes: then
    /// [`Happening::Confirmed`], else [`EndCause::AckMissing`]. It goes out as soon as descriptions in
    /// reliable provisional responses are acknowledged (RFC 3262 3). With another code it is
    /// [`reject`](Self::reject).
    pub fn accept(&mut self, now: Instant, call: CallId, contact: NameAddr, reply: Reply) {
        if !(200..300).contains(&reply.code) {
            return self.reject(now, call, reply);
        }
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let (CallState::Incoming, Some(transaction)) = (entry.state, entry.server) else {
            return;
        };
        if entry.is_fork() {
            return;
        }
        let held = Held::Accept(Box::new(contact), reply);
        let Some(Held::Accept(contact, reply)) = self.hold_success(call, transaction, held) else {
            return;
        };
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.finish_reliable(transaction);
        entry.contact = Some(contact.to_string());
        entry.state = CallState::Accepted;
        entry.ringing = None;
        entry.expires_at = None;
        let (invite, tag) = (entry.invite.clone(), entry.local_tag.clone());
        if entry.dialog.is_none() {
            entry.dialog = Dialog::from_request(&invite, &tag, DialogState::Confirmed).ok();
        }
        if let Some(dialog) = &mut entry.dialog {
            dialog.state = DialogState::Confirmed;
        }
        let code = reply.code;
        let reply = self.settle_session(now, call, &invite, reply);
        let bytes = self.reply_in_call(now, call, reply);
        self.expect_ack(now, call, transaction, &invite, (code, bytes));
        self.end_forks(now, call);
        self.end_replaced(now, call);
    }

    /// Refuses an incoming call with 300 to 699. Nothing happens with another code, or if the call
    /// does not wait for an answer.
    pub fn reject(&mut self, now: Instant, call: CallId, reply: Reply) {
        let waits = self
            .calls
            .get(&call)
            .is_some_and(|entry| entry.state == CallState::Incoming && !entry.is_fork());
        let code = reply.code;
        if waits && code >= 300 {
            self.reply_in_call(now, call, reply);
            self.end_call(now, call, EndCause::Rejected(code));
        }
    }

    pub(crate) fn start_incoming_call(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
    ) {
        if self.calls.len() >= self.config.calls_max {
            let reply = Reply::new(503).header("Retry-After", "10");
            self.reply(now, id, (&message, source), reply, None);
            return;
        }
        if let Some(reply) = self.refusal_without_100rel(&message) {
            self.reply(now, id, (&message, source), reply, None);
            return;
        }
        let replaces = match self.replaced_call(&message) {
            Ok(replaces) => replaces,
            Err(reply) => {
                self.reply(now, id, (&message, source), reply, None);
                return;
            }
        };
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = message.call_id().unwrap_or_default().to_owned();
        let mut call = Call::new(CallState::Incoming, (call_id, tag), message.clone(), source);
        call.server = Some(id);
        call.note_allow(&message);
        call.replaces = replaces;
        call.expires_at = message
            .number(HeaderName::Expires)
            .ok()
            .map(|seconds| now + Duration::from_secs(u64::from(seconds)));
        let call = self.new_call(call);
        self.by_server.insert(id, call);
        self.file(call);
        self.happen(Happening::IncomingCall {
            call,
            invite: message,
            source,
            replaces,
        });
    }

    /// A 2xx to their INVITE is out: it is repeated until its ACK comes.
    pub(crate) fn expect_ack(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
        invite: &Message,
        (code, bytes): (u16, Bytes),
    ) {
        let timers = self.config.timers;
        if let Some(entry) = self.calls.get_mut(&call) {
            let queue = entry.reliable.as_ref();
            let agreed = queue.is_some_and(|it| it.transaction == transaction && it.is_agreed());
            // Only the answer to an INVITE without a body can have an offer.
            let may_offer = !agreed && invite.body().is_empty();
            let offers = may_offer && is_offer(invite, &Message::parse(bytes.clone()));
            entry.pending.reserve_exact(1);
            entry.pending.push(PendingOk {
                cseq: invite.cseq().map_or(0, |cseq| cseq.number),
                transaction,
                code,
                bytes,
                resend: Backoff::start(now, timers.t1),
                give_up: now + timers.give_up(),
                offers,
            });
        }
        self.file(call);
    }

    pub(crate) fn handle_ack(&mut self, now: Instant, message: Message) {
        let tag = message.tag(HeaderName::To).unwrap_or_default();
        let call = self.call_of(&message, tag);
        let Some((call, entry)) = call.and_then(|id| Some((id, self.calls.get_mut(&id)?))) else {
            let why = "an ACK that belongs to no call";
            return self.happen(Happening::Dropped { message, why });
        };
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let Some(at) = entry.pending.iter().position(|ok| ok.cseq == number) else {
            return;
        };
        let acknowledged = entry.pending.remove(at);
        if entry.pending.is_empty() {
            // A call that stands has no use for the room.
            entry.pending = Vec::new();
        }
        let is_over = entry.state == CallState::Ended;
        let is_first = entry.state == CallState::Accepted;
        if is_first {
            entry.state = CallState::Confirmed;
        }
        self.file(call);
        if is_first || (acknowledged.offers && !is_over) {
            self.happen(Happening::Confirmed { call, ack: message });
        }
        if is_first {
            self.send_wanted_bye(now, call);
        }
    }

    /// A response to the first INVITE of an incoming call, with the call's tag and Contact.
    pub(crate) fn reply_in_call(&mut self, now: Instant, call: CallId, reply: Reply) -> Bytes {
        self.note_description(call, reply.body.as_ref());
        let Some(entry) = self.calls.get(&call) else {
            return Bytes::new();
        };
        let Some(transaction) = entry.server else {
            return Bytes::new();
        };
        let contact = entry.contact.clone().filter(|_| reply.code < 300);
        let (invite, tag) = (entry.invite.clone(), entry.local_tag.clone());
        let request = (&invite, entry.peer);
        self.reply_with_tag(now, transaction, request, reply, contact, &tag)
    }
}
