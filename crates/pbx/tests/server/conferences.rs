//! Conference rooms.

use std::time::{Duration, Instant};

use gannet_media::{Mark, Sound, Source};
use gannet_pbx::{CallState, Pbx, PbxEvent, Service};
use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::CallId;

use crate::agent::Agent;
use crate::ear::Ear;
use crate::setup::{LIMIT, start, start_with};

/// A guest of a room with a mark of its own.
struct Guest {
    agent: Agent,
    ear: Ear,
    call: CallId,
    answer: Message,
    joined: Instant,
}

impl Guest {
    async fn join(pbx: &Pbx, name: &str, room: &str, mark: usize) -> Self {
        let mut agent = Agent::new(pbx, name);
        let mut ear = Ear::open();
        let call = agent.call(room, &ear.offer());
        let answer = agent.answered().await;
        ear.start(&answer, Source::Mark(Mark::nth(mark)));
        Self {
            agent,
            ear,
            call,
            answer,
            joined: Instant::now(),
        }
    }

    async fn hears(&self, mark: usize) {
        let what = format!("{} hears mark {mark}", self.agent.name);
        let since = Instant::now();
        self.ear
            .until(&what, |session| {
                let sound = Sound::Mark(Mark::nth(mark));
                let heard = session.listener().heard(sound, since, Instant::now());
                heard.covered > Duration::from_millis(400)
            })
            .await;
    }

    fn heard(&self, mark: usize) -> Duration {
        let sound = Sound::Mark(Mark::nth(mark));
        let (from, to) = (self.joined, Instant::now());
        let heard = |session: &gannet_media::RtpSession| session.listener().heard(sound, from, to);
        self.ear.ask(heard).covered
    }

    async fn leave(mut self) {
        self.agent.hang_up(self.call);
        self.agent.ended(self.call).await;
    }
}

#[tokio::test]
async fn guests_of_a_room_hear_each_other_and_nobody_in_another_one() {
    let pbx = start_with(|config| {
        config.extensions.conference = vec!["red".to_owned(), "blue".to_owned()];
    });
    let alice = Guest::join(&pbx, "alice", "red", 0).await;
    let bob = Guest::join(&pbx, "bob", "red", 1).await;
    let carol = Guest::join(&pbx, "carol", "blue", 2).await;
    alice.hears(1).await;
    bob.hears(0).await;
    for (guest, own) in [(&alice, 0), (&bob, 1), (&carol, 2)] {
        assert!(
            guest.heard(own).is_zero(),
            "{} hears itself",
            guest.agent.name
        );
    }
    assert!(alice.heard(2).is_zero() && carol.heard(0).is_zero());
    let contact = alice.answer.text(HeaderName::Contact).expect("a contact");
    assert!(contact.contains(";isfocus"), "{contact}");
    let calls = pbx.snapshot().await.expect("running").calls;
    let service = CallState::Service(Service::Conference);
    assert!(calls.iter().all(|call| call.state == service));
    for guest in [alice, bob, carol] {
        guest.leave().await;
    }
    pbx.stop().await;
}

#[tokio::test]
async fn a_room_has_room_for_so_many_and_empties() {
    let pbx = start_with(|config| config.limits.conference_max = 2);
    let mut events = pbx.events();
    let alice = Guest::join(&pbx, "alice", "conference", 0).await;
    let bob = Guest::join(&pbx, "bob", "conference", 1).await;
    let mut carol = Agent::new(&pbx, "carol");
    let call = carol.call("conference", &Ear::open().offer());
    let refused = carol.failed(call).await;
    assert_eq!(refused.status(), Some(486));
    assert_eq!(refused.reason(), Some("Conference Full"));
    let told = std::iter::from_fn(|| events.try_recv().ok())
        .any(|event| matches!(event, PbxEvent::Trouble { what } if what.contains("full")));
    assert!(told);
    bob.leave().await;
    pbx.wait_until(LIMIT, |s| s.calls.len() == 1)
        .await
        .expect("left");
    let carol = Guest::join(&pbx, "carol", "conference", 2).await;
    alice.hears(2).await;
    carol.hears(0).await;
    pbx.stop().await;
}

#[tokio::test]
async fn without_a_number_there_is_no_conference() {
    let pbx = start_with(|config| config.extensions.conference.clear());
    let mut alice = Agent::new(&pbx, "alice");
    let call = alice.call("conference", &Ear::open().offer());
    assert_eq!(alice.failed(call).await.status(), Some(404));
    pbx.stop().await;
}

#[tokio::test]
async fn who_has_no_codec_for_it_is_not_let_in() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let video = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                 m=video 4000 RTP/AVP 96\r\n";
    let call = alice.call("conference", video);
    assert_eq!(alice.failed(call).await.status(), Some(488));
    pbx.stop().await;
}
