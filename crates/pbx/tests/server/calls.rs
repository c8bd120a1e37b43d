//! Calls between users.

use gannet_pbx::{CallState, PbxEvent};
use gannet_sip::{HeaderName, Method, NameAddr, Transport, Uri};
use gannet_ua::endpoint::{Body, EndCause, Outcome, Reply};

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with};

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=offer\r\n";
const ANSWER: &str = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=answer\r\n";

#[tokio::test]
async fn a_call_goes_through_with_its_descriptions_and_the_callee_ends_it() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let pbx = start();
        let mut events = pbx.events();
        let mut alice = Agent::over(&pbx, "alice", transport);
        let mut bob = Agent::over(&pbx, "bob", transport);
        alice.register().await;
        bob.register().await;
        let call = alice.call("bob", OFFER);
        let (leg, invite) = bob.incoming().await;
        assert_eq!(invite.body(), OFFER.as_bytes());
        let from = invite.from().expect("From");
        assert_eq!(from.display_name().as_deref(), Some("ALICE"));
        assert_eq!(from.uri, alice.uri("alice"));
        let asserted = invite.text(HeaderName::PAssertedIdentity);
        assert_eq!(
            asserted.as_deref(),
            Some("\"Alice Adams\" <sip:alice@gannet.test>")
        );
        assert!(invite.header(HeaderName::ProxyAuthorization).is_none());
        assert_eq!(invite.number(HeaderName::MaxForwards), Ok(69));
        assert_eq!(
            invite.request_uri().expect("a URI"),
            bob.contact().uri,
            "{transport}"
        );
        bob.ring(leg, Reply::new(180).header("X-Ring", "loud"));
        let ringing = alice.progress().await;
        assert_eq!(ringing.status(), Some(180));
        assert!(ringing.headers_by_text("X-Ring").next().is_some());
        bob.accept(leg, ANSWER);
        let answer = alice.answered().await;
        assert_eq!(answer.body(), ANSWER.as_bytes());
        assert_ne!(invite.call_id(), answer.call_id());
        bob.confirmed().await;
        let snapshot = pbx.snapshot().await.expect("running");
        assert_eq!(snapshot.calls[0].state, CallState::Talking);
        assert_eq!(snapshot.calls[0].callee, "bob");
        bob.with(|endpoint, now| {
            let why = vec![("Reason".to_owned(), "Q.850;cause=16".to_owned())];
            endpoint.hang_up_with(now, leg, why);
        });
        let EndCause::RemoteBye(bye) = alice.ended(call).await else {
            panic!("no BYE");
        };
        let reason = bye.text(HeaderName::Reason);
        assert_eq!(reason.as_deref(), Some("Q.850;cause=16"));
        assert!(matches!(
            bob.ended(leg).await,
            EndCause::LocalBye(Outcome::Response(ok)) if ok.status() == Some(200)
        ));
        pbx.wait_until(LIMIT, |s| s.calls.is_empty())
            .await
            .expect("over");
        let answered = std::iter::from_fn(|| events.try_recv().ok())
            .any(|e| matches!(e, PbxEvent::CallAnswered { service: None, .. }));
        assert!(answered);
        pbx.stop().await;
    }
}

#[tokio::test]
async fn the_caller_ends_a_call_dialled_by_number_and_address() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let uris = [
        Uri::sip(Some("1002"), "gannet.test", None),
        Uri::sip(Some("1002"), "GANNET.test", Some(5060)),
        Uri::at(Some("bob"), pbx.address()),
    ];
    for uri in uris {
        let mut spec = alice.spec(Method::Invite, "bob");
        spec.uri = uri;
        spec.contact = Some(alice.contact());
        let call = alice
            .with(|endpoint, now| endpoint.invite(now, spec))
            .expect("an address");
        let (leg, _) = bob.incoming().await;
        bob.accept(leg, "");
        alice.answered().await;
        bob.confirmed().await;
        alice.hang_up(call);
        assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
        assert!(matches!(alice.ended(call).await, EndCause::LocalBye(_)));
    }
    pbx.stop().await;
}

#[tokio::test]
async fn a_cancelled_call_stops_ringing() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let call = alice.call("bob", OFFER);
    let (leg, _) = bob.incoming().await;
    bob.ring(leg, Reply::new(180));
    alice.progress().await;
    alice.hang_up(call);
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteCancel(_)));
    assert!(matches!(
        alice.ended(call).await,
        EndCause::LocalCancel(Outcome::Response(end)) if end.status() == Some(487)
    ));
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    pbx.stop().await;
}

#[tokio::test]
async fn refusals_without_voicemail_come_back_as_they_are() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut dave = Agent::new(&pbx, "dave");
    dave.register().await;
    for (code, reason) in [
        (486, "Busy Here"),
        (603, "Decline"),
        (486, "Do Not Disturb"),
    ] {
        let call = alice.call("dave", OFFER);
        let (leg, _) = dave.incoming().await;
        dave.reject(
            leg,
            Reply {
                reason: Some(reason.to_owned()),
                ..Reply::new(code).header("X-Why", "so")
            },
        );
        let end = alice.failed(call).await;
        assert_eq!((end.status(), end.reason()), (Some(code), Some(reason)));
        assert!(end.headers_by_text("X-Why").next().is_some());
    }
    pbx.stop().await;
}

#[tokio::test]
async fn who_may_call_whom() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let call = alice.call("nobody", OFFER);
    assert_eq!(alice.failed(call).await.status(), Some(404));
    let call = alice.call("dave", OFFER);
    assert_eq!(alice.failed(call).await.status(), Some(480));

    // Somebody else's name in From.
    let mut spec = alice.spec(Method::Invite, "dave");
    spec.from = NameAddr::new(alice.uri("bob"));
    spec.contact = Some(alice.contact());
    let call = alice
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    assert_eq!(alice.failed(call).await.status(), Some(403));

    // A stranger is challenged and has nothing to answer with.
    let mut eve = Agent::new(&pbx, "eve");
    let call = eve.call("dave", OFFER);
    assert_eq!(eve.failed(call).await.status(), Some(407));

    let mut spec = alice.spec(Method::Invite, "dave");
    spec.contact = Some(alice.contact());
    spec.headers.push(("Max-Forwards".into(), "0".into()));
    let call = alice
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    assert_eq!(alice.failed(call).await.status(), Some(483));

    let mut spec = alice.spec(Method::Invite, "dave");
    spec.uri = Uri::sip(Some("dave"), "elsewhere.example", None);
    spec.contact = Some(alice.contact());
    let call = alice
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    assert_eq!(alice.failed(call).await.status(), Some(404));
    pbx.stop().await;
}

#[tokio::test]
async fn strangers_may_call_in_where_they_are_welcome() {
    let pbx = start_with(|config| config.allow_foreign = true);
    let mut eve = Agent::new(&pbx, "eve");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let mut spec = eve.spec(Method::Invite, "bob");
    spec.from = NameAddr::new(Uri::sip(Some("eve"), "elsewhere.example", None));
    spec.contact = Some(eve.contact());
    eve.with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    let (leg, invite) = bob.incoming().await;
    assert!(invite.header(HeaderName::PAssertedIdentity).is_none());
    bob.accept(leg, "");
    eve.answered().await;
    pbx.stop().await;
}

#[tokio::test]
async fn all_phones_ring_and_the_first_to_answer_has_the_call() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let mut alice = Agent::new(&pbx, "alice");
    let mut desk = Agent::new(&pbx, "bob");
    let mut mobile = Agent::new(&pbx, "bob");
    desk.register().await;
    mobile.register().await;
    let call = alice.call("bob", OFFER);
    let (desk_leg, _) = desk.incoming().await;
    let (mobile_leg, _) = mobile.incoming().await;
    // Early media of two phones: each in a dialog of its own.
    let early = || Reply::new(183).body(Body::sdp("v=0 early"));
    desk.ring(desk_leg, early());
    let first = alice.progress().await;
    mobile.ring(mobile_leg, early());
    let second = alice.progress().await;
    assert_ne!(first.to_tag(), second.to_tag());
    mobile.accept(mobile_leg, ANSWER);
    let answer = alice.answered().await;
    assert_eq!(answer.body(), ANSWER.as_bytes());
    assert!(![first.to_tag(), second.to_tag()].contains(&answer.to_tag()));
    let EndCause::RemoteCancel(cancel) = desk.ended(desk_leg).await else {
        panic!("no CANCEL");
    };
    let reason = cancel.text(HeaderName::Reason).expect("a reason");
    assert!(reason.contains("cause=200"), "{reason}");
    alice.hang_up(call);
    assert!(matches!(
        mobile.ended(mobile_leg).await,
        EndCause::RemoteBye(_)
    ));
    pbx.stop().await;
}

#[tokio::test]
async fn one_refusal_leaves_the_other_phone_ringing_and_a_decline_ends_all() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let mut alice = Agent::new(&pbx, "alice");
    let mut desk = Agent::new(&pbx, "dave");
    let mut mobile = Agent::new(&pbx, "dave");
    desk.register().await;
    mobile.register().await;
    let call = alice.call("dave", OFFER);
    let (desk_leg, _) = desk.incoming().await;
    let (mobile_leg, _) = mobile.incoming().await;
    desk.reject(desk_leg, Reply::new(486));
    mobile.ring(mobile_leg, Reply::new(180));
    assert_eq!(alice.progress().await.status(), Some(180));
    mobile.reject(mobile_leg, Reply::new(404));
    assert_eq!(alice.failed(call).await.status(), Some(486));

    let call = alice.call("dave", OFFER);
    let (desk_leg, _) = desk.incoming().await;
    let (mobile_leg, _) = mobile.incoming().await;
    mobile.ring(mobile_leg, Reply::new(180));
    alice.progress().await;
    desk.reject(desk_leg, Reply::new(603));
    assert!(matches!(
        mobile.ended(mobile_leg).await,
        EndCause::RemoteCancel(_)
    ));
    assert_eq!(alice.failed(call).await.status(), Some(603));
    pbx.stop().await;
}

#[tokio::test]
async fn preferred_phones_ring_first() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let mut alice = Agent::new(&pbx, "alice");
    let mut first = Agent::new(&pbx, "dave");
    let mut second = Agent::new(&pbx, "dave");
    for (agent, q) in [(&mut first, "0.9"), (&mut second, "0.1")] {
        let mut spec = agent.registration();
        spec.contact = spec.contact.with_param("q", q);
        agent.with(|endpoint, now| endpoint.register(now, spec));
        agent.registration_change().await;
    }
    let call = alice.call("dave", OFFER);
    let (leg, _) = first.incoming().await;
    first.reject(leg, Reply::new(480));
    let (leg, _) = second.incoming().await;
    second.accept(leg, ANSWER);
    alice.answered().await;
    alice.hang_up(call);
    second.ended(leg).await;
    pbx.stop().await;
}

#[tokio::test]
async fn calls_beyond_the_limit_are_refused_and_counted() {
    let pbx = start_with(|config| {
        config.limits.calls_max = 1;
        config.no_answer = LIMIT;
    });
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    alice.call("bob", OFFER);
    bob.incoming().await;
    let second = alice.call("bob", OFFER);
    let refused = alice.failed(second).await;
    assert_eq!(refused.status(), Some(503));
    assert!(refused.header(HeaderName::RetryAfter).is_some());
    assert_eq!(
        pbx.snapshot()
            .await
            .expect("running")
            .counters
            .refused_by_limit,
        1
    );
    pbx.stop().await;
}

#[tokio::test]
async fn a_stop_ends_calls_on_both_sides() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let talking = alice.call("bob", OFFER);
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, ANSWER);
    alice.answered().await;
    bob.confirmed().await;
    let ringing = alice.call("bob", OFFER);
    let (ringing_leg, _) = bob.incoming().await;
    bob.ring(ringing_leg, Reply::new(180));
    alice.progress().await;
    pbx.stop().await;
    assert!(matches!(alice.ended(talking).await, EndCause::RemoteBye(_)));
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    assert_eq!(alice.failed(ringing).await.status(), Some(503));
    assert!(matches!(
        bob.ended(ringing_leg).await,
        EndCause::RemoteCancel(_)
    ));
}
