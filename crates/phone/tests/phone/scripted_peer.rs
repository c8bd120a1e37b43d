//! A phone and a peer that repeats, keeps silent, or says odd things.

use std::time::{Duration, Instant};

use gannet_events::Direction;
use gannet_phone::{
    CallEndCause, CallOptions, CallState, Destination, IncomingPolicy, Phone, PhoneError,
};
use gannet_sip::{HeaderName, Method};
use gannet_ua::Timers;

use crate::peer::{Peer, offer};
use crate::support::{assert_valid, config, count, phone, soon};

async fn answering_phone() -> (Phone, Peer) {
    let bob = phone("Bob", "Squirrel350", 2).await;
    let policy = IncomingPolicy::AutoAnswer {
        after: Duration::ZERO,
    };
    bob.set_incoming(policy).await.expect("set");
    let peer = Peer::bind(bob.address()).await;
    (bob, peer)
}

fn tag_of(message: &gannet_sip::Message) -> String {
    message.to_tag().expect("a tag")
}

#[tokio::test]
async fn a_repeated_invite_is_answered_again_and_makes_no_second_call() {
    let (bob, mut peer) = answering_phone().await;
    let invite = peer
        .request(&Method::Invite, 1, None)
        .body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&invite).await;
    let first = peer.expect("200 OK (INVITE)").await;
    peer.send(&invite).await;
    let second = peer.expect("200 OK (INVITE)").await;
    assert_eq!(first, second);
    assert_eq!(bob.state().calls.len(), 1);
    let tag = tag_of(&first);
    let call = bob.state().latest_call().expect("a call").handle;
    assert!(!bob.state().calls[0].confirmed);
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    bob.wait_connected(call, soon()).await.expect("ACK noticed");
    let bye = peer.request(&Method::Bye, 2, Some(&tag));
    peer.send(&bye).await;
    let first = peer.expect("200 OK (BYE)").await;
    peer.send(&bye).await;
    assert_eq!(first, peer.expect("200 OK (BYE)").await);
    bob.wait_ended(call, soon()).await.expect("an end");
    let repeated = bob
        .log()
        .all()
        .iter()
        .filter(|entry| entry.repeated)
        .count();
    assert!(
        repeated >= 4,
        "INVITE, 200, BYE, 200 came twice: {repeated}"
    );
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn answer_without_ack_fails_and_the_call_ends() {
    let mut config = config("Bob", "generic", 2);
    let ms = Duration::from_millis;
    config.timers = Some(Timers {
        t1: ms(5),
        t2: ms(40),
        t4: ms(50),
    });
    let bob = Phone::start(config).await.expect("a phone");
    let mut peer = Peer::bind(bob.address()).await;
    let body = offer(4000, "sendrecv");
    peer.send(
        &peer
            .request(&Method::Invite, 1, None)
            .body("application/sdp", body),
    )
    .await;
    let call = bob.wait_incoming(None, soon()).await.expect("it comes in");
    let error = bob.answer(call, soon()).await.expect_err("no ACK comes");
    let PhoneError::CallEnded { end, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(end.cause, CallEndCause::AckMissing);
    peer.expect("BYE").await;
    let repeats = bob.log().all();
    let repeats = repeats
        .iter()
        .filter(|e| e.repeated && e.message.status() == Some(200))
        .count();
    assert!(repeats >= 3, "200 is repeated until ACK: {repeats}");
}

#[tokio::test]
async fn hold_and_resume_are_answered() {
    let (bob, mut peer) = answering_phone().await;
    let invite = peer.request(&Method::Invite, 1, None);
    peer.send(&invite.body("application/sdp", offer(4000, "sendrecv")))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    let tag = tag_of(&ok);
    peer.send(&peer.request(&Method::Ack, 1, Some(&tag))).await;
    let call = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(call, soon()).await.expect("connected");
    for (cseq, method, theirs, ours) in [
        (2, Method::Invite, "sendonly", "a=recvonly"),
        (3, Method::Update, "inactive", "a=inactive"),
        (4, Method::Invite, "sendrecv", "a=sendrecv"),
    ] {
        let request = peer.request(&method, cseq, Some(&tag));
        let body = offer(4000 + cseq as u16 * 2, theirs);
        peer.send(&request.body("application/sdp", body)).await;
        let ok = peer.expect(&format!("200 OK ({method})")).await;
        let body = String::from_utf8_lossy(ok.body()).into_owned();
        assert!(body.contains(ours), "{body}");
        // RFC 3264 8: the version goes up by one with every change.
        assert!(body.contains(&format!(" {cseq} IN IP4")), "{body}");
        if method == Method::Invite {
            peer.send(&peer.request(&Method::Ack, cseq, Some(&tag)))
                .await;
        }
        let held = theirs != "sendrecv";
        let fits = |call: &gannet_phone::CallRecord| call.held_by_remote == held;
        bob.wait_call(call, "hold", soon(), fits)
            .await
            .expect("shown");
    }
    peer.send(&peer.request(&Method::Invite, 5, Some(&tag)))
        .await;
    let ok = peer.expect("200 OK (INVITE)").await;
    assert_eq!(
        ok.content_type(),
        "application/sdp",
        "a re-INVITE without offer gets one"
    );
    let ack = peer.request(&Method::Ack, 5, Some(&tag));
    peer.send(&ack.body("application/sdp", offer(4100, "sendonly")))
        .await;
    bob.wait_call(call, "hold", soon(), |call| call.held_by_remote)
        .await
        .expect("shown");
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn background_requests_are_answered_and_disturb_nothing() {
    let (bob, mut peer) = answering_phone().await;
    for (cseq, method, title) in [
        (1, Method::Options, "200 OK (OPTIONS)"),
        (2, Method::Notify, "200 OK (NOTIFY)"),
        (3, Method::Message, "200 OK (MESSAGE)"),
        (4, Method::new("JUMP"), "501 Not Implemented (JUMP)"),
        (5, Method::Publish, "405 Method Not Allowed (PUBLISH)"),
        (6, Method::Register, "405 Method Not Allowed (REGISTER)"),
        (7, Method::Prack, "405 Method Not Allowed (PRACK)"),
        (8, Method::Bye, "481 Call/Transaction Does Not Exist (BYE)"),
    ] {
        let request = peer.request(&method, cseq, None).header("Event", "x");
        peer.send(&request).await;
        let answer = peer.receive().await;
        assert_eq!(answer.title(), title);
        if answer.status() == Some(405) || method == Method::Options {
            assert!(answer.lists(HeaderName::Allow, "INVITE"));
        }
        if method == Method::Options {
            assert!(answer.lists(HeaderName::Accept, "application/sdp"));
        }
    }
    assert!(bob.state().calls.is_empty());
    assert_eq!(count(&bob, Direction::Received, "OPTIONS"), 1);
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn unsolicited_message_summaries_are_kept() {
    let (bob, mut peer) = answering_phone().await;
    for (cseq, waiting, counts) in [(1, "yes", "2/1"), (2, "no", "0/3")] {
        let body = format!("Messages-Waiting: {waiting}\r\nVoice-Message: {counts} (0/0)\r\n");
        let notify = peer
            .request(&Method::Notify, cseq, None)
            .header("Event", "message-summary")
            .header("Subscription-State", "active")
            .body("application/simple-message-summary", body);
        peer.send(&notify).await;
        peer.expect("200 OK (NOTIFY)").await;
        let yes = waiting == "yes";
        let fits = |summary: &gannet_phone::MessageSummary| summary.waiting == yes;
        bob.wait_messages("a summary", soon(), fits)
            .await
            .expect("kept");
    }
    assert_eq!(bob.state().mwi.summary.expect("kept").voice().old, 3);
    assert_eq!(bob.state().mwi.notified, 2);
    let now = Instant::now();
    let error = bob.wait_messages_waiting(now).await.expect_err("no more");
    assert!(error.to_string().contains("no messages waiting"), "{error}");
}

#[tokio::test]
async fn early_media_is_heard_before_the_answer() {
    let alice = phone("Alice", "Chipmunk5000", 1).await;
    let mut peer = Peer::bind(alice.address()).await;
    let to = Destination::parse(&format!("sip:peer@{}", peer.address)).expect("a URI");
    let call = alice
        .call(&to, CallOptions::default())
        .await
        .expect("a call");
    let invite = peer.expect("INVITE").await;
    let rtp = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = rtp.local_addr().expect("bound").port();
    let mut progress = gannet_ua::response_to(&invite, alice.address(), 183, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    progress.set_body("application/sdp", offer(port, "sendrecv"));
    peer.send(&progress).await;
    let mut packet = [0; 2048];
    let wait = tokio::time::timeout(Duration::from_secs(10), rtp.recv_from(&mut packet));
    let (length, _) = wait.await.expect("RTP in time").expect("RTP");
    assert_eq!((length, packet[1] & 0x7f), (172, 8), "20 ms of PCMA");
    let record = alice.wait_ringing(call, soon()).await.expect("progress");
    assert_eq!(record.state, CallState::Ringing);
    // Given up before the answer: CANCEL, 487, ACK.
    let canceller = alice.clone();
    let cancelled = tokio::spawn(async move { canceller.cancel(call, soon()).await });
    let cancel = peer.expect("CANCEL").await;
    peer.answer(&cancel, 200, &[]).await;
    peer.answer(&invite, 487, &[]).await;
    peer.expect("ACK").await;
    let end = cancelled.await.expect("no panic").expect("an end");
    assert_eq!(
        (end.cause, end.code),
        (CallEndCause::LocalCancel, Some(487))
    );
    assert_valid(&[&alice]);
}
