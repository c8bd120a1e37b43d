//! Phones that watch each other without a server (RFC 6665, RFC 4235, RFC 3856).

use std::time::Duration;

use gannet_phone::{CallState, Phone, Watch, WatchHandle, WatchStage, Watching};
use gannet_sip::{HeaderName, Method};
use gannet_ua::bodies::{DialogDirection, DialogStage, Presence};
use gannet_ua::endpoint::Resubscribe;
use gannet_ua::{EventPackage, SubscriptionState};

use crate::peer::Peer;
use crate::support::{assert_valid, direct, phone, ring, soon};

async fn watch(alice: &Phone, bob: &Phone, event: &str) -> std::sync::Arc<Watching> {
    let wanted = Watch::new(EventPackage::new(event), direct(bob));
    let watching = alice.subscribe(wanted, soon()).await.expect("an answer");
    assert_eq!(watching.code, 200, "{event}");
    watching
}

async fn until(alice: &Phone, what: &str, fits: impl Fn(&Watching) -> bool) {
    let instead = |state: &gannet_phone::PhoneState| format!("{:#?}", state.events);
    let found = alice.wait_watching(what, soon(), fits, instead).await;
    found.expect(what);
}

fn notes(watching: &Watching) -> Vec<String> {
    let notes = watching.presence.iter().flat_map(Presence::all_notes);
    notes.map(|note| note.text.clone()).collect()
}

/// The subscription ends on our wish, and is over then.
async fn ends(alice: &Phone, watched: WatchHandle) {
    let end = Resubscribe {
        expires: Some(Duration::ZERO),
        ..Resubscribe::default()
    };
    let over = alice
        .rewatch(watched, end, soon())
        .await
        .expect("an answer");
    assert_eq!((over.code, over.stage), (200, WatchStage::Over));
    until(alice, "the last NOTIFY", |it| {
        it.handle == watched
            && it
                .state
                .as_ref()
                .is_some_and(SubscriptionState::is_terminated)
    })
    .await;
    assert!(
        alice
            .rewatch(watched, Resubscribe::default(), soon())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn calls_of_a_phone_light_the_lamp_of_another() {
    let (alice, bob) = (
        phone("Alice", "generic", 1).await,
        phone("Bob", "generic", 2).await,
    );
    let carol = phone("Carol", "generic", 3).await;
    let dialogs = watch(&alice, &bob, "dialog").await.handle;
    watch(&alice, &bob, "presence").await;
    let lamp = |stage| {
        move |it: &Watching| {
            it.handle == dialogs && it.dialogs.version().is_some() && it.dialogs.lamp() == stage
        }
    };
    until(&alice, "a dark lamp", lamp(None)).await;
    until(&alice, "Available", |it| {
        notes(it).contains(&"Available".to_owned())
    })
    .await;
    let (call, incoming) = ring(&carol, &bob).await;
    until(&alice, "an early dialog", lamp(Some(DialogStage::Early))).await;
    let state = alice.state();
    let early = state.events.watching[&dialogs].dialogs.dialogs().next();
    let early = early.expect("one").clone();
    assert_eq!(early.direction, Some(DialogDirection::Recipient));
    assert_eq!(
        early.call_id,
        bob.state().latest_call().map(|it| it.sip_call_id.clone())
    );
    bob.answer(incoming, soon()).await.expect("answered");
    until(
        &alice,
        "a confirmed dialog",
        lamp(Some(DialogStage::Confirmed)),
    )
    .await;
    until(&alice, "On The Phone", |it| {
        notes(it).contains(&"On The Phone".to_owned())
    })
    .await;
    carol.hang_up(call, soon()).await.expect("hung up");
    until(
        &alice,
        "a terminated dialog",
        lamp(Some(DialogStage::Terminated)),
    )
    .await;
    let ended = bob.state().latest_call().expect("a call").state.clone();
    assert!(matches!(ended, CallState::Ended(_)));
    ends(&alice, dialogs).await;
    assert_valid(&[&alice, &bob, &carol]);
}

#[tokio::test]
async fn a_state_is_fetched_once_and_unknown_packages_are_refused() {
    let (alice, bob) = (
        phone("Alice", "generic", 1).await,
        phone("Bob", "generic", 2).await,
    );
    let mut fetch = Watch::new(EventPackage::new("presence"), direct(&bob));
    fetch.expires = Duration::ZERO;
    let fetched = alice.subscribe(fetch, soon()).await.expect("an answer");
    assert_eq!(fetched.code, 200);
    until(&alice, "the state", |it| {
        it.notified == 1 && it.presence.is_some()
    })
    .await;
    assert_eq!(
        alice.state().events.watching[&fetched.handle].stage,
        WatchStage::Over
    );
    let weather = Watch::new(EventPackage::new("weather"), direct(&bob));
    let refused = alice.subscribe(weather, soon()).await.expect("an answer");
    assert_eq!(refused.stage, WatchStage::Failed { code: 489 });
    let answer = refused.answer.as_ref().expect("a response");
    assert!(answer.lists(HeaderName::AllowEvents, "dialog"));
    let mut html = Watch::new(EventPackage::new("dialog"), direct(&bob));
    html.accept = Some("text/html".to_owned());
    let refused = alice.subscribe(html, soon()).await.expect("an answer");
    assert_eq!(refused.code, 406);
    assert_valid(&[&alice, &bob]);
}

#[tokio::test]
async fn nobody_publishes_to_a_phone() {
    let bob = phone("Bob", "generic", 2).await;
    let mut peer = Peer::bind(bob.address()).await;
    let publish = peer
        .request(&Method::Publish, 1, None)
        .header(HeaderName::Event, "presence");
    peer.send(&publish).await;
    let refused = peer.expect("405 Method Not Allowed (PUBLISH)").await;
    assert!(refused.lists(HeaderName::Allow, "SUBSCRIBE"));
    assert_valid(&[&bob]);
}
