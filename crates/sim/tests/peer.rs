//! A phone against a scripted peer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sim::{Conditions, Habits, Link, Node, Peer, Phone, Step, World};
use gannet_sip::{Method, Uri};
use gannet_ua::endpoint::{Census, EndCause};
use gannet_ua::{Target, Transmit};

/// Never gives up, never changes anything, hangs up within half a second.
const PATIENT: Habits = Habits {
    talk_from_ms: 0,
    talk_ms: 500,
    ..Habits::QUIET
};

#[derive(Debug)]
enum Either {
    Phone(Box<Phone>),
    Peer(Box<Peer>),
}

impl Either {
    fn node(&mut self) -> &mut dyn Node {
        match self {
            Self::Phone(phone) => phone.as_mut(),
            Self::Peer(peer) => peer.as_mut(),
        }
    }
}

impl Node for Either {
    fn address(&self) -> SocketAddr {
        match self {
            Self::Phone(phone) => phone.address(),
            Self::Peer(peer) => peer.address(),
        }
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.node().handle_message(now, bytes, source);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.node().handle_timeout(now);
    }

    fn next_deadline(&self) -> Option<Instant> {
        match self {
            Self::Phone(phone) => phone.next_deadline(),
            Self::Peer(peer) => peer.next_deadline(),
        }
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.node().poll_transmit()
    }
}

fn reply(code: u16, tag: &'static str) -> Step {
    Step::Reply {
        code,
        tag,
        headers: Vec::new(),
    }
}

/// Plays a call of a phone to a peer with this script until nothing is left to do.
fn play(script: Vec<Step>) -> World<Either> {
    let start = Instant::now();
    let at = |last| SocketAddr::from(([10, 0, 0, last], 5060));
    let phone = Phone::new("alice", at(1), PATIENT, start, 1);
    let nodes = vec![
        Either::Phone(Box::new(phone)),
        Either::Peer(Box::new(Peer::new(at(2), script))),
    ];
    let mut world = World::new(start, Link::new(Conditions::PERFECT, 1), nodes);
    if let Either::Phone(phone) = world.node_mut(0) {
        phone.call(start, &Uri::at(Some("bob"), at(2)), None);
    }
    let end = start + Duration::from_mins(10);
    let rested = world.run_while(end, |nodes| {
        nodes.iter().any(|node| node.next_deadline().is_some())
    });
    assert_eq!(rested, Ok(true));
    world
}

fn phone(world: &World<Either>) -> &Phone {
    match world.node(0) {
        Either::Phone(phone) => phone,
        Either::Peer(_) => panic!("no phone"),
    }
}

fn peer(world: &World<Either>) -> &Peer {
    match world.node(1) {
        Either::Peer(peer) => peer,
        Either::Phone(_) => panic!("no peer"),
    }
}

fn end(world: &World<Either>) -> EndCause {
    let phone = phone(world);
    assert_eq!(phone.census(), Census::default());
    let call = phone.calls().next().expect("one call");
    call.ended.clone().expect("an end").1
}

#[test]
fn two_forks_answer_and_one_is_ended() {
    let world = play(vec![
        Step::Expect(Method::Invite),
        reply(100, ""),
        reply(180, "one"),
        reply(180, "two"),
        reply(200, "one"),
        reply(200, "two"),
        Step::Expect(Method::Ack),
        Step::Expect(Method::Ack),
        Step::Expect(Method::Bye),
        reply(200, "two"),
        Step::Expect(Method::Bye),
        reply(200, "one"),
    ]);
    assert!(peer(&world).is_done(), "{:?}", peer(&world).steps_left());
    assert_eq!(peer(&world).unexpected(), []);
    assert!(matches!(end(&world), EndCause::LocalBye(_)));
}

#[test]
fn a_peer_that_hangs_up_first_gets_200() {
    let world = play(vec![
        Step::Expect(Method::Invite),
        reply(200, "b"),
        Step::Expect(Method::Ack),
        Step::Send {
            method: Method::Bye,
            tag: "b",
            cseq: 1,
        },
        Step::ExpectResponse(200),
    ]);
    assert!(peer(&world).is_done(), "{:?}", peer(&world).steps_left());
    assert!(matches!(end(&world), EndCause::RemoteBye(_)));
}

#[test]
fn a_peer_that_rings_and_dies_is_cancelled_and_forgotten() {
    let world = play(vec![
        Step::Expect(Method::Invite),
        Step::Wait(Duration::from_secs(1)),
        reply(180, "b"),
        Step::Expect(Method::Cancel),
    ]);
    assert!(peer(&world).is_done(), "{:?}", peer(&world).steps_left());
    let repeated = peer(&world)
        .unexpected()
        .iter()
        .filter(|message| message.method() == Some(Method::Cancel));
    assert_eq!(repeated.count(), 10, "timer E until timer F");
    assert!(matches!(end(&world), EndCause::LocalCancel(outcome) if outcome.code() == 408));
}
