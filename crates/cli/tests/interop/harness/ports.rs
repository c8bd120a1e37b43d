//! Ports that no other test of the run uses.

use std::net::{TcpListener, UdpSocket};
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// A run of ports on 127.0.0.1 that were free a moment ago.
///
/// They lie below the range from which the system gives out ports, so that nothing that binds to
/// port 0 (every phone of gannet) can take one between the look and the peer's bind.
#[derive(Debug, Clone)]
pub(crate) struct Ports {
    range: Range<u16>,
}

/// Ports in a run: enough for a phone's SIP, TLS, control and RTP.
const RUN_LENGTH: u16 = 40;
const FIRST: u16 = 20_000;
const END: u16 = 32_000;

static NEXT: AtomicU16 = AtomicU16::new(FIRST);

impl Ports {
    /// The next run of which every port is free, for UDP and TCP.
    pub(crate) fn free() -> Self {
        loop {
            let first = NEXT.fetch_add(RUN_LENGTH, Ordering::Relaxed);
            assert!(first <= END - RUN_LENGTH, "no run of free ports is left");
            let range = first..first + RUN_LENGTH;
            if range.clone().all(is_free) {
                return Self { range };
            }
        }
    }

    /// The `index`th port.
    pub(crate) fn nth(&self, index: u16) -> u16 {
        let port = self.range.start + index;
        assert!(self.range.contains(&port), "a run has {RUN_LENGTH} ports");
        port
    }

    /// The last half, for RTP.
    pub(crate) fn media(&self) -> Range<u16> {
        self.range.start + RUN_LENGTH / 2..self.range.end
    }
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("127.0.0.1", port)).is_ok()
}
