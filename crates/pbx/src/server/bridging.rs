//! Two legs that talk: what one side sends inside the call goes to the other.

use std::time::Instant;

use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{CallId, EndCause, Outcome, Reply, SendError};
use gannet_ua::transaction::TransactionId;

use super::call::{Call, Stage};
use super::pending::{Pending, Relayed};
use super::place::refusal;
use super::relay::{next_max_forwards, passed_body, passed_headers, passed_reply};
use super::state::Server;
use crate::config::Transfer;
use crate::event::PbxEvent;

impl Server {
    /// The call of a leg, with its number.
    pub(super) fn call_of(&mut self, leg: CallId) -> Option<(u64, &mut Call)> {
        let number = *self.legs.get(&leg)?;
        Some((number, self.calls.get_mut(&number)?))
    }

    /// The ACK for a 2xx of ours, which may bring the answer to the other side's offer.
    pub(super) fn handle_confirmed(&mut self, now: Instant, leg: CallId, ack: &Message) {
        let Some((number, call)) = self.call_of(leg) else {
            return;
        };
        match &mut call.stage {
            Stage::Talking { answer_for } if answer_for.is_some_and(|other| other != leg) => {
                let waits = answer_for.take();
                call.note_sdp(leg, passed_body(ack));
                if let Some(other) = waits {
                    let body = self.body_towards(other, passed_body(ack));
                    self.endpoint.acknowledge(now, other, body);
                }
            }
            Stage::Serving(_) => self.service_confirmed(now, number, ack),
            Stage::Talking { .. } | Stage::Ringing(_) | Stage::Joining(_) | Stage::Ending => {}
        }
        // Whoever waits for this party can have it now.
        if let Some(number) = self.promised.get(&leg).copied() {
            self.join(now, number);
        }
    }

    /// A request inside a call: re-INVITE, UPDATE, INFO, MESSAGE, NOTIFY, OPTIONS.
    pub(super) fn handle_request_in_call(
        &mut self,
        now: Instant,
        request: TransactionId,
        leg: CallId,
        message: &Message,
    ) {
        if message.method() == Some(Method::Refer) && self.config.transfer != Transfer::Relay {
            return self.refer(now, request, leg, message);
        }
        if let Some(reply) = self.relay_in_call(now, request, leg, message) {
            self.endpoint.respond(now, request, reply);
        }
    }

    /// Sends a request on to the other side; gives the response if it does not go on.
    fn relay_in_call(
        &mut self,
        now: Instant,
        request: TransactionId,
        leg: CallId,
        message: &Message,
    ) -> Option<Reply> {
        let method = message.method()?;
        let Some((number, call)) = self.call_of(leg) else {
            return Some(Reply::new(481));
        };
        if matches!(call.stage, Stage::Serving(_)) {
            return Some(self.service_request(number, &method, message));
        }
        let Some(peer) = call.peer_of(leg) else {
            // Several phones ring, or the other side is gone already.
            let ringing = matches!(call.stage, Stage::Ringing(_) | Stage::Joining(_));
            return Some(if ringing {
                Reply::new(500).header("Retry-After", "1")
            } else {
                Reply::new(481)
            });
        };
        if let Some(reply) = self.hold_with_music(now, leg, peer, message) {
            return Some(reply);
        }
        let Some(hops) = next_max_forwards(message) else {
            return Some(Reply::new(483));
        };
        let mut headers = passed_headers(message);
        headers.push(("Max-Forwards".into(), hops.to_string()));
        if matches!(method, Method::Invite | Method::Update | Method::Options) {
            headers.push(("Allow".into(), self.allow.clone()));
        }
        let body = passed_body(message);
        let relayed = Relayed {
            request,
            from: leg,
            to: peer,
            offer: body.clone(),
            is_invite: method == Method::Invite,
        };
        let body = self.body_towards(peer, body);
        let sent = self
            .endpoint
            .request_in_call(now, peer, method, headers, body);
        match sent {
            Ok(id) => {
                self.pending.insert(id, Pending::Relayed(relayed));
                None
            }
            // Both sides have sent one at once (RFC 3261 14.1).
            Err(SendError::InviteInProgress | SendError::OfferInProgress) => Some(Reply::new(491)),
            Err(error) => Some(refusal(500, &error.to_string())),
        }
    }

    /// The other side has answered a relayed request. If that was a re-INVITE without offer, a 2xx
    /// has the offer, and the ACK the answer.
    pub(super) fn relay_outcome(&mut self, now: Instant, relayed: &Relayed, outcome: &Outcome) {
        if let Outcome::Response(response) = outcome
            && outcome.code() < 300
            && let Some((number, call)) = self.call_of(relayed.to)
        {
            let answer = passed_body(response);
            if answer.is_some() {
                call.note_sdp(relayed.from, relayed.offer.clone());
                if relayed.is_invite
                    && relayed.offer.is_none()
                    && let Stage::Talking { answer_for } = &mut call.stage
                {
                    *answer_for = Some(relayed.to);
                }
            }
            let of_session = matches!(response.method(), Some(Method::Invite | Method::Update));
            let agreed = of_session && answer.is_some();
            call.note_sdp(relayed.to, answer);
            if agreed {
                self.music_over(number);
            }
        }
        let reply = match outcome {
            Outcome::Response(response) => {
                let mut reply = passed_reply(response);
                reply.body = self.body_towards(relayed.from, reply.body);
                if matches!(response.method(), Some(Method::Invite | Method::Options))
                    && reply.code < 300
                {
                    reply.headers.push(("Allow".into(), self.allow.clone()));
                }
                reply
            }
            Outcome::Timeout => Reply::new(408),
            Outcome::TransportFailed => Reply::new(500),
        };
        self.endpoint.respond(now, relayed.request, reply);
    }

    /// A leg has ended: the others follow.
    pub(super) fn handle_leg_end(&mut self, now: Instant, leg: CallId, cause: EndCause) {
        self.judging.remove(&leg);
        let Some(number) = self.legs.remove(&leg) else {
            return;
        };
        self.forget_hold(number, leg);
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.legs.remove(&leg);
        self.promise_broken(now, leg);
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        if leg == call.first.leg {
            self.first_gone(now, number, &cause);
        } else if call.second.as_ref().is_some_and(|party| party.leg == leg) {
            let first = call.first.leg;
            match call.stage {
                Stage::Talking { .. } => {
                    call.stage = Stage::Ending;
                    self.release(now, number, first, why_of(&cause));
                }
                Stage::Joining(_) => {
                    call.second = None;
                    self.refuse(now, number, Reply::new(480));
                }
                _ => {}
            }
        } else {
            self.handle_branch_end(now, number, leg, cause);
        }
        self.remove_if_over(number);
        self.changed();
    }

    fn first_gone(&mut self, now: Instant, number: u64, cause: &EndCause) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        if let EndCause::RemoteCancel(_) = cause {
            call.refused = Some(487);
        }
        match &call.stage {
            Stage::Ringing(_) => {
                self.call_off(now, number, &why_of(cause));
                if let Some(call) = self.calls.get_mut(&number) {
                    call.stage = Stage::Ending;
                }
            }
            Stage::Talking { .. } => {
                let second = call.second.as_ref().map(|party| party.leg);
                call.stage = Stage::Ending;
                if let Some(second) = second {
                    self.release(now, number, second, why_of(cause));
                }
            }
            Stage::Serving(_) => self.service_over(now, number),
            Stage::Joining(_) => self.join_failed(now, number, Reply::new(487)),
            Stage::Ending => {}
        }
    }

    /// A party whose other side has gone: it gets BYE, unless it is on its way to somebody else.
    fn release(&mut self, now: Instant, number: u64, leg: CallId, why: Vec<(String, String)>) {
        match self.promised.get(&leg).copied() {
            Some(next) if self.calls.contains_key(&next) => {
                if let Some(call) = self.calls.get_mut(&number) {
                    call.legs.remove(&leg);
                }
                if let Some(call) = self.calls.get_mut(&next) {
                    call.legs.insert(leg);
                }
                self.legs.insert(leg, next);
            }
            _ => self.endpoint.hang_up_with(now, leg, why),
        }
    }

    /// Forgets a call that has ended and whose legs have.
    pub(super) fn remove_if_over(&mut self, number: u64) {
        let over = self
            .calls
            .get(&number)
            .is_some_and(|call| call.legs.is_empty() && matches!(call.stage, Stage::Ending));
        if let Some(call) = over.then(|| self.calls.remove(&number)).flatten() {
            self.emit(PbxEvent::CallEnded {
                call: number,
                refused: call.refused,
            });
        }
    }
}

/// What a BYE or CANCEL said beside the dialog, to be said to the other side too: Reason
/// (RFC 3326) and fields of the user's own.
fn why_of(cause: &EndCause) -> Vec<(String, String)> {
    match cause {
        EndCause::RemoteBye(message) | EndCause::RemoteCancel(message) => passed_headers(message),
        _ => Vec::new(),
    }
}
