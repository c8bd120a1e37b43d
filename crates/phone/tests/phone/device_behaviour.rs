//! What device profiles change of behaviour, seen on the wire.

use std::time::Duration;

use gannet_phone::{
    CallEndCause, CallHandle, CallOptions, Destination, DtmfWay, IncomingPolicy, Phone,
};
use gannet_sip::{HeaderName, Message, Method};

use crate::device_layout::{phone_of, text, with};
use crate::peer::{Peer, offer};
use crate::support::{config, soon};

const ZERO: Duration = Duration::ZERO;

/// A phone with settings changed that answers calls at once, and a peer.
async fn answering(settings: &[(&str, &str)]) -> (Phone, Peer) {
    let bob = with(config("Bob", "generic", 2), settings);
    let bob = Phone::start(bob).await.expect("a phone");
    let policy = IncomingPolicy::AutoAnswer { after: ZERO };
    bob.set_incoming(policy).await.expect("set");
    let peer = Peer::bind(bob.address()).await;
    (bob, peer)
}

/// A call of the peer that the phone has answered, and the phone's tag.
async fn connected(settings: &[(&str, &str)]) -> (Phone, Peer, CallHandle, String) {
    let (bob, mut peer) = answering(settings).await;
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let tag = peer
        .expect("200 OK (INVITE)")
        .await
        .to_tag()
        .expect("a tag");
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    (bob, peer, call, tag)
}

/// A call of the phone to the peer, which has its INVITE.
async fn calling(settings: &[(&str, &str)]) -> (Phone, Peer, CallHandle, Message) {
    let (alice, mut peer) = phone_of("generic", settings).await;
    let to = Destination::User("100".to_owned());
    let call = alice.call(&to, CallOptions::default()).await;
    let invite = peer.expect("INVITE").await;
    (alice, peer, call.expect("a call"), invite)
}

#[tokio::test]
async fn what_is_ignored_gets_no_answer() {
    let settings = [
        ("quirks.ignores-update", "true"),
        ("quirks.ignores-options-in-call", "true"),
        ("quirks.ignores-info", "true"),
    ];
    let (_bob, mut peer, _, tag) = connected(&settings).await;
    for (cseq, method) in [(2, Method::Update), (3, Method::Options), (4, Method::Info)] {
        peer.send(&peer.request(&method, cseq, Some(&tag))).await;
    }
    // The first answer is that to the last request: those before had none.
    peer.send(&peer.request(&Method::Bye, 5, Some(&tag))).await;
    assert_eq!(peer.receive().await.title(), "200 OK (BYE)");
    peer.send(&peer.request(&Method::Options, 9, None)).await;
    assert_eq!(peer.receive().await.title(), "200 OK (OPTIONS)");
}

#[tokio::test]
async fn later_descriptions_keep_their_version() {
    let settings = [("quirks.keeps-sdp-version", "true")];
    let (_bob, mut peer, _, tag) = connected(&settings).await;
    let invite = peer.request(&Method::Invite, 2, Some(&tag));
    peer.send(&invite.body("application/sdp", offer(4002, "sendonly")))
        .await;
    let ok = text(&peer.expect("200 OK (INVITE)").await);
    assert!(
        ok.contains("a=recvonly") && ok.contains(" 1 IN IP4"),
        "{ok}"
    );
}

#[tokio::test]
async fn a_2xx_overtakes_prack_and_has_no_contact() {
    let settings = [
        ("reliability.100rel", "supported"),
        ("quirks.answers-before-prack", "true"),
        ("quirks.answer-without-contact", "true"),
        ("quirks.ringing-without-tag", "true"),
    ];
    let (bob, mut peer) = answering(&settings).await;
    bob.set_incoming(IncomingPolicy::Ring).await.expect("set");
    // Without an offer the first reliable response has one, and PRACK its answer (RFC 3262 5).
    let invite = peer
        .request(&Method::Invite, 1, None)
        .header("Require", "100rel");
    peer.send(&invite).await;
    let ringing = peer.expect("180 Ringing (INVITE)").await;
    assert!(ringing.lists(HeaderName::Require, "100rel"));
    assert_eq!(ringing.content_type(), "application/sdp");
    assert_eq!(ringing.to_tag(), None);
    let call = bob.wait_incoming(None, soon()).await.expect("it comes in");
    let answering = bob.clone();
    // It goes on after the 2xx, which is all that is looked at here.
    let answer = tokio::spawn(async move { answering.answer(call, soon()).await });
    let ok = peer.expect("200 OK (INVITE)").await;
    assert!(ok.header(HeaderName::Contact).is_none());
    answer.abort();
}

#[tokio::test]
async fn ack_and_requests_lack_what_the_quirks_take() {
    let settings = [
        ("quirks.ack-without-route", "true"),
        ("quirks.no-max-forwards", "true"),
        ("quirks.no-content-length", "true"),
        ("quirks.duplicate-contact", "true"),
    ];
    let (_alice, mut peer, _, invite) = calling(&settings).await;
    assert!(invite.header(HeaderName::MaxForwards).is_none());
    assert!(invite.header(HeaderName::ContentLength).is_none());
    assert_eq!(invite.headers_named(HeaderName::Contact).count(), 2);
    let mut ok = gannet_ua::response_to(&invite, peer.address, 200, Some("peer"))
        .header("Record-Route", format!("<sip:{};lr>", peer.address))
        .header("Contact", "<sip:peer@127.0.0.1:9>");
    ok.set_body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&ok).await;
    let ack = peer.expect("ACK").await;
    assert!(ack.header(HeaderName::Route).is_none());
    assert_eq!(ack.request_uri_text(), Some("sip:peer@127.0.0.1:9"));
}

#[tokio::test]
async fn contacts_are_removed_by_star_or_at_boot_one_by_one() {
    let settings = [
        ("quirks.unregisters-with-star", "true"),
        ("unregister-at-boot", "own"),
    ];
    let (alice, mut peer) = phone_of("generic", &settings).await;
    let script = async {
        let first = peer.expect("REGISTER").await;
        assert_eq!(first.text(HeaderName::Contact).as_deref(), Some("*"));
        peer.answer(&first, 200, &[]).await;
        let second = peer.expect("REGISTER").await;
        let contact = second.text(HeaderName::Contact).unwrap_or_default();
        assert!(contact.starts_with("<sip:alice@"), "{contact}");
        let headers = [("Contact", &*contact), ("Expires", "60")];
        peer.answer(&second, 200, &headers).await;
    };
    let (registered, ()) = tokio::join!(alice.register(None, soon()), script);
    registered.expect("registered");
    let script = async {
        let last = peer.expect("REGISTER").await;
        assert_eq!(last.text(HeaderName::Contact).as_deref(), Some("*"));
        assert_eq!(last.number(HeaderName::Expires), Ok(0));
        peer.answer(&last, 200, &[]).await;
    };
    let (removed, ()) = tokio::join!(alice.unregister(soon()), script);
    removed.expect("removed");
}

#[tokio::test]
async fn calls_are_given_up_as_the_device_does() {
    let (alice, mut peer, call, invite) = calling(&[("outgoing.cancel", "at-once")]).await;
    let canceller = alice.clone();
    let cancelled = tokio::spawn(async move { canceller.cancel(call, soon()).await });
    let cancel = peer.expect("CANCEL").await;
    peer.answer(&cancel, 200, &[]).await;
    peer.answer(&invite, 487, &[]).await;
    cancelled.await.expect("no panic").expect("an end");
    let (alice, mut peer, call, invite) = calling(&[("no-answer-time", "1")]).await;
    peer.answer(&invite, 180, &[]).await;
    let cancel = peer.expect("CANCEL").await;
    peer.answer(&cancel, 200, &[]).await;
    peer.answer(&invite, 487, &[]).await;
    let end = alice.wait_ended(call, soon()).await.expect("an end");
    assert_eq!(end.cause, CallEndCause::LocalCancel);
    let (alice, _peer, call, _) = calling(&[("timer-b-ms", "300")]).await;
    let end = alice.wait_ended(call, soon()).await.expect("an end");
    assert_eq!(end.cause, CallEndCause::Timeout);
}

#[tokio::test]
async fn early_media_are_left_aside_where_the_device_does_so() {
    let (alice, mut peer, call, invite) = calling(&[("early-media", "false")]).await;
    let mut progress = gannet_ua::response_to(&invite, peer.address, 183, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    progress.set_body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&progress).await;
    alice.wait_ringing(call, soon()).await.expect("progress");
    let media = alice.media(call).expect("media");
    assert!(media.negotiated().is_none());
    let mut ok = gannet_ua::response_to(&invite, peer.address, 200, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    ok.set_body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&ok).await;
    peer.expect("ACK").await;
    assert!(media.negotiated().is_some());
}

#[tokio::test]
async fn calls_that_come_in_are_met_as_the_device_does() {
    let settings = [
        ("incoming.trying-ms", "0"),
        (
            "caller-id",
            "[\"P-Asserted-Identity\", \"Remote-Party-ID\", \"From\"]",
        ),
        ("auto-answer", "[\"Call-Info\"]"),
        ("calls-max", "1"),
        ("calls-max-code", "480"),
    ];
    let (bob, mut peer) = answering(&settings).await;
    bob.set_incoming(IncomingPolicy::Ring).await.expect("set");
    let invite = peer
        .request(&Method::Invite, 1, None)
        .header("Answer-Mode", "Auto")
        .header("P-Asserted-Identity", "\"Boss\" <sip:boss@127.0.0.1>")
        .body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&invite).await;
    assert_eq!(peer.receive().await.title(), "100 Trying (INVITE)");
    peer.expect("180 Ringing (INVITE)").await;
    let call = bob.wait_incoming(None, soon()).await.expect("it comes in");
    let record = bob.state().call(call).cloned().expect("known");
    assert!(!record.answered_as_asked);
    assert_eq!(record.remote.display_name.as_deref(), Some("Boss"));
    assert_eq!(record.remote.uri.to_string(), "sip:boss@127.0.0.1");
    let mut second = peer.request(&Method::Invite, 2, None);
    second.set("Call-ID", "second");
    peer.send(&second.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    peer.expect("480 Temporarily Unavailable (INVITE)").await;
}

#[tokio::test]
async fn a_silent_phone_says_100_when_the_device_does() {
    let (bob, mut peer) = answering(&[("incoming.trying-ms", "0")]).await;
    bob.set_incoming(IncomingPolicy::Ignore).await.expect("set");
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite).await;
    peer.expect("100 Trying (INVITE)").await;
    let (bob, mut peer) = answering(&[("incoming.trying-ms", "never")]).await;
    bob.set_incoming(IncomingPolicy::Ignore).await.expect("set");
    peer.send(&invite).await;
    peer.send(&invite).await;
    peer.send(&peer.request(&Method::Options, 7, None)).await;
    assert_eq!(peer.receive().await.title(), "200 OK (OPTIONS)");
}

#[tokio::test]
async fn orders_by_notify_are_obeyed() {
    let settings = [
        ("events.talk", "true"),
        ("events.hold", "true"),
        ("check-sync", "register"),
    ];
    let (bob, mut peer) = answering(&settings).await;
    bob.set_incoming(IncomingPolicy::Ring).await.expect("set");
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let tag = peer.expect("180 Ringing (INVITE)").await.to_tag();
    let tag = tag.expect("a tag");
    let notify = |peer: &Peer, cseq, event: &str| {
        peer.request(&Method::Notify, cseq, Some(&tag))
            .header("Event", event)
            .header("Subscription-State", "active")
    };
    peer.send(&notify(&peer, 2, "talk")).await;
    peer.expect("200 OK (INVITE)").await;
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    peer.send(&notify(&peer, 3, "hold")).await;
    let held = text(&peer.expect("INVITE").await);
    assert!(held.contains("a=sendonly"), "{held}");
}

#[tokio::test]
async fn check_sync_makes_it_register_or_start_anew() {
    for (reaction, same_call_id) in [("register", true), ("restart", false)] {
        let (alice, mut peer) = phone_of("generic", &[("check-sync", reaction)]).await;
        let script = async {
            let register = peer.expect("REGISTER").await;
            let contact = register.text(HeaderName::Contact).unwrap_or_default();
            let headers = [("Contact", &*contact), ("Expires", "600")];
            peer.answer(&register, 200, &headers).await;
            register
        };
        let (registered, first) = tokio::join!(alice.register(None, soon()), script);
        registered.expect("registered");
        let notify = peer
            .request(&Method::Notify, 1, None)
            .header("Event", "check-sync;reboot=true")
            .header("Subscription-State", "active");
        peer.send(&notify).await;
        peer.expect("200 OK (NOTIFY)").await;
        let again = peer.expect("REGISTER").await;
        assert_eq!(
            again.call_id() == first.call_id(),
            same_call_id,
            "{reaction}"
        );
    }
}

#[tokio::test]
async fn rtp_and_keys_begin_as_the_device_has_them() {
    let rtp = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = rtp.local_addr().expect("bound").port();
    let settings = [
        ("rtp.ssrc", "305419896"),
        ("sequence-start", "65535"),
        ("timestamp-start", "160"),
        ("rtp.ports", "[20000, 29999]"),
        ("dtmf.way", "info"),
        ("info-type", "application/dtmf"),
    ];
    let (bob, mut peer) = answering(&settings).await;
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite.body("application/sdp", offer(port, "sendrecv")))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    let description = text(&ok);
    let own = description.split("m=audio ").nth(1).unwrap_or_default();
    let own: u16 = own
        .split(' ')
        .next()
        .and_then(|port| port.parse().ok())
        .expect("a port");
    assert!((20000..=29999).contains(&own), "{own}");
    let tag = ok.to_tag().expect("a tag");
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let mut packet = [0; 2048];
    let wait = tokio::time::timeout(Duration::from_secs(10), rtp.recv_from(&mut packet));
    wait.await.expect("RTP in time").expect("RTP");
    assert_eq!(
        packet[2..12],
        [0xff, 0xff, 0, 0, 0, 160, 0x12, 0x34, 0x56, 0x78]
    );
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    let pressing = bob.clone();
    let tone = bob.profile().dtmf.tone;
    let pressed =
        tokio::spawn(async move { pressing.send_dtmf(call, &['5'], None, tone, soon()).await });
    let info = peer.expect("INFO").await;
    assert_eq!(info.content_type(), "application/dtmf");
    assert_eq!(info.body(), b"5");
    peer.answer(&info, 200, &[]).await;
    pressed.await.expect("no panic").expect("accepted");
    assert_eq!(bob.profile().dtmf.way, Some(DtmfWay::Info));
}
