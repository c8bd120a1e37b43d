//! Hold against a peer that refuses, collides, or answers without a description.

use std::time::Duration;

use gannet_phone::{CallHandle, IncomingPolicy, Phone, PhoneError};
use gannet_sip::{Message, Method};

use crate::peer::{Peer, offer};
use crate::support::{assert_valid, phone, soon};

async fn connected() -> (Phone, Peer, CallHandle) {
    let bob = phone("Bob", "generic", 2).await;
    let after = Duration::ZERO;
    let policy = IncomingPolicy::AutoAnswer { after };
    bob.set_incoming(policy).await.expect("set");
    let mut peer = Peer::bind(bob.address()).await;
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    let tag = ok.to_tag().expect("a tag");
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    (bob, peer, call)
}

/// Begins to hold while the test plays the other side.
fn hold(bob: &Phone, call: CallHandle) -> tokio::task::JoinHandle<Result<(), PhoneError>> {
    let bob = bob.clone();
    tokio::spawn(async move { bob.hold(call, soon()).await })
}

fn body(message: &Message) -> String {
    String::from_utf8_lossy(message.body()).into_owned()
}

async fn agree(peer: &Peer, bob: &Phone, invite: &Message, description: Option<String>) {
    let mut ok = gannet_ua::response_to(invite, bob.address(), 200, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    if let Some(description) = description {
        ok.set_body("application/sdp", description);
    }
    peer.send(&ok).await;
}

#[tokio::test]
async fn a_refused_hold_leaves_the_session_as_it_was() {
    let (bob, mut peer, call) = connected().await;
    let asked = hold(&bob, call);
    let first = peer.expect("INVITE").await;
    assert!(body(&first).contains("a=sendonly"), "{}", body(&first));
    peer.answer(&first, 488, &[]).await;
    peer.expect("ACK").await;
    let error = asked.await.expect("no panic").expect_err("refused");
    let text = error.to_string();
    assert!(text.contains("re-INVITE was refused with 488"), "{text}");
    let record = bob.state().call(call).cloned().expect("the call");
    assert!(record.state.is_open() && !record.on_hold);
    // The refused description never was: the next one follows the agreed one (RFC 3264 8).
    let asked = hold(&bob, call);
    let second = peer.expect("INVITE").await;
    assert_eq!(body(&first), body(&second));
    agree(&peer, &bob, &second, Some(offer(4000, "recvonly"))).await;
    asked.await.expect("no panic").expect("held");
    let record = bob.state().call(call).cloned().expect("the call");
    assert!(record.on_hold && !record.held_by_remote);
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn a_hold_that_collides_is_tried_again() {
    let (bob, mut peer, call) = connected().await;
    let asked = hold(&bob, call);
    let first = peer.expect("INVITE").await;
    peer.answer(&first, 491, &[]).await;
    peer.expect("ACK").await;
    let second = peer.expect("INVITE").await;
    let number = |message: &Message| message.cseq().expect("CSeq").number;
    assert_eq!(number(&second), number(&first) + 1);
    assert_eq!(body(&first), body(&second));
    agree(&peer, &bob, &second, Some(offer(4000, "recvonly"))).await;
    asked.await.expect("no panic").expect("held");
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn an_accepted_hold_without_an_answer_is_told() {
    let (bob, mut peer, call) = connected().await;
    let asked = hold(&bob, call);
    let invite = peer.expect("INVITE").await;
    agree(&peer, &bob, &invite, None).await;
    let error = asked.await.expect("no panic").expect_err("no answer");
    let text = error.to_string();
    assert!(text.contains("has no answer to the offer"), "{text}");
    assert!(bob.state().call(call).is_some_and(|call| !call.on_hold));
}

#[tokio::test]
async fn a_hold_ends_with_its_call() {
    let (bob, mut peer, call) = connected().await;
    let asked = hold(&bob, call);
    let invite = peer.expect("INVITE").await;
    let tag = invite.from_tag().expect("a tag");
    peer.send(&peer.request(&Method::Bye, 2, Some(&tag))).await;
    let error = asked.await.expect("no panic").expect_err("over");
    assert!(matches!(error, PhoneError::CallEnded { .. }), "{error}");
}
