//! Transfers between phones of gannet and foreign ones, each in each part: who transfers, who is
//! transferred, and to whom. The proxy between them leaves the dialogs to them.

use std::path::Path;
use std::time::Duration;

use crate::harness::{
    Baresip, FeatureRun, ForeignPhone, Pjsua2, RunningFeature, Server, ServerKind, Sipp, Site,
    Transport,
};

/// What the foreign phones play; `interop/calls` names it.
const TONE_HZ: u16 = 880;
const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const EVENT_LIMIT: Duration = Duration::from_secs(15);
const RUN_LIMIT: Duration = Duration::from_secs(90);

#[test]
fn phones_of_gannet_transfer_through_kamailio() {
    let name = "phones_of_gannet_transfer_through_kamailio";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let run = FeatureRun::of_file(&site, "transfers", Site::interop("calls/transfers.feature"));
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
}

#[test]
fn pjsua2_is_transferred_and_is_the_target() {
    let name = "pjsua2_is_transferred_and_is_the_target";
    let python = Pjsua2::python();
    let programs = [ServerKind::Kamailio.programs(), &["python3", &python]].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let bob = server.account("bob");
    let phone = Pjsua2::start(&site, &bob, TONE_HZ, &["answer=auto"]);
    let feature = Site::interop("calls/transfers_bob.feature");
    let run = FeatureRun::of_file(&site, "transfers_bob", feature);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    phone.wait_for("referred ", EVENT_LIMIT);
    phone.wait_for("replaced", EVENT_LIMIT);
}

#[test]
fn pjsua2_transfers() {
    let name = "pjsua2_transfers";
    let python = Pjsua2::python();
    let programs = [ServerKind::Kamailio.programs(), &["python3", &python]].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    pjsua2_sends_alice_to_carol(&site, &server, "is_sent_on");
}

#[test]
fn baresip_transfers() {
    let name = "baresip_transfers";
    let programs = [ServerKind::Kamailio.programs(), &["baresip"]].concat();
    let Some(site) = Site::open(name, &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let mut phone = Baresip::start(&site, &server.account("bob"), TONE_HZ, &[]);
    baresip_sends_alice_to_carol(&mut phone, &site, &server, "is_transferred");
}

/// REFER goes no further than the embedded server, which joins who is left.
#[test]
fn pjsua2_transfers_through_the_embedded_server() {
    let name = "pjsua2_transfers_through_the_embedded_server";
    let python = Pjsua2::python();
    let Some(site) = Site::open(name, &["python3", &python]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    pjsua2_sends_alice_to_carol(&site, &server, "is_moved");
}

#[test]
fn pjsua2_is_moved_by_the_embedded_server() {
    let name = "pjsua2_is_moved_by_the_embedded_server";
    let python = Pjsua2::python();
    let Some(site) = Site::open(name, &["python3", &python]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    let _phone = Pjsua2::start(&site, &bob, TONE_HZ, &["answer=auto"]);
    let feature = Site::interop("calls/transfers_bob.feature");
    let run = FeatureRun::of_file(&site, "transfers_bob", feature);
    let run = run.with_config(&server.gannet_toml()).with("--jobs", "1");
    run.run(RUN_LIMIT).assert_passed();
}

#[test]
fn baresip_transfers_through_the_embedded_server() {
    let name = "baresip_transfers_through_the_embedded_server";
    let Some(site) = Site::open(name, &["baresip"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let mut phone = Baresip::start(&site, &server.account("bob"), TONE_HZ, &[]);
    baresip_sends_alice_to_carol(&mut phone, &site, &server, "is_moved");
}

/// Blind, and then attended by another user.
fn pjsua2_sends_alice_to_carol(site: &Site, server: &Server, feature: &str) {
    for attended in [false, true] {
        let user = if attended { "dave" } else { "bob" };
        let mut phone = Pjsua2::start(site, &server.account(user), TONE_HZ, &["answer=auto"]);
        let gannet = alice_and_carol(site, server, feature, user);
        phone.dial(&Server::uri("alice"));
        phone.wait_for("confirmed", EVENT_LIMIT);
        if attended {
            phone.dial(&Server::uri("carol"));
            phone.wait_for_times("confirmed", 2, EVENT_LIMIT);
            phone.say("xferreplaces");
        } else {
            phone.say(&format!("xfer {}", Server::uri("carol")));
        }
        phone.wait_for("transfer 200", EVENT_LIMIT);
        gannet.wait(RUN_LIMIT).assert_passed();
    }
}

fn baresip_sends_alice_to_carol(phone: &mut Baresip, site: &Site, server: &Server, feature: &str) {
    let gannet = alice_and_carol(site, server, feature, "bob");
    phone.dial(&Server::uri("alice"));
    phone.next("CALL_ESTABLISHED", EVENT_LIMIT);
    phone.transfer(&Server::uri("carol"));
    gannet.wait(RUN_LIMIT).assert_passed();
}

/// A feature of `interop/calls` in which Alice and Carol expect calls, when both are registered.
fn alice_and_carol(site: &Site, server: &Server, feature: &str, caller: &str) -> RunningFeature {
    let file = Site::interop(&format!("calls/{feature}.feature"));
    let run = FeatureRun::of_file(site, &format!("{feature}_{caller}"), file);
    let gannet = run.with_config(&server.gannet_toml()).start();
    for name in ["alice", "carol"] {
        server.wait_for_contact(name, REGISTERED_LIMIT);
    }
    gannet
}

/// `scenarios/sipp/refer/uas.xml` is transferred.
#[test]
fn sipp_is_transferred() {
    let Some(site) = Site::open("sipp_is_transferred", &["sipp"]) else {
        return;
    };
    let scenario = repository_file("scenarios/sipp/refer/uas.xml");
    let sipp = Sipp::start(&site, Transport::Udp, &["-sf", &scenario, "-m", "1"]);
    sipp.wait_until_ready();
    let toml = format!(
        "default_server = \"sipp\"\n\n[server.sipp]\naddress = \"127.0.0.1:{}\"\n\
         probe = false\n\n[user.Alice]\n",
        sipp.port(),
    );
    let feature = Site::interop("calls/transfers_sipp.feature");
    let run = FeatureRun::of_file(&site, "transfers_sipp", feature);
    let outcome = run.with_config(&toml).run(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

/// SIPp calls Alice where she listens and sends her to Carol, whom she calls through her server.
#[test]
fn sipp_transfers() {
    let programs = [ServerKind::Kamailio.programs(), &["sipp"]].concat();
    let Some(site) = Site::open("sipp_transfers", &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let feature = Site::interop("calls/is_sent_on.feature");
    let run = FeatureRun::of_file(&site, "is_sent_on", feature);
    let gannet = run.with_config(&server.gannet_toml()).start();
    let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
    server.wait_for_contact("carol", REGISTERED_LIMIT);
    let after_user = contact.split_once('@').map_or(&*contact, |(_, rest)| rest);
    let target = after_user.split([';', '>', '?']).next().unwrap_or_default();
    let scenario = repository_file("crates/cli/tests/interop/sipp/transferor.xml");
    let arguments = ["-sf", &scenario, "-s", "alice", "-m", "1", target];
    let sipp = Sipp::start(&site, Transport::Udp, &arguments);
    let outcome = gannet.wait(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

fn repository_file(name: &str) -> String {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    repository.join(name).display().to_string()
}
