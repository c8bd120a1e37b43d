//! Making calls: INVITE, its responses, ACK for 2xx (RFC 3261 13.2).

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method};

use super::call::{Call, CallState, Cancel, SentAck, Unanswered};
use super::client::{ClientRequest, Purpose};
use super::command::{Body, RequestSpec};
use super::config::MessageKind;
use super::core::{Endpoint, SendError, build};
use super::happening::{CallId, EndCause, Happening, Outcome};
use super::prack::Provisional;
use super::reliable::OPTION_TAG;
use crate::dialog::Dialog;
use crate::transaction::TransactionId;

/// Early dialogs that are kept of one INVITE; provisional responses of further forks are only
/// reported.
const FORKS_MAX: usize = 32;

impl Endpoint {
    /// Makes a call. What comes: [`Happening::Progress`] for each provisional response, then
    /// [`Happening::Answered`] or [`Happening::CallEnded`].
    pub fn invite(&mut self, now: Instant, mut spec: RequestSpec) -> Result<CallId, SendError> {
        spec.method = Method::Invite;
        self.preload(&mut spec);
        if self.config.require_100rel {
            spec.headers.push(("Require".into(), OPTION_TAG.into()));
        }
        let target = self.target_of(&spec)?;
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = self.call_id_for(&spec);
        let cseq = self.config.identifiers.first_cseq(&mut self.rng);
        let contact = spec.contact.as_ref().map(ToString::to_string);
        let mut builder = build(spec, &tag, &call_id, cseq);
        self.ask_for_session(&mut builder, None);
        // The INVITE as sent takes its place below.
        let unsent = Message::parse(Bytes::new());
        let mut call = Call::new(CallState::Calling, (call_id, tag), unsent, target);
        call.contact = contact;
        let id = self.new_call(call);
        let request = self.launch(now, Method::Invite, builder, target, Purpose::Invite(id));
        if let (Some(call), Some(sent)) = (self.calls.get_mut(&id), self.requests.get(&request)) {
            call.request = Some(request);
            call.invite = sent.message.clone();
        }
        self.note_offer(id);
        Ok(id)
    }

    /// Sends the ACK that answers the offer of a 2xx.
    pub fn acknowledge(&mut self, now: Instant, call: CallId, body: Option<Body>) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let Some(unanswered) = entry.unanswered.take() else {
            return;
        };
        if entry.state == CallState::NeedsAnswer {
            entry.state = CallState::Confirmed;
        }
        let Unanswered { invite, response } = unanswered;
        self.send_ack(now, call, &invite, &response, body);
        self.send_wanted_bye(now, call);
    }

    pub(crate) fn invite_progress(&mut self, now: Instant, call: CallId, response: Message) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        if entry.state == CallState::Ended {
            return;
        }
        entry.trying = true;
        let cancel = matches!(entry.cancel, Cancel::Wanted(_));
        if response.status() != Some(100) {
            entry.note_allow(&response);
            self.note_progress(now, call, response);
        }
        if cancel {
            self.send_cancel(now, call);
        }
    }

    fn note_progress(&mut self, now: Instant, call: CallId, response: Message) {
        let rseq = match self.sort_provisional(call, &response) {
            Provisional::Plain => None,
            Provisional::Reliable(rseq) => Some(rseq),
            Provisional::Ignored => {
                let why = "a reliable provisional response that is repeated or out of order";
                return self.happen(Happening::Dropped {
                    message: response,
                    why,
                });
            }
        };
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.note_early_dialog(&response);
        let invite = entry.invite.clone();
        self.happen(Happening::Progress {
            call,
            response: response.clone(),
        });
        if let Some(rseq) = rseq {
            self.answer_reliable(now, call, &invite, rseq, response);
        }
    }

    /// The INVITE went out again with credentials: what the old one brought is over, also the
    /// permission to send CANCEL (RFC 3261 9.1).
    pub(crate) fn invite_sent_again(&mut self, call: CallId, invite: Message) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.invite = invite;
            entry.trying = false;
            entry.early.clear();
            entry.forget_streams();
        }
    }

    /// True if nobody wants the call any more, so that its INVITE must not be sent again.
    pub(crate) fn is_given_up(&self, call: CallId) -> bool {
        self.calls
            .get(&call)
            .is_none_or(|entry| entry.cancel != Cancel::No || entry.state == CallState::Ended)
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
        let given_up = entry.cancel != Cancel::No;
        match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.expect_repeats(now, call, request.transaction);
                self.invite_answered(now, call, response, given_up);
            }
            other if given_up => self.end_call(now, call, EndCause::LocalCancel(other)),
            other => self.end_call(now, call, EndCause::Failed(other)),
        }
    }

    /// Remembers which call a 2xx belongs to that comes again for this INVITE.
    pub(crate) fn expect_repeats(
        &mut self,
        now: Instant,
        call: CallId,
        transaction: TransactionId,
    ) {
        let until = now + self.config.timers.give_up();
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        for old in entry.prune(now) {
            self.by_invite.remove(&old);
        }
        entry.answered.reserve_exact(1);
        entry.answered.push((transaction, until));
        self.by_invite.insert(transaction, call);
    }

    fn invite_answered(&mut self, now: Instant, call: CallId, response: Message, given_up: bool) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let unwanted = given_up || entry.state == CallState::Ended;
        let Some(dialog) = entry.confirmed_by(&response, unwanted) else {
            // A 2xx that makes no dialog cannot be acknowledged: the call has failed.
            let cause = EndCause::Failed(Outcome::Response(response));
            return self.end_call(now, call, cause);
        };
        if unwanted {
            self.end_fork(now, call, dialog, &response);
            // Nothing happens here where the call has ended before.
            return self.end_call(now, call, EndCause::CancelCrossed);
        }
        self.inherit_dialogs(call, Some(&dialog.remote_tag));
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.early = Vec::new();
        entry.dialog = Some(dialog);
        let invite = entry.invite.clone();
        let tag = response.to_tag().unwrap_or_default();
        let needs_answer = is_offer(&invite, &response) && !entry.has_early_answer(&tag, &invite);
        entry.note_allow(&response);
        if needs_answer {
            entry.state = CallState::NeedsAnswer;
            entry.unanswered = Some(Unanswered {
                invite,
                response: response.clone(),
            });
        } else {
            entry.state = CallState::Confirmed;
            self.send_ack(now, call, &invite, &response, None);
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
        let is_ours = entry
            .dialog
            .as_ref()
            .is_some_and(|dialog| dialog.remote_tag == tag);
        if let Some(ack) = known.cloned() {
            self.transactions.send_once(ack.bytes, ack.target);
        } else if !is_ours && let Ok(dialog) = Dialog::from_response(&entry.invite, &response) {
            self.end_fork(now, call, dialog, &response);
        }
    }

    /// Acknowledges a 2xx that nobody wants and ends its dialog.
    fn end_fork(&mut self, now: Instant, call: CallId, mut dialog: Dialog, response: &Message) {
        let Some(invite) = self.calls.get(&call).map(|entry| entry.invite.clone()) else {
            return;
        };
        self.send_ack_in(now, call, &dialog, (&invite, response), None);
        self.send_bye_in(now, call, &mut dialog, Vec::new(), Purpose::Aside);
    }

    pub(crate) fn send_ack(
        &mut self,
        now: Instant,
        call: CallId,
        invite: &Message,
        response: &Message,
        body: Option<Body>,
    ) {
        let Some(dialog) = self.calls.get_mut(&call).and_then(|it| it.dialog.take()) else {
            return;
        };
        self.send_ack_in(now, call, &dialog, (invite, response), body);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.dialog = Some(dialog);
        }
    }

    /// The ACK for a 2xx is a request of its own inside the dialog, with the INVITE's CSeq number
    /// and credentials (RFC 3261 13.2.2.4, 22.1).
    fn send_ack_in(
        &mut self,
        now: Instant,
        call: CallId,
        dialog: &Dialog,
        (invite, response): (&Message, &Message),
        body: Option<Body>,
    ) {
        self.note_description(call, body.as_ref());
        let until = now + self.config.timers.give_up();
        let cseq = response.cseq().map_or(0, |cseq| cseq.number);
        let mut ack = dialog.request_with_cseq(&Method::Ack, cseq);
        let Ok(target) = self.target_in_call(call, &dialog.routing().next_hop) else {
            return;
        };
        let branch = self.config.identifiers.branch(&mut self.rng);
        let via = self.via(target.transport, &branch);
        ack.push_front(HeaderName::Via, via);
        for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
            for field in invite.headers_named(name) {
                ack.push(name, field.value);
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
            // Nearly always the only one.
            entry.acks.reserve_exact(1);
            entry.acks.push(SentAck {
                remote_tag,
                cseq,
                bytes,
                target,
                until,
            });
        }
    }
}

impl Call {
    /// The dialog that a 2xx to the first INVITE confirms; the numbers of the early one go on in it,
    /// which is taken out unless it is to be kept. `None` if the 2xx makes none.
    fn confirmed_by(&mut self, response: &Message, keeps_early: bool) -> Option<Dialog> {
        let tag = response.tag(HeaderName::To);
        let is_same = |known: &Dialog| Some(known.remote_tag.as_str()) == tag;
        let mut dialog = match self.early.iter().position(is_same) {
            Some(at) if keeps_early => self.early[at].clone(),
            Some(at) => self.early.swap_remove(at),
            None => Dialog::from_response(&self.invite, response).ok()?,
        };
        let invited = self.invite.cseq().map_or(0, |cseq| cseq.number);
        dialog.local_cseq = dialog.local_cseq.max(invited);
        dialog.confirm(response);
        Some(dialog)
    }

    /// A provisional response with a To tag makes or refreshes an early dialog (RFC 3261 12.1).
    fn note_early_dialog(&mut self, response: &Message) {
        if response.tag(HeaderName::To).is_none() {
            return;
        }
        let Ok(dialog) = Dialog::from_response(&self.invite, response) else {
            return;
        };
        let room = self.early.len() < FORKS_MAX;
        let known = self
            .early
            .iter_mut()
            .find(|known| known.remote_tag == dialog.remote_tag);
        match known {
            Some(known) => known.refresh_target(response),
            None if room => {
                self.early.reserve_exact(1);
                self.early.push(dialog);
            }
            None => {}
        }
    }
}

/// True if an INVITE had no offer and its 2xx brings one: the ACK must answer it
/// (RFC 3261 13.2.1).
pub(crate) fn is_offer(invite: &Message, response: &Message) -> bool {
    invite.body().is_empty() && !response.body().is_empty()
}
