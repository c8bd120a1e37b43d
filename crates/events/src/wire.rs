//! What crossed a socket: the record that capture makes and that ladders, captures and failure
//! reports read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// Which way a packet went, seen from the owner of the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The owner sent it.
    Sent,
    /// The owner received it.
    Received,
}

/// What a captured packet carries. `net` sets it from the socket's purpose, not by looking inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WireKind {
    /// One SIP message (a datagram, or one framed message of a stream).
    Sip,
    /// One RTP packet.
    Rtp,
    /// One RTCP packet.
    Rtcp,
}

/// One packet or framed message, with both addresses and the time it crossed the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRecord {
    /// Wall-clock time since the Unix epoch.
    pub at: Duration,
    /// Sent or received, seen from `owner`.
    pub direction: Direction,
    /// SIP, RTP or RTCP.
    pub kind: WireKind,
    /// The Via transport token, for example `"UDP"` or `"TCP"`. Media is always `"UDP"`.
    pub transport: &'static str,
    /// The owner's own address.
    pub local: SocketAddr,
    /// The other end.
    pub remote: SocketAddr,
    /// Who the socket belongs to, for example `"Alice"` or `"pbx"`.
    pub owner: Arc<str>,
    /// The bytes as they crossed the socket (a stream message without its neighbours).
    pub bytes: Bytes,
    /// True when the impairment switch of `net` dropped the packet: it was never delivered.
    pub dropped: bool,
    /// True when it was delivered and its owner acts on purpose as if it had not been.
    pub ignored: bool,
}

impl WireRecord {
    /// The address the packet came from.
    pub fn source(&self) -> SocketAddr {
        match self.direction {
            Direction::Sent => self.local,
            Direction::Received => self.remote,
        }
    }

    /// The address the packet went to.
    pub fn destination(&self) -> SocketAddr {
        match self.direction {
            Direction::Sent => self.remote,
            Direction::Received => self.local,
        }
    }
}
