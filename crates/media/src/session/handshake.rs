//! Keys from a handshake on the way of the media (RFC 5764).

use std::fmt;
use std::net::SocketAddr;
use std::time::Instant;

use super::rtp_session::{Channel, RtpSession, Transmit};
use crate::srtp::CryptoLine;

/// A handshake that gives the keys of a session, DTLS for instance.
///
/// Inputs: [`handle_datagram`](Self::handle_datagram); output:
/// [`poll_transmit`](Self::poll_transmit) until it gives `false`, after each input and at
/// [`next_deadline`](Self::next_deadline). No socket, no clock.
pub trait KeyHandshake: fmt::Debug + Send {
    /// Takes a datagram of the handshake.
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]);

    /// Replaces the content of `out` by the next datagram; `false` if there is none.
    fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool;

    /// When to poll again without an input.
    fn next_deadline(&self) -> Option<Instant>;

    /// How far it is.
    fn state(&self) -> HandshakeState;
}

/// How far a handshake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandshakeState {
    /// It goes on.
    Running,
    /// It is over, with the keys of what we send and of what they send.
    Done {
        /// Ours.
        local: Box<CryptoLine>,
        /// Theirs.
        remote: Box<CryptoLine>,
    },
    /// It failed, and why.
    Failed(String),
}

/// The handshake of a session.
#[derive(Debug)]
pub(super) struct Association {
    handshake: Box<dyn KeyHandshake>,
    is_over: bool,
    /// Where its datagrams come from.
    peer: Option<SocketAddr>,
}

/// The first octets of DTLS (RFC 7983 7).
const DTLS: std::ops::RangeInclusive<u8> = 20..=63;

/// Whether a datagram on a media port belongs to a handshake, DTLS that is.
pub fn is_handshake(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| DTLS.contains(first))
}

impl RtpSession {
    /// Begins the handshake that the agreement asks for, in place of an earlier one. Until it has given
    /// keys nothing is sent and nothing is heard.
    pub fn begin_handshake(&mut self, handshake: Box<dyn KeyHandshake>, now: Instant) {
        self.association = Some(Association {
            handshake,
            is_over: false,
            peer: None,
        });
        self.advance_handshake(now);
    }

    pub(super) fn handle_handshake(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let Some(association) = &mut self.association else {
            self.ignored += 1;
            return;
        };
        association.peer = Some(from);
        association.handshake.handle_datagram(now, datagram);
        self.advance_handshake(now);
    }

    pub(super) fn poll_handshake(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        let association = self.association.as_mut()?;
        let sends = association.handshake.poll_transmit(now, out);
        let peer = association.peer;
        self.advance_handshake(now);
        sends.then(|| Transmit {
            destination: peer.unwrap_or_else(|| self.destination()),
            channel: Channel::Rtp,
        })
    }

    pub(super) fn handshake_deadline(&self) -> Option<Instant> {
        self.association.as_ref()?.handshake.next_deadline()
    }

    fn advance_handshake(&mut self, now: Instant) {
        let Some(association) = &mut self.association else {
            return;
        };
        if association.is_over {
            return;
        }
        match association.handshake.state() {
            HandshakeState::Running => {}
            HandshakeState::Done { local, remote } => {
                association.is_over = true;
                self.shield.install(&local, &remote, now);
            }
            HandshakeState::Failed(why) => {
                association.is_over = true;
                self.shield.give_up(why);
            }
        }
    }
}
