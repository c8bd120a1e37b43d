//! What the scheduler drives.

use std::net::SocketAddr;
use std::time::Instant;

use gannet_events::WireKind;

/// Which of the two sockets of a media stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// The even port.
    Rtp,
    /// The odd port above it.
    Rtcp,
}

impl MediaKind {
    pub(crate) const fn wire_kind(self) -> WireKind {
        match self {
            Self::Rtp => WireKind::Rtp,
            Self::Rtcp => WireKind::Rtcp,
        }
    }
}

/// One media stream: takes datagrams and time, gives datagrams and the next deadline.
///
/// The scheduler calls from its own thread, with the port locked, in this order: after datagrams
/// came in, [`handle_datagram`](Self::handle_datagram) for each, then
/// [`poll_transmit`](Self::poll_transmit) until it gives `None`, then
/// [`next_deadline`](Self::next_deadline). At the deadline, and after
/// [`MediaSocket::wake`](crate::MediaSocket::wake), the last two again. The calls must not block.
pub trait MediaPort: Send {
    /// Takes a datagram; `kind` tells on which socket it came.
    fn handle_datagram(&mut self, now: Instant, kind: MediaKind, from: SocketAddr, bytes: &[u8]);

    /// Writes the next datagram that is due at `now` into `out` (which is empty) and says where it
    /// goes and from which socket. `None` when nothing more is due.
    fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>)
    -> Option<(SocketAddr, MediaKind)>;

    /// When to poll again without a datagram. `None` waits for a datagram or a wake-up.
    fn next_deadline(&self) -> Option<Instant>;
}
