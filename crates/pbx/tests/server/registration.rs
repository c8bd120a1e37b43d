//! REGISTER.

use std::time::Duration;

use gannet_pbx::{PbxConfig, PbxEvent};
use gannet_sip::{HeaderName, Method, NameAddr, Transport, Uri};
use gannet_ua::RegistrationChange;
use gannet_ua::digest::{Algorithm, Credentials};
use gannet_ua::endpoint::Outcome;

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with, user};

fn code_of(change: RegistrationChange) -> u16 {
    match change {
        RegistrationChange::Failed { outcome, .. } => outcome.code(),
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn every_algorithm_lets_a_phone_in() {
    let mut offers: Vec<Vec<Algorithm>> = Algorithm::ALL.iter().map(|a| vec![*a]).collect();
    offers.push(vec![
        Algorithm::Sha512_256,
        Algorithm::Sha256,
        Algorithm::Md5,
    ]);
    for algorithms in offers {
        let pbx = start_with(|config| config.algorithms.clone_from(&algorithms));
        let mut alice = Agent::new(&pbx, "alice");
        alice.register().await;
        let snapshot = pbx.snapshot().await.expect("running");
        assert!(snapshot.is_registered("alice"), "{algorithms:?}");
        assert_eq!(snapshot.counters.challenges, 1);
        pbx.stop().await;
    }
}

#[tokio::test]
async fn a_phone_registers_over_tcp_refreshes_and_leaves() {
    let pbx = start();
    let mut events = pbx.events();
    let mut alice = Agent::over(&pbx, "alice", Transport::Tcp);
    let id = alice.register().await;
    alice.with(|endpoint, now| endpoint.refresh_registration(now, id));
    let change = alice.registration_change().await;
    let RegistrationChange::Registered { expires, response } = change else {
        panic!("{change:?}");
    };
    assert_eq!(expires, Duration::from_mins(10));
    assert!(response.header(HeaderName::Date).is_some());
    alice.with(|endpoint, now| endpoint.unregister(now, id));
    let change = alice.registration_change().await;
    let RegistrationChange::Unregistered {
        outcome: Outcome::Response(response),
    } = change
    else {
        panic!("{change:?}");
    };
    assert_eq!(response.status(), Some(200));
    assert!(response.header(HeaderName::Contact).is_none());
    assert!(
        !pbx.snapshot()
            .await
            .expect("running")
            .is_registered("alice")
    );
    let mut kinds = Vec::new();
    while let Ok(event) = events.try_recv() {
        kinds.push(match event {
            PbxEvent::Registered { new: true, .. } => "registered",
            PbxEvent::Registered { new: false, .. } => "refreshed",
            PbxEvent::Unregistered { expired: false, .. } => "unregistered",
            _ => "other",
        });
    }
    assert_eq!(kinds, ["registered", "refreshed", "unregistered"]);
    pbx.stop().await;
}

#[tokio::test]
async fn wrong_passwords_and_unknown_users_stay_outside() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    alice.with(|endpoint, _| {
        endpoint
            .auth_mut()
            .add_credentials(None, Credentials::password("alice", "wrong"));
    });
    let spec = alice.registration();
    alice.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(alice.registration_change().await), 401);

    let mut nobody = Agent::new(&pbx, "nobody");
    let spec = nobody.registration();
    nobody.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(nobody.registration_change().await), 401);

    // Bob's password does not open Alice's address.
    let mut bob = Agent::new(&pbx, "bob");
    let mut spec = bob.registration();
    spec.aor = NameAddr::new(bob.uri("alice"));
    bob.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(bob.registration_change().await), 403);

    // Nor does it make an address that is not there.
    let mut spec = bob.registration();
    spec.aor = NameAddr::new(bob.uri("nobody"));
    bob.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(bob.registration_change().await), 404);

    let snapshot = pbx.snapshot().await.expect("running");
    assert!(snapshot.registrations.is_empty());
    assert_eq!(snapshot.counters.auth_failures, 3);
    pbx.stop().await;
}

#[tokio::test]
async fn a_foreign_registrar_and_a_broken_contact_are_refused() {
    let pbx = start_with(|config| config.auth_required = false);
    let mut alice = Agent::new(&pbx, "alice");
    let mut spec = alice.registration();
    spec.registrar = Uri::sip(None, "elsewhere.example", None);
    alice.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(alice.registration_change().await), 404);

    let mut spec = alice.spec(Method::Register, "alice");
    spec.uri = Uri::sip(None, pbx.domain(), None);
    spec.headers.push(("Contact".into(), "<sip:".into()));
    assert_eq!(alice.ask(spec.clone()).await.status(), Some(400));
    spec.headers = vec![("Contact".into(), "*".into())];
    assert_eq!(alice.ask(spec).await.status(), Some(400));
    pbx.stop().await;
}

#[tokio::test]
async fn lifetimes_are_kept_and_end() {
    let pbx = start_with(|config| {
        config.expires.min_s = 1;
        config.expires.max_s = 2;
    });
    let mut alice = Agent::new(&pbx, "alice");
    alice.register().await;
    let snapshot = pbx.snapshot().await.expect("running");
    let left = snapshot.bindings("alice").next().expect("bound").expires_in;
    assert!(left <= Duration::from_secs(2), "{left:?}");
    // The phone is gone without a word: its task ends.
    drop(alice);
    pbx.wait_until(LIMIT, |snapshot| !snapshot.is_registered("alice"))
        .await
        .expect("expired");
    pbx.stop().await;
}

#[tokio::test]
async fn a_short_lifetime_is_refused_with_the_minimum_and_then_granted() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut spec = alice.registration();
    spec.expires = Duration::from_secs(5);
    alice.with(|endpoint, now| endpoint.register(now, spec));
    // The core asks again for what Min-Expires says.
    let change = alice.registration_change().await;
    let RegistrationChange::Registered { expires, .. } = change else {
        panic!("{change:?}");
    };
    assert_eq!(expires, Duration::from_mins(1));
    pbx.stop().await;
}

#[tokio::test]
async fn one_address_has_several_contacts_and_star_removes_them() {
    let pbx = start();
    let mut desk = Agent::new(&pbx, "alice");
    desk.register().await;
    let mut mobile = Agent::new(&pbx, "alice");
    mobile.register().await;
    let mut spec = desk.spec(Method::Register, "alice");
    spec.uri = Uri::sip(None, pbx.domain(), None);
    let listed = desk.ask(spec.clone()).await;
    assert_eq!(listed.name_addrs(HeaderName::Contact).count(), 2);
    spec.headers = vec![
        ("Contact".into(), "*".into()),
        ("Expires".into(), "0".into()),
    ];
    assert_eq!(desk.ask(spec).await.status(), Some(200));
    assert!(
        !pbx.snapshot()
            .await
            .expect("running")
            .is_registered("alice")
    );
    pbx.stop().await;
}

#[tokio::test]
async fn limits_refuse_and_count() {
    let pbx = start_with(|config| config.limits.registrations_max = 1);
    Agent::new(&pbx, "alice").register().await;
    let mut bob = Agent::new(&pbx, "bob");
    let spec = bob.registration();
    bob.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(bob.registration_change().await), 503);
    let counters = pbx.snapshot().await.expect("running").counters;
    assert_eq!(counters.refused_by_limit, 1);
    pbx.stop().await;
}

#[tokio::test]
async fn users_come_and_go_while_the_server_runs() {
    let pbx = gannet_pbx::Pbx::start(PbxConfig::default()).expect("a free port");
    let mut eve = Agent::new(&pbx, "eve");
    let spec = eve.registration();
    eve.with(|endpoint, now| endpoint.register(now, spec));
    assert_eq!(code_of(eve.registration_change().await), 401);
    pbx.add_user(user("eve")).await.expect("free");
    assert!(pbx.add_user(user("eve")).await.is_err());
    eve.register().await;
    pbx.remove_user("eve").await.expect("there");
    assert!(pbx.remove_user("eve").await.is_err());
    let snapshot = pbx.snapshot().await.expect("running");
    assert!(snapshot.registrations.is_empty() && snapshot.mailboxes.is_empty());
    pbx.stop().await;
}

#[tokio::test]
async fn the_port_is_free_after_a_stop_and_commands_say_so() {
    let pbx = start();
    let address = pbx.address();
    pbx.stop().await;
    assert!(pbx.snapshot().await.is_err());
    let again = start_with(|config| config.bind = address);
    assert_eq!(again.address(), address);
    again.stop().await;
}
