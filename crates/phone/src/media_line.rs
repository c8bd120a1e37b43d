//! The way between the media of a phone's calls and their sockets, impaired on purpose.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gannet_media::Transmit;
use gannet_media::impair::{ImpairedLine, Impairments};

/// What happens to the media of all calls of a phone. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineControl {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Grows with each change, so that calls look at the settings only then.
    version: AtomicU64,
    impairments: Mutex<Impairments>,
}

impl LineControl {
    /// Changes what happens from the next packet on, in open calls and in those to come.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Impairments)) {
        let shared = &*self.shared;
        let mut impairments = shared
            .impairments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        change(&mut impairments);
        shared.version.fetch_add(1, Ordering::Release);
    }

    /// What happens now.
    pub(crate) fn impairments(&self) -> Impairments {
        let impairments = self.shared.impairments.lock();
        impairments.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The way of one call.
#[derive(Debug)]
pub(crate) struct CallLine {
    control: LineControl,
    seen: u64,
    line: ImpairedLine,
}

impl CallLine {
    pub(crate) fn new(control: LineControl, seed: u64) -> Self {
        Self {
            control,
            seen: 0,
            line: ImpairedLine::new(seed),
        }
    }

    /// Takes over what was changed since.
    pub(crate) fn refresh(&mut self) {
        let version = self.control.shared.version.load(Ordering::Acquire);
        if version != self.seen {
            self.seen = version;
            self.line.set(self.control.impairments());
        }
    }

    pub(crate) fn receive(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) -> bool {
        self.refresh();
        self.line.receive(now, from, bytes)
    }

    pub(crate) fn poll_received(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        self.line.poll_received(now)
    }

    pub(crate) fn send(
        &mut self,
        now: Instant,
        transmit: Transmit,
        out: &mut Vec<u8>,
    ) -> Option<Transmit> {
        self.line.send(now, transmit, out)
    }

    pub(crate) fn poll_sent(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        self.line.poll_sent(now, out)
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.line.next_deadline()
    }
}
