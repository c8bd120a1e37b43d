//! Presence: publications, registrations and calls, as watchers see them.

use std::time::Duration;

use gannet_pbx::{Pbx, WatchRule};
use gannet_sip::{HeaderName, Message, Method, NameAddr};
use gannet_ua::SubscriptionChange;
use gannet_ua::bodies::{Basic, Note, Presence, Tuple};
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{Body, Happening, RequestSpec, SubscriptionId};

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with};

pub(crate) const PIDF: &str = "application/pidf+xml";

/// Subscribes to what another user is doing.
pub(crate) fn watch(agent: &Agent, event: &str, accept: &str, user: &str) -> SubscriptionId {
    let mut spec = agent.subscription(event);
    spec.uri = agent.uri(user);
    spec.to = NameAddr::new(agent.uri(user));
    spec.accept = Some(accept.to_owned());
    agent.with(|endpoint, now| endpoint.subscribe(now, spec))
}

/// The next NOTIFY of a subscription.
pub(crate) async fn next_notify(agent: &mut Agent) -> Message {
    agent
        .wait("a NOTIFY", |happening| match happening {
            Happening::Subscription {
                change: SubscriptionChange::Notified { notify, .. },
                ..
            } => Some(notify.clone()),
            _ => None,
        })
        .await
}

/// How the next attempt to subscribe fails.
async fn refusal(agent: &mut Agent) -> Message {
    agent
        .wait("a refusal", |happening| match happening {
            Happening::Subscription {
                change: SubscriptionChange::Failed { outcome },
                ..
            } => outcome.response().cloned(),
            _ => None,
        })
        .await
}

fn presence(notify: &Message) -> Presence {
    assert_eq!(notify.content_type(), PIDF);
    Presence::parse(notify.body()).expect("a presence document")
}

pub(crate) fn notes(notify: &Message) -> Vec<String> {
    let presence = presence(notify);
    let mut notes: Vec<_> = presence.all_notes().map(|note| note.text.clone()).collect();
    notes.dedup();
    notes
}

/// A PUBLISH of one's own presence; an empty note is no body.
pub(crate) fn publication(
    agent: &Agent,
    note: &str,
    expires: u32,
    if_match: Option<&str>,
) -> RequestSpec {
    let mut spec = agent.spec(Method::Publish, &agent.name);
    spec.headers = vec![
        ("Event".into(), "presence".into()),
        ("Expires".into(), expires.to_string()),
    ];
    if let Some(etag) = if_match {
        spec.headers.push(("SIP-If-Match".into(), etag.into()));
    }
    let mut document = Presence::new(agent.uri(&agent.name).to_string());
    document.tuples.push(Tuple {
        id: "phone".into(),
        basic: Some(Basic::Open),
        notes: vec![Note::new(note)],
        ..Tuple::default()
    });
    spec.body = (!note.is_empty()).then(|| Body {
        content_type: PIDF.into(),
        bytes: document.to_xml().into(),
    });
    spec
}

pub(crate) async fn talk(alice: &mut Agent, bob: &mut Agent) -> gannet_ua::endpoint::CallId {
    let call = alice.call("bob", "v=0\r\ns=offer\r\n");
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, "v=0\r\ns=answer\r\n");
    alice.answered().await;
    bob.confirmed().await;
    call
}

#[tokio::test]
async fn registrations_and_calls_make_the_presence_of_those_who_publish_nothing() {
    let pbx = start();
    let mut carol = Agent::new(&pbx, "carol");
    watch(&carol, "presence", PIDF, "bob");
    let first = next_notify(&mut carol).await;
    assert_eq!(notes(&first), ["Unregistered"]);
    assert_eq!(presence(&first).basic(), Some(Basic::Closed));
    assert_eq!(presence(&first).entity, "sip:bob@gannet.test");

    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    alice.register().await;
    let registration = bob.register().await;
    let available = next_notify(&mut carol).await;
    assert_eq!(notes(&available), ["Available"]);
    assert_eq!(presence(&available).basic(), Some(Basic::Open));

    let call = talk(&mut alice, &mut bob).await;
    let talking = next_notify(&mut carol).await;
    assert_eq!(notes(&talking), ["On The Phone"]);
    let activities = presence(&talking);
    assert!(activities.activities().any(|a| a.name == "on-the-phone"));
    alice.hang_up(call);
    assert_eq!(notes(&next_notify(&mut carol).await), ["Available"]);

    bob.with(|endpoint, now| endpoint.unregister(now, registration));
    assert_eq!(notes(&next_notify(&mut carol).await), ["Unregistered"]);
    pbx.stop().await;
}

#[tokio::test]
async fn who_may_watch_is_a_matter_of_configuration() {
    let pbx = start_with(|config| config.watching = WatchRule::Refuse);
    let mut bob = Agent::new(&pbx, "bob");
    watch(&bob, "presence", PIDF, "alice");
    assert_eq!(refusal(&mut bob).await.status(), Some(403));
    watch(&bob, "presence", PIDF, "bob");
    assert_eq!(notes(&next_notify(&mut bob).await), ["Unregistered"]);
    pbx.stop().await;

    let pbx = start_with(|config| config.watching = WatchRule::Pending);
    let mut bob = Agent::new(&pbx, "bob");
    watch(&bob, "presence", PIDF, "alice");
    let notify = next_notify(&mut bob).await;
    let state = notify.text(HeaderName::SubscriptionState).expect("a state");
    assert!(state.starts_with("pending;expires="), "{state}");
    assert!(notify.body().is_empty());
    pbx.stop().await;
}

#[tokio::test]
async fn packages_codes_and_challenges_are_as_configured() {
    let pbx = start_with(|config| {
        config.packages.remove("presence");
        config.packages.remove("reg");
    });
    let mut bob = Agent::new(&pbx, "bob");
    watch(&bob, "presence", PIDF, "alice");
    let refused = refusal(&mut bob).await;
    assert_eq!(refused.status(), Some(489));
    let packages = refused.text(HeaderName::AllowEvents);
    assert_eq!(packages.as_deref(), Some("message-summary, dialog"));
    pbx.stop().await;

    let pbx = start_with(|config| {
        config.subscribe_code = 202;
        config.subscribe_challenge = AuthTarget::Proxy;
    });
    let mut bob = Agent::new(&pbx, "bob");
    watch(&bob, "presence", PIDF, "alice");
    let challenge = challenge(&mut bob).await;
    assert_eq!(challenge, 407);
    let code = bob
        .wait("an answer", |happening| match happening {
            Happening::Subscription {
                change: SubscriptionChange::Accepted { response, .. },
                ..
            } => response.status(),
            _ => None,
        })
        .await;
    assert_eq!(code, 202);
    watch(&bob, "presence", "text/plain", "alice");
    assert_eq!(refusal(&mut bob).await.status(), Some(406));
    pbx.stop().await;
}

async fn challenge(agent: &mut Agent) -> u16 {
    agent
        .wait("a challenge", |happening| match happening {
            Happening::Challenged { response, .. } => response.status(),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_subscriber_that_knows_the_state_is_not_told_again() {
    let pbx = start();
    let mut bob = Agent::new(&pbx, "bob");
    let id = watch(&bob, "presence", PIDF, "alice");
    let first = next_notify(&mut bob).await;
    let etag = first
        .text(HeaderName::SipEtag)
        .expect("an entity-tag")
        .into_owned();
    let refresh = |bob: &Agent| {
        let headers = vec![("Suppress-If-Match".to_owned(), etag.clone())];
        bob.with(|endpoint, now| endpoint.refresh_subscription_with(now, id, None, headers));
    };
    answered(&mut bob).await;
    refresh(&bob);
    assert_eq!(answered(&mut bob).await, 204);
    let mut alice = Agent::new(&pbx, "alice");
    alice.register().await;
    let changed = next_notify(&mut bob).await;
    assert_eq!(notes(&changed), ["Available"]);
    assert_ne!(
        changed.text(HeaderName::SipEtag).as_deref(),
        Some(etag.as_str())
    );
    refresh(&bob);
    assert_eq!(answered(&mut bob).await, 200);
    assert_eq!(notes(&next_notify(&mut bob).await), ["Available"]);
    pbx.stop().await;
}

async fn answered(agent: &mut Agent) -> u16 {
    agent
        .wait("an answer", |happening| match happening {
            Happening::Subscription {
                change: SubscriptionChange::Accepted { response, .. },
                ..
            } => response.status(),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn users_who_leave_take_their_presence_with_them() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    alice.ask(publication(&alice, "Away", 600, None)).await;
    watch(&bob, "presence", PIDF, "alice");
    next_notify(&mut bob).await;
    pbx.remove_user("alice").await.expect("there");
    let notify = next_notify(&mut bob).await;
    let state = notify.text(HeaderName::SubscriptionState);
    assert_eq!(state.as_deref(), Some("terminated;reason=noresource"));
    pbx.wait_until(LIMIT, |s| s.subscriptions.is_empty())
        .await
        .expect("over");
    pbx.add_user(crate::setup::user("alice"))
        .await
        .expect("free");
    watch(&bob, "presence", PIDF, "alice");
    assert_eq!(notes(&next_notify(&mut bob).await), ["Unregistered"]);
    pbx.stop().await;
}

#[tokio::test]
async fn one_s_own_registrations_are_told() {
    let pbx = start();
    let mut bob = Agent::new(&pbx, "bob");
    watch(&bob, "reg", "application/reginfo+xml", "bob");
    let text = |notify: &Message| String::from_utf8_lossy(notify.body()).into_owned();
    let first = text(&next_notify(&mut bob).await);
    assert!(
        first.contains("version=\"0\"") && first.contains("state=\"init\""),
        "{first}"
    );
    bob.register().await;
    let second = text(&next_notify(&mut bob).await);
    let uri = format!("<uri>{}</uri>", bob.contact().uri);
    assert!(
        second.contains("version=\"1\"") && second.contains(&uri),
        "{second}"
    );
    watch(&bob, "reg", "application/reginfo+xml", "alice");
    assert_eq!(refusal(&mut bob).await.status(), Some(403));
    pbx.stop().await;
}

/// Everybody watches everybody: each change is told to all, once.
#[tokio::test(flavor = "multi_thread")]
async fn forty_users_watch_each_other() {
    const USERS: usize = 40;
    let pbx = start();
    let mut agents = Vec::new();
    for number in 0..USERS {
        let name = format!("user{number}");
        pbx.add_user(crate::setup::user(&name)).await.expect("free");
        agents.push(Agent::new(&pbx, &name));
    }
    for agent in &mut agents {
        agent.register().await;
    }
    for (index, agent) in agents.iter().enumerate() {
        for other in (0..USERS).filter(|other| *other != index) {
            watch(agent, "presence", PIDF, &format!("user{other}"));
        }
    }
    for agent in &mut agents {
        for _ in 1..USERS {
            assert_eq!(notes(&next_notify(agent).await), ["Available"]);
        }
    }
    assert_eq!(subscriptions(&pbx).await, USERS * (USERS - 1));
    for agent in &mut agents {
        let spec = publication(agent, "After Hours", 600, None);
        assert_eq!(agent.ask(spec).await.status(), Some(200));
    }
    for agent in &mut agents {
        let mut told = std::collections::BTreeSet::new();
        for _ in 1..USERS {
            let notify = next_notify(agent).await;
            assert_eq!(notes(&notify), ["After Hours"]);
            told.insert(presence(&notify).entity);
        }
        assert_eq!(told.len(), USERS - 1, "{}", agent.name);
    }
    pbx.stop().await;
}

async fn subscriptions(pbx: &Pbx) -> usize {
    let snapshot = pbx.snapshot().await.expect("running");
    let longest = snapshot.subscriptions.iter().map(|s| s.expires_in).max();
    assert!(longest.is_some_and(|time| time <= Duration::from_mins(10)));
    snapshot.subscriptions.len()
}
