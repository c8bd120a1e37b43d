//! Session timers: what a phone says, and what a refresh by re-INVITE carries.

use std::time::Duration;

use gannet_phone::{CallHandle, IncomingPolicy, Phone, PhoneState};
use gannet_sip::{HeaderName, Message, Method};

use crate::peer::{Peer, offer};
use crate::support::{assert_valid, phone, soon};

/// A phone that takes intervals of a second and was called by a peer who lets it refresh.
async fn refreshing(allow: &str) -> (Phone, Peer, CallHandle, Message) {
    let bob = phone("Bob", "generic", 2).await;
    let timers = bob.change_session_timers(|style| style.policy.min_se = Duration::from_secs(1));
    timers.await.expect("a running phone");
    let after = Duration::ZERO;
    let policy = IncomingPolicy::AutoAnswer { after };
    bob.set_incoming(policy).await.expect("set");
    let mut peer = Peer::bind(bob.address()).await;
    let invite = peer
        .request(&Method::Invite, 1, None)
        .header(HeaderName::Supported, "timer")
        .header(HeaderName::SessionExpires, "2;refresher=uas")
        .header(HeaderName::Allow, allow);
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    let tag = ok.to_tag().expect("a tag");
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    (bob, peer, call, ok)
}

fn refreshes(state: &PhoneState, call: CallHandle) -> Option<u32> {
    Some(state.call(call)?.session?.refreshes)
}

#[tokio::test]
async fn a_refresh_by_reinvite_carries_the_same_description_in_the_same_version() {
    let (bob, mut peer, call, ok) = refreshing("INVITE, ACK, BYE").await;
    assert_eq!(
        ok.text(HeaderName::SessionExpires).as_deref(),
        Some("2;refresher=uas")
    );
    let refresh = peer.expect("INVITE").await;
    assert_eq!(refresh.body(), ok.body());
    assert!(!ok.body().is_empty());
    let answer = gannet_ua::response_to(&refresh, bob.address(), 200, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address))
        .header("Session-Expires", "2;refresher=uac")
        .body("application/sdp", offer(4002, "sendrecv"));
    peer.send(&answer).await;
    peer.expect("ACK").await;
    let refreshed = bob.wait_for_state(soon(), "a refresh", |state| {
        refreshes(state, call) == Some(1)
    });
    refreshed.await.expect("a refresh");
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn a_refresh_by_update_offers_nothing() {
    let (bob, mut peer, call, _) = refreshing("INVITE, ACK, BYE, UPDATE").await;
    let refresh = peer.expect("UPDATE").await;
    assert!(refresh.body().is_empty());
    assert!(refresh.lists(HeaderName::Supported, "timer"));
    let answer = gannet_ua::response_to(&refresh, bob.address(), 200, Some("peer"));
    peer.send(&answer).await;
    // Without Session-Expires the session does not expire any more.
    let over = bob.wait_for_state(soon(), "no timer", |state| {
        state.call(call).is_some_and(|call| call.session.is_none())
    });
    over.await.expect("no timer");
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn timer_stands_behind_what_the_device_lists() {
    let alice = phone("Alice", "Chipmunk5000", 1).await;
    let mut peer = Peer::bind(alice.address()).await;
    let uri = format!("sip:peer@{}", peer.address);
    let destination = gannet_phone::Destination::parse(&uri).expect("a URI");
    let options = gannet_phone::CallOptions::default();
    alice.call(&destination, options).await.expect("a call");
    let invite = peer.expect("INVITE").await;
    assert_eq!(
        invite.text(HeaderName::Supported).as_deref(),
        Some("path, histinfo, replaces, norefersub, timer")
    );
    assert_eq!(invite.headers_named(HeaderName::Supported).count(), 1);
    assert_eq!(
        invite.text(HeaderName::SessionExpires).as_deref(),
        Some("1800")
    );
    peer.answer(&invite, 486, &[]).await;
    peer.expect("ACK").await;
}
