//! What ports report.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

use super::slots::PortId;
use super::tls::TlsFailure;

/// Something happened at a port. Borrowed octets are gone after the call that brings them.
#[derive(Debug)]
pub enum PortEvent<'a> {
    /// A datagram came in.
    Datagram {
        /// The port it came to.
        port: PortId,
        /// Where it came from.
        from: SocketAddr,
        /// All of it.
        bytes: &'a [u8],
        /// When the system got it, as time since 1970 by the system's clock; with
        /// [`PortOptions::arrival_times`](super::PortOptions::arrival_times).
        arrived: Option<Duration>,
    },
    /// A connection was accepted. One with TLS has its handshake before it: what is sent meanwhile
    /// waits, and `Closed` says when it fails.
    Accepted {
        /// The port that listens.
        listener: PortId,
        /// The new connection.
        port: PortId,
        /// Its other end.
        from: SocketAddr,
    },
    /// A connection that we asked for is there, with TLS when it was to have that.
    Connected {
        /// Which.
        port: PortId,
    },
    /// Octets came in over a connection. How they are cut says nothing.
    Received {
        /// Which connection.
        port: PortId,
        /// The next octets of the stream.
        bytes: &'a [u8],
    },
    /// A connection is gone, not by our wish. Its [`PortId`] is void from now on.
    Closed {
        /// Which.
        port: PortId,
        /// Why.
        reason: CloseReason,
    },
    /// The network says that a datagram could not be delivered (ICMP). The port goes on.
    Unreachable {
        /// The port that sent it.
        port: PortId,
        /// Where it should have gone, if known.
        to: Option<SocketAddr>,
        /// What the network said, for example connection refused.
        error: io::Error,
    },
    /// A message was not sent.
    SendFailed {
        /// The port that should have.
        port: PortId,
        /// Where to; `None` for a connection.
        to: Option<SocketAddr>,
        /// Why.
        failure: SendFailure,
    },
    /// A listening port cannot accept for now, mostly for want of file descriptors. It tries again
    /// on its own; this is said once until it succeeds.
    AcceptFailed {
        /// Which.
        listener: PortId,
        /// What the system said.
        error: io::Error,
    },
}

/// Why a connection is gone.
#[derive(Debug, Error)]
pub enum CloseReason {
    /// The other end closed it.
    #[error("closed by the other end")]
    ByPeer,
    /// It never came about.
    #[error("cannot connect")]
    Connect(#[source] io::Error),
    /// Reading or writing failed, for example reset by the other end.
    #[error("connection lost")]
    Lost(#[source] io::Error),
    /// The ends have not agreed on TLS.
    #[error("TLS handshake failed")]
    Handshake(#[source] TlsFailure),
    /// What came in over TLS is not valid, or an alert.
    #[error("TLS connection broken")]
    Tls(#[source] TlsFailure),
}

/// Why a message was not sent.
#[derive(Debug, Error)]
pub enum SendFailure {
    /// As many octets wait at the port as may.
    #[error("{limit} octets wait already")]
    QueueFull {
        /// The bound.
        limit: usize,
    },
    /// Longer than any datagram.
    #[error("{length} octets do not fit in a datagram")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// A datagram without a destination.
    #[error("no destination")]
    NoDestination,
    /// The system refused it.
    #[error("cannot send")]
    Io(#[source] io::Error),
}
