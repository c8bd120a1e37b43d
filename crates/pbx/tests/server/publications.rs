//! PUBLISH: what devices say of their users, as watchers see it (RFC 3903).

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::Body;

use crate::agent::Agent;
use crate::presence::{PIDF, next_notify, notes, publication, talk, watch};
use crate::setup::{start, start_with};

fn etag_of(response: &Message) -> String {
    assert_eq!(response.status(), Some(200));
    response
        .text(HeaderName::SipEtag)
        .expect("an entity-tag")
        .into_owned()
}

#[tokio::test]
async fn a_publication_is_told_refreshed_changed_and_removed() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    alice.register().await;
    watch(&bob, "presence", PIDF, "1001");
    assert_eq!(notes(&next_notify(&mut bob).await), ["Available"]);

    let first = alice.ask(publication(&alice, "Away", 600, None)).await;
    let one = etag_of(&first);
    assert_eq!(first.text(HeaderName::Expires).as_deref(), Some("600"));
    assert_eq!(notes(&next_notify(&mut bob).await), ["Away"]);

    let refreshed = alice.ask(publication(&alice, "", 600, Some(&one))).await;
    let two = etag_of(&refreshed);
    assert_ne!(one, two);
    let stale = alice
        .ask(publication(&alice, "Busy", 600, Some(&one)))
        .await;
    assert_eq!(stale.status(), Some(412));
    let changed = alice
        .ask(publication(&alice, "Busy", 600, Some(&two)))
        .await;
    let three = etag_of(&changed);
    // The refresh was nothing to tell: the next NOTIFY is about the change.
    assert_eq!(notes(&next_notify(&mut bob).await), ["Busy"]);

    let removed = alice.ask(publication(&alice, "", 0, Some(&three))).await;
    assert_eq!(removed.text(HeaderName::Expires).as_deref(), Some("0"));
    etag_of(&removed);
    assert_eq!(notes(&next_notify(&mut bob).await), ["Available"]);
    assert_eq!(
        pbx.snapshot()
            .await
            .expect("running")
            .counters
            .publications_granted,
        4
    );
    pbx.stop().await;
}

#[tokio::test]
async fn who_publishes_that_they_are_free_is_on_the_phone_during_a_call() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let mut carol = Agent::new(&pbx, "carol");
    alice.register().await;
    bob.register().await;
    alice.ask(publication(&alice, "Available", 600, None)).await;
    watch(&carol, "presence", PIDF, "alice");
    assert_eq!(notes(&next_notify(&mut carol).await), ["Available"]);
    let call = talk(&mut alice, &mut bob).await;
    assert_eq!(notes(&next_notify(&mut carol).await), ["On The Phone"]);
    alice.hang_up(call);
    assert_eq!(notes(&next_notify(&mut carol).await), ["Available"]);
    pbx.stop().await;
}

#[tokio::test]
async fn a_publication_that_is_not_refreshed_ends() {
    let pbx = start_with(|config| config.expires.min_s = 1);
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    alice.ask(publication(&alice, "Away", 1, None)).await;
    watch(&bob, "presence", PIDF, "alice");
    assert_eq!(notes(&next_notify(&mut bob).await), ["Away"]);
    assert_eq!(notes(&next_notify(&mut bob).await), ["Unregistered"]);
    pbx.stop().await;
}

#[tokio::test]
async fn publications_that_cannot_be_are_refused() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut without_event = publication(&alice, "Away", 600, None);
    without_event.headers.remove(0);
    let mut other_event = publication(&alice, "Away", 600, None);
    other_event.headers[0].1 = "dialog".into();
    let mut of_bob = publication(&alice, "Away", 600, None);
    of_bob.uri = alice.uri("bob");
    let mut of_nobody = publication(&alice, "Away", 600, None);
    of_nobody.uri = alice.uri("nobody");
    let mut broken = publication(&alice, "Away", 600, None);
    let mut other_type = broken.clone();
    let bytes = "<!DOCTYPE a [<!ENTITY b 'b'>]><presence entity='sip:a@b'>&b;</presence>";
    broken.body = Some(Body {
        content_type: PIDF.into(),
        bytes: bytes.into(),
    });
    other_type.body = Some(Body {
        content_type: "text/plain".into(),
        bytes: "Away".into(),
    });
    let table = [
        (without_event, 489),
        (other_event, 489),
        (of_bob, 403),
        (of_nobody, 404),
        (broken, 400),
        (other_type, 415),
        (publication(&alice, "", 600, None), 400),
        (publication(&alice, "Away", 1, None), 423),
        (publication(&alice, "Away", 600, Some("none")), 412),
    ];
    for (spec, code) in table {
        let what = format!("{spec:?}");
        let response = alice.ask(spec).await;
        assert_eq!(response.status(), Some(code), "{what}");
        match code {
            489 => assert_eq!(
                response.text(HeaderName::AllowEvents).as_deref(),
                Some("presence")
            ),
            415 => assert_eq!(response.text(HeaderName::Accept).as_deref(), Some(PIDF)),
            423 => assert_eq!(response.text(HeaderName::MinExpires).as_deref(), Some("60")),
            _ => {}
        }
    }
    pbx.stop().await;
}
