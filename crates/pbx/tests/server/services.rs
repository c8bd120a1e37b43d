//! Echo and music.

use std::time::{Duration, Instant};

use gannet_media::{Mark, Sound, Source};
use gannet_pbx::{CallState, Service};
use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Method};
use gannet_ua::endpoint::{Body, EndCause, Happening};

use crate::agent::Agent;
use crate::ear::Ear;
use crate::setup::{LIMIT, start};

#[tokio::test]
async fn echo_sends_back_what_it_hears() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut ear = Ear::open();
    let call = alice.call("*43", &ear.offer());
    let answer = alice.answered().await;
    let started = Instant::now();
    let mark = Mark::nth(5);
    ear.start(&answer, Source::Mark(mark));
    ear.until("our own mark", |session| {
        let heard = session
            .listener()
            .heard(Sound::Mark(mark), started, Instant::now());
        heard.covered > Duration::from_millis(500)
    })
    .await;
    let state = pbx.snapshot().await.expect("running").calls[0].state;
    assert_eq!(state, CallState::Service(Service::Echo));

    // Hold and back: the answer follows the offer, and its version.
    let hold = ear.offer().replace("a=sendrecv", "a=sendonly");
    let id = alice.ask_in_call(call, Method::Invite, Some(Body::sdp(hold)));
    let held = alice.outcome(id).await;
    let held = SessionDescription::parse(held.body());
    let text = String::from_utf8(held.to_bytes()).expect("text");
    assert!(text.contains("a=recvonly"), "{text}");
    let version = |sdp: &SessionDescription| sdp.origin().expect("o=").session_version;
    let first = SessionDescription::parse(answer.body());
    assert_eq!(version(&held), version(&first) + 1);
    let id = alice.ask_in_call(call, Method::Info, None);
    assert_eq!(alice.outcome(id).await.status(), Some(200));

    // A re-INVITE without offer gets one, and its answer takes effect: echo is heard again.
    let id = alice.ask_in_call(call, Method::Invite, None);
    let offer = alice.outcome(id).await;
    assert!(!offer.body().is_empty());
    alice.with(|endpoint, now| endpoint.acknowledge(now, call, Some(Body::sdp(ear.offer()))));
    let resumed = Instant::now();
    ear.until("our own mark again", |session| {
        let heard = session
            .listener()
            .heard(Sound::Mark(mark), resumed, Instant::now());
        heard.covered > Duration::from_millis(300)
    })
    .await;
    alice.hang_up(call);
    alice.ended(call).await;
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    pbx.stop().await;
}

#[tokio::test]
async fn music_plays_also_to_who_leaves_the_offer_to_the_server() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut ear = Ear::open();
    let call = alice.call("music", &ear.offer());
    let answer = alice.answered().await;
    let started = Instant::now();
    ear.start(&answer, Source::Silence);
    ear.until("music", |session| {
        let heard = session
            .listener()
            .heard(Sound::Any, started, Instant::now());
        heard.covered > Duration::from_secs(1)
    })
    .await;
    alice.hang_up(call);
    alice.ended(call).await;

    let call = alice.call("music", "");
    let (offer, needs_answer) = alice
        .wait("answer", |happening| match happening {
            Happening::Answered {
                response,
                needs_answer,
                ..
            } => Some((response.clone(), *needs_answer)),
            _ => None,
        })
        .await;
    assert!(needs_answer);
    let theirs = SessionDescription::parse(offer.body());
    assert!(theirs.audio().is_some());
    // Our description fits as an answer: the same codecs in one audio line.
    alice.with(|endpoint, now| {
        endpoint.acknowledge(now, call, Some(Body::sdp(Ear::open().offer())));
    });
    alice.hang_up(call);
    assert!(matches!(alice.ended(call).await, EndCause::LocalBye(_)));
    pbx.stop().await;
}

#[tokio::test]
async fn descriptions_that_do_not_fit_are_refused() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let video = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                 m=video 4000 RTP/AVP 96\r\n";
    let call = alice.call("echo", video);
    let refused = alice.failed(call).await;
    assert_eq!(refused.status(), Some(488));
    assert!(refused.header(HeaderName::Warning).is_some());
    let call = alice.call("echo", "this is no description");
    assert_eq!(alice.failed(call).await.status(), Some(488));
    pbx.stop().await;
}
