//! Requests inside calls, ours and theirs (RFC 3261 12.2, 14).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};

use super::call::{CallState, Unanswered};
use super::caller::is_offer;
use super::client::{ClientRequest, Purpose};
use super::command::{Body, Reply};
use super::core::{Endpoint, SendError, add_headers};
use super::happening::{CallId, Happening, Outcome, RequestId};
use super::prack::Provisional;
use crate::session_timer::may_refresh;
use crate::target::Target;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Sends a request inside a call; its end is a
    /// [`Happening::RequestDone`](super::Happening::RequestDone). A re-INVITE is refused while
    /// another INVITE of the call is on its way in either direction (RFC 3261 14.1).
    pub fn request_in_call(
        &mut self,
        now: Instant,
        call: CallId,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    ) -> Result<RequestId, SendError> {
        let entry = self.calls.get(&call).ok_or(SendError::NoDialog)?;
        if matches!(entry.state, CallState::Ending | CallState::Ended) {
            return Err(SendError::NoDialog);
        }
        let is_invite = method == Method::Invite;
        if is_invite && entry.has_open_invite() {
            return Err(SendError::InviteInProgress);
        }
        let offers_open = !entry.offers.is_empty() || self.has_open(entry, &Method::Update);
        if is_invite && offers_open {
            return Err(SendError::OfferInProgress);
        }
        let dialog = entry.dialog.as_ref().or_else(|| entry.early.last());
        let next_hop = dialog.ok_or(SendError::NoDialog)?.routing().next_hop;
        let target = self.target_in_call(call, &next_hop)?;
        let entry = self.calls.get_mut(&call).ok_or(SendError::NoDialog)?;
        let contact = entry.contact.clone();
        let dialog = match &mut entry.dialog {
            Some(dialog) => dialog,
            None => entry.early.last_mut().ok_or(SendError::NoDialog)?,
        };
        let remote_tag = dialog.remote_tag.clone();
        let offers = method == Method::Update && body.is_some();
        dialog.skip_numbers(self.config.cseq_gap());
        let mut builder = dialog.request(&method);
        if let Some(contact) = contact.filter(|_| method.is_target_refresh()) {
            builder.push(HeaderName::Contact, contact);
        }
        add_headers(&mut builder, headers);
        if may_refresh(&method) {
            self.ask_for_session(&mut builder, Some(call));
        }
        if let Some(body) = body {
            builder.set_body(&body.content_type, body.bytes);
        }
        let purpose = if is_invite {
            Purpose::Reinvite(call)
        } else {
            Purpose::Plain(Some(call))
        };
        let request = self.launch(now, method, builder, target, purpose);
        if let Some(entry) = self.calls.get_mut(&call) {
            if is_invite {
                entry.reinviting = Some(request);
            }
            if offers {
                entry.offers.push((request, remote_tag));
            }
        }
        Ok(request)
    }

    /// A provisional response to a re-INVITE of ours, 101 to 199.
    pub(crate) fn reinvite_progress(
        &mut self,
        now: Instant,
        call: CallId,
        (request, invite): (RequestId, Message),
        response: Message,
    ) {
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
        // A reliable response moves the target already (RFC 6141 4.6).
        let remote_tag = response.to_tag().unwrap_or_default();
        if rseq.is_some()
            && let Some(entry) = self.calls.get_mut(&call)
            && let Some(dialog) = entry.dialog_with(&remote_tag)
        {
            dialog.refresh_target(&response);
        }
        self.happen(Happening::Provisional {
            request,
            response: response.clone(),
        });
        if let Some(rseq) = rseq {
            self.answer_reliable(now, call, &invite, rseq, response);
        }
    }

    fn is_ended(&self, call: CallId) -> bool {
        let entry = self.calls.get(&call);
        entry.is_some_and(|entry| entry.state == CallState::Ended)
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
        entry.reinviting = None;
        match outcome {
            Outcome::Response(response) if outcome.code() < 300 => {
                if let Some(dialog) = &mut entry.dialog {
                    dialog.refresh_target(response);
                }
                entry.note_allow(response);
                let tag = response.to_tag().unwrap_or_default();
                let waits = is_offer(&request.message, response)
                    && !entry.has_early_answer(&tag, &request.message)
                    && entry.is_standing();
                if waits {
                    entry.unanswered = Some(Unanswered {
                        invite: request.message.clone(),
                        response: response.clone(),
                    });
                }
                self.expect_repeats(now, call, request.transaction);
                if !waits {
                    self.send_ack(now, call, &request.message, response, None);
                }
            }
            // The dialog is gone at their end, or they are; no response counts as 408
            // (RFC 3261 12.2.1.2, 14.1).
            _ if matches!(outcome.code(), 408 | 481) => self.send_bye(now, call, Vec::new()),
            _ => {}
        }
    }

    /// A request of ours inside a call is done: a 2xx to a target refresh request moves the target,
    /// 481 says that the dialog is gone (RFC 3261 12.2.1.2).
    pub(crate) fn plain_done(
        &mut self,
        now: Instant,
        call: CallId,
        request: &Message,
        outcome: &Outcome,
    ) {
        let Some(response) = outcome.response() else {
            return;
        };
        let refreshes = request
            .method()
            .is_some_and(|method| method.is_target_refresh());
        let remote_tag = request.to_tag().unwrap_or_default();
        if refreshes
            && outcome.code() < 300
            && let Some(entry) = self.calls.get_mut(&call)
            && let Some(dialog) = entry.dialog_with(&remote_tag)
        {
            dialog.refresh_target(response);
        }
        if outcome.code() < 300
            && let Some(entry) = self.calls.get_mut(&call)
        {
            entry.note_allow(response);
        }
        if outcome.code() == 481 {
            self.send_bye(now, call, Vec::new());
        }
    }

    pub(crate) fn handle_in_dialog(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
        local_tag: &str,
    ) {
        let method = message.method();
        let taken = match method {
            Some(Method::Notify) => self.handle_notify(now, id, &message, source, local_tag),
            Some(Method::Subscribe) => self.handle_subscribe(now, id, &message, source, local_tag),
            _ => false,
        };
        if taken {
            return;
        }
        let remote_tag = message.from_tag().unwrap_or_default();
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        // A response that the end of the call has overtaken may be acknowledged still
        // (RFC 3262 3).
        if method == Some(Method::Prack)
            && let Some(call) = self.call_of(&message, local_tag)
            && self.is_ended(call)
        {
            return self.handle_prack(now, id, call, message, source);
        }
        let live = self.call_of(&message, local_tag).and_then(|call| {
            let entry = self.calls.get_mut(&call)?;
            let alive = entry.state != CallState::Ended;
            let dialog = entry.dialog_with(&remote_tag).filter(|_| alive)?;
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
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        entry.note_allow(&message);
        let (state, reinvite) = (entry.state, entry.reinvite.is_some());
        let (awaits_answer, updating) = match self.calls.get(&call) {
            Some(entry) => (entry.awaits_answer(), self.has_open(entry, &Method::Update)),
            None => return,
        };
        let refusal = match (message.method(), state) {
            (Some(Method::Bye), _) => return self.handle_bye(now, id, call, message, source),
            (Some(Method::Prack), _) => return self.handle_prack(now, id, call, message, source),
            // Our BYE is on its way: the session is over (RFC 3261 15.1.1, RFC 5407 3.2.2).
            (_, CallState::Ending) => Some(Reply::new(481)),
            (Some(Method::Invite), CallState::Incoming) => Some(self.too_early()),
            (Some(Method::Invite), _) if reinvite || updating => Some(self.too_early()),
            (Some(Method::Invite), _) if awaits_answer => Some(Reply::new(491)),
            (Some(Method::Invite), _) => {
                if let Some(entry) = self.calls.get_mut(&call) {
                    entry.reinvite = Some(id);
                }
                None
            }
            (Some(Method::Update), _) => self.update_refusal(call, &message),
            _ => None,
        };
        match refusal {
            Some(reply) => {
                self.reply(now, id, (&message, source), reply, None);
            }
            None => self.hand_over(id, (Some(call), None), message, source),
        }
    }

    /// A request was sent again with a higher number: the dialog goes on from there.
    pub(crate) fn note_cseq(&mut self, purpose: Purpose, request: &Message, number: u32) {
        let remote_tag = request.to_tag().unwrap_or_default();
        let dialog = match purpose {
            Purpose::Plain(Some(call)) | Purpose::Reinvite(call) | Purpose::Bye(call) => self
                .calls
                .get_mut(&call)
                .and_then(|entry| entry.dialog_with(&remote_tag)),
            Purpose::Register(id) => {
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.cseq = number;
                }
                None
            }
            Purpose::Publish(id) => {
                if let Some(publication) = self.publications.get_mut(&id) {
                    publication.cseq = number;
                }
                None
            }
            Purpose::Subscribe(id) => {
                let home = self.subscriptions.get_mut(&id).and_then(|subscription| {
                    subscription.cseq = number;
                    subscription.home
                });
                home.and_then(|home| self.dialog_at_mut(home))
            }
            Purpose::Refer(id) => {
                self.note_refer_number(id, number);
                let home = self.subscriptions.get(&id).and_then(|refer| refer.home);
                home.and_then(|home| self.dialog_at_mut(home))
            }
            Purpose::Notify(id) => {
                let home = self.notices.get(&id).map(|notice| notice.home);
                home.and_then(|home| self.dialog_at_mut(home))
            }
            Purpose::Plain(None) | Purpose::Invite(_) | Purpose::Aside | Purpose::KeepAlive(_) => {
                None
            }
        };
        if let Some(dialog) = dialog {
            dialog.local_cseq = dialog.local_cseq.max(number);
        }
    }
}
