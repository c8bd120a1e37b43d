//! Ending calls: CANCEL and BYE, ours and theirs (RFC 3261 9, 15).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::call::{CallState, Cancel};
use super::client::Purpose;
use super::command::Reply;
use super::core::{Endpoint, add_headers};
use super::happening::{CallId, EndCause, Happening, Outcome};
use crate::dialog::Dialog;
use crate::target::Target;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Ends a call in the way that its state asks for: CANCEL, 480 or BYE.
    pub fn hang_up(&mut self, now: Instant, call: CallId) {
        self.hang_up_with(now, call, Vec::new());
    }

    /// The same, with more header fields in the CANCEL or BYE.
    pub fn hang_up_with(&mut self, now: Instant, call: CallId, headers: Vec<(String, String)>) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        match entry.state {
            CallState::Calling if entry.cancel == Cancel::No => {
                entry.cancel = Cancel::Wanted(headers);
                if entry.trying || self.config.cancel_at_once {
                    self.send_cancel(now, call);
                }
            }
            CallState::Incoming => self.reject(now, call, Reply::new(480)),
            // The callee must not send BYE before ACK (RFC 3261 15).
            CallState::Accepted => entry.bye_wanted = Some(headers),
            // An ACK is owed first, be it without an answer (RFC 3261 13.2.2.4).
            CallState::NeedsAnswer | CallState::Confirmed if entry.unanswered.is_some() => {
                entry.bye_wanted = Some(headers);
                self.acknowledge(now, call, None);
            }
            CallState::Confirmed => self.send_bye(now, call, headers),
            CallState::Calling | CallState::NeedsAnswer | CallState::Ending | CallState::Ended => {}
        }
    }

    pub(crate) fn send_cancel(&mut self, now: Instant, call: CallId) {
        let give_up = now + self.config.timers.give_up();
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Cancel::Wanted(headers) =
            std::mem::replace(&mut entry.cancel, Cancel::Sent { give_up })
        else {
            return;
        };
        let Some(request) = entry.request.and_then(|id| self.requests.get(&id)) else {
            return;
        };
        let (builder, target) = (cancel_for(&request.message, headers), request.target);
        self.launch(now, Method::Cancel, builder, target, Purpose::Aside);
        self.file(call);
    }

    /// Sends BYE if the call stands; otherwise nothing is to be done.
    pub(crate) fn send_bye(&mut self, now: Instant, call: CallId, headers: Vec<(String, String)>) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.state != CallState::Confirmed {
            return;
        }
        entry.state = CallState::Ending;
        if entry.dialog.is_none() {
            return self.bye_done(now, call, Outcome::TransportFailed);
        }
        if let Some(reinvite) = entry.reinvite {
            self.respond(now, reinvite, Reply::new(487));
        }
        let Some(mut dialog) = self.calls.get_mut(&call).and_then(|it| it.dialog.take()) else {
            return;
        };
        let sent = self.send_bye_in(now, call, &mut dialog, headers, Purpose::Bye(call));
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.dialog = Some(dialog);
        }
        self.file(call);
        if !sent {
            self.bye_done(now, call, Outcome::TransportFailed);
        }
    }

    /// False if nobody knows where to send it.
    pub(crate) fn send_bye_in(
        &mut self,
        now: Instant,
        call: CallId,
        dialog: &mut Dialog,
        headers: Vec<(String, String)>,
        purpose: Purpose,
    ) -> bool {
        let Ok(target) = self.target_in_call(call, &dialog.routing().next_hop) else {
            return false;
        };
        dialog.skip_numbers(self.config.cseq_gap());
        let mut builder = dialog.request(&Method::Bye);
        add_headers(&mut builder, headers);
        self.launch(now, Method::Bye, builder, target, purpose);
        true
    }

    pub(crate) fn send_wanted_bye(&mut self, now: Instant, call: CallId) {
        let wanted = self
            .calls
            .get_mut(&call)
            .and_then(|entry| entry.bye_wanted.take());
        if let Some(headers) = wanted {
            self.send_bye(now, call, headers);
        }
    }

    pub(crate) fn bye_done(&mut self, now: Instant, call: CallId, outcome: Outcome) {
        let cause = if self.session_has_expired(call) {
            EndCause::SessionExpired(outcome)
        } else {
            EndCause::LocalBye(outcome)
        };
        self.end_call(now, call, cause);
    }

    /// No ACK within 64*T1: the dialog is confirmed, but the session ends by BYE
    /// (RFC 3261 13.3.1.4).
    pub(crate) fn end_unacknowledged(&mut self, now: Instant, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let headers = entry.bye_wanted.take().unwrap_or_default();
        if let Some(mut dialog) = entry.dialog.clone() {
            self.send_bye_in(now, call, &mut dialog, headers, Purpose::Aside);
            if let Some(entry) = self.calls.get_mut(&call) {
                entry.dialog = Some(dialog);
            }
        }
        self.end_call(now, call, EndCause::AckMissing);
    }

    pub(crate) fn end_call(&mut self, now: Instant, call: CallId, cause: EndCause) {
        let remove_at = now + self.config.timers.give_up();
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.state == CallState::Ended {
            return;
        }
        if entry.is_fork() {
            return self.end_beside(now, call);
        }
        entry.state = CallState::Ended;
        entry.ringing = None;
        entry.expires_at = None;
        entry.unanswered = None;
        entry.owed.clear();
        if let Some(queue) = &mut entry.reliable {
            queue.finish();
        }
        entry.bye_wanted = None;
        entry.remove_at = Some(remove_at);
        // Requests of theirs that still wait are answered 487 (RFC 3261 15.1.2).
        for open in entry.open.clone() {
            self.respond(now, open, Reply::new(487));
        }
        self.end_forks(now, call);
        self.inherit_dialogs(call, None);
        self.file(call);
        self.happen(Happening::CallEnded { call, cause });
    }

    pub(crate) fn handle_bye(
        &mut self,
        now: Instant,
        id: TransactionId,
        call: CallId,
        message: Message,
        source: Target,
    ) {
        self.reply(now, id, (&message, source), Reply::new(200), None);
        if self.calls.get(&call).is_some_and(|entry| entry.is_fork()) {
            return self.end_beside(now, call);
        }
        match self.calls.get(&call).map(|entry| entry.state) {
            // With a BYE of our own on the way, its response ends the call.
            None | Some(CallState::Ending) => {}
            Some(CallState::Incoming) => {
                self.reply_in_call(now, call, Reply::new(487));
                self.end_call(now, call, EndCause::RemoteBye(message));
            }
            Some(_) => self.end_call(now, call, EndCause::RemoteBye(message)),
        }
    }

    pub(crate) fn handle_cancel(
        &mut self,
        now: Instant,
        (id, invite, matches): (TransactionId, Option<TransactionId>, bool),
        message: Message,
        source: Target,
    ) {
        if self.answered_by_rule(now, id, &message, source) {
            return;
        }
        let code = if matches { 200 } else { 481 };
        let call = invite.and_then(|invite| self.by_server.get(&invite).copied());
        let entry = call.and_then(|call| Some((call, self.calls.get(&call)?)));
        // The To tag is that of the INVITE's responses (RFC 3261 9.2).
        let tag = match entry {
            Some((_, entry)) => entry.local_tag.clone(),
            None => self.config.identifiers.tag(&mut self.rng),
        };
        let request = (&message, source);
        self.reply_with_tag(now, id, request, Reply::new(code), None, &tag);
        if let Some(call) = call {
            self.reply_in_call(now, call, Reply::new(487));
            self.end_call(now, call, EndCause::RemoteCancel(message));
        } else if let Some(invite) = invite {
            self.respond(now, invite, Reply::new(487));
        }
    }
}

/// CANCEL copies Request-URI, top Via, Route, From, To, Call-ID and the CSeq number
/// (RFC 3261 9.1).
fn cancel_for(invite: &Message, headers: Vec<(String, String)>) -> MessageBuilder {
    let uri = invite.request_uri_text().unwrap_or_default();
    let mut cancel = MessageBuilder::request(&Method::Cancel, uri);
    if let Some(via) = invite.values(HeaderName::Via).next() {
        cancel.push(HeaderName::Via, via);
    }
    for route in invite.headers_named(HeaderName::Route) {
        cancel.push(HeaderName::Route, route.value);
    }
    cancel.push(HeaderName::MaxForwards, "70");
    for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
        if let Some(field) = invite.header(name) {
            cancel.push(name, field.value);
        }
    }
    let number = invite.cseq().map_or(0, |cseq| cseq.number);
    cancel.push(HeaderName::CSeq, format!("{number} CANCEL"));
    add_headers(&mut cancel, headers);
    cancel
}
