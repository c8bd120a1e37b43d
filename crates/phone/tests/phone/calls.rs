//! Two phones that call each other without a server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use gannet_events::Direction;
use gannet_phone::{
    CallEndCause, CallOptions, CallState, Destination, IncomingPolicy, Phone, PhoneError,
};
use gannet_sip::{Method, Transport};

use crate::support::{
    assert_valid, config, count, direct, hears, loopback_pair, pair, phone, ring, soon,
};

async fn talk_and_hang_up(alice: Phone, bob: Phone) {
    let (outgoing, incoming) = ring(&alice, &bob).await;
    alice
        .wait_ringing(outgoing, soon())
        .await
        .expect("Bob rings");
    bob.answer(incoming, soon()).await.expect("Bob answers");
    alice
        .wait_connected(outgoing, soon())
        .await
        .expect("connected");
    tokio::join!(hears(&alice, outgoing, &bob), hears(&bob, incoming, &alice));
    let end = bob.hang_up(incoming, soon()).await.expect("Bob hangs up");
    assert_eq!(end.cause, CallEndCause::LocalHangUp);
    let end = alice
        .wait_ended(outgoing, soon())
        .await
        .expect("Alice notices");
    assert_eq!(end.cause, CallEndCause::RemoteHangUp);
    let record = alice.state().call(outgoing).cloned().expect("remembered");
    let media = record.media.expect("a media report");
    assert!(
        media.packets_sent > 0 && media.packets_received > 0,
        "{media:?}"
    );
    assert!(
        media
            .heard
            .iter()
            .any(|heard| heard.what.starts_with("mark 2 ")),
        "{media:?}"
    );
    assert!(record.times.set_up_time() > record.times.post_dial_delay());
    assert_eq!(count(&alice, Direction::Received, "BYE"), 1);
    assert_eq!(count(&alice, Direction::Sent, "200 OK (BYE)"), 1);
    assert_valid(&[&alice, &bob]);
    alice.stop(false, soon()).await.expect("stopped");
    assert!(matches!(bob.stop(true, soon()).await, Ok(())));
}

#[tokio::test]
async fn phones_talk_over_udp() {
    let (alice, bob) = loopback_pair().await;
    talk_and_hang_up(alice, bob).await;
}

#[tokio::test]
async fn phones_talk_over_tcp() {
    let pair = pair(IpAddr::V4(Ipv4Addr::LOCALHOST), Transport::Tcp).await;
    let (alice, bob) = pair.expect("IPv4");
    talk_and_hang_up(alice.clone(), bob).await;
    assert!(
        alice
            .log()
            .all()
            .iter()
            .all(|entry| entry.peer.transport == Transport::Tcp)
    );
}

#[tokio::test]
async fn phones_talk_over_ipv6() {
    for transport in [Transport::Udp, Transport::Tcp] {
        if let Some((alice, bob)) = pair(IpAddr::V6(Ipv6Addr::LOCALHOST), transport).await {
            talk_and_hang_up(alice, bob).await;
        }
    }
}

#[tokio::test]
async fn refusals_reach_the_caller_with_their_code() {
    // What Bob does, and what Alice sees.
    let cases: [(IncomingPolicy, bool, u16); 5] = [
        (IncomingPolicy::Busy, false, 486),
        (IncomingPolicy::Reject(404), false, 404),
        (IncomingPolicy::Ring, true, 603),
        (
            IncomingPolicy::NoAnswer {
                ring_time: Some(Duration::from_millis(50)),
            },
            false,
            408,
        ),
        (
            IncomingPolicy::Redirect(gannet_sip::Uri::sip(Some("c"), "c.test", None)),
            false,
            302,
        ),
    ];
    for (policy, dnd, code) in cases {
        let (alice, bob) = loopback_pair().await;
        bob.set_incoming(policy.clone()).await.expect("set");
        bob.set_dnd(dnd).await.expect("set");
        let call = alice
            .call(&direct(&bob), CallOptions::default())
            .await
            .expect("a call");
        let end = alice.wait_ended(call, soon()).await.expect("an end");
        assert_eq!(
            (end.cause, end.code),
            (CallEndCause::RemoteReject, Some(code)),
            "{policy:?}"
        );
        bob.wait_idle(soon()).await.expect("idle");
        assert_valid(&[&alice, &bob]);
    }
}

#[tokio::test]
async fn user_rejects_with_the_code_of_the_model_or_another() {
    for (given, code) in [(None, 603), (Some(480), 480)] {
        let (alice, bob) = loopback_pair().await;
        let (outgoing, incoming) = ring(&alice, &bob).await;
        bob.reject(incoming, given).await.expect("rejected");
        let end = alice.wait_ended(outgoing, soon()).await.expect("an end");
        assert_eq!(end.code, Some(code));
        let refused = alice.wait_connected(outgoing, soon()).await;
        assert!(
            matches!(refused, Err(PhoneError::CallEnded { .. })),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn caller_gives_up_while_it_rings() {
    let (alice, bob) = loopback_pair().await;
    let (outgoing, incoming) = ring(&alice, &bob).await;
    let end = alice.cancel(outgoing, soon()).await.expect("cancelled");
    assert_eq!(
        (end.cause, end.code),
        (CallEndCause::LocalCancel, Some(487))
    );
    let end = bob.wait_ended(incoming, soon()).await.expect("an end");
    assert_eq!(end.cause, CallEndCause::RemoteCancel);
    let again = alice.cancel(outgoing, soon()).await;
    assert!(
        matches!(again, Err(PhoneError::WrongState { .. })),
        "{again:?}"
    );
    assert_valid(&[&alice, &bob]);
}

#[tokio::test]
async fn nobody_answers_and_the_wait_says_so() {
    let (alice, bob) = loopback_pair().await;
    bob.set_incoming(IncomingPolicy::Ignore).await.expect("set");
    let call = alice
        .call(&direct(&bob), CallOptions::default())
        .await
        .expect("a call");
    bob.wait_incoming(None, soon()).await.expect("it comes in");
    let soon_over = std::time::Instant::now() + Duration::from_millis(300);
    let error = alice
        .wait_ringing(call, soon_over)
        .await
        .expect_err("it does not ring");
    let text = error.to_string();
    assert!(
        text.starts_with("Alice: waited for ringing at the other side; call 1 is calling"),
        "{text}"
    );
    alice.hang_up(call, soon()).await.expect("given up");
}

#[tokio::test]
async fn a_call_too_many_meets_a_busy_phone() {
    let (alice, bob) = loopback_pair().await;
    let mut single = config("Carol", "Squirrel350", 3);
    let profile = single
        .profile
        .with_override("calls-max", "1")
        .expect("a setting");
    single.profile = std::sync::Arc::new(profile);
    let carol = Phone::start(single).await.expect("a phone");
    let (first, _) = ring(&alice, &carol).await;
    let second = bob
        .call(&direct(&carol), CallOptions::default())
        .await
        .expect("a call");
    let end = bob.wait_ended(second, soon()).await.expect("an end");
    assert_eq!(end.code, Some(486));
    assert!(
        alice
            .state()
            .call(first)
            .is_some_and(|call| call.state.is_open())
    );
}

#[tokio::test]
async fn offers_may_come_late() {
    let (alice, bob) = loopback_pair().await;
    bob.set_incoming(IncomingPolicy::AutoAnswer {
        after: Duration::ZERO,
    })
    .await
    .expect("set");
    let options = CallOptions {
        without_sdp: true,
        ..CallOptions::default()
    };
    let call = alice.call(&direct(&bob), options).await.expect("a call");
    alice.wait_connected(call, soon()).await.expect("connected");
    let incoming = bob.state().latest_call().expect("a call").handle;
    bob.wait_connected(incoming, soon()).await.expect("ACK");
    tokio::join!(hears(&alice, call, &bob), hears(&bob, incoming, &alice));
    assert_valid(&[&alice, &bob]);
}

#[tokio::test]
async fn anonymous_calls_hide_the_caller() {
    let (alice, bob) = loopback_pair().await;
    let options = CallOptions {
        anonymous: true,
        headers: vec![("Subject".to_owned(), "lunch".to_owned())],
        ..CallOptions::default()
    };
    alice.call(&direct(&bob), options).await.expect("a call");
    let incoming = bob.wait_incoming(None, soon()).await.expect("it comes in");
    let state = bob.state();
    let record = state.call(incoming).expect("known");
    assert_eq!(record.remote.shown(), "Anonymous");
    let invite = record.invite.as_ref().expect("kept");
    assert_eq!(invite.from().expect("From").uri.host, "anonymous.invalid");
    assert_eq!(
        invite.text(gannet_sip::HeaderName::Subject).as_deref(),
        Some("lunch")
    );
    assert_valid(&[&alice]);
}

#[tokio::test]
async fn calls_without_common_media_end() {
    let with_codecs = async |name: &str, codecs: &str, mark: usize| {
        let mut config = config(name, "generic", mark);
        let profile = config
            .profile
            .with_override("codecs", codecs)
            .expect("a setting");
        config.profile = std::sync::Arc::new(profile);
        Phone::start(config).await.expect("a phone")
    };
    let alice = with_codecs("Alice", "[\"PCMU\"]", 1).await;
    let bob = with_codecs("Bob", "[\"PCMA\"]", 2).await;
    let (outgoing, incoming) = ring(&alice, &bob).await;
    let error = bob
        .answer(incoming, soon())
        .await
        .expect_err("nothing in common");
    assert!(
        error.to_string().contains("no common media, 488"),
        "{error}"
    );
    let end = alice.wait_ended(outgoing, soon()).await.expect("an end");
    assert_eq!(end.code, Some(488));
    assert_valid(&[&alice, &bob]);
}

#[tokio::test]
async fn requests_inside_and_outside_calls_are_answered() {
    let (alice, bob) = loopback_pair().await;
    let to = direct(&bob);
    for (method, code) in [
        (Method::Options, 200),
        (Method::Message, 200),
        (Method::Notify, 200),
        (Method::Info, 481),
        (Method::Update, 481),
        (Method::Publish, 405),
    ] {
        let headers = vec![
            ("Event".to_owned(), "check-sync".to_owned()),
            ("Subscription-State".to_owned(), "active".to_owned()),
        ];
        let response = alice
            .request(method.clone(), &to, headers, None, soon())
            .await;
        assert_eq!(
            response.expect("a response").status(),
            Some(code),
            "{method}"
        );
    }
    let (outgoing, incoming) = ring(&alice, &bob).await;
    bob.answer(incoming, soon()).await.expect("answered");
    alice
        .wait_connected(outgoing, soon())
        .await
        .expect("connected");
    for method in [
        Method::Info,
        Method::Update,
        Method::Options,
        Method::Message,
    ] {
        let response = alice
            .request_in_call(outgoing, method.clone(), vec![], None, soon())
            .await;
        assert_eq!(
            response.expect("a response").status(),
            Some(200),
            "{method}"
        );
    }
    let package = vec![("Info-Package".to_owned(), "unheard-of".to_owned())];
    let response = alice
        .request_in_call(outgoing, Method::Info, package, None, soon())
        .await;
    assert_eq!(response.expect("a response").status(), Some(469));
    hears(&alice, outgoing, &bob).await;
    assert_eq!(
        alice.state().call(outgoing).map(|call| call.state.clone()),
        Some(CallState::Answered)
    );
}

#[tokio::test]
async fn a_muted_phone_is_not_heard_and_plays_what_it_is_told() {
    use gannet_media::{Sound, Source};
    let (alice, bob) = loopback_pair().await;
    let (outgoing, incoming) = ring(&alice, &bob).await;
    bob.answer(incoming, soon()).await.expect("answered");
    hears(&alice, outgoing, &bob).await;
    let (mine, theirs) = (
        alice.media(outgoing).expect("media"),
        bob.media(incoming).expect("media"),
    );
    theirs.play(Source::tone(440.0));
    let from = std::time::Instant::now();
    let tone = mine
        .wait_heard(Sound::Tone(440.0), Duration::from_millis(300), from, soon())
        .await;
    tone.expect("the tone");
    theirs.mute(true);
    let quiet_from = std::time::Instant::now() + Duration::from_millis(200);
    let until = quiet_from + Duration::from_millis(400);
    gannet_phone::CallMedia::settled(until).await;
    let quiet = mine.silence(quiet_from, until);
    assert!(
        quiet.received > Duration::from_millis(300) && quiet.quiet == quiet.total,
        "{quiet:?}"
    );
}

#[tokio::test]
async fn a_phone_without_power_says_nothing() {
    let (alice, bob) = loopback_pair().await;
    let (outgoing, incoming) = ring(&alice, &bob).await;
    bob.answer(incoming, soon()).await.expect("answered");
    alice
        .wait_connected(outgoing, soon())
        .await
        .expect("connected");
    bob.power_off().await.expect("off");
    let end = bob.wait_ended(incoming, soon()).await.expect("an end");
    assert_eq!(end.cause, CallEndCause::PowerOff);
    let refused = bob.call(&direct(&alice), CallOptions::default()).await;
    assert!(matches!(refused, Err(PhoneError::Off { .. })));
    assert_eq!(count(&bob, Direction::Sent, "BYE"), 0);
    bob.power_on().await.expect("on");
    let (second, _) = ring(&bob, &alice).await;
    bob.hang_up(second, soon()).await.expect("given up");
}

#[tokio::test]
async fn an_unknown_name_or_a_dead_address_is_told() {
    let alice = phone("Alice", "generic", 1).await;
    let nowhere = Destination::parse("sip:bob@nowhere.test").expect("a URI");
    let error = alice
        .call(&nowhere, CallOptions::default())
        .await
        .expect_err("no address");
    assert!(error.to_string().contains("nowhere.test"), "{error}");
    let dead = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    let uri = format!("sip:bob@{}", dead.local_addr().expect("an address"));
    drop(dead);
    let call = alice
        .call(
            &Destination::parse(&uri).expect("a URI"),
            CallOptions::default(),
        )
        .await;
    let end = alice
        .wait_ended(call.expect("a call"), soon())
        .await
        .expect("an end");
    assert_eq!(end.cause, CallEndCause::TransportFailed);
    let error = alice.register(None, soon()).await.expect_err("no server");
    assert!(matches!(error, PhoneError::NoServer { .. }));
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let alice = phone("Alice", "generic", 1).await;
    let mut second = config("Bob", "generic", 2);
    second.sip_port = alice.address().port();
    let error = Phone::start(second).await.expect_err("the port is taken");
    assert!(error.is_environment());
    assert!(error.to_string().contains("already in use"), "{error}");
}
