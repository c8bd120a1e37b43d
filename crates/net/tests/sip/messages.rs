//! What crosses the sockets when nothing goes wrong.

use std::net::SocketAddr;

use gannet_events::Direction;
use gannet_net::{CloseReason, Incoming, KeepAlive, SipBinding, SipTransport};
use gannet_sip::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::end::{End, OK, OPTIONS, PATIENCE, hosts};

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

#[cfg(target_os = "linux")]
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
