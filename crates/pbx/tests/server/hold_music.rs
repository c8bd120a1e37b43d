//! Music on hold: what each side is told while the server takes part.

use gannet_media::offer_answer::check_continuation;
use gannet_pbx::{Pbx, PbxEvent};
use gannet_sdp::{Direction, SessionDescription};
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, CallId, EndCause, Reply};

use crate::agent::Agent;
use crate::setup::start_with;

/// A description of the session of a phone.
fn sdp(port: u16, version: u32, direction: &str) -> String {
    format!(
        "v=0\r\no=- {port} {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
    )
}

const ALICE: u16 = 40_000;
const BOB: u16 = 40_002;

struct Talk {
    pbx: Pbx,
    alice: Agent,
    bob: Agent,
    call: CallId,
    leg: CallId,
    /// What each was told in their session, in order.
    told_alice: Vec<SessionDescription>,
    told_bob: Vec<SessionDescription>,
}

impl Talk {
    async fn begin() -> Self {
        let pbx = start_with(|config| config.music_on_hold = true);
        let mut alice = Agent::new(&pbx, "alice");
        let mut bob = Agent::new(&pbx, "bob");
        bob.register().await;
        let call = alice.call("bob", &sdp(ALICE, 1, "sendrecv"));
        let (leg, invite) = bob.incoming().await;
        bob.accept(leg, &sdp(BOB, 1, "sendrecv"));
        let answer = alice.answered().await;
        bob.confirmed().await;
        Self {
            pbx,
            alice,
            bob,
            call,
            leg,
            told_alice: vec![SessionDescription::parse(answer.body())],
            told_bob: vec![SessionDescription::parse(invite.body())],
        }
    }

    /// Alice offers; gives the answer.
    async fn alice_offers(&mut self, version: u32, direction: &str) -> Message {
        let body = Body::sdp(sdp(ALICE, version, direction));
        let id = self
            .alice
            .ask_in_call(self.call, Method::Invite, Some(body));
        let outcome = self.alice.outcome(id).await;
        if !outcome.body().is_empty() {
            let told = SessionDescription::parse(outcome.body());
            self.told_alice.push(told);
        }
        outcome
    }

    /// Bob gets an offer and answers it.
    async fn bob_answers(&mut self, version: u32, direction: &str) {
        let (request, message) = self.bob.request(Method::Invite).await;
        self.told_bob
            .push(SessionDescription::parse(message.body()));
        let answer = Body::sdp(sdp(BOB, version, direction));
        self.bob.respond(request, Reply::new(200).body(answer));
    }

    fn assert_continues(&self) {
        for told in [&self.told_alice, &self.told_bob] {
            for pair in told.windows(2) {
                let problems = check_continuation(&pair[0], &pair[1]);
                assert!(problems.is_empty(), "{problems:?}\n{told:#?}");
            }
        }
    }
}

fn audio(description: &SessionDescription) -> (Direction, u16) {
    let audio = description.audio().expect("audio");
    let port = audio.line().expect("a line").port;
    (audio.direction(), port)
}

#[tokio::test]
async fn sessions_go_on_through_hold_and_resume() {
    let mut talk = Talk::begin().await;
    for round in 0..2 {
        let first = 2 + 2 * round;
        let held = talk.alice_offers(first, "sendonly").await;
        assert_eq!(held.status(), Some(200));
        let told = talk.told_alice.last().expect("an answer");
        let (direction, port) = audio(told);
        assert_eq!(direction, Direction::RecvOnly);
        assert!(port != ALICE && port != BOB, "a place of the server's");
        talk.bob_answers(first, "recvonly").await;
        let (direction, port) = audio(talk.told_bob.last().expect("an offer"));
        assert_eq!(direction, Direction::SendOnly);
        assert!(port != ALICE && port != BOB, "the music's own port");

        let body = Body::sdp(sdp(ALICE, first + 1, "sendrecv"));
        let id = talk
            .alice
            .ask_in_call(talk.call, Method::Invite, Some(body));
        talk.bob_answers(first + 1, "sendrecv").await;
        let resumed = talk.alice.outcome(id).await;
        talk.told_alice
            .push(SessionDescription::parse(resumed.body()));
        let told = talk.told_bob.last().expect("an offer");
        assert_eq!(audio(told), (Direction::SendRecv, ALICE));
        let told = talk.told_alice.last().expect("an answer");
        assert_eq!(audio(told), (Direction::SendRecv, BOB));
    }
    talk.assert_continues();
    talk.alice.hang_up(talk.call);
    assert!(matches!(
        talk.bob.ended(talk.leg).await,
        EndCause::RemoteBye(_)
    ));
    talk.pbx.stop().await;
}

#[tokio::test]
async fn who_refuses_the_music_stays_on_hold_and_can_be_resumed() {
    let mut talk = Talk::begin().await;
    let mut events = talk.pbx.events();
    let held = talk.alice_offers(2, "sendonly").await;
    assert_eq!(held.status(), Some(200));
    let (request, _) = talk.bob.request(Method::Invite).await;
    talk.bob.respond(request, Reply::new(488));
    let what = loop {
        if let PbxEvent::Trouble { what } = events.recv().await.expect("running") {
            break what;
        }
    };
    assert!(what.contains("no music") && what.contains("488"), "{what}");
    let body = Body::sdp(sdp(ALICE, 3, "sendrecv"));
    let id = talk
        .alice
        .ask_in_call(talk.call, Method::Invite, Some(body));
    talk.bob_answers(2, "sendrecv").await;
    assert_eq!(talk.alice.outcome(id).await.status(), Some(200));
    assert_eq!(
        audio(talk.told_bob.last().expect("an offer")),
        (Direction::SendRecv, ALICE)
    );
    talk.pbx.stop().await;
}

#[tokio::test]
async fn what_the_server_has_no_codec_for_is_passed_on() {
    let mut talk = Talk::begin().await;
    let hold = sdp(ALICE, 2, "sendonly").replace("PCMU", "G729");
    let id = talk
        .alice
        .ask_in_call(talk.call, Method::Invite, Some(Body::sdp(hold.clone())));
    let (request, message) = talk.bob.request(Method::Invite).await;
    assert_eq!(message.body(), hold.as_bytes());
    let answer = sdp(BOB, 2, "recvonly").replace("PCMU", "G729");
    talk.bob
        .respond(request, Reply::new(200).body(Body::sdp(answer.clone())));
    assert_eq!(talk.alice.outcome(id).await.body(), answer.as_bytes());
    talk.pbx.stop().await;
}
