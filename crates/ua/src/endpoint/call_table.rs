//! The calls of an endpoint: finding them, waking them, forgetting them.

use std::time::{Duration, Instant};

use gannet_sip::{Message, NameAddr, Uri};

use super::call::{Call, CallState, Cancel};
use super::command::Reply;
use super::core::{Endpoint, SendError};
use super::happening::{CallId, EndCause, Happening, Outcome};
use crate::dialog::Dialog;
use crate::target::Target;

/// How often a provisional response is repeated while a call rings (RFC 3261 13.3.1.1).
pub(crate) const RING_AGAIN_AFTER: Duration = Duration::from_mins(1);

impl Endpoint {
    /// Sets the Contact for provisional responses and requests inside the call.
    pub fn set_contact(&mut self, call: CallId, contact: &NameAddr) {
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.contact = Some(contact.to_string());
        }
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

    /// Our tag in a call.
    pub fn local_tag(&self, call: CallId) -> Option<&str> {
        Some(&self.calls.get(&call)?.local_tag)
    }

    /// The first INVITE of a call, as last sent or as received.
    pub fn invite_of(&self, call: CallId) -> Option<&Message> {
        Some(&self.calls.get(&call)?.invite)
    }

    /// Where the first INVITE of a call came from or went.
    pub fn peer(&self, call: CallId) -> Option<Target> {
        Some(self.calls.get(&call)?.peer)
    }

    /// Forgets a call without a word to anybody, as a device does that loses its power. Requests in
    /// it are answered 481 from now on; nothing is reported.
    pub fn forget_call(&mut self, call: CallId) {
        self.call_agenda.set(call, None);
        for fork in self.take_forks(call) {
            self.forget_call(fork);
        }
        self.inherit_dialogs(call, None);
        let reinviting = self
            .calls
            .get_mut(&call)
            .and_then(|entry| entry.reinviting.take());
        if let Some(request) = reinviting {
            self.abandon_request(request);
        }
        self.forget(call);
    }

    pub(crate) fn new_call(&mut self, mut call: Call) -> CallId {
        call.session = self.config.session.is_some().then(Box::default);
        self.last_call += 1;
        let id = CallId(self.last_call);
        self.by_dialog
            .insert(&call.sip_call_id, &call.local_tag, id);
        self.calls.insert(id, Box::new(call));
        id
    }

    /// The call that a request with this Call-ID and To tag belongs to.
    pub(crate) fn call_of(&self, message: &Message, local_tag: &str) -> Option<CallId> {
        self.call_with(message.call_id()?, local_tag)
    }

    /// The call with this Call-ID and this tag of ours.
    pub(crate) fn call_with(&self, call_id: &str, local_tag: &str) -> Option<CallId> {
        self.by_dialog.find(call_id, local_tag, |call| {
            let entry = self.calls.get(&call);
            entry.is_some_and(|it| it.sip_call_id == call_id && it.local_tag == local_tag)
        })
    }

    /// Where requests of a call go: by the next hop's URI; where that is a name nobody knows, back
    /// to where the call's first message went or came from. If that is where the next hop is anyway,
    /// the same connection serves again.
    pub(crate) fn target_in_call(&self, call: CallId, uri: &Uri) -> Result<Target, SendError> {
        let peer = self.calls.get(&call).map(|entry| entry.peer);
        if let Some(peer) = peer.filter(|_| uri.params.has("ob")) {
            // The other side wants requests to come over the flow that it used (RFC 5626 4.3).
            return Ok(peer);
        }
        let located = match (self.locate(uri), peer) {
            (Ok(located), _) => located,
            (Err(_), Some(peer)) => return Ok(peer),
            (Err(error), None) => return Err(error),
        };
        let same = peer
            .filter(|peer| peer.address == located.address && peer.transport == located.transport);
        Ok(same.unwrap_or(located))
    }

    /// Puts the call's next deadline on the agenda.
    pub(crate) fn file(&mut self, call: CallId) {
        let deadline = self.calls.get(&call).and_then(|call| call.next_deadline());
        self.call_agenda.set(call, deadline);
    }

    pub(crate) fn handle_call_timeouts(&mut self, now: Instant) {
        for call in self.call_agenda.due(now) {
            self.handle_call_timeout(now, call);
            self.file(call);
        }
    }

    fn handle_call_timeout(&mut self, now: Instant, call: CallId) {
        let Some(entry) = self.calls.get(&call) else {
            return;
        };
        if entry.remove_at.is_some_and(|at| at <= now) {
            return self.forget(call);
        }
        if entry.expires_at.is_some_and(|at| at <= now) {
            return self.reject(now, call, Reply::new(487));
        }
        let given_up = matches!(entry.cancel, Cancel::Sent { give_up } if give_up <= now)
            && entry.state == CallState::Calling;
        if given_up {
            // The INVITE's own transaction waits on until the call is forgotten, so that an answer
            // that comes after all is acknowledged and ended.
            self.end_call(now, call, EndCause::LocalCancel(Outcome::Timeout));
        }
        self.repeat_ringing(now, call);
        self.repeat_reliable(now, call);
        self.repeat_success(now, call);
        self.handle_session_timeout(now, call);
    }

    fn repeat_ringing(&mut self, now: Instant, call: CallId) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let (Some(transaction), Some(ringing)) = (entry.server, &mut entry.ringing) else {
            return;
        };
        if ringing.at <= now {
            ringing.at = now + RING_AGAIN_AFTER;
            let code = ringing.code;
            match ringing.bytes.clone() {
                Some(bytes) => self.transactions.respond(now, transaction, code, bytes),
                // Refused only where the call does not ring any more.
                None => drop(self.ring_reliably(now, call, Reply::new(code))),
            }
        }
    }

    /// Repeats 2xx without ACK, also when the call has ended meanwhile: the other side's INVITE
    /// still waits for it. Without ACK for 64*T1 the call ends (RFC 3261 13.3.1.4).
    fn repeat_success(&mut self, now: Instant, call: CallId) {
        let t2 = self.config.timers.t2;
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let before = entry.pending.len();
        entry.pending.retain(|ok| ok.give_up > now);
        let is_over = matches!(entry.state, CallState::Ending | CallState::Ended);
        if entry.pending.len() < before && !is_over {
            return self.end_unacknowledged(now, call);
        }
        for ok in &mut entry.pending {
            if ok.resend.at <= now {
                ok.resend.advance(now, Some(t2));
                self.transactions
                    .respond(now, ok.transaction, ok.code, ok.bytes.clone());
            }
        }
    }

    fn forget(&mut self, call: CallId) {
        let Some(entry) = self.calls.remove(&call) else {
            return;
        };
        self.by_dialog
            .remove(&entry.sip_call_id, &entry.local_tag, call);
        // The INVITE is that of the first of several forks.
        let is_fork = entry.is_fork();
        if let Some(server) = entry.server.filter(|_| !is_fork) {
            self.by_server.remove(&server);
        }
        for (transaction, _) in entry.answered {
            self.by_invite.remove(&transaction);
        }
        // INVITEs that got a provisional response and then nothing: no timer of theirs ends them
        // (RFC 3261 9.1, 17.1.1.2).
        if let Some(request) = entry.request {
            self.abandon_request(request);
        }
        if let Some(request) = entry.reinviting {
            self.abandon_request(request);
            self.happen(Happening::RequestDone {
                request,
                call: Some(call),
                outcome: Outcome::Timeout,
            });
        }
    }
}
