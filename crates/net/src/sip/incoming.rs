//! What goes in and out of a SIP transport.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{FramingError, Transport};
use thiserror::Error;

/// Names a TCP connection for the life of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub(crate) u64);

impl ConnectionId {
    /// The connection with this number. One that never was, or is gone, is like none.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Its number, for layers that know no sockets.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// One message to send.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// UDP or TCP.
    pub transport: Transport,
    /// Where to.
    pub remote: SocketAddr,
    /// The message. Bytes that are only CR and LF are a keep-alive: they are not captured.
    pub bytes: Bytes,
    /// The connection that a response should take (RFC 3261 18.2.2). When it is gone, any
    /// connection to `remote` is used, or a new one.
    pub connection: Option<ConnectionId>,
}

/// What a SIP transport reports.
#[derive(Debug)]
pub enum Incoming {
    /// A message came in.
    Message {
        /// The bytes of exactly one message.
        bytes: Bytes,
        /// Where it came from.
        remote: SocketAddr,
        /// Our address that it came to. With a wildcard binding: the address from which the remote
        /// is reached.
        local: SocketAddr,
        /// UDP or TCP.
        transport: Transport,
        /// The TCP connection it came over.
        connection: Option<ConnectionId>,
        /// When it was read from the socket.
        at: Instant,
    },
    /// A keep-alive came in (RFC 5626 3.5.1, or a datagram of only CR and LF).
    KeepAlive {
        /// What was seen.
        kind: KeepAlive,
        /// Where it came from.
        remote: SocketAddr,
        /// UDP or TCP.
        transport: Transport,
        /// The TCP connection it came over.
        connection: Option<ConnectionId>,
    },
    /// A datagram for STUN came in (RFC 5626 8): a first octet of 0 to 3 and the magic cookie.
    Stun {
        /// The octets.
        bytes: Bytes,
        /// Where it came from.
        remote: SocketAddr,
    },
    /// A message could not be sent.
    SendFailed {
        /// Where it should have gone.
        remote: SocketAddr,
        /// UDP or TCP.
        transport: Transport,
        /// Why.
        error: SendError,
        /// The message.
        bytes: Bytes,
    },
    /// The network says that a datagram to this address could not be delivered (ICMP).
    Unreachable {
        /// Where the datagram should have gone.
        remote: SocketAddr,
        /// What the network said, for example connection refused.
        error: io::Error,
    },
    /// A TCP connection is gone.
    Closed {
        /// Which.
        connection: ConnectionId,
        /// Its other end.
        remote: SocketAddr,
        /// Why.
        reason: CloseReason,
    },
}

/// A keep-alive on a stream or in a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// CRLF CRLF on a stream, or a datagram of only CR and LF.
    Ping,
    /// A single CRLF on a stream: the answer to our ping.
    Pong,
}

/// Why a TCP connection is gone.
#[derive(Debug, Error)]
pub enum CloseReason {
    /// The other end closed it.
    #[error("closed by the other end")]
    ByPeer,
    /// Nothing went over it for the idle time.
    #[error("idle for {} s", .0.as_secs())]
    Idle(Duration),
    /// The stream cannot be cut into messages any more.
    #[error("the stream is broken")]
    Broken(#[source] FramingError),
    /// Reading or writing failed.
    #[error("connection lost")]
    Lost(#[source] io::Error),
    /// We closed it.
    #[error("closed on our side")]
    ByUs,
}

/// Why a message was not sent.
#[derive(Debug, Error)]
pub enum SendError {
    /// The binding has no such transport.
    #[error("{transport} is not open on this address")]
    NotBound {
        /// What was asked for.
        transport: Transport,
    },
    /// The system refused the datagram or lost the connection.
    #[error("cannot send")]
    Io(#[source] io::Error),
    /// The connection could not be opened.
    #[error("cannot connect")]
    Connect(#[source] io::Error),
    /// The connection could not be opened in time.
    #[error("no connection within {} ms", limit.as_millis())]
    ConnectTimeout {
        /// The time it was given.
        limit: Duration,
    },
    /// The other end did not take the bytes in time.
    #[error("nothing taken by the other end for {} ms", limit.as_millis())]
    WriteTimeout {
        /// The time it was given.
        limit: Duration,
    },
    /// Too many messages wait already.
    #[error("{limit} messages wait already")]
    QueueFull {
        /// The bound of the queue.
        limit: usize,
    },
    /// Too many connections are open already.
    #[error("{limit} connections are open already")]
    TooManyConnections {
        /// The bound.
        limit: usize,
    },
    /// The connection was closed while the message waited.
    #[error("connection closed before the message was sent")]
    Closed,
}
