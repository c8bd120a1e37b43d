//! What the handle and the tasks of a SIP transport share.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};
use gannet_sip::Transport;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::address::local_address_towards;
use crate::capture::Capture;
use crate::clock::wallclock_of;

use super::binding::SipLimits;
use super::connections::Connections;
use super::incoming::{Incoming, SendError};
use super::udp::UdpPort;

/// Remotes whose local address is remembered for a wildcard binding.
const LOCAL_ADDRESSES_MAX: usize = 1024;

/// What went through a SIP transport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SipCounters {
    /// Messages sent.
    pub sent: u64,
    /// Messages received.
    pub received: u64,
    /// Keep-alives received.
    pub keep_alives: u64,
    /// Datagrams that the impairment switch dropped on the way out.
    pub lost_sent: u64,
    /// Datagrams that the impairment switch dropped on the way in.
    pub lost_received: u64,
    /// Datagrams longer than the limit, thrown away.
    pub oversized: u64,
    /// Connections closed because their stream could not be cut into messages.
    pub broken_streams: u64,
    /// Connections from others refused because there were too many.
    pub refused_connections: u64,
    /// Messages that could not be sent.
    pub send_failed: u64,
    /// Failure reports that found the channel to the reader full.
    pub reports_lost: u64,
}

#[derive(Debug, Default)]
pub(super) struct AtomicCounters {
    pub(super) sent: AtomicU64,
    pub(super) received: AtomicU64,
    pub(super) keep_alives: AtomicU64,
    pub(super) lost_sent: AtomicU64,
    pub(super) lost_received: AtomicU64,
    pub(super) oversized: AtomicU64,
    pub(super) broken_streams: AtomicU64,
    pub(super) refused_connections: AtomicU64,
    pub(super) send_failed: AtomicU64,
    pub(super) reports_lost: AtomicU64,
}

impl AtomicCounters {
    pub(super) fn snapshot(&self) -> SipCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SipCounters {
            sent: read(&self.sent),
            received: read(&self.received),
            keep_alives: read(&self.keep_alives),
            lost_sent: read(&self.lost_sent),
            lost_received: read(&self.lost_received),
            oversized: read(&self.oversized),
            broken_streams: read(&self.broken_streams),
            refused_connections: read(&self.refused_connections),
            send_failed: read(&self.send_failed),
            reports_lost: read(&self.reports_lost),
        }
    }
}

pub(super) fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// State of one SIP transport.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) owner: Arc<str>,
    pub(super) capture: Capture,
    pub(super) limits: SipLimits,
    pub(super) answer_keep_alive: bool,
    pub(super) incoming: mpsc::Sender<Incoming>,
    pub(super) counters: AtomicCounters,
    /// `None` without UDP, and after closing.
    pub(super) udp: Mutex<Option<Arc<UdpPort>>>,
    /// `None` without TCP, and after closing.
    pub(super) connections: Mutex<Option<Connections>>,
    pub(super) runtime: Handle,
    /// Every task of this transport; `None` after closing.
    pub(super) tasks: Mutex<Option<JoinSet<()>>>,
    /// With a wildcard binding: our address towards each remote.
    pub(super) local_addresses: Mutex<HashMap<IpAddr, IpAddr>>,
}

impl Shared {
    /// Starts a task that ends with the transport.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *lock(&self.tasks) {
            while tasks.try_join_next().is_some() {}
            tasks.spawn_on(task, &self.runtime);
        }
    }

    /// Our address as packets to and from `remote` show it.
    pub(super) fn local_for(&self, remote: SocketAddr) -> SocketAddr {
        if !self.address.ip().is_unspecified() {
            return self.address;
        }
        let mut known = lock(&self.local_addresses);
        if known.len() >= LOCAL_ADDRESSES_MAX {
            known.clear();
        }
        let ip = known
            .entry(remote.ip())
            .or_insert_with(|| local_address_towards(remote).unwrap_or_else(|_| self.address.ip()));
        SocketAddr::new(*ip, self.address.port())
    }

    /// Reports from a place that cannot wait.
    pub(super) fn report_now(&self, incoming: Incoming) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.incoming.try_send(incoming) {
            add(&self.counters.reports_lost);
        }
    }

    /// The report that a message was not sent, counted.
    pub(super) fn failure(
        &self,
        transport: Transport,
        remote: SocketAddr,
        bytes: Bytes,
        error: SendError,
    ) -> Incoming {
        add(&self.counters.send_failed);
        Incoming::SendFailed {
            remote,
            transport,
            error,
            bytes,
        }
    }

    /// Records a message that crossed a socket.
    pub(super) fn record(
        &self,
        at: Instant,
        direction: Direction,
        transport: Transport,
        (local, remote): (SocketAddr, SocketAddr),
        bytes: Bytes,
        dropped: bool,
    ) {
        self.capture.record(WireRecord {
            at: wallclock_of(at),
            direction,
            kind: WireKind::Sip,
            transport: transport.as_str(),
            local,
            remote,
            owner: self.owner.clone(),
            bytes,
            dropped,
            ignored: false,
        });
    }
}

/// Nothing is left half changed under these locks, so a panic elsewhere does not spoil them.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// True for bytes that are only CR and LF: a keep-alive, not a message.
pub(super) fn is_keep_alive(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// True for a datagram of STUN: a first octet of 0 to 3, as no SIP message has it, and the magic cookie
/// (RFC 5626 8, RFC 8489 5).
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    const HEADER_BYTES: usize = 20;
    const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
    datagram.len() >= HEADER_BYTES && datagram[0] <= 3 && datagram[4..8] == MAGIC_COOKIE
}
