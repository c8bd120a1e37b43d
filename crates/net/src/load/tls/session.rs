//! The TLS of one connection: octets of the network in, plaintext out, and back.

use std::fmt;
use std::net::IpAddr;

use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::server::{ServerConnectionData, UnbufferedServerConnection};
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, InsufficientSizeError,
    UnbufferedStatus,
};
use rustls::{CommonState, Error};

use super::contexts::{TlsClient, TlsServer};
use super::failure::TlsFailure;
use super::info::TlsInfo;

/// Plaintext that is sealed in one go: some records of 16 KiB.
const SEAL_BYTES_MAX: usize = 64 * 1024;
/// Room for that, sealed: each record has a head, a nonce and a tag.
const SEALED_BYTES: usize = SEAL_BYTES_MAX + 1024;
/// Room that a piece of a handshake is first given.
const PIECE_BYTES: usize = 2048;
/// Queues of this size go back to the system when they are empty.
const KEPT_BYTES_MAX: usize = 32 * 1024;

/// The TLS of one connection.
pub(in crate::load) struct Session {
    side: Side,
    /// What came in last without being a whole record.
    rest: Vec<u8>,
    /// Records that wait for room in the socket, from `sent` on.
    sealed: Vec<u8>,
    sent: usize,
    /// We have said that we send no more.
    has_ended: bool,
}

/// What came of received octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Intake {
    /// More may come.
    Open,
    /// The other end has said that it sends no more.
    Ended,
}

enum Side {
    Client(Box<UnbufferedClientConnection>),
    Server(Box<UnbufferedServerConnection>),
}

impl Session {
    /// The client's side of a connection to a server at this address.
    pub(in crate::load) fn client(client: &TlsClient, address: IpAddr) -> Result<Self, TlsFailure> {
        let connection = client.connection(address)?;
        Ok(Self::new(Side::Client(Box::new(connection))))
    }

    /// The server's side of a connection.
    pub(in crate::load) fn server(server: &TlsServer) -> Result<Self, TlsFailure> {
        let connection = server.connection()?;
        Ok(Self::new(Side::Server(Box::new(connection))))
    }

    const fn new(side: Side) -> Self {
        Self {
            side,
            rest: Vec::new(),
            sealed: Vec::new(),
            sent: 0,
            has_ended: false,
        }
    }

    pub(in crate::load) fn is_handshaking(&self) -> bool {
        self.state().is_handshaking()
    }

    /// What was agreed on, once it is.
    pub(in crate::load) fn info(&self) -> Option<TlsInfo> {
        let state = self.state();
        let cipher = state.negotiated_cipher_suite()?.suite();
        Some(TlsInfo::new(
            state.protocol_version()?,
            cipher,
            state.handshake_kind(),
        ))
    }

    /// Begins the handshake, if that is ours to do.
    pub(in crate::load) fn begin(&mut self) -> Result<(), TlsFailure> {
        self.take_in(&mut [], &mut |_| {}).map(drop)
    }

    /// Puts what is left of the last octets at the front of the buffer, where the next ones are
    /// read behind it. Gives its length.
    pub(in crate::load) fn put_rest(&self, buffer: &mut [u8]) -> usize {
        let length = self.rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        length
    }

    /// Takes octets of the network, which begin with the rest of the last ones; gives the plaintext
    /// to `each`, record by record. What is to be answered waits in [`waiting`](Self::waiting),
    /// after a failure too.
    pub(in crate::load) fn take_in(
        &mut self,
        octets: &mut [u8],
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<Intake, TlsFailure> {
        let (sealed, each) = (&mut self.sealed, each);
        let (used, result) = match &mut self.side {
            Side::Client(connection) => take_in(&mut **connection, octets, sealed, each),
            Side::Server(connection) => take_in(&mut **connection, octets, sealed, each),
        };
        self.rest.clear();
        if result.is_err() {
            // Nothing may be asked of rustls about them again, and the alert was the last word.
            self.has_ended = true;
        } else {
            self.rest.extend_from_slice(&octets[used..]);
        }
        if self.rest.is_empty() && self.rest.capacity() > KEPT_BYTES_MAX {
            self.rest = Vec::new();
        }
        Ok(result?)
    }

    /// Seals as much of the plaintext as goes at once, into as few records as it fits in. Gives how
    /// many octets of it those are, and how many sealed ones there are now in `room`.
    pub(in crate::load) fn seal(
        &mut self,
        plain: &[u8],
        room: &mut Vec<u8>,
    ) -> Result<(usize, usize), TlsFailure> {
        let plain = &plain[..plain.len().min(SEAL_BYTES_MAX)];
        if room.len() < SEALED_BYTES {
            room.resize(SEALED_BYTES, 0);
        }
        let (rest, sealed) = (&mut self.rest, &mut self.sealed);
        let length = match &mut self.side {
            Side::Client(connection) => seal(&mut **connection, rest, sealed, plain, room),
            Side::Server(connection) => seal(&mut **connection, rest, sealed, plain, room),
        }?;
        Ok((plain.len(), length))
    }

    /// Adds the word that we send no more (RFC 8446 6.1) to what waits.
    pub(in crate::load) fn seal_end(&mut self) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let (rest, sealed) = (&mut self.rest, &mut self.sealed);
        let mut room = [0; 64];
        // A connection that cannot say it ends without it.
        let length = match &mut self.side {
            Side::Client(connection) => seal_end(&mut **connection, rest, sealed, &mut room),
            Side::Server(connection) => seal_end(&mut **connection, rest, sealed, &mut room),
        };
        self.sealed.extend_from_slice(&room[..length]);
    }

    /// Sealed octets that are to be sent before any others.
    pub(in crate::load) fn waiting(&self) -> &[u8] {
        &self.sealed[self.sent..]
    }

    /// So many of the waiting octets have left.
    pub(in crate::load) fn advance(&mut self, length: usize) {
        self.sent += length;
        if self.sent < self.sealed.len() {
            return;
        }
        self.sent = 0;
        self.sealed.clear();
        if self.sealed.capacity() > KEPT_BYTES_MAX || !self.is_handshaking() {
            self.sealed = Vec::new();
        }
    }

    /// Sealed octets that the socket has not taken wait.
    pub(in crate::load) fn keep(&mut self, sealed: &[u8]) {
        self.sealed.extend_from_slice(sealed);
    }

    fn state(&self) -> &CommonState {
        match &self.side {
            Side::Client(connection) => connection,
            Side::Server(connection) => connection,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("info", &self.info())
            .finish_non_exhaustive()
    }
}

/// What both sides of rustls have in common.
trait Connection {
    type Data;

    fn process<'c, 'i>(&'c mut self, octets: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data>;

    /// Something is to be sent.
    fn has_queued(&self) -> bool;
}

impl Connection for UnbufferedClientConnection {
    type Data = ClientConnectionData;

    fn process<'c, 'i>(&'c mut self, octets: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(octets)
    }

    fn has_queued(&self) -> bool {
        self.wants_write()
    }
}

impl Connection for UnbufferedServerConnection {
    type Data = ServerConnectionData;

    fn process<'c, 'i>(&'c mut self, octets: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(octets)
    }

    fn has_queued(&self) -> bool {
        self.wants_write()
    }
}

/// Gives how many of the octets are done with, also when they are not valid.
fn take_in<C: Connection>(
    connection: &mut C,
    octets: &mut [u8],
    sealed: &mut Vec<u8>,
    each: &mut dyn FnMut(&[u8]),
) -> (usize, Result<Intake, Error>) {
    let mut at = 0;
    loop {
        let status = connection.process(&mut octets[at..]);
        let mut used = status.discard;
        let outcome = match status.state {
            Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                while let Some(Ok(record)) = traffic.next_record() {
                    used += record.discard;
                    each(record.payload);
                }
                None
            }
            Ok(ConnectionState::EncodeTlsData(piece)) => {
                encode(piece, sealed);
                None
            }
            Ok(ConnectionState::TransmitTlsData(all)) => {
                all.done();
                None
            }
            Ok(ConnectionState::PeerClosed | ConnectionState::Closed) => Some(Ok(Intake::Ended)),
            Ok(_) => Some(Ok(Intake::Open)),
            Err(error) => Some(Err(error)),
        };
        at += used;
        match outcome {
            None => {}
            Some(Err(error)) => {
                encode_alert(connection, &mut octets[at..], sealed);
                return (at, Err(error));
            }
            Some(intake) => return (at, intake),
        }
    }
}

/// Adds the alert that tells the other end why it was refused. What is queued to be sent comes
/// before rustls looks at the octets again, which it must not do once they have failed.
fn encode_alert<C: Connection>(connection: &mut C, octets: &mut [u8], sealed: &mut Vec<u8>) {
    while connection.has_queued() {
        match connection.process(octets).state {
            Ok(ConnectionState::EncodeTlsData(piece)) => encode(piece, sealed),
            _ => return,
        }
    }
}

fn seal<C: Connection>(
    connection: &mut C,
    rest: &mut Vec<u8>,
    sealed: &mut Vec<u8>,
    plain: &[u8],
    room: &mut Vec<u8>,
) -> Result<usize, Error> {
    loop {
        let status = connection.process(rest);
        let used = status.discard;
        let length = match status.state? {
            ConnectionState::WriteTraffic(mut traffic) => match traffic.encrypt(plain, room) {
                Ok(length) => Some(length),
                Err(EncryptError::InsufficientSize(InsufficientSizeError { required_size })) => {
                    room.resize(required_size, 0);
                    None
                }
                Err(EncryptError::EncryptExhausted) => return Err(Error::EncryptError),
            },
            ConnectionState::EncodeTlsData(piece) => {
                encode(piece, sealed);
                None
            }
            ConnectionState::TransmitTlsData(all) => {
                all.done();
                None
            }
            _ => return Err(Error::HandshakeNotComplete),
        };
        rest.drain(..used);
        if let Some(length) = length {
            return Ok(length);
        }
    }
}

fn seal_end<C: Connection>(
    connection: &mut C,
    rest: &mut Vec<u8>,
    sealed: &mut Vec<u8>,
    room: &mut [u8],
) -> usize {
    loop {
        let status = connection.process(rest);
        let used = status.discard;
        let length = match status.state {
            Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                traffic.queue_close_notify(room).unwrap_or(0)
            }
            Ok(ConnectionState::EncodeTlsData(piece)) => {
                encode(piece, sealed);
                rest.drain(..used);
                continue;
            }
            Ok(ConnectionState::TransmitTlsData(all)) => {
                all.done();
                rest.drain(..used);
                continue;
            }
            _ => 0,
        };
        rest.drain(..used);
        return length;
    }
}

/// Adds a piece of a handshake, or an alert, to what waits.
fn encode<Data>(mut piece: EncodeTlsData<'_, Data>, sealed: &mut Vec<u8>) {
    let at = sealed.len();
    let mut room = PIECE_BYTES;
    let length = loop {
        sealed.resize(at + room, 0);
        match piece.encode(&mut sealed[at..]) {
            Ok(length) => break length,
            Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size })) => {
                room = required_size;
            }
            Err(EncodeError::AlreadyEncoded) => break 0,
        }
    };
    sealed.truncate(at + length);
}
