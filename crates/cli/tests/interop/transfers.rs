//! Transfers between phones of gannet and foreign ones, each in each part: who transfers, who is
//! transferred, and to whom. The proxy between them leaves the dialogs to them.

use std::time::Duration;

use crate::harness::{Baresip, FeatureRun, ForeignPhone, Pjsua2, Server, ServerKind, Site};

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
    for attended in [false, true] {
        let user = if attended { "dave" } else { "bob" };
        let mut phone = Pjsua2::start(&site, &server.account(user), TONE_HZ, &["answer=auto"]);
        let feature = Site::interop("calls/is_transferred.feature");
        let run = FeatureRun::of_file(&site, &format!("is_transferred_{user}"), feature);
        let gannet = run.with_config(&server.gannet_toml()).start();
        for name in ["alice", "carol"] {
            server.wait_for_contact(name, REGISTERED_LIMIT);
        }
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
        let outcome = gannet.wait(RUN_LIMIT);
        outcome.assert_passed();
    }
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
    let feature = Site::interop("calls/is_transferred.feature");
    let run = FeatureRun::of_file(&site, "is_transferred", feature);
    let gannet = run.with_config(&server.gannet_toml()).start();
    for name in ["alice", "carol"] {
        server.wait_for_contact(name, REGISTERED_LIMIT);
    }
    phone.dial(&Server::uri("alice"));
    phone.next("CALL_ESTABLISHED", EVENT_LIMIT);
    phone.transfer(&Server::uri("carol"));
    let outcome = gannet.wait(RUN_LIMIT);
    outcome.assert_passed();
}
