//! Calls: making, answering, ending them (RFC 3261 9, 13, 15).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr};

use super::call::{Call, CallState, Cancel, PendingOk, SentAck};
use super::client::{ClientRequest, Purpose};
use super::command::{Body, Reply, RequestSpec};
use super::config::MessageKind;
use super::core::{Endpoint, SendError, add_headers, build};
use super::happening::{CallId, EndCause, Happening, Outcome, RequestId};
use crate::dialog::{Dialog, DialogState};
use crate::target::Target;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Makes a call. What comes: [`Happening::Progress`] for each provisional response, then
    /// [`Happening::Answered`] or [`Happening::CallEnded`].
    pub fn invite(&mut self, now: Instant, mut spec: RequestSpec) -> Result<CallId, SendError> {
        spec.method = Method::Invite;
        let target = self.target_of(&spec)?;
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = self.call_id_for(&spec);
        let cseq = self.config.identifiers.first_cseq(&mut self.rng);
        let contact = spec.contact.clone();
        let builder = build(spec, &tag, &call_id, cseq);
        let id = self.new_call(Call::new(
            CallState::Calling,
            call_id,
            tag,
            builder.message(),
        ));
        let request = self.launch(now, Method::Invite, builder, target, Purpose::Invite(id));
        let sent = self
            .requests
            .get(&request)
            .map(|request| request.message.clone());
        if let Some(call) = self.calls.get_mut(&id) {
            call.contact = contact;
            call.request = Some(request);
            call.invite = sent.unwrap_or_else(|| call.invite.clone());
        }
        Ok(id)
    }

    pub(crate) fn new_call(&mut self, call: Call) -> CallId {
        self.last_call += 1;
        let id = CallId(self.last_call);
        self.by_dialog
            .insert((call.sip_call_id.clone(), call.local_tag.clone()), id);
        self.calls.insert(id, call);
        id
    }

    /// Sends the ACK that answers the offer of a 2xx.
    pub fn acknowledge(&mut self, now: Instant, call: CallId, body: Option<Body>) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let (CallState::NeedsAnswer, Some(response)) = (entry.state, entry.unanswered.take())
        else {
            return;
        };
        entry.state = CallState::Confirmed;
        self.send_ack(call, &response, body);
        self.send_wanted_bye(now, call);
    }

    /// Sends a provisional response other than 100 for an incoming call.
    pub fn ring(&mut self, now: Instant, call: CallId, reply: Reply) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let (CallState::Incoming, Some((transaction, source))) = (entry.state, entry.server) else {
            return;
        };
        if entry.dialog.is_none() {
            entry.dialog =
                Dialog::from_request(&entry.invite, &entry.local_tag, DialogState::Early).ok();
        }
        self.reply_in_call(now, call, transaction, source, reply);
    }

    /// Answers an incoming call with a 2xx and repeats it until ACK comes: then
    /// [`Happening::Confirmed`], else [`EndCause::AckMissing`].
    pub fn accept(&mut self, now: Instant, call: CallId, contact: NameAddr, reply: Reply) {
        let timers = self.config.timers;
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let (CallState::Incoming, Some((transaction, source))) = (entry.state, entry.server) else {
            return;
        };
        entry.contact = Some(contact);
        entry.state = CallState::Accepted;
        let dialog = entry.dialog.take();
        entry.dialog = dialog
            .map(|mut dialog| {
                dialog.state = DialogState::Confirmed;
                dialog
            })
            .or_else(|| {
                Dialog::from_request(&entry.invite, &entry.local_tag, DialogState::Confirmed).ok()
            });
        let cseq = entry.invite.cseq().map_or(0, |cseq| cseq.number);
        let bytes = self.reply_in_call(now, call, transaction, source, reply);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.pending.push(PendingOk {
                cseq,
                transaction,
                bytes,
                resend: Backoff::start(now, timers.t1),
                give_up: now + timers.give_up(),
            });
        }
        self.file(call);
    }

    /// Refuses an incoming call.
    pub fn reject(&mut self, now: Instant, call: CallId, reply: Reply) {
        let Some(entry) = self.calls.get(&call) else {
            return;
        };
        let (CallState::Incoming, Some((transaction, source))) = (entry.state, entry.server) else {
            return;
        };
        let code = reply.code;
        self.reply_in_call(now, call, transaction, source, reply);
        self.end_call(now, call, EndCause::Rejected(code));
    }

    /// Sets the Contact for provisional responses and requests inside the call.
    pub fn set_contact(&mut self, call: CallId, contact: NameAddr) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.contact = Some(contact);
        }
    }

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
                if entry.trying {
                    self.send_cancel(now, call);
                }
            }
            CallState::Incoming => self.reject(now, call, Reply::new(480)),
            // The callee must not send BYE before ACK (RFC 3261 15).
            CallState::Accepted | CallState::NeedsAnswer => entry.bye_wanted = Some(headers),
            CallState::Confirmed => self.send_bye(now, call, headers),
            CallState::Calling | CallState::Ending | CallState::Ended => {}
        }
    }

    /// Sends a request inside a call; its end is a [`Happening::RequestDone`].
    pub fn request_in_call(
        &mut self,
        now: Instant,
        call: CallId,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    ) -> Result<RequestId, SendError> {
        let entry = self.calls.get_mut(&call).ok_or(SendError::NoDialog)?;
        let contact = entry.contact.clone();
        let dialog = match &mut entry.dialog {
            Some(dialog) => dialog,
            None => entry.early.last_mut().ok_or(SendError::NoDialog)?,
        };
        let next_hop = dialog.routing().next_hop;
        let mut builder = dialog.request(&method);
        let target = self.target_in_call(call, &next_hop)?;
        if let Some(contact) = contact.filter(|_| method.is_target_refresh()) {
            builder.push(HeaderName::Contact, contact.to_string());
        }
        add_headers(&mut builder, headers);
        if let Some(body) = body {
            builder.set_body(&body.content_type, body.bytes);
        }
        let purpose = if method == Method::Invite {
            if let Some(entry) = self.calls.get_mut(&call) {
                entry.reinviting = true;
            }
            Purpose::Reinvite(call)
        } else {
            Purpose::Plain(Some(call))
        };
        let request = self.launch(now, method, builder, target, purpose);
        if let (Purpose::Reinvite(_), Some(sent)) = (purpose, self.requests.get(&request)) {
            self.by_invite.insert(sent.transaction, call);
        }
        Ok(request)
    }

    /// The dialog of a call: the confirmed one, else the newest early one.
    pub fn dialog(&self, call: CallId) -> Option<&Dialog> {
        let entry = self.calls.get(&call)?;
        entry.dialog.as_ref().or_else(|| entry.early.last())
    }

    /// The value of the call's Call-ID header field.
    pub fn sip_call_id(&self, call: CallId) -> Option<&str> {
        Some(&self.calls.get(&call)?.sip_call_id)
    }

    /// The first INVITE of a call, as last sent or as received.
    pub fn invite_of(&self, call: CallId) -> Option<&Message> {
        Some(&self.calls.get(&call)?.invite)
    }

    pub(crate) fn invite_progress(&mut self, now: Instant, call: CallId, response: Message) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.trying = true;
        if response.to_tag().is_some()
            && response.status() != Some(100)
            && let Ok(dialog) = Dialog::from_response(&entry.invite, &response)
        {
            match entry
                .early
                .iter_mut()
                .find(|known| known.remote_tag == dialog.remote_tag)
            {
                Some(known) => known.refresh_target(&response),
                None => entry.early.push(dialog),
            }
        }
        let cancel = matches!(entry.cancel, Cancel::Wanted(_));
        if response.status() != Some(100) {
            self.happen(Happening::Progress { call, response });
        }
        if cancel {
            self.send_cancel(now, call);
        }
    }

    pub(crate) fn invite_done(
        &mut self,
        now: Instant,
        call: CallId,
        request: &ClientRequest,
        outcome: Outcome,
    ) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.request = None;
        entry.invite = request.message.clone();
        let given_up = entry.cancel != Cancel::No;
        match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.by_invite.insert(request.transaction, call);
                self.invite_answered(now, call, response, given_up);
            }
            other if given_up => self.end_call(now, call, EndCause::LocalCancel(other)),
            other => self.end_call(now, call, EndCause::Failed(other)),
        }
    }

    fn invite_answered(&mut self, now: Instant, call: CallId, response: Message, given_up: bool) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Ok(dialog) = Dialog::from_response(&entry.invite, &response) else {
            // A 2xx that makes no dialog cannot be acknowledged: the call has failed.
            let cause = EndCause::Failed(Outcome::Response(response));
            return self.end_call(now, call, cause);
        };
        if given_up || entry.state == CallState::Ended {
            let ended = entry.state == CallState::Ended;
            self.end_fork(now, call, dialog, &response);
            if !ended {
                self.end_call(now, call, EndCause::CancelCrossed);
            }
            return;
        }
        // The early dialog's numbers go on in the confirmed one.
        let early = entry
            .early
            .iter()
            .find(|known| known.remote_tag == dialog.remote_tag);
        let mut confirmed = early.cloned().unwrap_or_else(|| dialog.clone());
        confirmed.local_cseq = confirmed.local_cseq.max(dialog.local_cseq);
        confirmed.confirm(&response);
        entry.early.clear();
        entry.dialog = Some(confirmed);
        let needs_answer = entry.invite.body().is_empty() && !response.body().is_empty();
        entry.state = if needs_answer {
            CallState::NeedsAnswer
        } else {
            CallState::Confirmed
        };
        if needs_answer {
            entry.unanswered = Some(response.clone());
        } else {
            self.send_ack(call, &response, None);
        }
        self.happen(Happening::Answered {
            call,
            response,
            needs_answer,
        });
    }

    /// A response for a transaction whose first final response was seen already: a 2xx that is
    /// repeated, or that of another fork (RFC 3261 13.2.2.4).
    pub(crate) fn handle_late_response(
        &mut self,
        now: Instant,
        transaction: TransactionId,
        response: Message,
    ) {
        let call = self.by_invite.get(&transaction).copied();
        let Some((call, entry)) = call.and_then(|id| Some((id, self.calls.get(&id)?))) else {
            let why = "a repeated final response";
            return self.happen(Happening::Dropped {
                message: response,
                why,
            });
        };
        let tag = response.to_tag().unwrap_or_default();
        let cseq = response.cseq().map_or(0, |cseq| cseq.number);
        let known = entry
            .acks
            .iter()
            .find(|ack| ack.remote_tag == tag && ack.cseq == cseq);
        if let Some(ack) = known.cloned() {
            self.transactions.send_once(ack.bytes, ack.target);
        } else if entry.state != CallState::NeedsAnswer
            && let Ok(dialog) = Dialog::from_response(&entry.invite, &response)
        {
            self.end_fork(now, call, dialog, &response);
        }
    }

    /// Acknowledges a 2xx that nobody wants and ends its dialog.
    fn end_fork(&mut self, now: Instant, call: CallId, mut dialog: Dialog, response: &Message) {
        self.send_ack_in(call, &dialog, response, None);
        let next_hop = dialog.routing().next_hop;
        let builder = dialog.request(&Method::Bye);
        if let Ok(target) = self.target_in_call(call, &next_hop) {
            self.launch(now, Method::Bye, builder, target, Purpose::Aside);
        }
    }

    pub(crate) fn send_ack(&mut self, call: CallId, response: &Message, body: Option<Body>) {
        if let Some(dialog) = self.calls.get(&call).and_then(|entry| entry.dialog.clone()) {
            self.send_ack_in(call, &dialog, response, body);
        }
    }

    /// The ACK for a 2xx is a request of its own inside the dialog, with the INVITE's CSeq number
    /// and credentials (RFC 3261 13.2.2.4, 22.1).
    fn send_ack_in(
        &mut self,
        call: CallId,
        dialog: &Dialog,
        response: &Message,
        body: Option<Body>,
    ) {
        let cseq = response.cseq().map_or(0, |cseq| cseq.number);
        let mut ack = dialog.request_with_cseq(&Method::Ack, cseq);
        let Ok(target) = self.target_in_call(call, &dialog.routing().next_hop) else {
            return;
        };
        let branch = self.config.identifiers.branch(&mut self.rng);
        let via = self.via(target.transport, &branch);
        ack.push_front(HeaderName::Via, via);
        if let Some(entry) = self.calls.get(&call) {
            for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
                for field in entry.invite.headers_named(name) {
                    ack.push(name, field.value);
                }
            }
        }
        if let Some(body) = body {
            ack.set_body(&body.content_type, body.bytes);
        }
        self.dress(
            &mut ack,
            &MessageKind {
                method: Method::Ack,
                code: None,
                in_dialog: true,
            },
        );
        let bytes = ack.build();
        self.transactions.send_once(bytes.clone(), target);
        let remote_tag = dialog.remote_tag.clone();
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.acks.push(SentAck {
                remote_tag,
                cseq,
                bytes,
                target,
            });
        }
    }

    fn send_cancel(&mut self, now: Instant, call: CallId) {
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

    pub(crate) fn send_bye(&mut self, now: Instant, call: CallId, headers: Vec<(String, String)>) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Some(dialog) = &mut entry.dialog else {
            return;
        };
        let next_hop = dialog.routing().next_hop;
        let mut builder = dialog.request(&Method::Bye);
        entry.state = CallState::Ending;
        add_headers(&mut builder, headers);
        match self.target_in_call(call, &next_hop) {
            Ok(target) => {
                self.launch(now, Method::Bye, builder, target, Purpose::Bye(call));
            }
            Err(_) => self.bye_done(now, call, Outcome::TransportFailed),
        }
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
        self.end_call(now, call, EndCause::LocalBye(outcome));
    }

    pub(crate) fn reinvite_done(
        &mut self,
        now: Instant,
        call: CallId,
        request: &ClientRequest,
        outcome: &Outcome,
    ) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.reinviting = false;
        let Some(response) = outcome.response() else {
            return;
        };
        if response.status().is_some_and(|code| code < 300) {
            if let Some(dialog) = &mut entry.dialog {
                dialog.refresh_target(response);
            }
            self.by_invite.insert(request.transaction, call);
            self.send_ack(call, response, None);
        } else if matches!(response.status(), Some(408 | 481)) {
            // The dialog is gone at their end (RFC 3261 12.2.1.2, 14.1).
            self.send_bye(now, call, Vec::new());
        }
    }

    /// A 2xx to a target refresh request of ours moves the target (RFC 3261 12.2.1.2).
    pub(crate) fn note_target_refresh(
        &mut self,
        call: Option<CallId>,
        request: &Message,
        outcome: &Outcome,
    ) {
        let (Some(call), Some(response)) = (call, outcome.response()) else {
            return;
        };
        let refreshes = request
            .method()
            .is_some_and(|method| method.is_target_refresh());
        if refreshes
            && outcome.code() < 300
            && let Some(dialog) = self.calls.get_mut(&call).and_then(|c| c.dialog.as_mut())
        {
            dialog.refresh_target(response);
        }
    }

    /// A request was sent again with a higher number: the dialog goes on from there.
    pub(crate) fn note_cseq(&mut self, purpose: Purpose, number: u32) {
        match purpose {
            Purpose::Plain(Some(call)) | Purpose::Reinvite(call) | Purpose::Bye(call) => {
                if let Some(dialog) = self.calls.get_mut(&call).and_then(|c| c.dialog.as_mut()) {
                    dialog.local_cseq = dialog.local_cseq.max(number);
                }
            }
            Purpose::Register(id) => {
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.cseq = number;
                }
            }
            Purpose::Subscribe(id) => {
                if let Some(subscription) = self.subscriptions.get_mut(&id) {
                    subscription.cseq = number;
                }
            }
            Purpose::Plain(None) | Purpose::Invite(_) | Purpose::Aside => {}
        }
    }

    pub(crate) fn end_call(&mut self, now: Instant, call: CallId, cause: EndCause) {
        let remove_at = now + self.config.timers.give_up();
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.state == CallState::Ended {
            return;
        }
        entry.state = CallState::Ended;
        entry.pending.clear();
        entry.remove_at = Some(remove_at);
        self.file(call);
        self.happen(Happening::CallEnded { call, cause });
    }

    /// Where requests of a call go: by the next hop's URI; where that is a name nobody knows, back
    /// to where the call's first message went or came from.
    fn target_in_call(&self, call: CallId, uri: &gannet_sip::Uri) -> Result<Target, SendError> {
        let source = self
            .calls
            .get(&call)
            .and_then(|entry| entry.server)
            .map(|server| server.1);
        self.locate(uri).or_else(|error| source.ok_or(error))
    }

    /// Files the call under its next deadline.
    pub(crate) fn file(&mut self, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if let Some(old) = entry.filed.take() {
            self.call_deadlines.remove(&(old, call));
        }
        entry.filed = entry.next_deadline();
        if let Some(at) = entry.filed {
            self.call_deadlines.insert((at, call));
        }
    }

    pub(crate) fn handle_call_timeouts(&mut self, now: Instant) {
        while let Some((_, call)) = self
            .call_deadlines
            .first()
            .filter(|(at, _)| *at <= now)
            .copied()
        {
            self.handle_call_timeout(now, call);
            self.file(call);
        }
    }

    fn handle_call_timeout(&mut self, now: Instant, call: CallId) {
        let t2 = self.config.timers.t2;
        let Some(entry) = self.calls.get_mut(&call) else {
            self.call_deadlines.retain(|(_, id)| *id != call);
            return;
        };
        if entry.remove_at.is_some_and(|at| at <= now) {
            return self.forget(call);
        }
        let mut repeats = Vec::new();
        let mut missing = false;
        for ok in &mut entry.pending {
            if ok.give_up <= now {
                missing = true;
            } else if ok.resend.at <= now {
                ok.resend.advance(now, Some(t2));
                repeats.push((ok.transaction, ok.bytes.clone()));
            }
        }
        let given_up = matches!(entry.cancel, Cancel::Sent { give_up } if give_up <= now)
            && entry.state == CallState::Calling;
        for (transaction, bytes) in repeats {
            self.transactions.respond(now, transaction, 200, bytes);
        }
        if missing {
            self.end_unacknowledged(now, call);
        }
        if given_up {
            self.end_call(now, call, EndCause::LocalCancel(Outcome::Timeout));
        }
    }

    /// No ACK within 64*T1: the dialog is confirmed, but the session ends by BYE
    /// (RFC 3261 13.3.1.4).
    fn end_unacknowledged(&mut self, now: Instant, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.pending.clear();
        if let Some(dialog) = &mut entry.dialog {
            let next_hop = dialog.routing().next_hop;
            let builder = dialog.request(&Method::Bye);
            if let Ok(target) = self.target_in_call(call, &next_hop) {
                self.launch(now, Method::Bye, builder, target, Purpose::Aside);
            }
        }
        self.end_call(now, call, EndCause::AckMissing);
    }

    fn forget(&mut self, call: CallId) {
        if let Some(entry) = self.calls.remove(&call) {
            if let Some(filed) = entry.filed {
                self.call_deadlines.remove(&(filed, call));
            }
            self.by_dialog.remove(&(entry.sip_call_id, entry.local_tag));
            self.by_invite.retain(|_, id| *id != call);
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
