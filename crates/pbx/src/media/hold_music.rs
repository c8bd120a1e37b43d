//! Who stands in for the other side of a session while one of both is on hold.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use gannet_media::Source;
use gannet_media::offer_answer::{
    Keyring, LocalMedia, MediaCapabilities, Negotiated, OfferAnswerError, apply_answer,
    build_answer, build_reoffer, continue_session,
};
use gannet_net::{MediaSocket, NetError};
use gannet_sdp::{Direction, SessionDescription};

use super::port::{ServicePort, lock_port};
use super::room::MediaRoom;
use super::sounds::melody;

/// The server's own end of a session between two phones: music for the one that is on hold, or a
/// place where nothing is listened to for the one that holds.
#[derive(Debug)]
pub(crate) struct StandIn {
    socket: MediaSocket,
    capabilities: MediaCapabilities,
    local: LocalMedia,
    /// What was offered last.
    offer: Option<SessionDescription>,
    /// There once offer and answer are complete, if there is music.
    port: Option<Arc<Mutex<ServicePort>>>,
}

impl StandIn {
    /// Music that plays to nobody yet.
    ///
    /// # Errors
    /// If there is no port left.
    pub(crate) fn music(room: &MediaRoom) -> Result<Self, NetError> {
        Self::open(room, Direction::SendOnly)
    }

    /// A place for what somebody who holds still sends: it reaches nobody.
    ///
    /// # Errors
    /// If there is no port left.
    pub(crate) fn nobody(room: &MediaRoom) -> Result<Self, NetError> {
        Self::open(room, Direction::RecvOnly)
    }

    fn open(room: &MediaRoom, direction: Direction) -> Result<Self, NetError> {
        let socket = room.open()?;
        // The session id is that of the session that it goes on with.
        let keys = Keyring::random(&mut fastrand::Rng::new());
        let local = LocalMedia::new(room.address_of(&socket), "0", 1).with_keys(keys);
        Ok(Self {
            socket,
            capabilities: MediaCapabilities::every_codec(),
            local: local.with_direction(direction),
            offer: None,
            port: None,
        })
    }

    /// Whether it plays music.
    pub(crate) fn plays(&self) -> bool {
        self.local.direction.sends()
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

    /// Answers an offer; `previous` is what its owner was told last.
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
        if !self.plays() {
            return;
        }
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
