//! Requests of others: what is refused, what is answered here, what goes to the user
//! (RFC 3261 8.2, 9.2, 12.2.2, 14.2, 15.1.2).

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method, NameAddr};

use super::call::{Call, CallState, PendingOk};
use super::command::Reply;
use super::config::MessageKind;
use super::core::{Endpoint, add_headers};
use super::happening::{CallId, EndCause, Happening};
use super::incoming::Incoming;
use crate::respond::response_to;
use crate::target::Target;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Answers a [`Happening::Request`]. Inside a call a 2xx to INVITE gets the call's Contact and
    /// is repeated until ACK.
    pub fn respond(&mut self, now: Instant, request: TransactionId, reply: Reply) {
        let Some(incoming) = self.incoming.get(&request) else {
            return;
        };
        let (message, source, call) = (incoming.message.clone(), incoming.source, incoming.call);
        if reply.code >= 200 {
            self.incoming.remove(&request);
        }
        let method = message.method().unwrap_or(Method::Options);
        let success = (200..300).contains(&reply.code);
        let entry = call.and_then(|call| self.calls.get_mut(&call));
        let contact = entry.as_ref().and_then(|entry| entry.contact.clone());
        let contact = contact.filter(|_| method.is_target_refresh() && success);
        if let Some(entry) = entry {
            if reply.code >= 200 && entry.reinvite == Some(request) {
                entry.reinvite = None;
            }
            if success
                && method.is_target_refresh()
                && let Some(dialog) = &mut entry.dialog
            {
                dialog.refresh_target(&message);
            }
        }
        let final_invite = method == Method::Invite && success;
        let bytes = self.reply(now, request, (&message, source), reply, contact);
        if let (true, Some(call)) = (final_invite, call) {
            self.expect_ack(now, call, request, &message, bytes);
        }
    }

    fn expect_ack(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
        invite: &Message,
        bytes: Bytes,
    ) {
        let timers = self.config.timers;
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.pending.push(PendingOk {
                cseq: invite.cseq().map_or(0, |cseq| cseq.number),
                transaction,
                bytes,
                resend: Backoff::start(now, timers.t1),
                give_up: now + timers.give_up(),
            });
        }
        self.file(call);
    }

    pub(crate) fn handle_request(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
        merged: bool,
    ) {
        if let Some(reply) = self.refusal(&message, merged) {
            self.reply(now, id, (&message, source), reply, None);
            return;
        }
        match message.to_tag() {
            Some(local_tag) => self.handle_in_dialog(now, id, message, source, &local_tag),
            None if message.method() == Some(Method::Invite) => {
                self.start_incoming_call(id, message, source);
            }
            None if message.method() == Some(Method::Bye) => {
                self.reply(now, id, (&message, source), Reply::new(481), None);
            }
            None => self.hand_over(id, None, message, source),
        }
    }

    /// What RFC 3261 8.2 refuses before anything else is looked at.
    fn refusal(&self, message: &Message, merged: bool) -> Option<Reply> {
        if let Some(reason) = unusable(message) {
            return Some(Reply {
                code: 400,
                reason: Some(reason),
                ..Reply::default()
            });
        }
        if merged {
            return Some(Reply::new(482));
        }
        let method = message.method()?;
        if !self.config.allow.contains(&method) {
            let allow: Vec<_> = self.config.allow.iter().map(Method::as_str).collect();
            return Some(Reply::new(405).header("Allow", allow.join(", ")));
        }
        let unknown: Vec<_> = message
            .values(HeaderName::Require)
            .filter(|tag| {
                !self
                    .config
                    .supported
                    .iter()
                    .any(|k| k.eq_ignore_ascii_case(tag))
            })
            .collect();
        if !unknown.is_empty() {
            return Some(Reply::new(420).header("Unsupported", unknown.join(", ")));
        }
        (method == Method::Invite && message.contact().is_err()).then(|| {
            let reason = Some("INVITE without a usable Contact".to_owned());
            Reply {
                code: 400,
                reason,
                ..Reply::default()
            }
        })
    }

    fn start_incoming_call(&mut self, id: TransactionId, message: Message, source: Target) {
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = message.call_id().unwrap_or_default().to_owned();
        let mut call = Call::new(CallState::Incoming, call_id, tag, message.clone());
        call.server = Some((id, source));
        let call = self.new_call(call);
        self.happen(Happening::IncomingCall {
            call,
            invite: message,
            source,
        });
    }

    fn handle_in_dialog(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
        local_tag: &str,
    ) {
        let remote_tag = message.from_tag().unwrap_or_default();
        let key = (
            message.call_id().unwrap_or_default().to_owned(),
            local_tag.to_owned(),
        );
        if message.method() == Some(Method::Notify)
            && self.handle_notify(now, id, &message, source, local_tag)
        {
            return;
        }
        let call = self.by_dialog.get(&key).copied();
        let live = call.and_then(|call| {
            let entry = self.calls.get_mut(&call)?;
            let alive = entry.state != CallState::Ended;
            let dialog = entry.dialog_with(&remote_tag).filter(|_| alive)?;
            let number = message.cseq().map_or(0, |cseq| cseq.number);
            Some((call, dialog.accept_cseq(number)))
        });
        match live {
            None => {
                self.reply(now, id, (&message, source), Reply::new(481), None);
            }
            Some((_, false)) => {
                // Older than a request already seen (RFC 3261 12.2.2).
                self.reply(now, id, (&message, source), Reply::new(500), None);
            }
            Some((call, true)) => self.handle_in_call(now, id, call, message, source),
        }
    }

    fn handle_in_call(
        &mut self,
        now: Instant,
        id: TransactionId,
        call: CallId,
        message: Message,
        source: Target,
    ) {
        match message.method() {
            Some(Method::Bye) => self.handle_bye(now, id, call, message, source),
            Some(Method::Invite) => {
                let Some(entry) = self.calls.get_mut(&call) else {
                    return;
                };
                let reply = if entry.reinvite.is_some() || entry.state == CallState::Incoming {
                    // The one before has no final response yet (RFC 3261 14.2).
                    Some(Reply::new(500).header("Retry-After", self.rng.u32(0..=10).to_string()))
                } else if entry.reinviting || !entry.pending.is_empty() {
                    Some(Reply::new(491))
                } else {
                    entry.reinvite = Some(id);
                    None
                };
                match reply {
                    Some(reply) => {
                        self.reply(now, id, (&message, source), reply, None);
                    }
                    None => self.hand_over(id, Some(call), message, source),
                }
            }
            _ => self.hand_over(id, Some(call), message, source),
        }
    }

    fn handle_bye(
        &mut self,
        now: Instant,
        id: TransactionId,
        call: CallId,
        message: Message,
        source: Target,
    ) {
        self.reply(now, id, (&message, source), Reply::new(200), None);
        let Some(entry) = self.calls.get(&call) else {
            return;
        };
        // Requests of theirs that still wait are answered 487 (RFC 3261 15.1.2).
        let open = match (entry.state, entry.server) {
            (CallState::Incoming, Some((invite, _))) => Some(invite),
            _ => entry.reinvite,
        };
        if let Some(open) = open {
            self.reply_487(now, call, open);
        }
        // With a BYE of our own on the way, its response ends the call.
        if self
            .calls
            .get(&call)
            .is_some_and(|entry| entry.state != CallState::Ending)
        {
            self.end_call(now, call, EndCause::RemoteBye(message));
        }
    }

    fn reply_487(&mut self, now: Instant, call: CallId, transaction: TransactionId) {
        let Some(entry) = self.calls.get(&call) else {
            return;
        };
        if let Some((server, source)) = entry.server.filter(|server| server.0 == transaction) {
            self.reply_in_call(now, call, server, source, Reply::new(487));
        } else {
            self.respond(now, transaction, Reply::new(487));
        }
    }

    pub(crate) fn handle_cancel(
        &mut self,
        now: Instant,
        (id, invite, matches): (TransactionId, Option<TransactionId>, bool),
        message: Message,
        source: Target,
    ) {
        let code = if matches { 200 } else { 481 };
        self.reply(now, id, (&message, source), Reply::new(code), None);
        let Some(invite) = invite else { return };
        let call = self
            .calls
            .iter()
            .find(|(_, entry)| entry.server.is_some_and(|server| server.0 == invite))
            .map(|(call, entry)| (*call, entry.state));
        if let Some((call, CallState::Incoming)) = call {
            self.reply_487(now, call, invite);
            self.end_call(now, call, EndCause::RemoteCancel(message));
        } else if self.incoming.contains_key(&invite) {
            self.respond(now, invite, Reply::new(487));
        }
    }

    pub(crate) fn handle_ack(&mut self, now: Instant, message: Message) {
        let key = (
            message.call_id().unwrap_or_default().to_owned(),
            message.to_tag().unwrap_or_default(),
        );
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        let call = self.by_dialog.get(&key).copied();
        let Some((call, entry)) = call.and_then(|id| Some((id, self.calls.get_mut(&id)?))) else {
            let why = "an ACK that belongs to no call";
            return self.happen(Happening::Dropped { message, why });
        };
        let before = entry.pending.len();
        entry.pending.retain(|ok| ok.cseq != number);
        if entry.pending.len() == before {
            return;
        }
        let first = entry.state == CallState::Accepted;
        if first {
            entry.state = CallState::Confirmed;
            self.happen(Happening::Confirmed { call, ack: message });
        }
        self.file(call);
        if first {
            self.send_wanted_bye(now, call);
        }
    }

    fn hand_over(
        &mut self,
        request: TransactionId,
        call: Option<CallId>,
        message: Message,
        source: Target,
    ) {
        let incoming = Incoming {
            message: message.clone(),
            source,
            call,
        };
        self.incoming.insert(request, incoming);
        self.happen(Happening::Request {
            request,
            call,
            message,
            source,
        });
    }

    /// A response in an incoming call, with the call's tag and Contact.
    pub(crate) fn reply_in_call(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
        source: Target,
        reply: Reply,
    ) -> Bytes {
        let Some(entry) = self.calls.get(&call) else {
            return Bytes::new();
        };
        let contact = entry.contact.clone().filter(|_| reply.code < 300);
        let (invite, tag) = (entry.invite.clone(), entry.local_tag.clone());
        self.reply_with_tag(now, transaction, (&invite, source), reply, contact, &tag)
    }

    pub(crate) fn reply(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        request: (&Message, Target),
        reply: Reply,
        contact: Option<NameAddr>,
    ) -> Bytes {
        let tag = self.config.identifiers.tag(&mut self.rng);
        self.reply_with_tag(now, transaction, request, reply, contact, &tag)
    }

    fn reply_with_tag(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        (request, source): (&Message, Target),
        reply: Reply,
        contact: Option<NameAddr>,
        tag: &str,
    ) -> Bytes {
        let mut response = response_to(request, source.address, reply.code, Some(tag));
        if let Some(reason) = &reply.reason {
            *response.start_line_mut() = format!("SIP/2.0 {} {reason}", reply.code).into_bytes();
        }
        if let Some(contact) = contact {
            response.push(HeaderName::Contact, contact.to_string());
        }
        add_headers(&mut response, reply.headers);
        if let Some(body) = reply.body {
            response.set_body(&body.content_type, body.bytes);
        }
        self.dress(
            &mut response,
            &MessageKind {
                method: request.method().unwrap_or(Method::Options),
                code: Some(reply.code),
                in_dialog: request.to_tag().is_some(),
            },
        );
        let bytes = response.build();
        self.transactions
            .respond(now, transaction, reply.code, bytes.clone());
        bytes
    }
}

/// What is missing or broken of the fields that every request needs (RFC 3261 8.1.1).
fn unusable(message: &Message) -> Option<String> {
    let fields = [
        message.from().err(),
        message.to().err(),
        message.cseq().err(),
        message.via().err(),
        message.request_uri().err(),
    ];
    fields
        .into_iter()
        .flatten()
        .next()
        .map(|error| error.to_string())
}
