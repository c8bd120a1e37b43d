//! Where a message goes or came from.

use std::net::SocketAddr;

use bytes::Bytes;
use gannet_sip::Transport;

/// A transport address and, for connections, which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The transport.
    pub transport: Transport,
    /// The other end.
    pub address: SocketAddr,
    /// The connection, as numbered by the transport layer; `None` for datagrams, or to let the
    /// transport layer find or open one.
    pub connection: Option<u64>,
}

impl Target {
    /// A target without a connection.
    pub const fn new(transport: Transport, address: SocketAddr) -> Self {
        Self {
            transport,
            address,
            connection: None,
        }
    }
}

/// Bytes for the transport layer to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub target: Target,
    /// The message.
    pub bytes: Bytes,
}
