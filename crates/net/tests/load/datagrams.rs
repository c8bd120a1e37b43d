//! Datagrams come whole, all of them, in order.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gannet_net::load::{BoundUdp, PortEvent, PortLimits, PortOptions, Ports};

use crate::end::{End, LOOPBACK, until};

const SEGMENTED: PortOptions = PortOptions {
    segmentation: true,
    reuse_port: false,
    reuse_address: false,
    buffer_bytes: None,
    close: gannet_net::load::TcpClose::Graceful,
    sparse: false,
    arrival_times: false,
    dual_stack: false,
};

fn options(segmentation: bool) -> PortOptions {
    PortOptions {
        segmentation,
        ..PortOptions::default()
    }
}

/// Lengths of datagrams: runs of equal ones, single ones, empty ones.
fn lengths(seed: u64) -> Vec<usize> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut lengths = Vec::new();
    while lengths.len() < 300 {
        let length = [0, 1, 40, 700, 701, 1472, 3000][random.usize(0..7)];
        lengths.extend(std::iter::repeat_n(length, random.usize(1..80)));
    }
    lengths.truncate(300);
    lengths
}

#[test]
fn datagrams_arrive_as_they_were_sent_with_and_without_segmentation() {
    for (seed, (sends, receives)) in (0..).zip([(false, false), (true, true), (true, false)]) {
        let (mut one, mut other) = (End::new(), End::new());
        let (port, from) = one.udp(LOOPBACK, options(sends));
        let (_, to) = other.udp(LOOPBACK, options(receives));
        let datagrams: Vec<Vec<u8>> = (0_u8..=255)
            .cycle()
            .zip(lengths(seed))
            .map(|(fill, length)| vec![fill; length])
            .collect();
        // As many as the smallest receive buffer of any system holds.
        for some in datagrams.chunks(60) {
            for bytes in some {
                let (head, tail) = bytes.split_at(bytes.len() / 3);
                one.ports.send(port, Some(to), &[head, &[], tail]);
            }
            let count = other.datagrams.len() + some.len();
            let done = |_: &End, other: &End| other.datagrams.len() == count;
            until("all datagrams", [&mut one, &mut other], done);
        }
        assert!(
            other
                .payloads()
                .eq(datagrams.iter().map(|bytes| &bytes[..]))
        );
        assert!(other.datagrams.iter().all(|(address, _)| *address == from));
        let (sent, received) = (one.ports.counters(), other.ports.counters());
        let octets: usize = datagrams.iter().map(Vec::len).sum();
        assert_eq!((sent.datagrams_sent, sent.bytes_sent), (300, octets as u64));
        assert_eq!(received.datagrams_received, 300);
        assert_eq!(received.bytes_received, octets as u64);
        assert_eq!((received.kernel_drops, received.truncated), (0, 0));
    }
}

#[test]
fn a_sparse_port_that_was_bound_before_misses_nothing() {
    let sparse = PortOptions {
        sparse: true,
        ..PortOptions::default()
    };
    let bind = LOOPBACK.parse().expect("an address");
    let bound = BoundUdp::open(bind, &sparse).expect("a free port");
    let to = bound.local_addr();
    let (mut one, mut other) = (End::new(), End::new());
    let (port, _) = one.udp(LOOPBACK, options(false));
    // What comes before the port has its owner waits for it.
    one.ports.send(port, Some(to), &[b"early"]);
    one.ports.flush();
    other.ports.adopt_udp(bound).expect("room");
    // As many as a system call takes, more, and fewer.
    let mut sent = 1;
    for count in [0, 1, 1, 64, 65, 2, 128, 1] {
        for _ in 0..count {
            one.ports.send(port, Some(to), &[b"more"]);
        }
        sent += count;
        let done = |_: &End, other: &End| other.datagrams.len() == sent;
        until("all datagrams", [&mut one, &mut other], done);
    }
}

#[test]
fn equal_datagrams_cross_the_kernel_together() {
    let (mut one, mut other) = (End::new(), End::new());
    let (port, _) = one.udp(LOOPBACK, SEGMENTED);
    let (_, to) = other.udp(LOOPBACK, SEGMENTED);
    for number in 0..200_u32 {
        let bytes = [&number.to_be_bytes()[..], &[7; 300]].concat();
        one.ports.send_in_flow(port, Some(to), number, &[&bytes]);
        one.ports
            .send_in_flow(port, Some(to), number, &[&bytes, b"second"]);
    }
    let done = |_: &End, other: &End| other.datagrams.len() == 400;
    until("all datagrams", [&mut one, &mut other], done);
    let order_of = |number: u32| -> Vec<usize> {
        other
            .payloads()
            .filter(|bytes| bytes[..4] == number.to_be_bytes())
            .map(<[u8]>::len)
            .collect()
    };
    assert!((0..200).all(|number| order_of(number) == [304, 310]));
    // 64 at a time are seven messages, which one call takes; with a margin for small buffers.
    assert!(one.ports.counters().send_calls <= 2);
    assert!(other.ports.counters().receive_calls < 40);
}

#[test]
fn the_longest_datagram_arrives_whole() {
    for options in [SEGMENTED, PortOptions::default()] {
        let (mut one, mut other) = (End::new(), End::new());
        let (port, _) = one.udp(LOOPBACK, options);
        let (_, to) = other.udp(LOOPBACK, options);
        let longest: Vec<u8> = (0..65_507).map(|index| index as u8).collect();
        for bytes in [b"before", &longest[..], &longest[..], b"after"] {
            one.ports.send(port, Some(to), &[bytes]);
        }
        let done = |_: &End, other: &End| other.datagrams.len() == 4;
        until("four datagrams", [&mut one, &mut other], done);
        let expected = [b"before", &longest[..], &longest[..], b"after"];
        assert!(other.payloads().eq(expected));
    }
}

#[test]
fn thousands_come_and_are_answered_in_the_callback() {
    const COUNT: u32 = 20_000;
    const WINDOW: u32 = 150;
    for segmentation in [false, true] {
        let (mut one, mut other) = (End::new(), End::new());
        let (port, _) = one.udp(LOOPBACK, options(segmentation));
        let (_, to) = other.udp(LOOPBACK, options(segmentation));
        let (mut sent, mut back) = (0, 0);
        while back < COUNT {
            while sent < COUNT && sent - back < WINDOW {
                let filling = [1; 400];
                let filling = &filling[..sent as usize % 7 * 50];
                let head = sent.to_be_bytes();
                one.ports.send(port, Some(to), &[&head, filling]);
                sent += 1;
            }
            one.ports.flush();
            let mut answer = |ports: &mut Ports, event: PortEvent<'_>| {
                if let PortEvent::Datagram {
                    port, from, bytes, ..
                } = event
                {
                    ports.send(port, Some(from), &[bytes]);
                }
            };
            other.ports.poll_with(None, &mut answer).expect("can wait");
            other.ports.flush();
            let mut check = |event: PortEvent<'_>| {
                if let PortEvent::Datagram { bytes, .. } = event {
                    assert_eq!(bytes[..4], back.to_be_bytes());
                    assert_eq!(bytes.len(), 4 + back as usize % 7 * 50);
                    back += 1;
                }
            };
            one.ports.poll(None, &mut check).expect("can wait");
        }
        let counters = one.ports.counters();
        assert_eq!(counters.datagrams_received, COUNT.into());
        assert_eq!(counters.send_failures.total(), 0);
    }
}

#[test]
fn a_port_that_was_busy_is_heard_again_after_a_pause() {
    let (mut one, mut other) = (End::new(), End::new());
    let (port, _) = one.udp(LOOPBACK, PortOptions::default());
    let (_, to) = other.udp(LOOPBACK, PortOptions::default());
    let mut hear_one = |other: &mut End| {
        one.ports.send(port, Some(to), &[b"x"]);
        one.ports.flush();
        other.ports.poll(None, &mut |_| {}).expect("can wait")
    };
    for _ in 0..3 {
        for _ in 0..100 {
            assert_eq!(hear_one(&mut other), 1);
        }
        let idle = other.ports.poll(Some(Duration::ZERO), &mut |_| {});
        assert_eq!(idle.expect("can wait"), 0);
    }
}

#[test]
fn one_poll_is_bounded() {
    let limits = PortLimits {
        messages_per_poll_max: 10,
        ..PortLimits::default()
    };
    let (mut one, mut other) = (End::new(), End::with(limits));
    let (port, _) = one.udp(LOOPBACK, PortOptions::default());
    let targets: Vec<_> = (0..8)
        .map(|_| other.udp(LOOPBACK, PortOptions::default()).1)
        .collect();
    for number in 0..20_u8 {
        for &to in &targets {
            one.ports.send(port, Some(to), &[&[number]]);
        }
    }
    one.ports.flush();
    let mut counts = Vec::new();
    while counts.iter().sum::<usize>() < 160 {
        counts.push(other.ports.poll(None, &mut |_| {}).expect("can wait"));
    }
    assert!(counts.iter().all(|&count| count <= 30), "{counts:?}");
}

#[test]
fn ipv6_works_and_a_dual_stack_port_shows_ipv4_peers_by_their_addresses() {
    let dual = PortOptions {
        dual_stack: true,
        ..PortOptions::default()
    };
    let (mut one, mut other) = (End::new(), End::new());
    let Ok(port) = other
        .ports
        .open_udp("[::]:0".parse().expect("an address"), &dual)
    else {
        return;
    };
    let number = other.ports.local_addr(port).expect("open").port();
    let (v4, v4_address) = one.udp(LOOPBACK, PortOptions::default());
    let (v6, v6_address) = one.udp("[::1]:0", PortOptions::default());
    one.ports
        .send(v4, Some(([127, 0, 0, 1], number).into()), &[b"four"]);
    let done = |_: &End, other: &End| other.datagrams.len() == 1;
    until("the first datagram", [&mut one, &mut other], done);
    let to = std::net::SocketAddr::new(v6_address.ip(), number);
    one.ports.send(v6, Some(to), &[b"six"]);
    let done = |_: &End, other: &End| other.datagrams.len() == 2;
    until("the second datagram", [&mut one, &mut other], done);
    let expected = [
        (v4_address, b"four".to_vec()),
        (v6_address, b"six".to_vec()),
    ];
    assert_eq!(other.datagrams, expected);
    for (from, bytes) in expected {
        other.ports.send(port, Some(from), &[&bytes]);
    }
    let done = |one: &End, _: &End| one.datagrams.len() == 2;
    until("both answers", [&mut one, &mut other], done);
}

#[test]
fn shards_share_an_address() {
    let shared = PortOptions {
        reuse_port: true,
        ..PortOptions::default()
    };
    let (mut one, mut other) = (End::new(), End::new());
    let (_, address) = one.udp(LOOPBACK, shared);
    let (_, same) = other.udp(&address.to_string(), shared);
    assert_eq!(address, same);
}

#[test]
fn a_poll_of_another_thread_wakes() {
    let mut end = End::new();
    end.udp(LOOPBACK, PortOptions::default());
    let waker = end.ports.waker();
    let waiting = std::thread::spawn(move || {
        let count = end.ports.poll(None, &mut |_| {}).expect("can wait");
        (end, count)
    });
    waker.wake();
    let (mut end, count) = waiting.join().expect("no panic");
    assert_eq!(count, 0);
    waker.clone().wake();
    assert_eq!(end.ports.poll(None, &mut |_| {}).expect("can wait"), 0);
}

#[test]
fn datagrams_say_when_they_came() {
    for segmentation in [false, true] {
        let sent = SystemTime::now();
        let mut ports = Ports::new(PortLimits::default()).expect("a set of sockets");
        let stamped = PortOptions {
            arrival_times: true,
            ..options(segmentation)
        };
        let bind = LOOPBACK.parse().expect("an address");
        let port = ports.open_udp(bind, &stamped).expect("a free port");
        let to = ports.local_addr(port).expect("open");
        for _ in 0..20 {
            ports.send(port, Some(to), &[b"same length"]);
        }
        let mut times = Vec::new();
        while times.len() < 20 {
            let polled = ports.poll(Some(Duration::from_secs(5)), &mut |event| {
                if let PortEvent::Datagram { arrived, .. } = event {
                    times.push(UNIX_EPOCH + arrived.expect("the kernel says it"));
                }
            });
            assert!(polled.expect("can wait") > 0 || times.is_empty(), "lost");
        }
        let now = SystemTime::now();
        assert!(times.iter().all(|&at| sent <= at && at <= now), "{times:?}");
    }
}
