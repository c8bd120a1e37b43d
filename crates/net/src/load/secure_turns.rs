//! Turns of connections with TLS.

use super::event::{CloseReason, PortEvent};
use super::poll::Each;
use super::port::Kind;
use super::ports::Ports;
use super::slots::PortId;
use super::stream::{State, Stream, Taken, Tls};
use super::system::ReceiveSlab;
use super::tls::{Intake, Session, TlsFailure};
use super::turns::messages_in;

impl Ports {
    /// Begins the handshake of a connection that has just come about.
    pub(super) fn begin_handshake(&mut self, id: PortId, each: Each<'_>) {
        let Some(stream) = self.stream_mut(id) else {
            return;
        };
        stream.state = State::Handshaking;
        let begun = match &mut stream.tls {
            Tls::Here(session) => session.begin(),
            Tls::None | Tls::Lent => Ok(()),
        };
        match begun {
            Ok(()) => self.flush_port(id),
            Err(failure) => self.fail(id, true, failure, each),
        }
    }

    /// One read from a connection with TLS.
    pub(super) fn serve_secure(
        &mut self,
        slab: &mut ReceiveSlab,
        id: PortId,
        each: Each<'_>,
    ) -> (usize, bool) {
        self.counters.receive_calls += 1;
        let Some(stream) = self.stream_mut(id) else {
            return (0, false);
        };
        let Some(session) = stream.lend_session() else {
            return (0, false);
        };
        let buffer = slab.buffer();
        let held = session.put_rest(buffer);
        let room = buffer.len() - held;
        let taken = if room == 0 {
            let reason = CloseReason::Handshake(TlsFailure::too_long());
            Taken::End(reason)
        } else {
            stream.take(&mut buffer[held..])
        };
        let length = match taken {
            Taken::Octets(length) => length,
            Taken::Nothing => {
                stream.tls = Tls::Here(session);
                return (0, false);
            }
            Taken::End(reason) => {
                let reason = stream.reason(reason);
                self.counters.tls_failures += u64::from(session.is_handshaking());
                self.tell_closed(id, reason, each);
                return (1, false);
            }
        };
        let more = stream.may_have_more(length, room);
        if stream.state == State::Closing {
            // Nobody is there for it.
            stream.tls = Tls::Here(session);
            return (1, more);
        }
        let octets = &mut buffer[..held + length];
        self.take_in(id, session, octets, each);
        (messages_in(length), more)
    }

    /// Has a session take octets, tells what came of them, and gives the session back.
    fn take_in(
        &mut self,
        id: PortId,
        mut session: Box<Session>,
        octets: &mut [u8],
        each: Each<'_>,
    ) {
        let was_handshaking = session.is_handshaking();
        let mut told = !was_handshaking;
        let result = session.take_in(octets, &mut |bytes| {
            if !told {
                told = true;
                self.tell_secured(id, each);
            }
            if self.open_port(id).is_some() {
                self.counters.bytes_received += bytes.len() as u64;
                each(self, PortEvent::Received { port: id, bytes });
            }
        });
        let is_handshaking = session.is_handshaking();
        if was_handshaking && !is_handshaking {
            let resumed = session.info().is_some_and(|info| info.resumed);
            self.counters.tls_handshakes += 1;
            self.counters.tls_resumed += u64::from(resumed);
        }
        let waits = !session.waiting().is_empty();
        let Some(stream) = self.stream_mut(id) else {
            return;
        };
        stream.tls = Tls::Here(session);
        match result {
            Ok(Intake::Open) => {
                if !told && !is_handshaking {
                    self.tell_secured(id, each);
                }
                self.return_to(id, waits);
            }
            Ok(Intake::Ended) => {
                self.flush_port(id);
                self.tell_closed(id, CloseReason::ByPeer, each);
            }
            Err(failure) => {
                self.flush_port(id);
                self.fail(id, is_handshaking, failure, each);
            }
        }
    }

    /// What was asked of a connection while its session was away. A handshake does not wait for the
    /// next flush; what is to be sent behind it goes along.
    fn return_to(&mut self, id: PortId, at_once: bool) {
        let Some(stream) = self.stream_mut(id) else {
            return;
        };
        if at_once || stream.state == State::Closing {
            self.flush_port(id);
        } else if stream.unsent_bytes() > 0 {
            self.soil(id);
        }
    }

    /// TLS is agreed on.
    fn tell_secured(&mut self, id: PortId, each: Each<'_>) {
        let Some(stream) = self.stream_mut(id) else {
            return;
        };
        if stream.state != State::Handshaking {
            return;
        }
        stream.state = State::Open;
        let is_ours = !stream.is_accepted;
        self.soil(id);
        if is_ours {
            self.counters.connections_opened += 1;
            each(self, PortEvent::Connected { port: id });
        }
    }

    /// TLS has failed.
    fn fail(&mut self, id: PortId, in_handshake: bool, failure: TlsFailure, each: Each<'_>) {
        let reason = if in_handshake {
            self.counters.tls_failures += 1;
            CloseReason::Handshake(failure)
        } else {
            CloseReason::Tls(failure)
        };
        self.tell_closed(id, reason, each);
    }

    pub(super) fn stream_mut(&mut self, id: PortId) -> Option<&mut Stream> {
        match &mut self.slots.get_mut(id)?.kind {
            Kind::Stream(stream) => Some(stream),
            Kind::Datagram(_) | Kind::Listener(_) => None,
        }
    }
}
