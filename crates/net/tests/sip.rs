//! SIP transports over real loopback sockets.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::Direction;
use gannet_net::{
    Capture, CloseReason, ConnectionId, Impairment, Incoming, KeepAlive, NetError, Outgoing,
    SendError, SipBinding, SipTransport,
};
use gannet_sip::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const OPTIONS: &str = "OPTIONS sip:bob@host SIP/2.0\r\nContent-Length: 0\r\n\r\n";
const OK: &str = "SIP/2.0 200 OK\r\nContent-Length: 4\r\n\r\nbody";
/// Far longer than anything here takes; ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(10);

struct End {
    transport: SipTransport,
    incoming: Receiver<Incoming>,
    capture: Capture,
}

impl End {
    fn bind(host: &str) -> Self {
        Self::bind_with(host, |_| {})
    }

    fn bind_with(host: &str, change: impl FnOnce(&mut SipBinding)) -> Self {
        let address = format!("{host}:0").parse().expect("an address");
        let mut binding = SipBinding::new(address, "Alice");
        change(&mut binding);
        let capture = binding.capture.clone();
        let (transport, incoming) = SipTransport::bind(binding).expect("a free port");
        Self {
            transport,
            incoming,
            capture,
        }
    }

    fn address(&self) -> SocketAddr {
        self.transport.address()
    }

    fn send(&self, transport: Transport, remote: SocketAddr, text: &'static str) {
        self.send_on(transport, remote, text, None);
    }

    fn send_on(
        &self,
        transport: Transport,
        remote: SocketAddr,
        text: &'static str,
        connection: Option<ConnectionId>,
    ) {
        self.transport.send(Outgoing {
            transport,
            remote,
            bytes: Bytes::from_static(text.as_bytes()),
            connection,
        });
    }

    async fn next(&mut self) -> Incoming {
        timeout(PATIENCE, self.incoming.recv())
            .await
            .expect("something comes in")
            .expect("the transport is open")
    }

    /// The next message: its text, where it came from and over what.
    async fn message(&mut self) -> (String, SocketAddr, Option<ConnectionId>) {
        match self.next().await {
            Incoming::Message {
                bytes,
                remote,
                connection,
                ..
            } => (
                String::from_utf8_lossy(&bytes).into_owned(),
                remote,
                connection,
            ),
            other => panic!("expected a message, got {other:?}"),
        }
    }

    async fn closed(&mut self) -> CloseReason {
        match self.next().await {
            Incoming::Closed { reason, .. } => reason,
            other => panic!("expected the end of a connection, got {other:?}"),
        }
    }
}

/// The loopback addresses that this machine has.
#[expect(clippy::print_stderr, reason = "a skipped family shall be seen")]
fn hosts() -> Vec<&'static str> {
    let mut hosts = vec!["127.0.0.1", "[::1]"];
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        eprintln!("skipped: no IPv6 on this machine");
        hosts.pop();
    }
    hosts
}

#[tokio::test]
async fn udp_carries_messages_both_ways_from_the_bound_port() {
    for host in hosts() {
        let (mut alice, mut bob) = (End::bind(host), End::bind(host));
        alice.send(Transport::Udp, bob.address(), OPTIONS);
        let Incoming::Message {
            bytes,
            remote,
            local,
            transport,
            connection,
            ..
        } = bob.next().await
        else {
            panic!("expected a message")
        };
        assert_eq!(bytes, OPTIONS);
        assert_eq!((remote, local), (alice.address(), bob.address()));
        assert_eq!((transport, connection), (Transport::Udp, None));
        bob.send(Transport::Udp, remote, OK);
        assert_eq!(alice.message().await.0, OK);

        let records = alice.capture.records();
        let seen: Vec<_> = records
            .iter()
            .map(|r| (r.direction, &r.bytes[..]))
            .collect();
        let expected = [
            (Direction::Sent, OPTIONS.as_bytes()),
            (Direction::Received, OK.as_bytes()),
        ];
        assert_eq!(seen, expected);
        assert_eq!(records[0].source(), alice.address());
        assert_eq!(records[1].source(), bob.address());
    }
}

#[tokio::test]
async fn tcp_reuses_one_connection_for_requests_and_responses() {
    for host in hosts() {
        let (mut alice, mut bob) = (End::bind(host), End::bind(host));
        alice.send(Transport::Tcp, bob.address(), OPTIONS);
        let (text, remote, first) = bob.message().await;
        assert_eq!(text, OPTIONS);
        assert_ne!(remote, alice.address(), "an ephemeral port");
        bob.send_on(Transport::Tcp, remote, OK, first);
        let (text, remote_of_alice, _) = alice.message().await;
        assert_eq!((text.as_str(), remote_of_alice), (OK, bob.address()));
        alice.send(Transport::Tcp, bob.address(), OPTIONS);
        let (_, _, second) = bob.message().await;
        assert_eq!(first, second);
        let sent = &alice.capture.records()[0];
        assert_eq!((sent.transport, sent.local), ("TCP", remote));
    }
}

#[tokio::test]
async fn messages_sent_at_once_keep_their_order() {
    for transport in [Transport::Tcp, Transport::Udp] {
        let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
        for text in [OPTIONS, OK, OPTIONS, OK] {
            alice.send(transport, bob.address(), text);
        }
        for text in [OPTIONS, OK, OPTIONS, OK] {
            assert_eq!(bob.message().await.0, text);
        }
    }
}

#[tokio::test]
async fn lost_connection_is_replaced_by_a_new_one() {
    let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let carol = listener.local_addr().expect("bound");
    bob.send(Transport::Tcp, carol, OPTIONS);
    let (mut first, _) = listener.accept().await.expect("bob connects");
    let mut buffer = vec![0; OPTIONS.len()];
    first.read_exact(&mut buffer).await.expect("the message");
    first.write_all(OPTIONS.as_bytes()).await.expect("open");
    let (_, _, connection) = bob.message().await;
    drop(first);
    assert!(matches!(bob.closed().await, CloseReason::ByPeer));
    bob.send_on(Transport::Tcp, carol, OK, connection);
    let (mut second, _) = listener.accept().await.expect("bob connects again");
    let mut buffer = vec![0; OK.len()];
    second.read_exact(&mut buffer).await.expect("the message");
    assert_eq!(buffer, OK.as_bytes());
    drop(alice);
}

#[tokio::test]
async fn stream_is_cut_into_messages_and_pings_are_answered() {
    let mut bob = End::bind("127.0.0.1");
    let mut peer = TcpStream::connect(bob.address()).await.expect("connected");
    peer.set_nodelay(true).expect("a TCP socket");
    let (head, tail) = OK.split_at(OK.len() - 3);
    for piece in [head, tail, OPTIONS, OK, OPTIONS, "\r\n\r\n"] {
        peer.write_all(piece.as_bytes()).await.expect("open");
    }
    for text in [OK, OPTIONS, OK, OPTIONS] {
        assert_eq!(bob.message().await.0, text);
    }
    let mut seen = Vec::new();
    while seen.last() != Some(&KeepAlive::Ping) {
        match bob.next().await {
            Incoming::KeepAlive { kind, .. } => seen.push(kind),
            other => panic!("expected a keep-alive, got {other:?}"),
        }
    }
    let mut pong = [0; 2];
    let read = timeout(PATIENCE, peer.read_exact(&mut pong)).await;
    read.expect("an answer").expect("open");
    assert_eq!(&pong, b"\r\n");
    assert_eq!(
        bob.capture.records().len(),
        4,
        "keep-alives are no messages"
    );
}

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

#[cfg(target_os = "linux")]
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
async fn datagrams_of_only_line_ends_are_keep_alives() {
    let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
    alice.send(Transport::Udp, bob.address(), "\r\n\r\n");
    let incoming = bob.next().await;
    assert!(
        matches!(incoming, Incoming::KeepAlive { remote, .. } if remote == alice.address()),
        "{incoming:?}"
    );
    assert!(bob.capture.records().is_empty());
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
async fn wildcard_binding_names_the_address_that_the_peer_sees() {
    let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("0.0.0.0"));
    let bob_seen = SocketAddr::new(alice.address().ip(), bob.address().port());
    alice.send(Transport::Udp, bob_seen, OPTIONS);
    let Incoming::Message { local, .. } = bob.next().await else {
        panic!("expected a message")
    };
    assert_eq!(local, bob_seen);
    let towards = bob.transport.local_address_towards(alice.address());
    assert_eq!(towards.expect("a route"), bob_seen);
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
async fn closed_transport_has_written_its_queue_and_freed_its_port() {
    let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
    alice.send(Transport::Tcp, bob.address(), OPTIONS);
    bob.message().await;
    alice.send(Transport::Tcp, bob.address(), OK);
    let address = alice.address();
    let other_handle = alice.transport.clone();
    alice.transport.close().await;
    assert_eq!(bob.message().await.0, OK);
    SipTransport::bind(SipBinding::new(address, "Alice")).expect("the port is free");
    drop(other_handle);
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
