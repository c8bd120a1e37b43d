//! What the environment or the peer refuses.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

use gannet_net::NetError;
use gannet_net::load::{PortEvent, PortLimits, PortOptions, Ports, SendFailure};

use crate::end::{End, LOOPBACK, Seen, until};

/// An address where nobody listens.
fn dead_address() -> SocketAddr {
    let socket = UdpSocket::bind(LOOPBACK).expect("a free port");
    socket.local_addr().expect("bound")
}

#[test]
fn a_refused_bind_says_where_and_what_to_do() {
    let mut end = End::new();
    let (_, taken) = end.udp(LOOPBACK, PortOptions::default());
    let (_, listening) = end.listen(LOOPBACK, PortOptions::default());
    let mut other = Ports::new(PortLimits::default()).expect("descriptors");
    let options = PortOptions::default();
    let cases = [
        (
            other.open_udp(taken, &options),
            format!("cannot listen on udp {taken}: address already"),
        ),
        (
            other.listen_tcp(listening, &options),
            format!("cannot listen on tcp {listening}: add"),
        ),
        (
            other.open_udp("192.0.2.77:5060".parse().expect("an address"), &options),
            "choose one of its own, or 0.0.0.0 for all of them".to_owned(),
        ),
    ];
    for (result, expected) in cases {
        let text = result.expect_err("refused").to_string();
        assert!(text.contains(&expected), "{text}");
    }
}

#[test]
fn ports_are_bounded() {
    let limits = PortLimits {
        ports_max: 1,
        ..PortLimits::default()
    };
    let mut end = End::with(limits);
    let (port, _) = end.udp(LOOPBACK, PortOptions::default());
    let bind: SocketAddr = LOOPBACK.parse().expect("an address");
    let refused = end.ports.open_udp(bind, &PortOptions::default());
    let error = refused.expect_err("one is open");
    assert!(matches!(error, NetError::TooManyPorts { limit: 1, .. }));
    assert!(error.to_string().contains("use fewer sockets"), "{error}");
    end.ports.close(port);
    end.udp(LOOPBACK, PortOptions::default());
}

#[test]
fn an_unreachable_peer_is_told_and_stops_nobody() {
    for segmentation in [false, true] {
        let options = PortOptions {
            segmentation,
            ..PortOptions::default()
        };
        let (mut one, mut other) = (End::new(), End::new());
        let (port, _) = one.udp(LOOPBACK, options);
        let (_, alive) = other.udp(LOOPBACK, options);
        let dead = dead_address();
        for number in 0..100_u8 {
            one.ports.send(port, Some(dead), &[b"anybody?"]);
            one.ports.send(port, Some(alive), &[&[number; 100]]);
        }
        let done = |one: &End, other: &End| !one.seen.is_empty() && other.datagrams.len() == 100;
        until("a report and all others", [&mut one, &mut other], done);
        let told = |seen: &Seen| {
            matches!(seen, Seen::Unreachable(at, Some(to), ErrorKind::ConnectionRefused)
                if *at == port && *to == dead)
        };
        assert!(one.seen.iter().all(told), "{:?}", one.seen);
        assert!(other.payloads().map(|bytes| bytes[0]).eq(0..100));
        assert_eq!(one.ports.counters().send_failures.total(), 0);
        assert!(one.ports.counters().unreachable > 0);
    }
}

#[test]
fn datagrams_that_cannot_be_sent_are_told_and_counted() {
    let mut end = End::new();
    let (port, _) = end.udp(LOOPBACK, PortOptions::default());
    let (to, long) = (dead_address(), vec![0; 70_000]);
    end.ports.send(port, None, &[b"where to"]);
    end.ports.send(port, Some(to), &[&long]);
    // The system finds it too long for IPv4.
    end.ports.send(port, Some(to), &[&long[..65_520]]);
    end.until("three failures", |end| end.seen.len() == 3);
    let kinds: Vec<&str> = end
        .seen
        .iter()
        .map(|seen| match seen {
            Seen::SendFailed(_, SendFailure::NoDestination) => "no destination",
            Seen::SendFailed(_, SendFailure::TooLong { length: 70_000 }) => "too long",
            Seen::SendFailed(_, SendFailure::Io(_)) => "system",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["no destination", "too long", "system"]);
    let failures = end.ports.counters().send_failures;
    assert_eq!(
        (failures.too_long, failures.no_port, failures.total()),
        (2, 1, 3)
    );
}

#[test]
fn a_closed_port_is_void_even_when_its_place_is_taken() {
    let mut end = End::new();
    let (port, _) = end.udp(LOOPBACK, PortOptions::default());
    let (_, to) = end.udp(LOOPBACK, PortOptions::default());
    end.ports.send(port, Some(to), &[b"sent at close"]);
    end.ports.close(port);
    let (successor, _) = end.udp(LOOPBACK, PortOptions::default());
    assert_ne!(port, successor);
    assert_eq!(end.ports.local_addr(port), None);
    end.ports.send(port, Some(to), &[b"void"]);
    end.ports.close(port);
    end.ports.send(successor, Some(to), &[b"valid"]);
    end.until("both datagrams", |end| end.datagrams.len() == 2);
    assert!(end.payloads().eq([&b"sent at close"[..], b"valid"]));
    let failures = end.ports.counters().send_failures;
    assert_eq!((failures.no_port, failures.total()), (1, 1));
}

#[test]
fn a_callback_may_close_the_port_that_is_read() {
    let (mut one, mut other) = (End::new(), End::new());
    let (port, _) = one.udp(LOOPBACK, PortOptions::default());
    let (_, to) = other.udp(LOOPBACK, PortOptions::default());
    for _ in 0..5 {
        one.ports.send(port, Some(to), &[b"x"]);
    }
    one.ports.flush();
    let mut heard = 0;
    let mut close = |ports: &mut Ports, event: PortEvent<'_>| {
        if let PortEvent::Datagram { port, .. } = event {
            heard += 1;
            ports.close(port);
        }
    };
    let count = other.ports.poll_with(None, &mut close).expect("can wait");
    assert_eq!((count, heard), (1, 1));
}

#[test]
fn datagrams_that_the_kernel_drops_are_counted() {
    let small = PortOptions {
        buffer_bytes: Some(4096),
        ..PortOptions::default()
    };
    let (mut one, mut other) = (End::new(), End::new());
    let (port, _) = one.udp(LOOPBACK, PortOptions::default());
    let (full, to) = other.udp(LOOPBACK, small);
    for _ in 0..500 {
        one.ports.send(port, Some(to), &[&[0; 500]]);
    }
    one.ports.flush();
    let dropped = other.ports.counters().kernel_drops;
    assert!(dropped > 0);
    other.until("the rest", |end| {
        end.datagrams.len() as u64 + dropped == 500
    });
    other.ports.close(full);
    assert_eq!(other.ports.counters().kernel_drops, dropped);
}
