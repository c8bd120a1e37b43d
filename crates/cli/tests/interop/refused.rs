//! Calls and registrations that come to nothing, each way round.

use std::time::Duration;

use crate::harness::{Baresip, FeatureRun, ForeignPhone, Pjsua2, Server, ServerKind, Site};

const TONE_HZ: u16 = 880;
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const EVENT_LIMIT: Duration = Duration::from_secs(15);
const RUN_LIMIT: Duration = Duration::from_secs(90);

#[test]
fn a_phone_is_refused_through_kamailio() {
    is_refused("a_phone_is_refused_through_kamailio", ServerKind::Kamailio);
}

#[test]
fn a_phone_is_refused_through_the_embedded_server() {
    let name = "a_phone_is_refused_through_the_embedded_server";
    is_refused(name, ServerKind::Embedded);
}

#[test]
fn a_phone_refuses_a_caller_through_kamailio() {
    let name = "a_phone_refuses_a_caller_through_kamailio";
    refuses(name, ServerKind::Kamailio);
}

#[test]
fn a_phone_refuses_a_caller_through_the_embedded_server() {
    let name = "a_phone_refuses_a_caller_through_the_embedded_server";
    refuses(name, ServerKind::Embedded);
}

#[test]
fn the_embedded_server_refuses_a_wrong_password() {
    let name = "the_embedded_server_refuses_a_wrong_password";
    let python = Pjsua2::python();
    let Some(site) = Site::open(name, &[&python]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let mut account = server.account("erin");
    account.password.push_str("-not");
    let phone = Pjsua2::launch(&site, &account, TONE_HZ, &[]);
    let answer = phone.wait_for("registered ", EVENT_LIMIT);
    assert!(
        ["registered 401", "registered 403"].contains(&answer.as_str()),
        "{answer}"
    );
}

/// The scenarios of `interop/calls/is_refused.feature`, with pjsua2 as Bob and as Carol.
fn is_refused(name: &'static str, kind: ServerKind) {
    let python = Pjsua2::python();
    let Some(site) = Site::open(name, &[kind.programs(), &[&python]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    server.gives_up_on("carol");
    let declining = Pjsua2::start(&site, &server.account("bob"), TONE_HZ, &["answer=603"]);
    let ringing = Pjsua2::start(&site, &server.account("carol"), TONE_HZ, &["answer=manual"]);
    let feature = Site::interop("calls/is_refused.feature");
    let run = FeatureRun::of_file(&site, "is_refused", feature);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    // RFC 3261 9.2: the cancelled INVITE was answered 487 by the foreign phone itself.
    ringing.wait_for("disconnected 487", EVENT_LIMIT);
    declining.wait_for("disconnected 603", EVENT_LIMIT);
}

/// The scenarios of `interop/calls/refuses.feature`, with baresip as Erin.
fn refuses(name: &'static str, kind: ServerKind) {
    let Some(site) = Site::open(name, &[kind.programs(), &["baresip"]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    server.gives_up_on("dave");
    let mut erin = Baresip::start(&site, &server.account("erin"), TONE_HZ, &[]);

    erin.dial("sip:nobody@kam.test");
    assert_closed_with(&mut erin, &["404"]);

    let run = FeatureRun::of_file(&site, "refuses", Site::interop("calls/refuses.feature"));
    let phones = run.with_config(&server.gannet_toml()).start();
    for user in ["alice", "bob", "dave"] {
        server.wait_for_contact(user, REGISTERED_LIMIT);
    }

    erin.dial(&Server::uri("alice"));
    assert_closed_with(&mut erin, &["603"]);

    erin.dial(&Server::uri("bob"));
    erin.next("CALL_RINGING", EVENT_LIMIT);
    erin.hang_up();
    erin.next("CALL_CLOSED", EVENT_LIMIT);

    erin.dial(&Server::uri("dave"));
    assert_closed_with(&mut erin, &["408", "480"]);
    let outcome = phones.wait(RUN_LIMIT);
    outcome.assert_passed();
}

fn assert_closed_with(phone: &mut Baresip, codes: &[&str]) {
    let closed = phone.next("CALL_CLOSED", EVENT_LIMIT);
    let code = closed.split(' ').next().unwrap_or_default();
    assert!(
        codes.contains(&code),
        "expected {codes:?}, baresip got {closed}"
    );
}
