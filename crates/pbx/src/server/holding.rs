//! Hold with music: the server answers the side that holds, and plays to the side that is held.
//!
//! The other way, which is in force unless [`crate::PbxConfig::music_on_hold`] is set, is to pass the
//! re-INVITE on like any other.
//!
//! ```text
//! holder           server           held
//!   | INVITE sendonly |                |     the holder does not want to hear
//!   |---------------->| INVITE (music) |     sendonly, the music's own address
//!   |  200 inactive   |--------------->|
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
use super::relay::passed_body;
use super::serving::description_in;
use super::state::{Pending, Server};
use crate::event::PbxEvent;
use crate::media::{HoldMusic, quiet_answer};

/// A call of which one side or both hold the other, and hear music meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// The legs of those who hold.
    holders: BTreeSet<CallId>,
    /// What plays to whom.
    music: BTreeMap<CallId, HoldMusic>,
}

/// What was said last in the two sessions of a call.
struct Sessions {
    /// To the side that offers now.
    told_offerer: SessionDescription,
    /// To the other side.
    told_peer: SessionDescription,
    /// By the other side.
    said_by_peer: SessionDescription,
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
        let sessions = self.sessions(number, leg, peer)?;
        let is_held = self.holds(number, peer);
        let reply = match (wants_to_hear(&offer), is_held) {
            (true, false) => return None,
            (true, true) => self.play_to(number, leg, &offer, &sessions)?,
            (false, true) => self.hold_back(number, leg, &offer, &sessions)?,
            (false, false) if self.holds(number, leg) => {
                self.quieten(number, leg, &offer, &sessions)?
            }
            (false, false) => match self.begin_music(now, number, (leg, peer), &offer, &sessions) {
                Ok(reply) => reply?,
                Err(refused) => return Some(refused),
            },
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
        number: u64,
        (leg, peer): (CallId, CallId),
        offer: &SessionDescription,
        sessions: &Sessions,
    ) -> Result<Option<Reply>, Reply> {
        let mut music = match HoldMusic::open(&self.room) {
            Ok(music) => music,
            Err(error) => {
                let what = format!("no media for music on hold: {error}");
                self.emit(PbxEvent::Trouble { what });
                return Ok(None);
            }
        };
        let Some(reply) = self.quieten(number, leg, offer, sessions) else {
            return Ok(None);
        };
        let moved = music.offer(&sessions.told_peer);
        let headers = vec![("Allow".into(), self.allow.clone())];
        let body = Some(Body::sdp(moved.to_bytes()));
        let sent = self
            .endpoint
            .request_in_call(now, peer, Method::Invite, headers, body);
        match sent {
            Ok(request) => {
                self.pending.insert(request, Pending::Music(peer));
                self.told.insert(peer, moved);
                let holding = self.holdings.entry(number).or_default();
                holding.music.insert(peer, music);
                Ok(Some(reply))
            }
            // Both sides have sent one at once (RFC 3261 14.1).
            Err(SendError::InviteInProgress) => {
                self.let_go(number, leg, sessions);
                Err(Reply::new(491))
            }
            Err(_) => {
                self.let_go(number, leg, sessions);
                Ok(None)
            }
        }
    }

    /// The held side has answered the offer that moves it to the music.
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
        let Some(music) = holding.and_then(|holding| holding.music.get_mut(&leg)) else {
            return;
        };
        let problem = match answer {
            Some(answer) => match music.answered(&answer, &mut self.rng) {
                Ok(()) => return,
                Err(error) => error.to_string(),
            },
            None => format!("the re-INVITE got {}", outcome.code()),
        };
        if let Some(holding) = self.holdings.get_mut(&number) {
            holding.music.remove(&leg);
        }
        let what = format!("no music on hold in call {number}: {problem}");
        self.emit(PbxEvent::Trouble { what });
    }

    /// Who is on hold itself holds too: nobody hears anything.
    fn hold_back(
        &mut self,
        number: u64,
        leg: CallId,
        offer: &SessionDescription,
        sessions: &Sessions,
    ) -> Option<Reply> {
        let reply = self.quieten(number, leg, offer, sessions)?;
        if let Some(holding) = self.holdings.get_mut(&number) {
            holding.music.remove(&leg);
        }
        Some(reply)
    }

    /// An answer after which nothing flows to or from a side that holds.
    fn quieten(
        &mut self,
        number: u64,
        leg: CallId,
        offer: &SessionDescription,
        sessions: &Sessions,
    ) -> Option<Reply> {
        let place = sessions.said_by_peer.audio()?.rtp_address()?;
        let answer = quiet_answer(offer, place, &sessions.told_offerer).ok()?;
        self.holdings.entry(number).or_default().holders.insert(leg);
        Some(self.answer_with(leg, answer))
    }

    /// Answers a side that is on hold and wants to hear: with music.
    fn play_to(
        &mut self,
        number: u64,
        leg: CallId,
        offer: &SessionDescription,
        sessions: &Sessions,
    ) -> Option<Reply> {
        let holding = self.holdings.get_mut(&number)?;
        let mut music = match holding.music.remove(&leg) {
            Some(music) => music,
            None => HoldMusic::open(&self.room).ok()?,
        };
        let answer = music
            .answer(offer, &sessions.told_offerer, &mut self.rng)
            .ok()?;
        holding.holders.remove(&leg);
        holding.music.insert(leg, music);
        Some(self.answer_with(leg, answer))
    }

    fn answer_with(&mut self, leg: CallId, answer: SessionDescription) -> Reply {
        let reply = Reply::new(200)
            .header("Allow", self.allow.clone())
            .body(Body::sdp(answer.to_bytes()));
        self.told.insert(leg, answer);
        reply
    }

    fn holds(&self, number: u64, leg: CallId) -> bool {
        let holding = self.holdings.get(&number);
        holding.is_some_and(|holding| holding.holders.contains(&leg))
    }

    /// The answer of [`Self::quieten`] is not given after all.
    fn let_go(&mut self, number: u64, leg: CallId, sessions: &Sessions) {
        self.told.insert(leg, sessions.told_offerer.clone());
        if let Some(holding) = self.holdings.get_mut(&number) {
            holding.holders.remove(&leg);
        }
    }

    /// What was said last in the sessions of both sides; `None` if there are none yet.
    fn sessions(&self, number: u64, leg: CallId, peer: CallId) -> Option<Sessions> {
        let call = self.calls.get(&number)?;
        let said_by_offerer = said_by(call, leg)?;
        let said_by_peer = said_by(call, peer)?;
        let told = |leg: CallId, otherwise: &SessionDescription| {
            let told = self.told.get(&leg);
            told.unwrap_or(otherwise).clone()
        };
        Some(Sessions {
            told_offerer: told(leg, &said_by_peer),
            told_peer: told(peer, &said_by_offerer),
            said_by_peer,
        })
    }

    /// What one side said has reached the other: whatever was played to it is over.
    pub(super) fn music_over(&mut self, number: u64, from: CallId, to: CallId) {
        if let Some(holding) = self.holdings.get_mut(&number) {
            holding.holders.remove(&from);
            holding.music.remove(&to);
            if holding.holders.is_empty() {
                self.holdings.remove(&number);
            }
        }
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

/// Whether whoever offers this wants to hear the other side (RFC 3264 8.4).
fn wants_to_hear(offer: &SessionDescription) -> bool {
    offer.audio().is_none_or(|audio| {
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
