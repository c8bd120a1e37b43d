//! The two sockets of a stream, as the thread has them.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use gannet_events::Direction;
use mio::net::UdpSocket;

use crate::address::local_address_towards;
use crate::capture::Packet;
use crate::impairment::SocketImpairment;

use super::port::MediaKind;
use super::socket::StreamShared;

/// One socket.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) socket: UdpSocket,
    pub(super) local: SocketAddr,
    impairment: SocketImpairment,
    /// With a wildcard binding: the last remote and our address towards it.
    towards: Option<(IpAddr, IpAddr)>,
}

impl Lane {
    pub(super) fn new(
        socket: std::net::UdpSocket,
        impairment: SocketImpairment,
    ) -> io::Result<Self> {
        let local = socket.local_addr()?;
        Ok(Self {
            socket: UdpSocket::from_std(socket),
            local,
            impairment,
            towards: None,
        })
    }

    /// Our address as a packet to or from `remote` shows it.
    fn local_for(&mut self, remote: SocketAddr) -> SocketAddr {
        if !self.local.ip().is_unspecified() {
            return self.local;
        }
        let known = self.towards.filter(|(ip, _)| *ip == remote.ip());
        let ip = known.map_or_else(
            || local_address_towards(remote).unwrap_or(self.local.ip()),
            |(_, local)| local,
        );
        self.towards = Some((remote.ip(), ip));
        SocketAddr::new(ip, self.local.port())
    }
}

/// Both sockets and what is shared with the handle.
pub(super) struct Stream {
    rtp: Lane,
    rtcp: Lane,
    pub(super) shared: Arc<StreamShared>,
    /// The deadline that is in the heap for this stream.
    pub(super) scheduled: Option<Instant>,
}

impl Stream {
    pub(super) fn new(rtp: Lane, rtcp: Lane, shared: Arc<StreamShared>) -> Self {
        Self {
            rtp,
            rtcp,
            shared,
            scheduled: None,
        }
    }

    pub(super) fn lane_mut(&mut self, kind: MediaKind) -> &mut Lane {
        match kind {
            MediaKind::Rtp => &mut self.rtp,
            MediaKind::Rtcp => &mut self.rtcp,
        }
    }

    /// Reads one datagram: when, from where and how long. `None` when the impairment switch
    /// dropped it.
    pub(super) fn receive(
        &mut self,
        kind: MediaKind,
        buffer: &mut [u8],
    ) -> io::Result<Option<(Instant, SocketAddr, usize)>> {
        let lane = self.lane_mut(kind);
        let (length, from) = lane.socket.recv_from(buffer)?;
        let now = Instant::now();
        let dropped = lane.impairment.drops_received();
        self.capture(
            now,
            Direction::Received,
            kind,
            from,
            &buffer[..length],
            dropped,
        );
        if dropped {
            add(&self.shared.counters.lost_received);
        }
        Ok((!dropped).then_some((now, from, length)))
    }

    pub(super) fn count_received(&self, attached: bool) {
        let counters = &self.shared.counters;
        add(if attached {
            &counters.received
        } else {
            &counters.unattached
        });
    }

    /// Sends one datagram, unless the impairment switch drops it.
    pub(super) fn send(&mut self, kind: MediaKind, to: SocketAddr, bytes: &[u8]) {
        let lane = self.lane_mut(kind);
        let dropped = lane.impairment.drops_sent();
        let now = Instant::now();
        if !dropped {
            let mut result = lane.socket.send_to(bytes, to);
            if result.as_ref().is_err_and(is_left_over) {
                result = lane.socket.send_to(bytes, to);
            }
            if result.is_err() {
                add(&self.shared.counters.send_failed);
                return;
            }
        }
        self.capture(now, Direction::Sent, kind, to, bytes, dropped);
        let counters = &self.shared.counters;
        add(if dropped {
            &counters.lost_sent
        } else {
            &counters.sent
        });
    }

    fn capture(
        &mut self,
        at: Instant,
        direction: Direction,
        kind: MediaKind,
        remote: SocketAddr,
        bytes: &[u8],
        dropped: bool,
    ) {
        let local = self.lane_mut(kind).local_for(remote);
        self.shared.capture.record_packet(&Packet {
            at,
            direction,
            kind: kind.wire_kind(),
            transport: "UDP",
            local,
            remote,
            owner: &self.shared.owner,
            bytes,
            dropped,
        });
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("owner", &self.shared.owner)
            .field("rtp", &self.rtp.local)
            .finish_non_exhaustive()
    }
}

/// An error that an earlier datagram left on the socket; the send that met it sent nothing.
fn is_left_over(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
