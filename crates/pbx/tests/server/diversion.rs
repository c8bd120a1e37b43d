//! DND, busy, no answer, forward.

use std::time::Duration;

use gannet_pbx::{CallState, Diversion, Forward, Pbx, PbxEvent, Service};
use gannet_ua::endpoint::{EndCause, Reply};

use crate::agent::Agent;
use crate::ear::Ear;
use crate::setup::{LIMIT, start, start_impatient, start_with};

/// Calls Bob, waits for voicemail to answer, hangs up, and gives the reasons of the diversions.
async fn ends_at_voicemail(
    pbx: &Pbx,
    alice: &mut Agent,
    act: impl AsyncFnOnce(),
) -> Vec<Diversion> {
    let mut events = pbx.events();
    let call = alice.call("bob", &Ear::open().offer());
    act().await;
    alice.answered().await;
    let state = pbx.snapshot().await.expect("running").calls[0].state;
    assert_eq!(state, CallState::Service(Service::Voicemail));
    alice.hang_up(call);
    alice.ended(call).await;
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    std::iter::from_fn(|| events.try_recv().ok())
        .filter_map(|event| match event {
            PbxEvent::CallDiverted { reason, .. } => Some(reason),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn refusals_of_a_phone_lead_to_voicemail() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let table = [
        (486, "Busy Here", Diversion::Busy),
        (603, "Decline", Diversion::Declined),
        (480, "Do not disturb", Diversion::Dnd),
    ];
    for (code, reason, expected) in table {
        let reasons = ends_at_voicemail(&pbx, &mut alice, async || {
            let (leg, _) = bob.incoming().await;
            let reason = Some(reason.to_owned());
            bob.reject(
                leg,
                Reply {
                    reason,
                    ..Reply::new(code)
                },
            );
        })
        .await;
        assert_eq!(reasons, [expected]);
    }
    pbx.stop().await;
}

#[tokio::test]
async fn silence_absence_and_dnd_lead_to_voicemail() {
    let pbx = start_impatient();
    let mut alice = Agent::new(&pbx, "alice");
    let reasons = ends_at_voicemail(&pbx, &mut alice, async || {}).await;
    assert_eq!(reasons, [Diversion::Unreachable]);

    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let reasons = ends_at_voicemail(&pbx, &mut alice, async || {
        let (leg, _) = bob.incoming().await;
        bob.ring(leg, Reply::new(180));
        assert!(matches!(bob.ended(leg).await, EndCause::RemoteCancel(_)));
    })
    .await;
    assert_eq!(reasons, [Diversion::NoAnswer]);

    pbx.set_dnd("bob", true).await.expect("there");
    let reasons = ends_at_voicemail(&pbx, &mut alice, async || {}).await;
    assert_eq!(reasons, [Diversion::Dnd]);
    pbx.set_dnd("bob", false).await.expect("there");
    assert!(pbx.set_dnd("nobody", true).await.is_err());
    pbx.stop().await;
}

#[tokio::test]
async fn without_voicemail_the_caller_is_told() {
    let pbx = start_with(|config| {
        config.voicemail.on.remove(&Diversion::Busy);
    });
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    bob.register().await;
    let call = alice.call("bob", "v=0");
    let (leg, _) = bob.incoming().await;
    bob.reject(leg, Reply::new(486));
    assert_eq!(alice.failed(call).await.status(), Some(486));

    let mut dave = Agent::new(&pbx, "dave");
    dave.register().await;
    let soon = Forward {
        no_answer: Some(Duration::from_millis(300)),
        ..Forward::default()
    };
    pbx.set_forward("dave", soon).await.expect("there");
    let call = alice.call("dave", "v=0");
    let (leg, _) = dave.incoming().await;
    assert_eq!(alice.failed(call).await.status(), Some(480));
    dave.ended(leg).await;
    pbx.set_dnd("dave", true).await.expect("there");
    let call = alice.call("dave", "v=0");
    assert_eq!(alice.failed(call).await.status(), Some(486));
    pbx.stop().await;
}

#[tokio::test]
async fn forwards_lead_elsewhere_and_never_in_circles() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let mut carol = Agent::new(&pbx, "carol");
    bob.register().await;
    carol.register().await;
    let to = |name: &str| Some(name.to_owned());

    let forward = Forward {
        always: to("1003"),
        ..Forward::default()
    };
    pbx.set_forward("bob", forward).await.expect("there");
    let call = alice.call("bob", "v=0");
    let (leg, invite) = carol.incoming().await;
    assert_eq!(invite.to().expect("To").uri, alice.uri("bob"));
    carol.accept(leg, "v=0");
    alice.answered().await;
    alice.hang_up(call);
    carol.ended(leg).await;

    let forward = Forward {
        on_busy: to("carol"),
        on_no_answer: to("carol"),
        no_answer: Some(Duration::from_millis(100)),
        ..Forward::default()
    };
    pbx.set_forward("bob", forward).await.expect("there");
    for busy in [true, false] {
        let call = alice.call("bob", "v=0");
        let (leg, _) = bob.incoming().await;
        if busy {
            bob.reject(leg, Reply::new(486));
        }
        let (leg, _) = carol.incoming().await;
        carol.accept(leg, "v=0");
        alice.answered().await;
        alice.hang_up(call);
        carol.ended(leg).await;
    }

    let circle = |name: &str| Forward {
        always: to(name),
        ..Forward::default()
    };
    pbx.set_forward("bob", circle("carol"))
        .await
        .expect("there");
    pbx.set_forward("carol", circle("bob"))
        .await
        .expect("there");
    let call = alice.call("bob", "v=0");
    assert_eq!(alice.failed(call).await.status(), Some(482));
    pbx.stop().await;
}

#[tokio::test]
async fn a_phone_that_is_gone_is_noticed() {
    // A port that nobody listens on: the network says so at once.
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    {
        let mut dave = Agent::new(&pbx, "dave");
        dave.register().await;
    }
    let call = alice.call("dave", "v=0");
    let code = alice.failed(call).await.status();
    assert_eq!(code, Some(480));
    pbx.stop().await;
}
