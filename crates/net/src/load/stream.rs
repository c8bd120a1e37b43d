//! One connection, TCP or SCTP, with TLS or without.

use std::io::{self, Read};

use socket2::Socket;

use super::counters::PortCounters;
use super::event::CloseReason;
use super::limits::{PortOptions, TcpClose};
use super::port::Flushed;
use super::protocol::Carrier;
use super::queue::Queue;
use super::tls::{Session, TlsFailure};

/// What waits of a handshake, or of the last turn, leaves with what is sealed behind it when it is
/// no longer than this.
const JOINED_BYTES_MAX: usize = 4096;

/// So much is handed to the system before the turn ends: the other end can begin, and the queue stays
/// in the processor's cache.
const ENOUGH_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Connecting,
    /// Connected; TLS is not agreed on.
    Handshaking,
    Open,
    /// Closed by us; what waits is sent yet.
    Closing,
}

/// The TLS of a connection.
#[derive(Debug)]
pub(super) enum Tls {
    None,
    Here(Box<Session>),
    /// With a turn that hands out what came in.
    Lent,
}

/// What reading gave.
#[derive(Debug)]
pub(super) enum Taken {
    Octets(usize),
    Nothing,
    End(CloseReason),
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) socket: Socket,
    pub(super) state: State,
    pub(super) tls: Tls,
    /// The other end has made it.
    pub(super) is_accepted: bool,
    /// What is to be sent; with TLS, what is to be sealed.
    out: Queue,
    /// The system takes no more until it says so.
    pub(super) blocked: bool,
    /// The other end sends no more, once what it sent is read.
    pub(super) ending: bool,
    /// What waits is sent after we have closed it.
    pub(super) closes_gracefully: bool,
    /// Writing failed: why. What was received before is read yet.
    pub(super) broken: Option<io::Error>,
}

/// Room that all connections share.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Empty queues.
    pub(super) queues: Vec<Vec<u8>>,
    /// Sealed records on their way to the system.
    sealed: Vec<u8>,
}

impl Stream {
    pub(super) fn connecting(
        socket: Socket,
        carrier: Carrier,
        session: Option<Box<Session>>,
        options: &PortOptions,
    ) -> Self {
        Self {
            socket,
            state: State::Connecting,
            tls: session.map_or(Tls::None, Tls::Here),
            is_accepted: false,
            out: match carrier {
                Carrier::Tcp => Queue::default(),
                // RFC 4168 5.1: a message of SIP is one of SCTP.
                Carrier::Sctp => Queue::of_messages(),
            },
            blocked: false,
            ending: false,
            closes_gracefully: options.close == TcpClose::Graceful,
            broken: None,
        }
    }

    pub(super) fn accepted(
        socket: Socket,
        carrier: Carrier,
        session: Option<Box<Session>>,
        options: &PortOptions,
    ) -> Self {
        let state = match session {
            None => State::Open,
            Some(_) => State::Handshaking,
        };
        let mut stream = Self::connecting(socket, carrier, session, options);
        stream.state = state;
        stream.is_accepted = true;
        stream
    }

    /// Octets that wait, sealed or not.
    pub(super) fn unsent_bytes(&self) -> usize {
        let sealed = match &self.tls {
            Tls::Here(session) => session.waiting().len(),
            Tls::None | Tls::Lent => 0,
        };
        self.out.unsent_bytes() + sealed
    }

    /// Queues all of a message, or, when that is more than may wait, nothing.
    pub(super) fn append(
        &mut self,
        parts: &[&[u8]],
        unsent_bytes_max: usize,
        scratch: &mut Scratch,
    ) -> bool {
        self.out
            .append(parts, unsent_bytes_max, &mut scratch.queues)
    }

    /// Whether what waits should be written at once.
    pub(super) fn has_enough(&self) -> bool {
        self.out.unsent_bytes() >= ENOUGH_BYTES && !self.blocked && self.state == State::Open
    }

    /// The session, for a turn that gives it back by putting it where it was.
    pub(super) fn lend_session(&mut self) -> Option<Box<Session>> {
        match std::mem::replace(&mut self.tls, Tls::Lent) {
            Tls::Here(session) => Some(session),
            other => {
                self.tls = other;
                None
            }
        }
    }

    /// Writes what waits, as far as the system takes it.
    pub(super) fn flush(&mut self, counters: &mut PortCounters, scratch: &mut Scratch) -> Flushed {
        if self.blocked || self.state == State::Connecting {
            return Flushed::Blocked;
        }
        let outcome = match self.tls {
            Tls::None => self.flush_plain(counters),
            Tls::Here(_) => self.flush_sealed(counters, scratch),
            Tls::Lent => return Flushed::Blocked,
        };
        match outcome {
            Ok(Flushed::All) => self.out.give_back(&mut scratch.queues),
            Ok(_) => self.out.tidy(),
            Err(error) => {
                counters.send_failures.at_close += 1;
                self.broken = Some(error);
                self.forget();
                self.out.give_back(&mut scratch.queues);
                return Flushed::All;
            }
        }
        outcome.unwrap_or(Flushed::All)
    }

    fn flush_plain(&mut self, counters: &mut PortCounters) -> io::Result<Flushed> {
        while self.out.unsent_bytes() > 0 {
            let Some(taken) = write(&self.socket, self.out.next(), counters)? else {
                self.blocked = true;
                return Ok(Flushed::Blocked);
            };
            self.out.advance(taken);
        }
        Ok(Flushed::All)
    }

    fn flush_sealed(
        &mut self,
        counters: &mut PortCounters,
        scratch: &mut Scratch,
    ) -> io::Result<Flushed> {
        let Tls::Here(session) = &mut self.tls else {
            return Ok(Flushed::Blocked);
        };
        loop {
            let plain = match self.state {
                State::Open | State::Closing => self.out.next(),
                State::Connecting | State::Handshaking => &[],
            };
            let waiting = session.waiting();
            let taken = if plain.is_empty() || waiting.len() > JOINED_BYTES_MAX {
                if waiting.is_empty() {
                    break;
                }
                let taken = write(&self.socket, waiting, counters)?;
                session.advance(taken.unwrap_or(0));
                taken
            } else {
                let (used, length) = session
                    .seal(plain, &mut scratch.sealed)
                    .map_err(io::Error::other)?;
                self.out.advance(used);
                let sealed = &scratch.sealed[..length];
                if !session.waiting().is_empty() {
                    session.keep(sealed);
                    continue;
                }
                let taken = write(&self.socket, sealed, counters)?;
                session.keep(&sealed[taken.unwrap_or(0)..]);
                taken
            };
            if taken.is_none() {
                self.blocked = true;
                return Ok(Flushed::Blocked);
            }
        }
        if self.out.unsent_bytes() == 0 {
            Ok(Flushed::All)
        } else {
            Ok(Flushed::Blocked)
        }
    }

    /// Says the last word of TLS, behind what waits.
    pub(super) fn say_end(&mut self, counters: &mut PortCounters, scratch: &mut Scratch) {
        if self.broken.is_some() || self.out.unsent_bytes() > 0 || !self.closes_gracefully {
            return;
        }
        if let Tls::Here(session) = &mut self.tls {
            session.seal_end();
            self.flush(counters, scratch);
        }
    }

    /// Reads what came in, at most a buffer full.
    pub(super) fn take(&mut self, buffer: &mut [u8]) -> Taken {
        let error = match self.read(buffer) {
            Ok(0) => {
                let lost = self.broken.take().map(CloseReason::Lost);
                return Taken::End(lost.unwrap_or(CloseReason::ByPeer));
            }
            Ok(length) => return Taken::Octets(length),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // The end that was announced is not there, so that a later event will tell of it.
                self.ending = false;
                match self.broken.take() {
                    None => return Taken::Nothing,
                    Some(error) => error,
                }
            }
            Err(error) => error,
        };
        Taken::End(CloseReason::Lost(error))
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.socket).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Whether the system may have more after it gave so many octets of a whole buffer. Less than
    /// asked for means that there is no more, unless the end waits behind it.
    pub(super) fn may_have_more(&self, length: usize, room: usize) -> bool {
        self.ending || self.broken.is_some() || length == room
    }

    /// Why a connection is gone, when it went before TLS was agreed on.
    pub(super) fn reason(&self, reason: CloseReason) -> CloseReason {
        if self.state != State::Handshaking {
            return reason;
        }
        match reason {
            CloseReason::ByPeer => CloseReason::Handshake(TlsFailure::ended()),
            CloseReason::Lost(error) => CloseReason::Handshake(TlsFailure::lost(error)),
            other => other,
        }
    }

    /// Whether a connection that was asked for is there by now.
    ///
    /// # Errors
    /// Why it never will be.
    pub(super) fn is_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        match self.socket.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives up what waits.
    fn forget(&mut self) {
        self.out.clear();
        if let Tls::Here(session) = &mut self.tls {
            session.advance(session.waiting().len());
        }
    }
}

/// Hands octets to the system; gives how many it took, `None` when it takes none for now.
fn write(socket: &Socket, octets: &[u8], counters: &mut PortCounters) -> io::Result<Option<usize>> {
    loop {
        counters.send_calls += 1;
        match socket.send_with_flags(octets, libc::MSG_NOSIGNAL) {
            Ok(taken) => {
                counters.bytes_sent += taken as u64;
                return Ok(Some(taken));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                counters.would_block += 1;
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
}
