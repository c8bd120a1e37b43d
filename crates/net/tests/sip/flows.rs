//! What RFC 5626 needs of the transport: STUN beside SIP, connections of their own.

use bytes::Bytes;
use gannet_net::{CloseReason, Incoming};
use gannet_sip::Transport;

use crate::end::{End, OPTIONS};

/// A Binding request (RFC 8489 5) with an arbitrary transaction ID.
const BINDING: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42ABCDEFGHIJKL";

#[tokio::test]
async fn stun_is_told_from_sip_and_not_captured() {
    let (alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
    alice.send_bytes(bob.address(), Bytes::from_static(BINDING));
    match bob.next().await {
        Incoming::Stun { bytes, remote } => {
            assert_eq!((&bytes[..], remote), (BINDING, alice.address()));
        }
        other => panic!("expected STUN, got {other:?}"),
    }
    assert!(bob.capture.records().is_empty());
    assert!(alice.capture.records().is_empty());
    // Without the magic cookie it is garbage, which is for the reader to judge.
    let garbage = Bytes::from_static(b"\x00\x01 and more than twenty octets");
    alice.send_bytes(bob.address(), garbage);
    assert!(matches!(bob.next().await, Incoming::Message { .. }));
}

#[tokio::test]
async fn two_connections_to_one_place_are_two_and_one_can_be_closed() {
    let (mut alice, mut bob) = (End::bind("127.0.0.1"), End::bind("127.0.0.1"));
    let mut seen = Vec::new();
    let mut opened = Vec::new();
    for _ in 0..2 {
        let connection = alice
            .transport
            .open_connection(bob.address())
            .expect("TCP is open");
        alice.send_on(Transport::Tcp, bob.address(), OPTIONS, Some(connection));
        seen.push(bob.message().await.1);
        opened.push(connection);
    }
    assert_ne!(seen[0], seen[1], "each has a port of its own");
    alice.transport.close_connection(opened[1]);
    assert!(matches!(alice.closed().await, CloseReason::ByUs));
    assert!(matches!(bob.closed().await, CloseReason::ByPeer));
    // Without a wish the other one serves.
    alice.send(Transport::Tcp, bob.address(), OPTIONS);
    assert_eq!(bob.message().await.1, seen[0]);
}
