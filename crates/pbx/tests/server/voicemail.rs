//! Voicemail, mailbox and message waiting.

use std::time::{Duration, Instant};

use gannet_media::{Mark, Sound, Source, read_wav};
use gannet_pbx::{CallState, Pbx, PbxEvent, Service};
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::SubscriptionChange;
use gannet_ua::endpoint::EndCause;

use crate::agent::Agent;
use crate::ear::Ear;
use crate::setup::{LIMIT, start, start_with};

/// The beep at the end of the greeting.
const BEEP_HZ: f32 = 1400.0;

fn body(message: &Message) -> String {
    String::from_utf8(message.body().to_vec()).expect("text")
}

fn heard(ear: &Ear, sound: Sound, from: Instant) -> Duration {
    ear.ask(|session| {
        session
            .listener()
            .heard(sound, from, Instant::now())
            .covered
    })
}

/// Leaves a message of a bit more than a second for Bob, after the beep.
pub(crate) async fn leave_message(pbx: &Pbx, alice: &mut Agent) {
    let before = pbx.snapshot().await.expect("running");
    let mut ear = Ear::open();
    let call = alice.call("bob", &ear.offer());
    let answer = alice.answered().await;
    let started = Instant::now();
    ear.start(&answer, Source::Mark(Mark::nth(3)));
    ear.until("the beep", |session| {
        let beep = Sound::Tone(BEEP_HZ);
        let heard = session.listener().heard(beep, started, Instant::now());
        heard.covered >= Duration::from_millis(350)
    })
    .await;
    let beep = Instant::now();
    ear.until("a second of speech", |session| {
        let sent = session.report().sent.last_at.expect("packets");
        sent.saturating_duration_since(beep) > Duration::from_millis(1600)
    })
    .await;
    alice.hang_up(call);
    alice.ended(call).await;
    let stored = before.counters.voicemails_stored + 1;
    pbx.wait_until(LIMIT, |s| s.counters.voicemails_stored == stored)
        .await
        .expect("stored");
}

#[tokio::test]
async fn a_message_is_left_told_played_and_told_again() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let spec = bob.subscription("message-summary");
    bob.with(|endpoint, now| endpoint.subscribe(now, spec));
    let notify = next_notify(&mut bob).await;
    assert_eq!(
        body(&notify),
        "Messages-Waiting: no\r\nMessage-Account: sip:bob@gannet.test\r\n\
         Voice-Message: 0/0 (0/0)\r\n"
    );
    assert_eq!(
        notify.text(HeaderName::Event).as_deref(),
        Some("message-summary")
    );
    let state = notify.text(HeaderName::SubscriptionState).expect("a state");
    assert!(state.starts_with("active;expires="), "{state}");

    pbx.set_dnd("bob", true).await.expect("there");
    leave_message(&pbx, &mut alice).await;
    let notify = next_notify(&mut bob).await;
    assert!(body(&notify).starts_with("Messages-Waiting: yes"));
    assert!(body(&notify).contains("Voice-Message: 1/0 (0/0)"));
    let snapshot = pbx.snapshot().await.expect("running");
    let mailbox = snapshot.mailbox("bob").expect("a mailbox");
    assert_eq!((mailbox.new_count(), mailbox.old_count()), (1, 0));
    let message = &mailbox.messages[0];
    assert_eq!(message.from, "alice");
    assert!(
        message.length > Duration::from_secs(1),
        "{:?}",
        message.length
    );
    let loud = message.samples.iter().filter(|s| s.unsigned_abs() > 500);
    assert!(loud.count() > message.samples.len() / 2);

    // Bob listens: the mark of Alice's voice comes back, then the server hangs up.
    let mut ear = Ear::open();
    let call = bob.call("*97", &ear.offer());
    let answer = bob.answered().await;
    let started = Instant::now();
    ear.start(&answer, Source::Silence);
    let notify = next_notify(&mut bob).await;
    assert!(body(&notify).starts_with("Messages-Waiting: no"));
    assert!(body(&notify).contains("Voice-Message: 0/1 (0/0)"));
    assert!(matches!(bob.ended(call).await, EndCause::RemoteBye(_)));
    let mark = heard(&ear, Sound::Mark(Mark::nth(3)), started);
    assert!(mark > Duration::from_millis(900), "{mark:?}");
    pbx.stop().await;
}

#[tokio::test]
async fn phones_without_subscription_are_told_unasked_and_at_registration() {
    let directory = tempfile::tempdir().expect("a directory");
    let pbx = start_with(|config| {
        config.voicemail.directory = Some(directory.path().to_owned());
    });
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    pbx.set_dnd("bob", true).await.expect("there");
    leave_message(&pbx, &mut alice).await;
    let (_, notify) = bob.request(Method::Notify).await;
    assert!(body(&notify).starts_with("Messages-Waiting: yes"));
    assert!(notify.to_tag().is_none());
    assert!(notify.header(HeaderName::SubscriptionState).is_some());

    let mut second = Agent::new(&pbx, "bob");
    second.register().await;
    let (_, notify) = second.request(Method::Notify).await;
    assert!(body(&notify).contains("Voice-Message: 1/0"));

    let written = pbx
        .wait_until(LIMIT, |s| {
            let mailbox = s.mailbox("bob").expect("a mailbox");
            mailbox.messages[0].file.is_some()
        })
        .await
        .expect("written");
    let message = &written.mailbox("bob").expect("a mailbox").messages[0];
    let wav = std::fs::read(message.file.as_ref().expect("a file")).expect("readable");
    assert_eq!(read_wav(&wav).expect("a WAV file"), &message.samples[..]);
    pbx.stop().await;
}

#[tokio::test]
async fn hanging_up_during_the_greeting_leaves_nothing() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut ear = Ear::open();
    let call = alice.call("bob", &ear.offer());
    let answer = alice.answered().await;
    ear.start(&answer, Source::tone(440.0));
    ear.until("the greeting", |session| {
        session.listener().received_duration() > Duration::from_millis(300)
    })
    .await;
    alice.hang_up(call);
    alice.ended(call).await;
    let snapshot = pbx
        .wait_until(LIMIT, |s| s.counters.voicemails_discarded == 1)
        .await
        .expect("discarded");
    assert!(
        snapshot
            .mailbox("bob")
            .expect("a mailbox")
            .messages
            .is_empty()
    );
    pbx.stop().await;
}

#[tokio::test]
async fn a_long_message_is_ended_by_the_server() {
    let pbx = start_with(|config| {
        config.voicemail.recording_max = Duration::from_millis(1200);
    });
    let mut alice = Agent::new(&pbx, "alice");
    let mut ear = Ear::open();
    let call = alice.call("bob", &ear.offer());
    let answer = alice.answered().await;
    ear.start(&answer, Source::tone(440.0));
    assert!(matches!(alice.ended(call).await, EndCause::RemoteBye(_)));
    let snapshot = pbx
        .wait_until(LIMIT, |s| s.counters.voicemails_stored == 1)
        .await
        .expect("stored");
    let length = snapshot.mailbox("bob").expect("a mailbox").messages[0].length;
    assert_eq!(length, Duration::from_millis(1200));
    pbx.stop().await;
}

#[tokio::test]
async fn a_silent_phone_leaves_nothing() {
    let pbx = start_with(|config| {
        config.voicemail.recording_max = Duration::from_millis(1200);
    });
    let mut events = pbx.events();
    let mut alice = Agent::new(&pbx, "alice");
    let mut ear = Ear::open();
    let call = alice.call("bob", &ear.offer());
    let answer = alice.answered().await;
    ear.start(&answer, Source::Mute);
    assert!(matches!(alice.ended(call).await, EndCause::RemoteBye(_)));
    let discarded = std::iter::from_fn(|| events.try_recv().ok())
        .any(|e| matches!(e, PbxEvent::VoicemailDiscarded { .. }));
    assert!(
        discarded || {
            let waited = pbx.wait_until(LIMIT, |s| s.counters.voicemails_discarded == 1);
            waited.await.is_ok()
        }
    );
    pbx.stop().await;
}

#[tokio::test]
async fn an_empty_mailbox_says_so_and_strangers_have_none() {
    let pbx = start();
    let mut dave = Agent::new(&pbx, "dave");
    let call = dave.call("voicemail", &Ear::open().offer());
    assert_eq!(dave.failed(call).await.status(), Some(403));
    let mut bob = Agent::new(&pbx, "bob");
    let mut ear = Ear::open();
    let call = bob.call("voicemail", &ear.offer());
    let answer = bob.answered().await;
    let started = Instant::now();
    ear.start(&answer, Source::Silence);
    let state = pbx.snapshot().await.expect("running").calls[0].state;
    assert_eq!(state, CallState::Service(Service::Mailbox));
    assert!(matches!(bob.ended(call).await, EndCause::RemoteBye(_)));
    assert!(heard(&ear, Sound::Any, started) > Duration::from_millis(900));
    pbx.stop().await;
}

#[tokio::test]
async fn subscriptions_are_refreshed_ended_and_refused() {
    let pbx = start_with(|config| config.expires.min_s = 2);
    let mut bob = Agent::new(&pbx, "bob");
    let spec = bob.subscription("message-summary");
    let id = bob.with(|endpoint, now| endpoint.subscribe(now, spec));
    next_notify(&mut bob).await;
    bob.with(|endpoint, now| endpoint.refresh_subscription(now, id));
    next_notify(&mut bob).await;
    assert_eq!(
        pbx.snapshot().await.expect("running").subscriptions.len(),
        1
    );
    bob.with(|endpoint, now| endpoint.unsubscribe(now, id));
    let last = bob
        .wait("the last NOTIFY", |happening| match happening {
            gannet_ua::endpoint::Happening::Subscription {
                change: SubscriptionChange::Terminated { notify, .. },
                ..
            } => Some(notify.clone()),
            _ => None,
        })
        .await
        .expect("a NOTIFY");
    let state = last.text(HeaderName::SubscriptionState).expect("a state");
    assert!(state.starts_with("terminated"), "{state}");
    assert!(
        pbx.snapshot()
            .await
            .expect("running")
            .subscriptions
            .is_empty()
    );

    let cases = [
        ("bob", "conference", None, 489),
        (
            "bob",
            "message-summary",
            Some(("Accept", "text/plain")),
            406,
        ),
        ("bob", "message-summary", Some(("Expires", "1")), 423),
        ("bob", "message-summary", Some(("Require", "flying")), 420),
        ("alice", "message-summary", None, 403),
        ("nobody", "message-summary", None, 404),
    ];
    for (user, event, header, code) in cases {
        let mut spec = bob.spec(Method::Subscribe, user);
        spec.contact = Some(bob.contact());
        spec.headers.push(("Event".into(), event.into()));
        spec.headers
            .extend(header.map(|(name, value)| (name.into(), value.into())));
        let response = bob.ask(spec).await;
        assert_eq!(response.status(), Some(code), "{user} {event} {header:?}");
    }
    pbx.stop().await;
}

#[tokio::test]
async fn subscriptions_that_nobody_refreshes_end() {
    let pbx = start_with(|config| {
        config.expires.min_s = 1;
        config.expires.max_s = 1;
    });
    let mut bob = Agent::new(&pbx, "bob");
    let mut spec = bob.spec(Method::Subscribe, "bob");
    spec.contact = Some(bob.contact());
    spec.headers = vec![("Event".into(), "message-summary".into())];
    assert_eq!(bob.ask(spec).await.status(), Some(200));
    pbx.wait_until(LIMIT, |s| s.subscriptions.is_empty())
        .await
        .expect("ended");
    pbx.stop().await;
}

async fn next_notify(agent: &mut Agent) -> Message {
    loop {
        match agent.subscription_change().await {
            SubscriptionChange::Notified { notify, .. } => return notify,
            SubscriptionChange::Accepted { .. } => {}
            other => panic!("{}: {other:?}", agent.name),
        }
    }
}
