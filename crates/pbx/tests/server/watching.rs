//! Whoever refreshes a subscription must prove who it is.

use std::sync::Arc;

use gannet_pbx::DigestUri;
use gannet_sip::{HeaderName, MessageBuilder, Method};
use gannet_ua::SubscriptionChange;
use gannet_ua::digest::ClientAuth;
use gannet_ua::endpoint::{Dress, Happening, MessageKind};

use crate::agent::Agent;
use crate::setup::{start, start_with};

#[tokio::test]
async fn a_refresh_without_credentials_is_challenged_and_changes_nothing() {
    let pbx = start();
    let mut bob = Agent::new(&pbx, "bob");
    let spec = bob.subscription("message-summary");
    let id = bob.with(|endpoint, now| endpoint.subscribe(now, spec));
    told(&mut bob).await;
    let before = pbx.snapshot().await.expect("running").counters.challenges;
    bob.with(|endpoint, now| {
        *endpoint.auth_mut() = ClientAuth::default();
        endpoint.refresh_subscription(now, id);
    });
    let code = bob
        .wait("a refusal", |happening| match change_of(happening)? {
            SubscriptionChange::Failed { outcome } => Some(outcome.code()),
            _ => None,
        })
        .await;
    assert_eq!(code, 401);
    let snapshot = pbx.snapshot().await.expect("running");
    assert_eq!(snapshot.counters.challenges, before + 1);
    assert_eq!(snapshot.subscriptions.len(), 1);
    pbx.stop().await;
}

#[tokio::test]
async fn credentials_for_another_uri_are_judged_by_the_configuration() {
    for (rule, code) in [(DigestUri::Lenient, 200), (DigestUri::Strict, 400)] {
        let pbx = start_with(|config| config.digest_uri = rule);
        let mut bob = Agent::new(&pbx, "bob");
        let spec = bob.subscription("message-summary");
        let id = bob.with(|endpoint, now| {
            endpoint.config_mut().dress = Some(Arc::new(Mixed));
            endpoint.subscribe(now, spec)
        });
        answered(&mut bob).await;
        told(&mut bob).await;
        bob.with(|endpoint, now| endpoint.refresh_subscription(now, id));
        assert_eq!(answered(&mut bob).await, code, "{rule:?}");
        let snapshot = pbx.snapshot().await.expect("running");
        let lenient = u64::from(rule == DigestUri::Lenient);
        assert_eq!(snapshot.counters.digest_uri_differences, lenient);
        assert_eq!(snapshot.subscriptions.len(), 1);
        pbx.stop().await;
    }
}

fn change_of(happening: &Happening) -> Option<&SubscriptionChange> {
    match happening {
        Happening::Subscription { change, .. } => Some(change),
        _ => None,
    }
}

async fn told(agent: &mut Agent) {
    agent
        .wait("a NOTIFY", |happening| {
            let change = change_of(happening)?;
            matches!(change, SubscriptionChange::Notified { .. }).then_some(())
        })
        .await;
}

/// The code that a SUBSCRIBE got.
async fn answered(agent: &mut Agent) -> u16 {
    agent
        .wait("an answer", |happening| match change_of(happening)? {
            SubscriptionChange::Accepted { response, .. } => response.status(),
            SubscriptionChange::Failed { outcome } => Some(outcome.code()),
            _ => None,
        })
        .await
}

/// A phone behind devices that mix up addresses. A strict router that nobody can reach makes the
/// refresh go, with credentials, to a foreign URI; on the way the Request-URI is written anew.
#[derive(Debug)]
struct Mixed;

impl Dress for Mixed {
    fn dress(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        if kind.method != Method::Subscribe || kind.code.is_some() {
            return;
        }
        if kind.in_dialog {
            *message.start_line_mut() = b"SUBSCRIBE sip:2000@inside.invalid SIP/2.0".to_vec();
        } else {
            message.push(HeaderName::RecordRoute, "<sip:2001@outside.invalid>");
        }
    }
}
