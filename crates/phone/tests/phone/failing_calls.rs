//! Calls that come to nothing, and that the phone says why.

use std::time::Duration;

use gannet_phone::{CallEndCause, CallOptions, Destination, IncomingPolicy, Phone, PhoneError};

use crate::support::{assert_valid, config, direct, loopback_pair, phone, ring, soon};

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
