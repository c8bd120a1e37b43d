//! Hold with music: the server answers the side that holds, and plays to the side that is held.
//!
//! The other way, which is in force unless [`crate::PbxConfig::music_on_hold`] is set, is to pass the
//! re-INVITE on like any other.
//!
//! ```text
//! holder           server           held
//!   | INVITE sendonly |                |     the holder does not want to hear
//!   |---------------->| INVITE (music) |     sendonly, the music's own address
//!   |  200 recvonly   |--------------->|
//!   |<----------------|  200 recvonly  |
//!   |                 |<---------------|     music
//!   | INVITE sendrecv |                |
//!   |---------------->|--------------->|     passed on: they hear each other again
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use gannet_media::offer_answer::continue_session;
use gannet_sdp::SessionDescription;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, CallId, Outcome, Reply, SendError};

use super::call::{Call, Stage};
use super::pending::Pending;
use super::relay::passed_body;
use super::serving::description_in;
use super::state::Server;
use crate::event::PbxEvent;
use crate::media::StandIn;

/// A call of which one side or both hold the other.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// The legs of those who hold.
    holders: BTreeSet<CallId>,
    /// Who stands in for the other side, by leg.
    stand_ins: BTreeMap<CallId, StandIn>,
}

/// The offer of one side, and what was said last in the sessions of both.
struct Exchange<'a> {
    number: u64,
    leg: CallId,
    peer: CallId,
    offer: &'a SessionDescription,
    told_offerer: SessionDescription,
    told_peer: SessionDescription,
}

impl Server {
    /// Answers an offer that puts the other side on hold, or one of a side that is on hold itself.
    /// `None` if it is to be passed on: any other, and those that the server cannot take part in.
    pub(super) fn hold_with_music(
        &mut self,
        now: Instant,
        leg: CallId,
        peer: CallId,
        message: &Message,
    ) -> Option<Reply> {
        let offers = matches!(message.method(), Some(Method::Invite | Method::Update));
        if !self.config.music_on_hold || !offers {
            return None;
        }
        let (number, call) = self.call_of(leg)?;
        if !matches!(call.stage, Stage::Talking { .. }) {
            return None;
        }
        let body = passed_body(message)?;
        let offer = description_in(Some(&body)).ok().flatten()?;
        let exchange = self.exchange(number, leg, peer, &offer)?;
        let reply = match (wants_to_hear(&offer), self.holds(number, peer)) {
            (true, false) => return None,
            (true, true) => self.play_to(now, &exchange)?,
            (false, false) if !self.holds(number, leg) => match self.begin_music(now, &exchange) {
                Ok(reply) => reply?,
                Err(refused) => return Some(refused),
            },
            (false, _) => self.quieten(&exchange)?,
        };
        if let Some(call) = self.calls.get_mut(&number) {
            call.note_sdp(leg, Some(body));
        }
        Some(reply)
    }

    /// Moves the held side to the music. `Err` if it is to be tried again later.
    fn begin_music(
        &mut self,
        now: Instant,
        exchange: &Exchange<'_>,
    ) -> Result<Option<Reply>, Reply> {
        let mut music = match StandIn::music(&self.room) {
            Ok(music) => music,
            Err(error) => {
                let what = format!("no media for music on hold: {error}");
                self.emit(PbxEvent::Trouble { what });
                return Ok(None);
            }
        };
        let Some(reply) = self.quieten(exchange) else {
            return Ok(None);
        };
        let moved = music.offer(&exchange.told_peer);
        match self.move_to(now, exchange, music, moved) {
            Ok(()) => Ok(Some(reply)),
            Err(error) => {
                // The answer is not given after all.
                let told = exchange.told_offerer.clone();
                self.told.insert(exchange.leg, told);
                self.holdings.remove(&exchange.number);
                match error {
                    // Both sides have sent one at once (RFC 3261 14.1).
                    SendError::InviteInProgress => Err(Reply::new(491)),
                    _ => Ok(None),
                }
            }
        }
    }

    /// Offers the other side to go on with a stand-in.
    fn move_to(
        &mut self,
        now: Instant,
        exchange: &Exchange<'_>,
        stand_in: StandIn,
        offer: SessionDescription,
    ) -> Result<(), SendError> {
        let peer = exchange.peer;
        let headers = vec![("Allow".into(), self.allow.clone())];
        let body = Some(Body::sdp(offer.to_bytes()));
        let request = self
            .endpoint
            .request_in_call(now, peer, Method::Invite, headers, body)?;
        self.pending.insert(request, Pending::Music(peer));
        self.told.insert(peer, offer);
        let holding = self.holdings.entry(exchange.number).or_default();
        holding.stand_ins.insert(peer, stand_in);
        Ok(())
    }

    /// A side has answered the offer that moves it to a stand-in.
    pub(super) fn music_outcome(&mut self, leg: CallId, outcome: &Outcome) {
        let Some(number) = self.legs.get(&leg).copied() else {
            return;
        };
        let answer = outcome
            .response()
            .filter(|_| outcome.code() < 300)
            .and_then(|response| {
                description_in(passed_body(response).as_ref())
                    .ok()
                    .flatten()
            });
        let holding = self.holdings.get_mut(&number);
        let Some(stand_in) = holding.and_then(|holding| holding.stand_ins.get_mut(&leg)) else {
            return;
        };
        let problem = match answer {
            Some(answer) => match stand_in.answered(&answer, &mut self.rng) {
                Ok(()) => return,
                Err(error) => error.to_string(),
            },
            None => format!("the re-INVITE got {}", outcome.code()),
        };
        if let Some(holding) = self.holdings.get_mut(&number) {
            holding.stand_ins.remove(&leg);
        }
        let what = format!("no music on hold in call {number}: {problem}");
        self.emit(PbxEvent::Trouble { what });
    }

    /// Answers a side that holds: what it goes on sending reaches nobody.
    fn quieten(&mut self, exchange: &Exchange<'_>) -> Option<Reply> {
        let reply = self.answer_by(exchange, StandIn::nobody)?;
        let holding = self.holdings.entry(exchange.number).or_default();
        holding.holders.insert(exchange.leg);
        Some(reply)
    }

    /// Answers a side that is on hold and wants to hear: with music.
    fn play_to(&mut self, now: Instant, exchange: &Exchange<'_>) -> Option<Reply> {
        let held_before = self.holds(exchange.number, exchange.leg);
        let reply = self.answer_by(exchange, StandIn::music)?;
        let holding = self.holdings.entry(exchange.number).or_default();
        holding.holders.remove(&exchange.leg);
        // The other side may believe that it is still on hold itself.
        if held_before && !wants_to_hear(&exchange.told_peer) {
            let mut nobody = StandIn::nobody(&self.room).ok()?;
            let offer = nobody.offer(&exchange.told_peer);
            if let Err(error) = self.move_to(now, exchange, nobody, offer) {
                let what = format!("a phone was not told that it is resumed: {error}");
                self.emit(PbxEvent::Trouble { what });
            }
        }
        Some(reply)
    }

    /// Answers with a stand-in of the kind that is wanted: the one that is there, or a new one.
    fn answer_by(
        &mut self,
        exchange: &Exchange<'_>,
        open: fn(&crate::media::MediaRoom) -> Result<StandIn, gannet_net::NetError>,
    ) -> Option<Reply> {
        let mut stand_in = open(&self.room).ok()?;
        let holding = self.holdings.entry(exchange.number).or_default();
        if let Some(there) = holding.stand_ins.remove(&exchange.leg)
            && there.plays() == stand_in.plays()
        {
            stand_in = there;
        }
        let answer = stand_in
            .answer(exchange.offer, &exchange.told_offerer, &mut self.rng)
            .ok()?;
        holding.stand_ins.insert(exchange.leg, stand_in);
        let reply = Reply::new(200)
            .header("Allow", self.allow.clone())
            .body(Body::sdp(answer.to_bytes()));
        self.told.insert(exchange.leg, answer);
        Some(reply)
    }

    fn holds(&self, number: u64, leg: CallId) -> bool {
        let holding = self.holdings.get(&number);
        holding.is_some_and(|holding| holding.holders.contains(&leg))
    }

    /// What was said last in the sessions of both sides; `None` if there are none yet.
    fn exchange<'a>(
        &self,
        number: u64,
        leg: CallId,
        peer: CallId,
        offer: &'a SessionDescription,
    ) -> Option<Exchange<'a>> {
        let call = self.calls.get(&number)?;
        let told = |leg: CallId, other: CallId| {
            let told = self.told.get(&leg).cloned();
            told.or_else(|| said_by(call, other))
        };
        Some(Exchange {
            number,
            leg,
            peer,
            offer,
            told_offerer: told(leg, peer)?,
            told_peer: told(peer, leg)?,
        })
    }

    /// The two sides have agreed with each other again: nobody stands in for anybody.
    pub(super) fn music_over(&mut self, number: u64) {
        self.holdings.remove(&number);
    }

    /// A description on its way to a side to which the server has spoken itself goes on with that
    /// session: its id, and one version more (RFC 3264 8).
    pub(super) fn body_towards(&mut self, leg: CallId, body: Option<Body>) -> Option<Body> {
        let Some(previous) = self.told.get(&leg) else {
            return body;
        };
        let Ok(Some(mut next)) = description_in(body.as_ref()) else {
            return body;
        };
        continue_session(previous, &mut next);
        let bytes = next.to_bytes();
        self.told.insert(leg, next);
        Some(Body::sdp(bytes))
    }

    /// Notes what a party was told last in its session, before the server makes an offer of its own
    /// there: by its other side, or by the service that it talks to.
    pub(super) fn remember_told(&mut self, leg: CallId) {
        let call = self.legs.get(&leg).and_then(|n| self.calls.get(n));
        let Some(call) = call else {
            return;
        };
        let said = match &call.stage {
            Stage::Serving(serving) if call.first.leg == leg => Some(serving.description.clone()),
            _ if self.told.contains_key(&leg) => None,
            _ => call.peer_of(leg).and_then(|peer| said_by(call, peer)),
        };
        if let Some(said) = said {
            self.told.insert(leg, said);
        }
    }

    /// A leg has ended.
    pub(super) fn forget_hold(&mut self, number: u64, leg: CallId) {
        self.told.remove(&leg);
        self.holdings.remove(&number);
    }
}

fn said_by(call: &Call, leg: CallId) -> Option<SessionDescription> {
    let parties = std::iter::once(&call.first).chain(&call.second);
    let mut with_leg = parties.filter(|party| party.leg == leg);
    let said = with_leg.next()?.last_sdp.as_ref();
    description_in(said).ok().flatten()
}

/// Whether whoever says this wants to hear the other side (RFC 3264 8.4).
fn wants_to_hear(description: &SessionDescription) -> bool {
    description.audio().is_none_or(|audio| {
        let zero = audio
            .rtp_address()
            .is_some_and(|address| address.ip().is_unspecified());
        audio.direction().receives() && !zero
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_does_not_want_to_hear() {
        let offer = |address: &str, direction: &str| {
            let text = format!(
                "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n\
                 m=audio 4000 RTP/AVP 0\r\n{direction}"
            );
            wants_to_hear(&SessionDescription::parse(text.as_bytes()))
        };
        assert!(offer("192.0.2.1", ""));
        assert!(offer("192.0.2.1", "a=recvonly\r\n"));
        assert!(!offer("192.0.2.1", "a=sendonly\r\n"));
        assert!(!offer("192.0.2.1", "a=inactive\r\n"));
        assert!(!offer("0.0.0.0", ""));
    }
}
