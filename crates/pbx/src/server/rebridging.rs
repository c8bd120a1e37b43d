//! The one way in which standing parties are put together anew: whoever stays gets a re-INVITE with
//! the description of the party that comes, and whoever is left over gets BYE. Transfer, attended
//! transfer, Replaces, retrieving, pickup, queues and the return of parked calls all end here.

use std::collections::BTreeSet;
use std::time::Instant;

use gannet_sip::{Message, NameAddr, Uri};
use gannet_ua::endpoint::{Body, CallId, Reply};

use super::call::{Asked, Call, Origin, Party, Stage, Why};
use super::calling::is_plain;
use super::joining::{Joining, Then};
use super::place::Place;
use super::privacy::Privacy;
use super::relay::passed_body;
use super::state::Server;
use crate::event::PbxEvent;

/// Told to phones that ring while somebody else takes the call (RFC 3326 2).
pub(super) const ELSEWHERE: &str = "SIP;cause=200;text=\"Call completed elsewhere\"";

impl Server {
    /// The party with this leg.
    pub(super) fn party(&self, leg: CallId) -> Option<Party> {
        let call = self.calls.get(self.legs.get(&leg)?)?;
        let parties = std::iter::once(&call.first).chain(&call.second);
        parties.into_iter().find(|p| p.leg == leg).cloned()
    }

    /// Sends a party that stands to another place. Where it is now, nothing changes until it has
    /// arrived there.
    pub(super) fn put_through(
        &mut self,
        now: Instant,
        stays: CallId,
        (target, place): (&str, Place),
        why: Why,
    ) {
        self.withdraw(now, stays);
        let Some(party) = self.party(stays) else {
            return;
        };
        let number = self.open_put_through(party, target, why);
        self.dispatch(now, number, place);
    }

    /// Puts two parties together who both stand, in calls of their own.
    pub(super) fn join_standing(&mut self, now: Instant, stays: CallId, with: CallId, why: Why) {
        self.withdraw(now, stays);
        self.withdraw(now, with);
        let (Some(party), Some(second)) = (self.party(stays), self.party(with)) else {
            return;
        };
        let target = second.who.name().to_owned();
        let number = self.open_put_through(party, &target, why);
        self.promised.insert(with, number);
        if let Some(call) = self.calls.get_mut(&number) {
            call.stage = Stage::Joining(Box::new(Joining {
                stays: with,
                offer: call.asked.body.clone(),
                then: Then::Offer(stays),
                tries: 0,
                sent: false,
            }));
            call.second = Some(second);
        }
        self.join(now, number);
    }

    /// Puts a caller, whose INVITE waits, together with a party that stands.
    pub(super) fn join_caller(&mut self, now: Instant, number: u64, stays: CallId) {
        self.withdraw(now, stays);
        let Some(second) = self.party(stays) else {
            return self.refuse(now, number, Reply::new(480));
        };
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        second.who.name().clone_into(&mut call.callee);
        call.second = Some(second);
        call.stage = Stage::Joining(Box::new(Joining {
            stays,
            offer: call.asked.body.clone(),
            then: Then::Accept,
            tries: 0,
            sent: false,
        }));
        self.promised.insert(stays, number);
        self.join(now, number);
    }

    /// The second party has answered a call whose first party stands elsewhere.
    pub(super) fn join_answered(
        &mut self,
        now: Instant,
        number: u64,
        response: &Message,
        needs_answer: bool,
    ) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let Some(second) = call.second.as_ref().map(|party| party.leg) else {
            return;
        };
        call.stage = Stage::Joining(Box::new(Joining {
            stays: call.first.leg,
            offer: passed_body(response),
            then: if needs_answer {
                Then::Acknowledge(second)
            } else {
                Then::Settle
            },
            tries: 0,
            sent: false,
        }));
        self.join(now, number);
    }

    fn open_put_through(&mut self, party: Party, target: &str, why: Why) -> u64 {
        self.last_call += 1;
        let number = self.last_call;
        let user = Some(target).filter(|user| is_plain(user));
        let to = NameAddr::new(Uri::sip(user, &self.config.domain, None));
        let call_id = self.endpoint.sip_call_id(party.leg).unwrap_or_default();
        let asked = Asked {
            from: party.address.clone(),
            to,
            identity: party.identity.clone(),
            headers: why.headers(),
            body: party.last_sdp.as_ref().map(without_direction),
            uri: Uri::sip(user, &self.config.domain, None),
            privacy: Privacy::default(),
            reliably: false,
            max_forwards: 70,
            call_id: call_id.to_owned(),
        };
        self.promised.insert(party.leg, number);
        self.emit(PbxEvent::CallStarted {
            call: number,
            caller: party.who.name().to_owned(),
            called: target.to_owned(),
        });
        let call = Call {
            first: party,
            second: None,
            legs: BTreeSet::new(),
            dialled: target.to_owned(),
            callee: target.to_owned(),
            asked,
            forwards: 0,
            refused: None,
            origin: Origin::PutThrough(why),
            members: None,
            began: std::time::SystemTime::now(),
            stage: Stage::Ending,
        };
        self.calls.insert(number, call);
        number
    }

    /// A leg belongs to this call from now on. Whoever it was with gets BYE.
    pub(super) fn take_over(&mut self, now: Instant, leg: CallId, number: u64) {
        self.promised.remove(&leg);
        if let Some(call) = self.calls.get_mut(&number) {
            call.legs.insert(leg);
        }
        let former = self.legs.insert(leg, number).filter(|old| *old != number);
        let Some((former, call)) = former.and_then(|f| Some((f, self.calls.get_mut(&f)?))) else {
            return;
        };
        call.legs.remove(&leg);
        match &call.stage {
            Stage::Talking { .. } => {
                let other = call.peer_of(leg);
                call.stage = Stage::Ending;
                if let Some(other) = other {
                    self.endpoint.hang_up(now, other);
                }
            }
            Stage::Serving(_) => self.service_over(now, former),
            Stage::Ringing(_) | Stage::Joining(_) | Stage::Ending => call.stage = Stage::Ending,
        }
        self.remove_if_over(former);
    }

    /// What was planned for a party that stands will not be.
    pub(super) fn withdraw(&mut self, now: Instant, leg: CallId) {
        let Some(number) = self.promised.remove(&leg) else {
            return;
        };
        self.call_off(now, number, &[("Reason".into(), ELSEWHERE.into())]);
        self.drop_second(now, number);
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.stage = Stage::Ending;
        if let Origin::PutThrough(Why::Transfer(referral)) = &call.origin {
            let referral = referral.clone();
            self.tell_referrer(now, &referral, &Reply::new(487));
        }
        self.promised.retain(|_, promised| *promised != number);
        self.remove_if_over(number);
    }

    /// A re-INVITE was refused, or could not be sent.
    pub(super) fn join_failed(&mut self, now: Instant, number: u64, reply: Reply) {
        self.drop_second(now, number);
        self.refuse(now, number, reply);
    }

    /// Hangs up on a second party that has no other call.
    fn drop_second(&mut self, now: Instant, number: u64) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        if let Some(second) = call.second.take()
            && call.legs.contains(&second.leg)
        {
            self.endpoint.hang_up(now, second.leg);
        }
    }

    /// A party that stands was to go over into a call, and is gone.
    pub(super) fn promise_broken(&mut self, now: Instant, leg: CallId) {
        if let Some(number) = self.promised.remove(&leg) {
            self.call_off(now, number, &[]);
            self.join_failed(now, number, Reply::new(480));
        }
    }

    /// A party that was put through has arrived.
    pub(super) fn arrived(&mut self, now: Instant, number: u64) {
        let origin = self.calls.get(&number).map(|call| &call.origin);
        if let Some(Origin::PutThrough(Why::Transfer(referral))) = origin {
            let referral = referral.clone();
            self.tell_referrer(now, &referral, &Reply::new(200));
        }
    }

    /// A party could not be put through. It stays where it is, if it is still with somebody.
    pub(super) fn put_through_failed(&mut self, now: Instant, number: u64, reply: &Reply) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.refused = Some(reply.code);
        call.stage = Stage::Ending;
        let stays = call.first.leg;
        let stranded = call.legs.contains(&stays);
        let Origin::PutThrough(why) = &call.origin else {
            return;
        };
        let why = why.clone();
        self.promised.retain(|_, promised| *promised != number);
        match why {
            Why::Transfer(referral) => self.tell_referrer(now, &referral, reply),
            Why::Queue { agent } if self.legs.contains_key(&stays) => self.rest(now, agent),
            Why::ParkReturn if self.legs.contains_key(&stays) => self.park_again(now, stays),
            Why::Queue { .. } | Why::ParkReturn => {}
        }
        if stranded {
            self.endpoint.hang_up(now, stays);
        }
        self.remove_if_over(number);
    }
}

/// A description as an offer for somebody new: the directions belonged to the former call, where
/// the party may have been on hold.
pub(super) fn without_direction(body: &Body) -> Body {
    const DIRECTIONS: [&[u8]; 4] = [b"a=sendrecv", b"a=sendonly", b"a=recvonly", b"a=inactive"];
    let mut bytes = Vec::with_capacity(body.bytes.len());
    for line in body.bytes.split_inclusive(|byte| *byte == b'\n') {
        if !DIRECTIONS.contains(&line.trim_ascii_end()) {
            bytes.extend_from_slice(line);
        }
    }
    Body {
        content_type: body.content_type.clone(),
        bytes: bytes.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_on_hold_is_not_any_more() {
        let held =
            Body::sdp("v=0\r\nm=audio 1 RTP/AVP 0\r\na=recvonly\r\na=rtpmap:0 PCMU/8000\r\n");
        let offer = without_direction(&held);
        let expected = "v=0\r\nm=audio 1 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
        assert_eq!(offer, Body::sdp(expected));
    }
}
