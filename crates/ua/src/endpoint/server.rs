//! Requests of others: what is refused, what is answered here, what goes to the user
//! (RFC 3261 8.2).

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method};

use super::command::Reply;
use super::config::MessageKind;
use super::core::{Endpoint, add_headers};
use super::happening::{CallId, Happening, NoticeId};
use super::incoming::Incoming;
use super::reliable_queue::Held;
use crate::respond::response_to;
use crate::target::Target;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Answers a [`Happening::Request`]. Inside a call a 2xx to INVITE gets the call's Contact and
    /// is repeated until ACK.
    pub fn respond(&mut self, now: Instant, request: TransactionId, reply: Reply) {
        let Some(incoming) = self.incoming.get(&request) else {
            return;
        };
        let (message, source, call) = (incoming.message.clone(), incoming.source, incoming.call);
        let tag = incoming.tag.clone();
        let method = message.method().unwrap_or(Method::Options);
        let success = (200..300).contains(&reply.code);
        let reinvite = call.filter(|_| method == Method::Invite);
        let mut reply = reply;
        if let Some(call) = reinvite {
            if (101..200).contains(&reply.code) && self.must_be_reliable(&message) {
                // It cannot fail here.
                return drop(self.respond_reliably(now, request, reply));
            }
            if success {
                let held = Held::Respond(reply);
                match self.hold_success(call, request, held) {
                    Some(Held::Respond(free)) => reply = free,
                    _ => return,
                }
            }
        }
        if reply.code >= 200 {
            self.incoming.remove(&request);
        }
        let entry = call.and_then(|call| self.calls.get_mut(&call));
        let contact = entry.as_ref().and_then(|entry| entry.contact.clone());
        let contact = contact.filter(|_| method.is_target_refresh() && success);
        if let Some(entry) = entry {
            if reply.code >= 200 {
                entry.close(request);
                entry.finish_reliable(request);
            }
            let remote_tag = message.from_tag().unwrap_or_default();
            if success
                && method.is_target_refresh()
                && let Some(dialog) = entry.dialog_with(&remote_tag)
            {
                dialog.refresh_target(&message);
            }
        }
        let code = reply.code;
        let reply = match call {
            Some(call) => self.settle_session(now, call, &message, reply),
            None => reply,
        };
        let bytes = self.reply_with_tag(now, request, (&message, source), reply, contact, &tag);
        if let (true, Some(call)) = (method == Method::Invite && success, call) {
            self.expect_ack(now, call, request, &message, (code, bytes));
        }
        if let (true, Some(call)) = (method == Method::Prack && code >= 200, call) {
            self.go_on_after_prack(now, call);
        }
    }

    /// The To tag that the responses to a [`Happening::Request`] carry, for whoever makes a dialog
    /// of it (a notifier for example).
    pub fn reply_tag(&self, request: TransactionId) -> Option<&str> {
        Some(&self.incoming.get(&request)?.tag)
    }

    /// Where a [`Happening::Request`] that waits came from.
    pub fn source_of(&self, request: TransactionId) -> Option<Target> {
        Some(self.incoming.get(&request)?.source)
    }

    /// Nobody answered in time: the client has given up.
    pub(crate) fn handle_unanswered(&mut self, id: TransactionId) {
        if let Some(incoming) = self.incoming.remove(&id) {
            let call = incoming.call.and_then(|call| self.calls.get_mut(&call));
            if let Some(call) = call {
                call.close(id);
            }
            let why = "a request that was not answered in time";
            self.happen(Happening::Dropped {
                message: incoming.message,
                why,
            });
        }
    }

    pub(crate) fn handle_request(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
        merged: bool,
    ) {
        if self.answered_by_rule(now, id, &message, source) {
            return;
        }
        if let Some(reply) = self.refusal(&message, merged) {
            self.reply(now, id, (&message, source), reply, None);
            return;
        }
        match message.to_tag() {
            Some(local_tag) => self.handle_in_dialog(now, id, message, source, &local_tag),
            // Dialogs in which we have no tag, as devices of RFC 2543 have them.
            None if self.call_of(&message, "").is_some() => {
                self.handle_in_dialog(now, id, message, source, "");
            }
            None if message.method() == Some(Method::Invite) => {
                self.start_incoming_call(now, id, message, source);
            }
            None if matches!(message.method(), Some(Method::Bye | Method::Prack)) => {
                self.reply(now, id, (&message, source), Reply::new(481), None);
            }
            None => self.hand_over(id, (None, None), message, source),
        }
    }

    /// What RFC 3261 8.2 refuses before anything else is looked at.
    fn refusal(&self, message: &Message, merged: bool) -> Option<Reply> {
        if let Some(gannet_sip::Refusal { code, reason }) = gannet_sip::refusal(message) {
            return Some(Reply {
                code,
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
            // Known but not allowed, or not known at all (RFC 3261 8.2.1, 21.5.2).
            let code = match method {
                Method::Other(_) => 501,
                _ => 405,
            };
            return Some(Reply::new(code).header("Allow", allow.join(", ")));
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
            .filter(|tag| !self.knows_session_timers(tag))
            .collect();
        if !unknown.is_empty() {
            return Some(Reply::new(420).header("Unsupported", unknown.join(", ")));
        }
        if let Some(reply) = self
            .interval_refusal(message)
            .or_else(|| self.misplaced_replaces(message))
        {
            return Some(reply);
        }
        // Without Contact there is no dialog (RFC 3261 8.1.1.8, RFC 6665 8.2).
        let makes_dialog = match method {
            Method::Invite => true,
            Method::Subscribe | Method::Refer => message.tag(HeaderName::To).is_none(),
            _ => false,
        };
        (makes_dialog && message.contact().is_err()).then(|| {
            let reason = Some(format!("{method} without a usable Contact"));
            Reply {
                code: 400,
                reason,
                ..Reply::default()
            }
        })
    }

    /// Gives a request to the user.
    pub(crate) fn hand_over(
        &mut self,
        request: TransactionId,
        (call, notice): (Option<CallId>, Option<NoticeId>),
        message: Message,
        source: Target,
    ) {
        let incoming = Incoming {
            message: message.clone(),
            source,
            call,
            notice,
            tag: self.config.identifiers.tag(&mut self.rng),
        };
        self.incoming.insert(request, incoming);
        // A subscription does not end with the call (RFC 5057 4.1).
        let ends_with_call = message.method() != Some(Method::Subscribe);
        if let Some(entry) = call.and_then(|call| self.calls.get_mut(&call))
            && ends_with_call
        {
            entry.open.push(request);
        }
        self.happen(Happening::Request {
            request,
            call,
            notice,
            message,
            source,
        });
    }

    pub(crate) fn reply(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        request: (&Message, Target),
        reply: Reply,
        contact: Option<String>,
    ) -> Bytes {
        let tag = self.config.identifiers.tag(&mut self.rng);
        self.reply_with_tag(now, transaction, request, reply, contact, &tag)
    }

    pub(crate) fn reply_with_tag(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        (request, source): (&Message, Target),
        reply: Reply,
        contact: Option<String>,
        tag: &str,
    ) -> Bytes {
        let mut response = response_to(request, source.address, reply.code, Some(tag));
        if let Some(reason) = &reply.reason {
            *response.start_line_mut() = format!("SIP/2.0 {} {reason}", reply.code).into_bytes();
        }
        if let Some(contact) = contact {
            response.push(HeaderName::Contact, contact);
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
                in_dialog: request.tag(HeaderName::To).is_some(),
            },
        );
        let bytes = response.build();
        self.transactions
            .respond(now, transaction, reply.code, bytes.clone());
        bytes
    }
}
