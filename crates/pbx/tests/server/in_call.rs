//! Requests inside a call.

use gannet_sip::{HeaderName, Method};
use gannet_ua::endpoint::{Body, CallId, EndCause, Happening, Reply};

use crate::agent::Agent;
use crate::setup::start;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n";

async fn talk(pbx: &gannet_pbx::Pbx) -> (Agent, CallId, Agent, CallId) {
    let mut alice = Agent::new(pbx, "alice");
    let mut bob = Agent::new(pbx, "bob");
    bob.register().await;
    let call = alice.call("bob", SDP);
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, SDP);
    alice.answered().await;
    bob.confirmed().await;
    (alice, call, bob, leg)
}

#[tokio::test]
async fn re_invites_go_both_ways_with_their_descriptions() {
    let pbx = start();
    let (mut alice, call, mut bob, leg) = talk(&pbx).await;
    for round in ["one", "two"] {
        let hold = format!("{SDP}a=sendonly {round}\r\n");
        let held = format!("{SDP}a=recvonly {round}\r\n");
        let id = alice.ask_in_call(call, Method::Invite, Some(Body::sdp(hold.clone())));
        let (request, message) = bob.request(Method::Invite).await;
        assert_eq!(message.body(), hold.as_bytes());
        bob.respond(request, Reply::new(200).body(Body::sdp(held.clone())));
        let outcome = alice.outcome(id).await;
        assert_eq!(outcome.body(), held.as_bytes());

        let id = bob.ask_in_call(leg, Method::Invite, Some(Body::sdp(hold.clone())));
        let (request, message) = alice.request(Method::Invite).await;
        assert_eq!(message.body(), hold.as_bytes());
        alice.respond(request, Reply::new(488));
        assert_eq!(bob.outcome(id).await.status(), Some(488));
    }
    alice.hang_up(call);
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    pbx.stop().await;
}

#[tokio::test]
async fn a_re_invite_without_offer_is_answered_in_its_ack() {
    let pbx = start();
    let (mut alice, call, mut bob, leg) = talk(&pbx).await;
    let id = alice.ask_in_call(call, Method::Invite, None);
    let (request, message) = bob.request(Method::Invite).await;
    assert!(message.body().is_empty());
    bob.respond(request, Reply::new(200).body(Body::sdp("v=0 offer")));
    assert_eq!(alice.outcome(id).await.body(), b"v=0 offer");
    alice.with(|endpoint, now| endpoint.acknowledge(now, call, Some(Body::sdp("v=0 answer"))));
    assert_eq!(bob.confirmed().await.body(), b"v=0 answer");
    // The call goes on as before.
    let id = bob.ask_in_call(leg, Method::Invite, Some(Body::sdp("v=0 again")));
    let (request, _) = alice.request(Method::Invite).await;
    alice.respond(request, Reply::new(200).body(Body::sdp("v=0 fine")));
    assert_eq!(bob.outcome(id).await.body(), b"v=0 fine");
    alice.hang_up(call);
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    pbx.stop().await;
}

#[tokio::test]
async fn re_invites_of_both_sides_at_once_do_not_hurt() {
    let pbx = start();
    let (mut alice, call, mut bob, leg) = talk(&pbx).await;
    let from_alice = alice.ask_in_call(call, Method::Invite, Some(Body::sdp("v=0 a")));
    let from_bob = bob.ask_in_call(leg, Method::Invite, Some(Body::sdp("v=0 b")));
    let codes = [
        alice.outcome(from_alice).await.status(),
        bob.outcome(from_bob).await.status(),
    ];
    assert!(
        codes.iter().all(|code| matches!(code, Some(491 | 500))),
        "{codes:?}"
    );
    alice.hang_up(call);
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    pbx.stop().await;
}

#[tokio::test]
async fn other_requests_are_relayed_too() {
    let pbx = start();
    let (mut alice, call, mut bob, leg) = talk(&pbx).await;
    for method in [
        Method::Info,
        Method::Update,
        Method::Message,
        Method::Options,
        Method::Notify,
    ] {
        let body = Body {
            content_type: "text/plain".to_owned(),
            bytes: "to bob".into(),
        };
        let id = alice.ask_in_call(call, method.clone(), Some(body));
        let (request, message) = bob.request(method.clone()).await;
        assert_eq!(message.body(), b"to bob", "{method}");
        assert_eq!(message.content_type(), "text/plain");
        assert_eq!(message.number(HeaderName::MaxForwards), Ok(69));
        bob.respond(request, Reply::new(299).header("X-Echo", method.as_str()));
        let outcome = alice.outcome(id).await;
        assert_eq!(outcome.status(), Some(299));
        assert!(outcome.headers_by_text("X-Echo").next().is_some());
        let id = bob.ask_in_call(leg, method.clone(), None);
        let (request, _) = alice.request(method).await;
        alice.respond(request, Reply::new(415));
        assert_eq!(bob.outcome(id).await.status(), Some(415));
    }
    pbx.stop().await;
}

#[tokio::test]
async fn methods_that_are_not_there_are_refused_with_the_list() {
    let pbx = start();
    let (mut alice, call, _bob, _) = talk(&pbx).await;
    for (method, code) in [(Method::Publish, 405), (Method::new("FLY"), 501)] {
        let id = alice.ask_in_call(call, method.clone(), None);
        let refused = alice.outcome(id).await;
        assert_eq!(refused.status(), Some(code), "{method}");
        assert!(refused.lists(HeaderName::Allow, "INVITE"));
    }
    pbx.stop().await;
}

#[tokio::test]
async fn an_offer_in_the_answer_is_answered_in_the_ack() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let call = alice.call("bob", "");
    let (leg, invite) = bob.incoming().await;
    assert!(invite.body().is_empty());
    bob.accept(leg, "v=0 offer");
    let needs_answer = alice
        .wait("answer", |happening| match happening {
            Happening::Answered { needs_answer, .. } => Some(*needs_answer),
            _ => None,
        })
        .await;
    assert!(needs_answer);
    alice.with(|endpoint, now| endpoint.acknowledge(now, call, Some(Body::sdp("v=0 answer"))));
    assert_eq!(bob.confirmed().await.body(), b"v=0 answer");
    alice.hang_up(call);
    bob.ended(leg).await;
    pbx.stop().await;
}
