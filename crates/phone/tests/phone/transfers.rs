//! Transfers between phones without any server, and against a peer that does what it likes.

use std::time::Duration;

use gannet_phone::{
    CallEndCause, CallHandle, CallOptions, CallState, IncomingPolicy, Phone, PhoneError,
    TransferOptions, TransferState, TransferTo,
};

use crate::support::{assert_valid, direct, hears, phone, ring, soon};

async fn answers(phone: &Phone) {
    let after = Duration::ZERO;
    let policy = IncomingPolicy::AutoAnswer { after };
    phone.set_incoming(policy).await.expect("set");
}

/// Alice in a call with Bob, and Charlie, who answers.
async fn three(hers: &str, his: &str) -> (Phone, Phone, Phone, CallHandle) {
    let alice = phone("Alice", hers, 1).await;
    let bob = phone("Bob", his, 2).await;
    let charlie = phone("Charlie", "generic", 3).await;
    answers(&charlie).await;
    let (call, incoming) = ring(&alice, &bob).await;
    bob.answer(incoming, soon()).await.expect("answered");
    alice.wait_connected(call, soon()).await.expect("connected");
    (alice, bob, charlie, call)
}

async fn end(alice: &Phone, number: u64) -> TransferState {
    let over = |record: &gannet_phone::TransferRecord| record.state.is_over();
    let record = alice.wait_transfer(number, "its end", soon(), over).await;
    record.expect("it ends").state
}

#[tokio::test]
async fn each_model_transfers_and_is_transferred() {
    for (hers, his) in [
        ("Squirrel350", "Chipmunk5000"),
        ("Chipmunk5000", "generic"),
        ("generic", "Squirrel350"),
    ] {
        let (alice, bob, charlie, call) = three(hers, his).await;
        let to = TransferTo::Destination(direct(&charlie));
        let options = TransferOptions::default();
        let asked = alice.transfer(call, to, options, soon()).await;
        let number = asked.expect("agreed");
        let state = end(&alice, number).await;
        assert_eq!(
            state,
            TransferState::Succeeded { code: Some(200) },
            "{hers}"
        );
        alice.wait_idle(soon()).await.expect("Alice hangs up");
        let one_call = |state: &gannet_phone::PhoneState| state.open_calls().count() == 1;
        let state = bob.wait_for_state(soon(), "one call", one_call).await;
        let state = state.expect("Bob has one call");
        let new = state.open_calls().next().expect("one").handle;
        assert!(state.call(new).is_some_and(|record| record.referred));
        hears(&bob, new, &charlie).await;
        assert_valid(&[&alice, &bob, &charlie]);
    }
}

#[tokio::test]
async fn an_attended_transfer_replaces_the_consultation_call() {
    let (alice, bob, charlie, first) = three("generic", "generic").await;
    alice.hold(first, soon()).await.expect("held");
    let made = alice.call(&direct(&charlie), CallOptions::default()).await;
    let second = made.expect("a call");
    alice
        .wait_connected(second, soon())
        .await
        .expect("connected");
    let to = TransferTo::Call(second);
    let options = TransferOptions::default();
    let asked = alice.transfer(first, to, options, soon()).await;
    let state = end(&alice, asked.expect("agreed")).await;
    assert_eq!(state, TransferState::Succeeded { code: Some(200) });
    alice
        .wait_idle(soon())
        .await
        .expect("both calls of Alice end");
    let ended = charlie
        .state()
        .calls
        .first()
        .cloned()
        .expect("the old call");
    assert!(
        matches!(&ended.state, CallState::Ended(end) if end.cause == CallEndCause::Replaced),
        "{}",
        ended.state
    );
    let new = bob.state().open_calls().next().expect("one").handle;
    hears(&bob, new, &charlie).await;
    assert_valid(&[&alice, &bob, &charlie]);
}

#[tokio::test]
async fn a_transfer_needs_a_connected_call() {
    let alice = phone("Alice", "generic", 1).await;
    let bob = phone("Bob", "generic", 2).await;
    let (call, _) = ring(&alice, &bob).await;
    let to = TransferTo::Destination(direct(&bob));
    let options = TransferOptions::default();
    let error = alice.transfer(call, to, options, soon()).await;
    assert!(
        matches!(error, Err(PhoneError::WrongState { .. })),
        "{error:?}"
    );
    let error = alice.decide_referral(None).await.expect_err("none waits");
    assert!(error.to_string().contains("no transfer waits"), "{error}");
}

#[tokio::test]
async fn a_forgotten_call_sends_nothing() {
    let (alice, bob, _, call) = three("generic", "generic").await;
    let theirs = bob.state().open_calls().next().expect("one").handle;
    bob.vanish(theirs).await.expect("forgotten");
    let record = bob.state().call(theirs).cloned().expect("the call");
    assert!(
        matches!(&record.state, CallState::Ended(end) if end.cause == CallEndCause::Vanished),
        "{}",
        record.state
    );
    // BYE gets 481, which ends the call too.
    let end = alice.hang_up(call, soon()).await.expect("it ends");
    assert_eq!(end.cause, CallEndCause::LocalHangUp);
    assert_valid(&[&alice, &bob]);
}
