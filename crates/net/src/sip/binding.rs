//! Where and how to listen for SIP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gannet_sip::FramingLimits;

use crate::capture::Capture;
use crate::impairment::Impairment;

/// Bounds of a SIP transport.
#[derive(Debug, Clone, Copy)]
pub struct SipLimits {
    /// Messages that wait for the reader of the [`Incoming`](crate::Incoming) channel. When it is
    /// full the sockets are not read, as a slow peer would do it.
    pub incoming_max: usize,
    /// Messages that wait for one connection, or for the UDP socket.
    pub outgoing_max: usize,
    /// TCP connections at once, in both directions together. More are refused.
    pub connections_max: usize,
    /// How long a TCP connection may take to open.
    pub connect_timeout: Duration,
    /// How long one write to a TCP connection may block.
    pub write_timeout: Duration,
    /// A TCP connection over which nothing went for this long is closed.
    pub idle_timeout: Duration,
    /// How long [`SipTransport::close`](crate::SipTransport::close) waits for queued messages.
    pub close_timeout: Duration,
    /// Longest datagram; longer ones are counted and thrown away.
    pub datagram_bytes_max: usize,
    /// Bounds of a message on a stream; a longer one closes its connection.
    pub framing: FramingLimits,
}

impl Default for SipLimits {
    fn default() -> Self {
        Self {
            incoming_max: 4096,
            outgoing_max: 1024,
            connections_max: 16_384,
            connect_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(10),
            close_timeout: Duration::from_secs(1),
            // The longest UDP payload is 65,507 bytes over IPv4 and 65,527 over IPv6.
            datagram_bytes_max: 65_535,
            framing: FramingLimits::default(),
        }
    }
}

/// What [`SipTransport::bind`](crate::SipTransport::bind) listens on.
#[derive(Debug, Clone)]
pub struct SipBinding {
    /// The address; port 0 finds a port that is free for all wanted transports.
    pub address: SocketAddr,
    /// Whether to open the port for UDP.
    pub udp: bool,
    /// Whether to open the port for TCP.
    pub tcp: bool,
    /// Who the socket belongs to, for the capture and the impairment.
    pub owner: Arc<str>,
    /// Where every message is recorded.
    pub capture: Capture,
    /// What happens to datagrams.
    pub impairment: Impairment,
    /// Whether a CRLF CRLF on a stream is answered with CRLF (RFC 5626 3.5.1).
    pub answer_keep_alive: bool,
    /// Bounds.
    pub limits: SipLimits,
}

impl SipBinding {
    /// UDP and TCP on that address, with an own capture, no impairment and the default limits.
    pub fn new(address: SocketAddr, owner: impl Into<Arc<str>>) -> Self {
        Self {
            address,
            udp: true,
            tcp: true,
            owner: owner.into(),
            capture: Capture::new(),
            impairment: Impairment::none(),
            answer_keep_alive: true,
            limits: SipLimits::default(),
        }
    }
}
