//! Music for somebody who is on hold.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use gannet_media::Source;
use gannet_media::offer_answer::{
    LocalMedia, MediaCapabilities, Negotiated, OfferAnswerError, apply_answer, build_answer,
    build_reoffer, continue_session,
};
use gannet_net::{MediaSocket, NetError};
use gannet_sdp::{Direction, SessionDescription};

use super::port::{ServicePort, lock_port};
use super::room::MediaRoom;
use super::sounds::melody;

/// A source of music that takes the place of the other side in somebody's session.
#[derive(Debug)]
pub(crate) struct HoldMusic {
    socket: MediaSocket,
    capabilities: MediaCapabilities,
    local: LocalMedia,
    /// What was offered last.
    offer: Option<SessionDescription>,
    /// There once offer and answer are complete.
    port: Option<Arc<Mutex<ServicePort>>>,
}

impl HoldMusic {
    /// A source that plays to nobody yet.
    ///
    /// # Errors
    /// If there is no port left.
    pub(crate) fn open(room: &MediaRoom) -> Result<Self, NetError> {
        let socket = room.open()?;
        // The session id is that of the session that it goes on with.
        let local = LocalMedia::new(room.address_of(&socket), "0", 1);
        Ok(Self {
            socket,
            capabilities: MediaCapabilities::default(),
            local: local.with_direction(Direction::SendOnly),
            offer: None,
            port: None,
        })
    }

    /// The offer that moves a session here; `previous` is what its owner was told last.
    pub(crate) fn offer(&mut self, previous: &SessionDescription) -> SessionDescription {
        let offer = build_reoffer(previous, &self.capabilities, &self.local);
        self.offer.insert(offer).clone()
    }

    /// The answer to [`Self::offer`] has come: the music begins.
    ///
    /// # Errors
    /// If it does not fit.
    pub(crate) fn answered(
        &mut self,
        answer: &SessionDescription,
        rng: &mut fastrand::Rng,
    ) -> Result<(), OfferAnswerError> {
        let offer = self.offer.as_ref();
        let offer = offer.ok_or(OfferAnswerError::OwnOfferWithoutAudio)?;
        let negotiated = apply_answer(offer, &self.capabilities, answer)?;
        self.play(negotiated, rng);
        Ok(())
    }

    /// Answers an offer of somebody who is to hear the music.
    ///
    /// # Errors
    /// If there is nothing in it that can be accepted.
    pub(crate) fn answer(
        &mut self,
        offer: &SessionDescription,
        previous: &SessionDescription,
        rng: &mut fastrand::Rng,
    ) -> Result<SessionDescription, OfferAnswerError> {
        let answer = build_answer(offer, &self.capabilities, &self.local)?;
        let mut description = answer.description;
        continue_session(previous, &mut description);
        self.play(answer.negotiated, rng);
        Ok(description)
    }

    fn play(&mut self, negotiated: Negotiated, rng: &mut fastrand::Rng) {
        let now = Instant::now();
        if let Some(port) = &self.port {
            lock_port(port).session_mut().renegotiate(negotiated, now);
            return self.socket.wake();
        }
        let config = MediaRoom::session(negotiated, rng);
        let source = Source::repeated(melody());
        let port = Arc::new(Mutex::new(ServicePort::new(config, source, now)));
        self.socket.attach(port.clone());
        self.port = Some(port);
    }
}

/// An answer that lets nothing flow: for the side that holds, while music plays to the other.
/// `place` is whose media it stands for, and `previous` what the side was told last.
///
/// # Errors
/// If there is nothing in the offer that can be accepted.
pub(crate) fn quiet_answer(
    offer: &SessionDescription,
    place: std::net::SocketAddr,
    previous: &SessionDescription,
) -> Result<SessionDescription, OfferAnswerError> {
    let local = LocalMedia::new(place, "0", 1).with_direction(Direction::Inactive);
    let mut description = build_answer(offer, &MediaCapabilities::default(), &local)?.description;
    continue_session(previous, &mut description);
    Ok(description)
}
