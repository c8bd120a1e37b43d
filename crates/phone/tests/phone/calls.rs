//! Two phones that call each other without a server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use gannet_events::Direction;
use gannet_phone::{CallEndCause, CallOptions, CallState, IncomingPolicy, Phone, PhoneError};
use gannet_sip::{Method, Transport};

use crate::support::{assert_valid, config, count, direct, hears, loopback_pair, pair, ring, soon};

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
async fn calls_get_through_a_network_that_loses_a_fifth() {
    let lossy = async |name: String, profile: &str, index: usize| {
        let mut config = config(&name, profile, index);
        config.impairment = gannet_net::Impairment::loss(0.2, 4711);
        let ms = Duration::from_millis;
        config.timers = Some(gannet_ua::Timers {
            t1: ms(50),
            t2: ms(400),
            t4: ms(500),
        });
        Phone::start(config).await.expect("a phone")
    };
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..20 {
        let alice = lossy(format!("Alice {index}"), "Squirrel350", 2 * index).await;
        let bob = lossy(format!("Bob {index}"), "Chipmunk5000", 2 * index + 1).await;
        tasks.spawn(async move {
            let (outgoing, incoming) = ring(&alice, &bob).await;
            bob.answer(incoming, soon()).await.expect("answered");
            alice
                .wait_connected(outgoing, soon())
                .await
                .expect("connected");
            tokio::join!(hears(&alice, outgoing, &bob), hears(&bob, incoming, &alice));
            alice.hang_up(outgoing, soon()).await.expect("hung up");
            let end = bob.wait_ended(incoming, soon()).await.expect("an end");
            assert_eq!(end.cause, CallEndCause::RemoteHangUp);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic");
    }
}
