//! What the user makes of what happens.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::RegistrationChange;
use gannet_ua::digest::{RequestFacts, Secret};
use gannet_ua::endpoint::{CallId, Happening, Outcome, RequestId};
use gannet_ua::transaction::TransactionId;

use super::act::Action;
use super::record::{CallRecord, Registering, RequestRecord, Role};
use super::user::Phone;
use crate::registrar::PASSWORD;

impl Phone {
    pub(super) fn react(&mut self, now: Instant) {
        while let Some(happening) = self.endpoint.poll_happening() {
            self.react_to(now, happening);
        }
    }

    fn react_to(&mut self, now: Instant, happening: Happening) {
        match happening {
            Happening::IncomingCall { call, invite, .. } => self.called(now, call, &invite),
            Happening::Progress { call, .. } => self.reported(call, "Progress"),
            Happening::Answered {
                call,
                response,
                needs_answer,
            } => self.answered(now, call, &response, needs_answer),
            Happening::Confirmed { call, .. } => {
                self.reported(call, "Confirmed");
                self.note(format!("confirmed ({call:?})"));
                if let Some(record) = self.calls.get_mut(&call) {
                    record.confirmed = record.confirmed.or(Some(now));
                }
            }
            Happening::CallEnded { call, cause } => {
                self.reported(call, "CallEnded");
                self.note(format!("ended by {} ({call:?})", cause_text(&cause)));
                self.errand_ended(now, call, &cause);
                if let Some(record) = self.calls.get_mut(&call)
                    && record.ended.is_none()
                {
                    record.ended = Some((now, cause));
                }
            }
            Happening::Request {
                request,
                call: Some(call),
                notice,
                message,
                ..
            } => match (message.method(), notice) {
                (Some(Method::Refer), _) => self.asked_to_call(now, request, call, message),
                (Some(Method::Subscribe), Some(notice)) => {
                    self.asked_for_news(now, request, notice, &message);
                }
                _ => self.asked(now, request, call, &message),
            },
            Happening::Request { request, .. } => {
                let reply = gannet_ua::endpoint::Reply::new(200);
                self.endpoint.respond(now, request, reply);
            }
            Happening::RequestDone {
                request,
                call: Some(call),
                outcome,
            } => self.request_done(now, request, call, &outcome),
            Happening::Registration { change, .. } => self.registration_changed(now, change),
            Happening::Refer { refer, change } => self.refer_changed(now, refer, &change),
            Happening::RequestDone { .. }
            | Happening::Session { .. }
            | Happening::Challenged { .. }
            | Happening::Provisional { .. }
            | Happening::PrackWanted { .. }
            | Happening::Pracked { .. }
            | Happening::Subscription { .. }
            | Happening::Notice { .. }
            | Happening::Publication { .. }
            | Happening::Dropped { .. } => {}
        }
    }

    fn reported(&mut self, call: CallId, what: &'static str) {
        if let Some(record) = self.calls.get_mut(&call) {
            record.reported(what);
        }
    }

    fn called(&mut self, now: Instant, call: CallId, invite: &Message) {
        let sip_call_id = invite.call_id().unwrap_or_default().to_owned();
        let mut record = CallRecord::new(call, Role::Callee, sip_call_id, now);
        record.cseq = invite.cseq().map_or(0, |cseq| cseq.number);
        self.endpoint
            .local_tag(call)
            .unwrap_or_default()
            .clone_into(&mut record.local_tag);
        self.calls.insert(call, record);
        self.note(format!("is called ({call:?})"));
        let hesitation = self.some_time(1_000);
        if self.habits.challenges_callers && !self.knows_caller(now, invite) {
            return self.in_future(now, hesitation, Action::Challenge(call));
        }
        let mut wait = Duration::ZERO;
        if !self.is_in_mood(self.habits.answers_at_once) {
            wait = hesitation;
            self.in_future(now, wait, Action::Ring(call));
        }
        if self.is_in_mood(self.habits.answers) {
            wait += self.some_time(8_000);
            self.in_future(now, wait, Action::Accept(call));
        } else if self.is_in_mood(self.habits.refuses) {
            const CODES: [u16; 4] = [404, 480, 486, 603];
            let code = CODES[self.rng.usize(0..CODES.len())];
            wait += self.some_time(6_000);
            self.in_future(now, wait, Action::Reject(call, code));
        } else {
            // Nobody is there; some time the phone itself gives up, before or after the caller.
            wait += Duration::from_secs(40) + self.some_time(30_000);
            self.in_future(now, wait, Action::Reject(call, 480));
        }
    }

    fn knows_caller(&mut self, now: Instant, invite: &Message) -> bool {
        let values: Vec<_> = invite
            .headers_named(HeaderName::ProxyAuthorization)
            .filter_map(|header| header.text())
            .collect();
        let facts = RequestFacts {
            method: Method::Invite.as_str(),
            uri: invite.request_uri_text().unwrap_or_default(),
            body: invite.body_all(),
        };
        let secrets =
            |_: &str, _: &str| -> Option<Secret> { Some(Secret::Password(PASSWORD.to_owned())) };
        self.doorkeeper
            .verify(now, &values, &facts, &secrets)
            .is_ok()
    }

    fn answered(&mut self, now: Instant, call: CallId, response: &Message, needs_answer: bool) {
        self.reported(call, "Answered");
        self.note(format!("is answered ({call:?})"));
        if let Some(record) = self.calls.get_mut(&call) {
            if record.answered.is_some() {
                record.after_end.push("Answered twice");
            }
            record.answered = Some(now);
            record.cseq = response.cseq().map_or(0, |cseq| cseq.number);
            record.remote_tag = response.to_tag().unwrap_or_default();
        }
        self.errand_done(now, call, 200);
        if needs_answer {
            let wait = self.some_time(1_500);
            self.in_future(now, wait, Action::Acknowledge(call));
        }
        self.plan_talk(now, call);
    }

    fn asked(&mut self, now: Instant, request: TransactionId, call: CallId, message: &Message) {
        let method = message.method().unwrap_or(Method::Options);
        let (wait, code) = if method == Method::Invite {
            let refused = self.is_in_mood(self.habits.refuses_changes);
            (self.some_time(1_500), if refused { 488 } else { 200 })
        } else {
            (self.some_time(100), 200)
        };
        self.requests.push(RequestRecord {
            call,
            method: method.to_string(),
            request: None,
            cseq: message.cseq().map_or(0, |cseq| cseq.number),
            done: None,
            timed_out: false,
            holds: method == Method::Invite && super::transfer::holds(message),
        });
        let record = self.requests.len() - 1;
        self.in_future(now, wait, Action::Respond(request, record, code));
    }

    fn request_done(&mut self, now: Instant, request: RequestId, call: CallId, outcome: &Outcome) {
        let code = outcome.code();
        self.note(format!("request done: {code} ({call:?})"));
        let Some(record) = self
            .requests
            .iter_mut()
            .find(|record| record.request == Some(request))
        else {
            return;
        };
        record.done = Some((now, code));
        record.timed_out = *outcome == Outcome::Timeout;
        let met = code == 491 && record.method == "INVITE";
        let offered = outcome
            .response()
            .is_some_and(|response| code < 300 && !response.body().is_empty());
        let offered = offered && record.method == "INVITE";
        if met && self.habits.tries_again {
            self.try_again(now, call);
        }
        if offered {
            // Nothing happens where the re-INVITE had made the offer.
            let wait = self.some_time(500);
            self.in_future(now, wait, Action::Acknowledge(call));
        }
    }

    /// Whoever made the call waits 2.1 to 4 s, the other up to 2 s (RFC 3261 14.1).
    fn try_again(&mut self, now: Instant, call: CallId) {
        let ours = self
            .calls
            .get(&call)
            .is_some_and(|c| c.role == Role::Caller);
        let tens_of_ms = if ours {
            self.rng.u64(210..=400)
        } else {
            self.rng.u64(0..=200)
        };
        let wait = Duration::from_millis(tens_of_ms * 10);
        self.in_future(now, wait, Action::Reinvite(call));
    }

    fn registration_changed(&mut self, now: Instant, change: RegistrationChange) {
        let entry = match change {
            RegistrationChange::Registered { expires, .. } => {
                self.note(format!("registered for {expires:?}"));
                Registering::Until(now + expires)
            }
            RegistrationChange::Failed { outcome, .. } => {
                self.note(format!("registration failed: {}", outcome.code()));
                Registering::Failed(outcome)
            }
            RegistrationChange::Expired => Registering::Expired,
            RegistrationChange::Unregistered { outcome } => {
                self.note(format!("unregistered: {}", outcome.code()));
                Registering::Unregistered(outcome)
            }
            // These phones have no flows and send no keep-alives.
            RegistrationChange::FlowFailed { .. }
            | RegistrationChange::FlowNeeded
            | RegistrationChange::KeptAlive { .. } => return,
        };
        self.registering.push((now, entry));
    }
}

fn cause_text(cause: &gannet_ua::endpoint::EndCause) -> String {
    use gannet_ua::endpoint::EndCause;
    match cause {
        EndCause::RemoteBye(_) => "remote BYE".to_owned(),
        EndCause::LocalBye(outcome) => format!("local BYE {}", outcome_text(outcome)),
        EndCause::LocalCancel(outcome) => format!("local CANCEL {}", outcome_text(outcome)),
        EndCause::CancelCrossed => "CANCEL that the answer crossed".to_owned(),
        EndCause::RemoteCancel(_) => "remote CANCEL".to_owned(),
        EndCause::Rejected(code) => format!("rejection {code}"),
        EndCause::Failed(outcome) => format!("failure {}", outcome_text(outcome)),
        EndCause::AckMissing => "missing ACK".to_owned(),
        EndCause::SessionExpired(outcome) => {
            format!("expiry, BYE {}", outcome_text(outcome))
        }
        EndCause::PrackMissing => "missing PRACK".to_owned(),
    }
}

fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Response(_) => outcome.code().to_string(),
        Outcome::Timeout => "without response".to_owned(),
        Outcome::TransportFailed => "not sent".to_owned(),
    }
}
