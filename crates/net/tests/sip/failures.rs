//! What is refused, lost or broken, and how it is told.

use std::net::SocketAddr;
use std::time::Duration;

use gannet_events::Direction;
use gannet_net::{
    CloseReason, Impairment, Incoming, NetError, SendError, SipBinding, SipTransport,
};
use gannet_sip::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::end::{End, OK, OPTIONS, PATIENCE, hosts};

#[tokio::test]
async fn broken_stream_is_closed_and_told() {
    let mut bob = End::bind("127.0.0.1");
    let mut peer = TcpStream::connect(bob.address()).await.expect("connected");
    let no_length = "OPTIONS sip:b SIP/2.0\r\nVia: x\r\n\r\n";
    peer.write_all(no_length.as_bytes()).await.expect("open");
    assert!(matches!(bob.closed().await, CloseReason::Broken(_)));
    let end = timeout(PATIENCE, peer.read(&mut [0; 1])).await;
    assert_eq!(end.expect("closed").unwrap_or(0), 0);
    assert_eq!(bob.transport.counters().broken_streams, 1);
}

#[tokio::test]
async fn idle_connection_is_closed() {
    let mut bob = End::bind_with("127.0.0.1", |binding| {
        binding.limits.idle_timeout = Duration::from_millis(20);
    });
    let _peer = TcpStream::connect(bob.address()).await.expect("connected");
    assert!(matches!(bob.closed().await, CloseReason::Idle(_)));
}

#[tokio::test]
async fn refused_connection_gives_every_message_back() {
    let mut alice = End::bind("127.0.0.1");
    let nobody = free_address().await;
    for text in [OPTIONS, OK] {
        alice.send(Transport::Tcp, nobody, text);
    }
    for text in [OPTIONS, OK] {
        let Incoming::SendFailed {
            remote,
            error: SendError::Connect(error),
            bytes,
            ..
        } = alice.next().await
        else {
            panic!("expected a refused connection")
        };
        assert_eq!((remote, &bytes[..]), (nobody, text.as_bytes()));
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    }
    assert_eq!(alice.transport.counters().send_failed, 2);
}

#[tokio::test]
async fn unreachable_port_is_told_and_the_socket_lives_on() {
    for host in hosts() {
        let (mut alice, mut bob) = (End::bind(host), End::bind(host));
        let nobody = {
            let socket = std::net::UdpSocket::bind(format!("{host}:0")).expect("a port");
            socket.local_addr().expect("bound")
        };
        alice.send(Transport::Udp, nobody, OPTIONS);
        alice.send(Transport::Udp, bob.address(), OK);
        assert_eq!(bob.message().await.0, OK);
        let Incoming::Unreachable { remote, error } = alice.next().await else {
            panic!("expected the report of the network")
        };
        assert_eq!(remote, nobody);
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        bob.send(Transport::Udp, alice.address(), OPTIONS);
        assert_eq!(alice.message().await.0, OPTIONS);
    }
}

#[tokio::test]
async fn oversized_datagram_is_counted_and_thrown_away() {
    let alice = End::bind("127.0.0.1");
    let mut bob = End::bind_with("127.0.0.1", |binding| {
        binding.limits.datagram_bytes_max = OK.len();
    });
    assert!(OPTIONS.len() > OK.len());
    alice.send(Transport::Udp, bob.address(), OPTIONS);
    alice.send(Transport::Udp, bob.address(), OK);
    assert_eq!(bob.message().await.0, OK);
    assert_eq!(bob.transport.counters().oversized, 1);
}

#[tokio::test]
async fn transports_that_are_not_open_are_refused() {
    let mut alice = End::bind_with("127.0.0.1", |binding| binding.tcp = false);
    for transport in [Transport::Tcp, Transport::Tls] {
        assert!(!alice.transport.has(transport));
        alice.send(transport, alice.address(), OPTIONS);
        let incoming = alice.next().await;
        assert!(
            matches!(
                incoming,
                Incoming::SendFailed {
                    error: SendError::NotBound { .. },
                    ..
                }
            ),
            "{incoming:?}"
        );
    }
}

#[tokio::test]
async fn taken_port_is_named_with_its_holder() {
    let alice = End::bind("127.0.0.1");
    for (udp, protocol) in [(true, "udp"), (false, "tcp")] {
        let mut binding = SipBinding::new(alice.address(), "Bob");
        (binding.udp, binding.tcp) = (udp, !udp);
        let error = SipTransport::bind(binding).expect_err("the port is taken");
        assert!(matches!(error, NetError::PortInUse { .. }));
        let text = error.to_string();
        let start = format!(
            "cannot listen on {protocol} {}: address already in use; ",
            alice.address()
        );
        assert!(text.starts_with(&start), "{text}");
        assert!(
            text.ends_with("choose another port or 0 for a free one"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn same_seed_loses_the_same_datagrams_in_both_directions() {
    let mut patterns = Vec::new();
    for _ in 0..2 {
        let plain = End::bind("127.0.0.1");
        let mut lossy = End::bind_with("127.0.0.1", |binding| {
            binding.impairment = Impairment::loss(0.3, 5);
        });
        for _ in 0..100 {
            plain.send(Transport::Udp, lossy.address(), OPTIONS);
            lossy.send(Transport::Udp, plain.address(), OK);
        }
        // The last one in has been judged once all are recorded.
        let received = |end: &End| {
            let counters = end.transport.counters();
            counters.received + counters.lost_received
        };
        while received(&lossy) < 100 {
            lossy.next().await;
            tokio::task::yield_now().await;
        }
        let records = lossy.capture.records();
        let pattern = |direction| -> Vec<bool> {
            let of_direction = records.iter().filter(|r| r.direction == direction);
            of_direction.map(|record| record.dropped).collect()
        };
        patterns.push((pattern(Direction::Sent), pattern(Direction::Received)));
    }
    assert_eq!(patterns[0], patterns[1]);
    let (sent, received) = &patterns[0];
    assert_ne!(sent, received);
    for direction in [sent, received] {
        let lost = direction.iter().filter(|dropped| **dropped).count();
        assert!((15..45).contains(&lost), "{lost}");
    }
}

/// An address on which nobody listens.
async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("bound")
}
