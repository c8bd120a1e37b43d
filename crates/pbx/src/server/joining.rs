//! The re-INVITEs with which the server puts parties together.

use std::time::{Duration, Instant};

use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, CallId, Outcome, Reply, SendError};

use super::call::Stage;
use super::failure::Failure;
use super::pending::{Deadline, Pending};
use super::place::refusal;
use super::relay::passed_body;
use super::state::Server;
use crate::event::PbxEvent;

/// How often a re-INVITE is tried against those of the other side (RFC 3261 14.1).
const TRIES_MAX: u32 = 10;

/// A re-INVITE after which two parties talk.
#[derive(Debug)]
pub(crate) struct Joining {
    /// The leg that gets it.
    pub(crate) stays: CallId,
    /// The offer in it; `None` asks for one.
    pub(crate) offer: Option<Body>,
    /// What happens with the answer.
    pub(crate) then: Then,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// Whether it is on its way.
    pub(crate) sent: bool,
}

/// What happens with what a re-INVITE brought.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    /// Both sides know each other's description.
    Settle,
    /// This leg's offer waits for the answer.
    Acknowledge(CallId),
    /// This leg gets it as an offer.
    Offer(CallId),
    /// The INVITE of the first party gets it in the 200.
    Accept,
}

impl Server {
    /// Sends the re-INVITE, if it can go now.
    pub(super) fn join(&mut self, now: Instant, number: u64) {
        let Some(joining) = self.calls.get_mut(&number).and_then(|c| c.joining_mut()) else {
            return;
        };
        if joining.sent {
            return;
        }
        joining.sent = true;
        let (leg, offer) = (joining.stays, joining.offer.clone());
        self.reinvite(now, number, leg, offer);
    }

    /// Sends a re-INVITE of the server's own for a call; its end is [`Server::reinvited`].
    pub(super) fn reinvite(&mut self, now: Instant, number: u64, leg: CallId, offer: Option<Body>) {
        self.music_over(number);
        self.remember_told(leg);
        let offer = self.body_towards(leg, offer);
        let headers = vec![("Allow".to_owned(), self.allow.clone())];
        let sent = self
            .endpoint
            .request_in_call(now, leg, Method::Invite, headers, offer);
        match sent {
            Ok(id) => {
                self.pending.insert(id, Pending::Reinvited(number, leg));
            }
            Err(SendError::InviteInProgress) => self.reinvite_later(now, number),
            Err(error) => self.join_failed(now, number, refusal(500, &error.to_string())),
        }
    }

    /// Another INVITE is on its way: the time is that of the side which does not own the Call-ID,
    /// up to 2 s (RFC 3261 14.1).
    fn reinvite_later(&mut self, now: Instant, number: u64) {
        let wait = Duration::from_millis(10 * self.rng.u64(5..=200));
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let tries = match &mut call.stage {
            Stage::Joining(joining) => {
                joining.sent = false;
                joining.tries += 1;
                joining.tries
            }
            Stage::Serving(serving) => {
                serving.tries += 1;
                serving.tries
            }
            Stage::Ringing(_) | Stage::Talking { .. } | Stage::Ending => return,
        };
        if tries > TRIES_MAX {
            return self.join_failed(now, number, Reply::new(491));
        }
        self.timetable
            .set(Deadline::ReinviteAgain(number), now + wait);
    }

    /// The time for another try has come.
    pub(super) fn reinvite_again(&mut self, now: Instant, number: u64) {
        match self.calls.get(&number).map(|call| &call.stage) {
            Some(Stage::Joining(_)) => self.join(now, number),
            Some(Stage::Serving(_)) => self.offer_service(now, number),
            _ => {}
        }
    }

    /// A re-INVITE of the server's own is done.
    pub(super) fn reinvited(
        &mut self,
        now: Instant,
        (number, leg): (u64, CallId),
        outcome: Outcome,
    ) {
        let waits = self.calls.get(&number).is_some_and(|call| {
            matches!(&call.stage, Stage::Joining(joining) if joining.stays == leg)
                || matches!(&call.stage, Stage::Serving(_) if call.first.leg == leg)
        });
        if !waits {
            // The other party has gone meanwhile; this one would hear nobody.
            return self.endpoint.hang_up(now, leg);
        }
        match &outcome {
            Outcome::Response(response) if outcome.code() < 300 => {
                self.reinvite_accepted(now, number, leg, response);
            }
            Outcome::Response(_) if outcome.code() == 491 => self.reinvite_later(now, number),
            _ => {
                let reply = Failure::new(outcome, true).reply();
                self.join_failed(now, number, reply);
            }
        }
    }

    fn reinvite_accepted(&mut self, now: Instant, number: u64, leg: CallId, response: &Message) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let body = passed_body(response);
        call.note_sdp(leg, body.clone());
        let Stage::Joining(joining) = &mut call.stage else {
            return self.service_agreed(now, number, response);
        };
        let asked_for_offer = joining.offer.is_none();
        let Some(body) = body else {
            return self.join_failed(now, number, Reply::new(488));
        };
        match joining.then {
            Then::Settle => self.settle(now, number, None),
            Then::Acknowledge(other) => {
                self.endpoint.acknowledge(now, other, Some(body));
                self.settle(now, number, None);
            }
            Then::Offer(other) => {
                joining.stays = other;
                joining.offer = Some(body);
                joining.then = Then::Settle;
                joining.sent = false;
                self.join(now, number);
            }
            Then::Accept => {
                let (caller, transport) = (call.first.leg, call.first.transport);
                let dialled = call.dialled.clone();
                let contact = self.contact(Some(&dialled), transport);
                let reply = Reply::new(200)
                    .header("Allow", self.allow.clone())
                    .body(body);
                self.endpoint.accept(now, caller, contact, reply);
                self.settle(now, number, asked_for_offer.then_some(leg));
            }
        }
    }

    /// Both parties know each other: they talk, and those whom they have left get BYE.
    fn settle(&mut self, now: Instant, number: u64, answer_for: Option<CallId>) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let Some(second) = &call.second else {
            return;
        };
        let legs = [call.first.leg, second.leg];
        let callee = second.who.name().to_owned();
        callee.clone_into(&mut call.callee);
        call.stage = Stage::Talking { answer_for };
        self.arrived(now, number);
        for leg in legs {
            self.take_over(now, leg, number);
        }
        self.counters.calls_answered += 1;
        self.emit(PbxEvent::CallAnswered {
            call: number,
            callee,
            service: None,
        });
    }
}
