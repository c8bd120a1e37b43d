//! Keys at the mailbox.

use std::time::{Duration, Instant};

use gannet_media::{Mark, Sound, Source, info_body};
use gannet_pbx::{Pbx, PbxEvent};
use gannet_sip::Method;
use gannet_ua::endpoint::{Body, CallId, EndCause};

use crate::agent::Agent;
use crate::ear::Ear;
use crate::setup::{LIMIT, start, start_with};
use crate::voicemail::leave_message;

/// The mark that `leave_message` leaves.
const LEFT: usize = 3;

struct AtMailbox {
    bob: Agent,
    ear: Ear,
    call: CallId,
}

impl AtMailbox {
    async fn call(pbx: &Pbx) -> Self {
        let mut bob = Agent::new(pbx, "bob");
        let mut ear = Ear::open();
        let call = bob.call("*97", &ear.offer());
        let answer = bob.answered().await;
        ear.start(&answer, Source::Silence);
        Self { bob, ear, call }
    }

    async fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            let (content_type, body) = info_body(key, Duration::from_millis(100));
            let body = Body {
                content_type: content_type.to_owned(),
                bytes: body.into(),
            };
            let id = self.bob.ask_in_call(self.call, Method::Info, Some(body));
            assert_eq!(self.bob.outcome(id).await.status(), Some(200));
        }
    }

    async fn hears_the_message(&self) {
        let since = Instant::now();
        self.ear
            .until("the message", |session| {
                let sound = Sound::Mark(Mark::nth(LEFT));
                let heard = session.listener().heard(sound, since, Instant::now());
                heard.covered > Duration::from_millis(400)
            })
            .await;
    }

    fn heard(&self, since: Instant) -> Duration {
        let sound = Sound::Mark(Mark::nth(LEFT));
        self.ear.ask(|session| {
            session
                .listener()
                .heard(sound, since, Instant::now())
                .covered
        })
    }

    async fn is_hung_up(&mut self) {
        let cause = self.bob.ended(self.call).await;
        assert!(matches!(cause, EndCause::RemoteBye(_)), "{cause:?}");
    }
}

#[tokio::test]
async fn a_message_is_repeated_and_deleted() {
    let pbx = start();
    let mut events = pbx.events();
    let mut alice = Agent::new(&pbx, "alice");
    leave_message(&pbx, &mut alice).await;
    let mut mailbox = AtMailbox::call(&pbx).await;
    mailbox.hears_the_message().await;
    mailbox.press("5").await;
    mailbox.hears_the_message().await;
    mailbox.press("7").await;
    mailbox.is_hung_up().await;
    let snapshot = pbx.snapshot().await.expect("running");
    let left = snapshot.mailbox("bob").expect("a mailbox");
    assert!(left.messages.is_empty());
    let deleted = std::iter::from_fn(|| events.try_recv().ok()).any(|event| {
        let (user, from) = ("bob".to_owned(), "alice".to_owned());
        event == PbxEvent::VoicemailDeleted { user, from }
    });
    assert!(deleted);
    pbx.stop().await;
}

#[tokio::test]
async fn keys_in_rtp_count_each_once() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    for _ in 0..2 {
        leave_message(&pbx, &mut alice).await;
    }
    let mut mailbox = AtMailbox::call(&pbx).await;
    mailbox.hears_the_message().await;
    // An event goes on to the second message; were it taken twice, the server would say goodbye.
    mailbox
        .ear
        .change(|session| assert!(session.send_dtmf('6', Duration::from_millis(200))));
    mailbox.hears_the_message().await;
    // The same key as a tone leaves the last message behind.
    let tone = gannet_media::render_dtmf(&['6'], Duration::from_millis(200), Duration::ZERO);
    mailbox.ear.change(|session| {
        session.set_source(Source::once(tone.expect("a key")), Instant::now());
    });
    mailbox.is_hung_up().await;
    let snapshot = pbx.snapshot().await.expect("running");
    let mailbox = snapshot.mailbox("bob").expect("a mailbox");
    assert_eq!((mailbox.new_count(), mailbox.old_count()), (2, 0));
    pbx.stop().await;
}

#[tokio::test]
async fn a_pin_is_asked_for_where_there_is_one() {
    let pbx = start_with(|config| {
        for user in &mut config.users {
            user.pin = (user.name == "bob").then(|| "4711".to_owned());
        }
    });
    let mut alice = Agent::new(&pbx, "alice");
    leave_message(&pbx, &mut alice).await;
    let mut mailbox = AtMailbox::call(&pbx).await;
    let begin = Instant::now();
    mailbox.press("1234#").await;
    // A star takes back what was typed.
    mailbox.press("99*4711").await;
    assert!(mailbox.heard(begin).is_zero());
    mailbox.press("#").await;
    mailbox.hears_the_message().await;
    mailbox.press("0").await;
    mailbox.is_hung_up().await;

    let mut mailbox = AtMailbox::call(&pbx).await;
    let begin = Instant::now();
    mailbox.press("1#2#3#").await;
    mailbox.is_hung_up().await;
    assert!(mailbox.heard(begin).is_zero());
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    pbx.stop().await;
}
