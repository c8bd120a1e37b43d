//! Ports that no other test of the run uses.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range from which the system gives out ports, and beside those of the interop tests.
const FIRST: u16 = 12_000;
const END: u16 = 19_000;
/// Test processes that run side by side begin at different places.
const STRIDES: u32 = 100;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of the loopback addresses that is free for UDP and TCP.
pub(crate) fn free_port() -> u16 {
    let span = END - FIRST;
    let stride = u32::from(span) / STRIDES;
    let begin = (std::process::id() % STRIDES * stride) as u16;
    for _ in 0..span {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + begin.wrapping_add(step) % span;
        if is_free(port) {
            return port;
        }
    }
    panic!("no port from {FIRST} to {END} is free");
}

fn is_free(port: u16) -> bool {
    UdpSocket::bind(("127.0.0.1", port)).is_ok()
        && TcpListener::bind(("127.0.0.1", port)).is_ok()
        && UdpSocket::bind(("::1", port)).is_ok()
        && TcpListener::bind(("::1", port)).is_ok()
}
