//! Calls with foreign phones, each way, in which both sides hear each other.

use std::time::Duration;

use crate::harness::{
    Baresip, FeatureRun, ForeignPhone, HeardTone, Linphone, Pjsua2, Server, ServerKind, Site,
    until, write_tone,
};

/// What the foreign phones play; `interop/calls` names it.
const FOREIGN_TONE_HZ: u16 = 880;
/// The file that linphonec plays is longer than any call.
const TONE_LENGTH: Duration = Duration::from_mins(1);
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const TALK_LIMIT: Duration = Duration::from_secs(20);
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// How much of gannet's voice the foreign phone hears before it hangs up.
const HEARS: Duration = Duration::from_secs(2);

#[test]
fn baresip_through_kamailio() {
    with_baresip("baresip_through_kamailio", ServerKind::Kamailio);
}

#[test]
fn baresip_through_the_embedded_server() {
    with_baresip("baresip_through_the_embedded_server", ServerKind::Embedded);
}

#[test]
fn linphonec_through_kamailio() {
    with_linphone("linphonec_through_kamailio", ServerKind::Kamailio);
}

#[test]
fn linphonec_through_the_embedded_server() {
    with_linphone(
        "linphonec_through_the_embedded_server",
        ServerKind::Embedded,
    );
}

#[test]
fn pjsua2_through_kamailio() {
    with_pjsua2("pjsua2_through_kamailio", ServerKind::Kamailio);
}

#[test]
fn pjsua2_through_the_embedded_server() {
    with_pjsua2("pjsua2_through_the_embedded_server", ServerKind::Embedded);
}

/// Whoever calls pjsua2 is refused without 100rel, and whoever it calls must acknowledge: the server
/// does both, for phones that do not know how.
#[test]
fn pjsua2_with_100rel_through_the_embedded_server() {
    let python = Pjsua2::python();
    let name = "pjsua2_with_100rel_through_the_embedded_server";
    let Some(site) = Site::open(name, &["python3", &python]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    let settings = ["answer=auto", "prack=required"];
    let mut phone = Pjsua2::start(&site, &bob, FOREIGN_TONE_HZ, &settings);
    calls_both_ways(&site, &server, &mut phone);
    assert!(phone.logged("RAck: ") > 0, "no PRACK in either direction");
}

fn with_baresip(name: &'static str, kind: ServerKind) {
    let Some(site) = Site::open(name, &[kind.programs(), &["baresip", "python3"]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    let bob = server.account("bob");
    let mut phone = Baresip::start(&site, &bob, FOREIGN_TONE_HZ, &[]);
    calls_both_ways(&site, &server, &mut phone);
}

fn with_linphone(name: &'static str, kind: ServerKind) {
    let Some(site) = Site::open(name, &[kind.programs(), &["linphonec", "python3"]].concat())
    else {
        return;
    };
    let server = Server::start(&site, kind);
    let tone = write_tone(&site, FOREIGN_TONE_HZ, TONE_LENGTH);
    let mut phone = Linphone::start(&site, &server.account("bob"), &tone);
    calls_both_ways(&site, &server, &mut phone);
}

fn with_pjsua2(name: &'static str, kind: ServerKind) {
    let python = Pjsua2::python();
    let Some(site) = Site::open(name, &[kind.programs(), &["python3", &python]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    let bob = server.account("bob");
    let mut phone = Pjsua2::start(&site, &bob, FOREIGN_TONE_HZ, &["answer=auto"]);
    calls_both_ways(&site, &server, &mut phone);
}

/// Alice calls the foreign Bob and hangs up; then Bob calls Alice and hangs up.
fn calls_both_ways(site: &Site, server: &Server, phone: &mut dyn ForeignPhone) {
    let run = FeatureRun::of_file(site, "calls", Site::interop("calls/calls.feature"));
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    assert_heard_a_phone(site, phone);

    let run = FeatureRun::of_file(site, "is_called", Site::interop("calls/is_called.feature"));
    let alice = run.with_config(&server.gannet_toml()).start();
    server.wait_for_contact("alice", REGISTERED_LIMIT);
    phone.dial(&Server::uri("alice"));
    until("the foreign phone to hear Alice", TALK_LIMIT, || {
        (phone.hears_for() >= HEARS).then_some(())
    });
    phone.hang_up();
    let outcome = alice.wait(RUN_LIMIT);
    outcome.assert_passed();
    assert_heard_a_phone(site, phone);
}

fn assert_heard_a_phone(site: &Site, phone: &mut dyn ForeignPhone) {
    let heard = HeardTone::of(site, &phone.finished_recording());
    assert!(
        heard.is_a_mark() && heard.seconds >= HEARS.as_secs_f32(),
        "the foreign phone heard {heard:?}, which is no phone of gannet"
    );
}
