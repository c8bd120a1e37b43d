//! In steady state the load sockets allocate nothing: not per message, not per batch.

#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;

use gannet_net::load::{
    PortEvent, PortId, PortLimits, PortOptions, Ports, TlsClient, TlsServer, TlsSettings,
};

const COUNT: u32 = 10_000;
const WINDOW: u32 = 100;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is left to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as in `alloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Sends `COUNT` messages, each of which the other side sends back, `WINDOW` at a time.
fn exchange(one: &mut Ports, other: &mut Ports, port: PortId, to: Option<SocketAddr>) {
    let filling = [7; 500];
    let (mut sent, mut octets_back) = (0, 0);
    while octets_back < COUNT as usize * filling.len() {
        while sent < COUNT && sent as usize - octets_back / filling.len() < WINDOW as usize {
            one.send_in_flow(port, to, sent, &[&sent.to_be_bytes(), &filling[4..]]);
            sent += 1;
        }
        one.flush();
        let answer = &mut |ports: &mut Ports, event: PortEvent<'_>| match event {
            PortEvent::Datagram {
                port, from, bytes, ..
            } => ports.send(port, Some(from), &[bytes]),
            PortEvent::Received { port, bytes } => ports.send(port, None, &[bytes]),
            _ => {}
        };
        other.poll_with(None, answer).expect("can wait");
        other.flush();
        let count = &mut |event: PortEvent<'_>| match event {
            PortEvent::Datagram { bytes, .. } | PortEvent::Received { bytes, .. } => {
                octets_back += bytes.len();
            }
            _ => {}
        };
        one.poll(None, count).expect("can wait");
    }
}

fn check(what: &str, one: &mut Ports, other: &mut Ports, port: PortId, to: Option<SocketAddr>) {
    // The first time, buffers grow to their size.
    exchange(one, other, port, to);
    let before = ALLOCATIONS.get();
    exchange(one, other, port, to);
    assert_eq!(ALLOCATIONS.get() - before, 0, "{what}");
}

/// A connection with TLS that is agreed on, and the port that asked for it.
fn connect_tls(one: &mut Ports, other: &mut Ports) -> PortId {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let server = TlsServer::new(&TlsSettings {
        certificates: made.cert.pem().into_bytes(),
        key: made.signing_key.serialize_pem().into_bytes(),
        ..TlsSettings::default()
    });
    let client = TlsClient::new(&TlsSettings::default()).expect("good settings");
    let options = PortOptions::default();
    let listener = other.listen_tls(
        ([127, 0, 0, 1], 0).into(),
        &server.expect("good settings"),
        &options,
    );
    let address = other.local_addr(listener.expect("a free port"));
    let port = one.connect_tls(None, address.expect("open"), &client, &options);
    port.expect("a port")
}

#[test]
fn thousands_of_messages_allocate_nothing() {
    let new = || Ports::new(PortLimits::default()).expect("descriptors");
    let (mut one, mut other) = (new(), new());
    let loopback: SocketAddr = ([127, 0, 0, 1], 0).into();
    for segmentation in [false, true] {
        let options = PortOptions {
            segmentation,
            ..PortOptions::default()
        };
        let port = one.open_udp(loopback, &options).expect("a free port");
        let echo = other.open_udp(loopback, &options).expect("a free port");
        let to = other.local_addr(echo);
        let what = format!("UDP, segmentation {segmentation}");
        check(&what, &mut one, &mut other, port, to);
    }
    let options = PortOptions::default();
    let listener = other.listen_tcp(loopback, &options).expect("a free port");
    let address = other.local_addr(listener).expect("open");
    let port = one.connect_tcp(None, address, &options).expect("a port");
    check("TCP", &mut one, &mut other, port, None);
    // rustls makes and drops a piece of memory per record, which holds many messages.
    let port = connect_tls(&mut one, &mut other);
    exchange(&mut one, &mut other, port, None);
    let before = ALLOCATIONS.get();
    exchange(&mut one, &mut other, port, None);
    let per_message = (ALLOCATIONS.get() - before) as f64 / f64::from(COUNT);
    assert!(per_message < 0.5, "TLS: {per_message} per message");
}
