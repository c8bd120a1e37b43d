//! Reliable provisional responses and UPDATE against a peer that does it differently.

use std::time::Duration;

use gannet_phone::{CallHandle, CallOptions, CallState, IncomingPolicy, Phone, PhoneError};
use gannet_sip::{HeaderName, Message, Method, Uri};

use crate::peer::{Peer, offer};
use crate::support::{assert_valid, config, soon};

/// A phone with a setting of its profile changed.
async fn phone_with(key: &str, value: &str) -> Phone {
    let mut config = config("Bob", "generic", 2);
    let profile = config.profile.with_override(key, value);
    config.profile = std::sync::Arc::new(profile.expect("a setting"));
    Phone::start(config).await.expect("a phone")
}

async fn connected() -> (Phone, Peer, CallHandle) {
    let bob = phone_with("reliability.100rel", "supported").await;
    let after = Duration::ZERO;
    let policy = IncomingPolicy::AutoAnswer { after };
    bob.set_incoming(policy).await.expect("set");
    let mut peer = Peer::bind(bob.address()).await;
    let invite = peer.request(&Method::Invite, 1, None);
    let invite = invite.header("Allow", "INVITE, ACK, BYE, UPDATE");
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    let tag = ok.to_tag().expect("a tag");
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    (bob, peer, call)
}

/// A response of the peer with a description.
async fn describe(peer: &Peer, request: &Message, code: u16, reliable: bool, sdp: String) {
    let mut response = gannet_ua::response_to(request, peer.address, code, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    if reliable {
        response.push("Require", "100rel");
        response.push("RSeq", "7");
    }
    response.set_body("application/sdp", sdp);
    peer.send(&response).await;
}

fn codec(bob: &Phone, call: CallHandle) -> (String, u16) {
    let media = bob.media(call).expect("media");
    let negotiated = media.negotiated().expect("an agreement");
    (
        negotiated.codec.encoding().to_owned(),
        negotiated.remote.port(),
    )
}

fn pcmu(port: u16) -> String {
    offer(port, "sendrecv").replace("RTP/AVP 8 0", "RTP/AVP 0")
}

#[tokio::test]
async fn an_early_answer_to_a_reinvite_counts_until_the_reinvite_fails() {
    let (bob, mut peer, call) = connected().await;
    assert_eq!(codec(&bob, call), ("PCMA".to_owned(), 4000));
    let phone = bob.clone();
    let change = tokio::spawn(async move {
        let codecs = vec!["PCMU".to_owned()];
        phone.change_codecs(call, codecs, soon()).await
    });
    let invite = peer.expect("INVITE").await;
    describe(&peer, &invite, 183, true, pcmu(4002)).await;
    let prack = peer.expect("PRACK").await;
    let rack = prack.text(HeaderName::RAck).expect("RAck").into_owned();
    assert!(
        rack.starts_with("7 ") && rack.ends_with(" INVITE"),
        "{rack}"
    );
    assert_eq!(codec(&bob, call), ("PCMU".to_owned(), 4002));
    peer.answer(&prack, 200, &[]).await;
    peer.answer(&invite, 488, &[]).await;
    peer.expect("ACK").await;
    let error = change.await.expect("no panic").expect_err("refused");
    assert!(matches!(error, PhoneError::Refused { code: 488, .. }));
    assert_eq!(codec(&bob, call), ("PCMA".to_owned(), 4000), "RFC 6141 3.4");
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn an_update_that_comes_too_early_is_sent_again_after_the_time_it_asks_for() {
    let (bob, mut peer, call) = connected().await;
    let phone = bob.clone();
    let hold = tokio::spawn(async move { phone.hold_by_update(call, soon()).await });
    let first = peer.expect("UPDATE").await;
    peer.answer(&first, 500, &[("Retry-After", "0")]).await;
    let second = peer.expect("UPDATE").await;
    peer.answer(&second, 491, &[]).await;
    let third = peer.expect("UPDATE").await;
    assert_eq!(first.body(), third.body());
    describe(&peer, &third, 200, false, offer(4000, "recvonly")).await;
    hold.await.expect("no panic").expect("held");
    let record = bob.state().call(call).cloned().expect("the call");
    assert!(record.on_hold);
}

/// A phone that calls the peer.
async fn calling(bob: &Phone, peer: &Peer) -> CallHandle {
    let uri = Uri::parse(&format!("sip:peer@{}", peer.address)).expect("a URI");
    let options = CallOptions::default();
    bob.call(&uri.into(), options).await.expect("it calls")
}

#[tokio::test]
async fn after_a_reliable_answer_the_2xx_says_nothing_new() {
    let bob = phone_with("reliability.100rel", "required").await;
    let mut peer = Peer::bind(bob.address()).await;
    let call = calling(&bob, &peer).await;
    let invite = peer.expect("INVITE").await;
    assert!(invite.lists(HeaderName::Require, "100rel"));
    assert!(invite.lists(HeaderName::Supported, "100rel"));
    assert!(invite.lists(HeaderName::Allow, "PRACK"));
    describe(&peer, &invite, 183, true, pcmu(4000)).await;
    let prack = peer.expect("PRACK").await;
    peer.answer(&prack, 200, &[]).await;
    // RFC 3261 13.2.1: the first description is the answer.
    describe(&peer, &invite, 200, false, pcmu(4444)).await;
    peer.expect("ACK").await;
    let fits = |record: &gannet_phone::CallRecord| record.state == CallState::Answered;
    bob.wait_call(call, "the answer", soon(), fits)
        .await
        .expect("answered");
    assert_eq!(codec(&bob, call).1, 4000);
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn without_100rel_there_is_neither_prack_nor_word_of_it() {
    let bob = phone_with("reliability.100rel", "off").await;
    let mut peer = Peer::bind(bob.address()).await;
    let call = calling(&bob, &peer).await;
    let invite = peer.expect("INVITE").await;
    assert!(!invite.lists(HeaderName::Supported, "100rel"));
    assert!(!invite.lists(HeaderName::Allow, "PRACK"));
    describe(&peer, &invite, 183, true, pcmu(4000)).await;
    describe(&peer, &invite, 200, false, pcmu(4000)).await;
    // Nothing between INVITE and ACK.
    assert_eq!(peer.receive().await.title(), "ACK");
    let open = bob.state().call(call).is_some_and(|it| it.state.is_open());
    assert!(open);
}
