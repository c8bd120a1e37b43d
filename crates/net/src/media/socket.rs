//! The handle to the two sockets of one media stream.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gannet_events::WireKind;

use crate::capture::Capture;
use crate::impairment::Impairment;

use super::port::MediaPort;
use super::stream::{Lane, Stream};
use super::worker::WorkerHandle;

/// What went through the sockets of a media stream, RTP and RTCP together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaCounters {
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams given to the attached port.
    pub received: u64,
    /// Datagrams that came while no port was attached.
    pub unattached: u64,
    /// Datagrams that the impairment switch dropped on the way out.
    pub lost_sent: u64,
    /// Datagrams that the impairment switch dropped on the way in.
    pub lost_received: u64,
    /// Datagrams that the system refused to send.
    pub send_failed: u64,
}

/// The RTP and RTCP sockets of one stream. Dropping it closes them.
pub struct MediaSocket {
    id: usize,
    rtp_address: SocketAddr,
    rtcp_address: SocketAddr,
    shared: Arc<StreamShared>,
    worker: Arc<WorkerHandle>,
}

impl MediaSocket {
    pub(super) fn open(
        worker: &Arc<WorkerHandle>,
        rtp: std::net::UdpSocket,
        rtcp: std::net::UdpSocket,
        owner: Arc<str>,
        capture: Capture,
        impairment: &Impairment,
    ) -> io::Result<Self> {
        let rtp = Lane::new(rtp, impairment.for_socket(&owner, WireKind::Rtp))?;
        let rtcp = Lane::new(rtcp, impairment.for_socket(&owner, WireKind::Rtcp))?;
        let (rtp_address, rtcp_address) = (rtp.local, rtcp.local);
        let shared = Arc::new(StreamShared {
            owner,
            capture,
            port: Mutex::new(None),
            wake_pending: AtomicBool::new(false),
            counters: AtomicCounters::default(),
        });
        let id = worker.open(Stream::new(rtp, rtcp, shared.clone()))?;
        Ok(Self {
            id,
            rtp_address,
            rtcp_address,
            shared,
            worker: worker.clone(),
        })
    }

    /// Where RTP comes in. The address is as bound: a wildcard stays one.
    pub fn rtp_address(&self) -> SocketAddr {
        self.rtp_address
    }

    /// Where RTCP comes in.
    pub fn rtcp_address(&self) -> SocketAddr {
        self.rtcp_address
    }

    /// Gives the sockets to a port, in place of the one before, and polls it at once.
    pub fn attach(&self, port: Arc<Mutex<dyn MediaPort>>) {
        self.shared.set_port(Some(port));
        self.wake();
    }

    /// Takes the sockets from the port. A call into it that has begun may still finish.
    pub fn detach(&self) {
        self.shared.set_port(None);
    }

    /// Has the port polled soon: to be called after a command changed what it sends or when.
    pub fn wake(&self) {
        if !self.shared.wake_pending.swap(true, Ordering::AcqRel) {
            self.worker.wake(self.id);
        }
    }

    /// What went through the sockets so far.
    pub fn counters(&self) -> MediaCounters {
        self.shared.counters.snapshot()
    }
}

impl Drop for MediaSocket {
    fn drop(&mut self) {
        self.detach();
        self.worker.close(self.id);
    }
}

impl fmt::Debug for MediaSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaSocket")
            .field("owner", &self.shared.owner)
            .field("rtp_address", &self.rtp_address)
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}

/// What the handle and the thread share about one stream.
pub(super) struct StreamShared {
    pub(super) owner: Arc<str>,
    pub(super) capture: Capture,
    port: Mutex<Option<Arc<Mutex<dyn MediaPort>>>>,
    /// A wake-up is on its way to the thread; another one would do nothing more.
    pub(super) wake_pending: AtomicBool,
    pub(super) counters: AtomicCounters,
}

impl StreamShared {
    /// The attached port. The slot is not locked while the port is, so that a caller who holds the
    /// port can still detach it.
    pub(super) fn port(&self) -> Option<Arc<Mutex<dyn MediaPort>>> {
        self.port
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_port(&self, port: Option<Arc<Mutex<dyn MediaPort>>>) {
        let mut slot = self.port.lock().unwrap_or_else(PoisonError::into_inner);
        // The old port is dropped after the lock is released: it may be the last reference.
        let old = std::mem::replace(&mut *slot, port);
        drop(slot);
        drop(old);
    }
}

#[derive(Debug, Default)]
pub(super) struct AtomicCounters {
    pub(super) sent: AtomicU64,
    pub(super) received: AtomicU64,
    pub(super) unattached: AtomicU64,
    pub(super) lost_sent: AtomicU64,
    pub(super) lost_received: AtomicU64,
    pub(super) send_failed: AtomicU64,
}

impl AtomicCounters {
    fn snapshot(&self) -> MediaCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        MediaCounters {
            sent: read(&self.sent),
            received: read(&self.received),
            unattached: read(&self.unattached),
            lost_sent: read(&self.lost_sent),
            lost_received: read(&self.lost_received),
            send_failed: read(&self.send_failed),
        }
    }
}
