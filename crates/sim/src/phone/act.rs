//! What the user does.

use std::time::{Duration, Instant};

use gannet_sip::{Method, NameAddr, Uri};
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{CallId, Reply, RequestSpec};
use gannet_ua::transaction::TransactionId;

use super::record::{CallRecord, RequestRecord, Role};
use super::user::{OWN_REALM, Phone};

/// How long a caller lets it ring at most, in milliseconds: from, to.
const PATIENCE_MS: (u64, u64) = (45_000, 60_000);

/// When to look again whether an INVITE of the other side is over.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Something the user has in mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Ring(CallId),
    Accept(CallId),
    Reject(CallId, u16),
    Challenge(CallId),
    /// Give up a call that was not answered so far.
    GiveUp(CallId),
    /// Acknowledge a 2xx with the answer to its offer.
    Acknowledge(CallId),
    HangUp(CallId),
    Reinvite(CallId),
    Hold(CallId),
    Resume(CallId),
    Refer(CallId),
    /// Make the call that a REFER asked for.
    RunErrand(TransactionId, usize),
    Inform(CallId),
    Respond(TransactionId, usize, u16),
}

impl Phone {
    /// Calls; `None` if that cannot be.
    pub(super) fn start_call(
        &mut self,
        now: Instant,
        uri: Uri,
        callee: Uri,
        headers: Vec<(String, String)>,
    ) -> Option<CallId> {
        let from = NameAddr::new(self.aor());
        let mut spec = RequestSpec::new(Method::Invite, uri, from, NameAddr::new(callee));
        spec.contact = Some(self.contact());
        spec.headers = headers;
        if !self.is_in_mood(self.habits.delays_offer) {
            spec.body = Some(self.session());
        }
        let call = match self.endpoint.invite(now, spec) {
            Ok(call) => call,
            Err(error) => {
                self.note(format!("cannot call: {error}"));
                return None;
            }
        };
        let sip_call_id = self.endpoint.sip_call_id(call).unwrap_or_default();
        let sip_call_id = sip_call_id.to_owned();
        let mut record = CallRecord::new(call, Role::Caller, sip_call_id, now);
        let invite = self.endpoint.invite_of(call);
        record.local_tag = invite
            .and_then(gannet_sip::Message::from_tag)
            .unwrap_or_default();
        self.calls.insert(call, record);
        self.note(format!("calls ({call:?})"));
        if self.is_in_mood(self.habits.cancels) {
            let wait = self.some_time(12_000);
            self.in_future(now, wait, Action::GiveUp(call));
        }
        let (least, most) = PATIENCE_MS;
        let wait = Duration::from_millis(self.rng.u64(least..=most));
        self.in_future(now, wait, Action::GiveUp(call));
        Some(call)
    }

    pub(super) fn act(&mut self, now: Instant, action: Action) {
        match action {
            Action::Ring(call) => {
                self.note(format!("rings ({call:?})"));
                let contact = self.contact();
                self.endpoint.set_contact(call, &contact);
                self.endpoint.ring(now, call, Reply::new(180));
            }
            Action::Accept(call) => self.accept(now, call),
            Action::Reject(call, code) => {
                self.note(format!("rejects {code} ({call:?})"));
                self.endpoint.reject(now, call, Reply::new(code));
            }
            Action::Challenge(call) => {
                let fields = self.doorkeeper.challenge(now, AuthTarget::Proxy, false);
                let reply = fields.into_iter().fold(Reply::new(407), |reply, field| {
                    reply.header(field.name, field.value)
                });
                self.note(format!("challenges for {OWN_REALM} ({call:?})"));
                self.endpoint.reject(now, call, reply);
            }
            Action::GiveUp(call) => {
                let open = |record: &&mut CallRecord| record.answered.is_none();
                if let Some(record) = self.calls.get_mut(&call).filter(open) {
                    record.hung_up = record.hung_up.or(Some(now));
                    self.note(format!("gives up ({call:?})"));
                    self.endpoint.hang_up(now, call);
                }
            }
            Action::Acknowledge(call) => {
                let answer = self.session();
                self.note(format!("answers the offer in the ACK ({call:?})"));
                self.endpoint.acknowledge(now, call, Some(answer));
            }
            Action::HangUp(call) => {
                if let Some(record) = self.calls.get_mut(&call) {
                    record.hung_up = record.hung_up.or(Some(now));
                }
                self.note(format!("hangs up ({call:?})"));
                self.endpoint.hang_up(now, call);
            }
            Action::Reinvite(call) => self.send_in_call(now, call, Method::Invite),
            Action::Hold(call) => self.set_hold(now, call, true),
            Action::Resume(call) => self.set_hold(now, call, false),
            Action::Refer(call) => self.refer(now, call),
            Action::RunErrand(request, errand) => self.run_errand(now, request, errand),
            Action::Inform(call) => self.send_in_call(now, call, Method::Info),
            Action::Respond(request, record, code) => self.answer(now, request, record, code),
        }
    }

    fn accept(&mut self, now: Instant, call: CallId) {
        let Some(record) = self.calls.get_mut(&call) else {
            return;
        };
        if record.ended.is_some() {
            return;
        }
        record.accepted = Some(now);
        self.note(format!("accepts ({call:?})"));
        let (contact, session) = (self.contact(), self.session());
        let reply = Reply::new(200).body(session);
        self.endpoint.accept(now, call, contact, reply);
        let dialog = self.endpoint.dialog(call);
        let remote_tag = dialog.map(|dialog| dialog.remote_tag.clone());
        if let Some(record) = self.calls.get_mut(&call) {
            record.remote_tag = remote_tag.unwrap_or_default();
        }
        self.plan_talk(now, call);
    }

    /// What is done once a call stands. Both sides will hang up some time: the first one ends it.
    pub(super) fn plan_talk(&mut self, now: Instant, call: CallId) {
        let wait = self.some_time(self.habits.talk_ms);
        let least = Duration::from_millis(self.habits.talk_from_ms);
        let mut end = now + least + wait;
        if self.is_in_mood(self.habits.punctual) {
            end = self.next_beat(end);
        }
        self.in_future(end, Duration::ZERO, Action::HangUp(call));
        if self.is_in_mood(self.habits.reinvites) {
            let wait = self.some_time(self.habits.talk_ms);
            self.in_future(now, wait, Action::Reinvite(call));
        }
        if self.is_in_mood(self.habits.informs) {
            let wait = self.some_time(self.habits.talk_ms);
            self.in_future(now, wait, Action::Inform(call));
        }
    }

    /// The next whole multiple of five seconds of virtual time: where both users wait for it they
    /// hang up at the same instant.
    fn next_beat(&self, at: Instant) -> Instant {
        const BEAT_MS: u128 = 5_000;
        let since = (at - self.start).as_millis();
        let beats = since.div_ceil(BEAT_MS) * BEAT_MS;
        self.start + Duration::from_millis(u64::try_from(beats).unwrap_or(u64::MAX))
    }

    pub(super) fn send_in_call(&mut self, now: Instant, call: CallId, method: Method) {
        let is_invite = method == Method::Invite;
        let offer = is_invite && !self.is_in_mood(self.habits.delays_offer);
        let holds = offer && self.holding == Some(call);
        let body = offer.then(|| self.session_in(call, false));
        let text = method.to_string();
        let Ok(request) = self
            .endpoint
            .request_in_call(now, call, method, Vec::new(), body)
        else {
            // An INVITE of the other side is on its way (RFC 3261 14.1).
            let stands = self.calls.get(&call).is_some_and(|c| c.ended.is_none());
            if self.habits.tries_again && stands && is_invite {
                self.in_future(now, LOOK_AGAIN, Action::Reinvite(call));
            }
            return;
        };
        let cseq = self.endpoint.dialog(call).map(|dialog| dialog.local_cseq);
        self.note(format!("sends {text} ({call:?})"));
        self.requests.push(RequestRecord {
            call,
            method: text,
            request: Some(request),
            cseq: cseq.unwrap_or_default(),
            done: None,
            timed_out: false,
            holds,
        });
    }

    fn answer(&mut self, now: Instant, request: TransactionId, record: usize, code: u16) {
        let mut reply = Reply::new(code);
        let Some(entry) = self.requests.get_mut(record) else {
            return;
        };
        let over = self
            .calls
            .get(&entry.call)
            .is_none_or(|call| call.ended.is_some());
        if over {
            return;
        }
        entry.done = Some((now, code));
        if entry.method == "INVITE" && code < 300 {
            let (call, holds) = (entry.call, entry.holds);
            reply = reply.body(self.session_in(call, holds));
        }
        self.note(format!("answers {code}"));
        self.endpoint.respond(now, request, reply);
    }
}
