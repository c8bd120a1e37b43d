//! Session timers with SIPp and pjsua2 at the other end.

use std::time::Duration;

use crate::harness::{FeatureRun, Pjsua2, Server, ServerKind, Sipp, Site, Transport};

const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
/// pjsip takes no interval below 90 s, and refreshes after half of it.
const RUN_LIMIT: Duration = Duration::from_secs(90);

/// SIPp asks, refreshes twice and falls silent.
#[test]
fn sipp_refreshes_and_stops() {
    let programs = [ServerKind::Kamailio.programs(), &["sipp"]].concat();
    let Some(site) = Site::open("sipp_refreshes_and_stops", &programs) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let feature = Site::interop("calls/sipp_refreshes.feature");
    let run = FeatureRun::of_file(&site, "sipp_refreshes", feature);
    let alice = run.with_config(&server.gannet_toml()).start();
    let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
    let after_user = contact.split_once('@').map_or("", |(_, rest)| rest);
    let target = after_user.split([';', '>']).next().unwrap_or_default();
    let scenario = site.write("caller.xml", include_str!("sipp/timer_caller.xml"));
    let scenario = scenario.to_string_lossy();
    let arguments = ["-sf", &scenario, "-s", "alice", target, "-m", "1"];
    let sipp = Sipp::start(&site, Transport::Udp, &arguments);
    alice.wait(RUN_LIMIT).assert_passed();
    sipp.assert_success();
}

/// SIPp refuses the first interval, is refreshed by re-INVITE and by UPDATE, and forgets the call.
#[test]
fn sipp_is_refreshed() {
    let Some(site) = Site::open("sipp_is_refreshed", &["sipp"]) else {
        return;
    };
    let scenario = site.write("callee.xml", include_str!("sipp/timer_callee.xml"));
    let arguments = ["-sf", &scenario.to_string_lossy(), "-m", "1"];
    let sipp = Sipp::start(&site, Transport::Udp, &arguments);
    sipp.wait_until_ready();
    let toml = format!(
        "default_server = \"sipp\"\n\n[server.sipp]\naddress = \"127.0.0.1:{}\"\n\
         probe = false\n\n[user.Alice]\n",
        sipp.port()
    );
    let feature = Site::interop("calls/refreshes_at_sipp.feature");
    let run = FeatureRun::of_file(&site, "refreshes_at_sipp", feature);
    run.with_config(&toml).run(RUN_LIMIT).assert_passed();
    sipp.assert_success();
}

/// A phone of gannet refreshes, and pjsip answers.
#[test]
fn pjsua2_is_refreshed() {
    with_pjsua2("pjsua2_is_refreshed", "calls/refreshes_at_pjsua2.feature");
}

/// pjsip refreshes, and a phone of gannet answers.
#[test]
fn pjsua2_refreshes() {
    with_pjsua2("pjsua2_refreshes", "calls/pjsua2_refreshes.feature");
}

fn with_pjsua2(name: &'static str, feature: &str) {
    let python = Pjsua2::python();
    let kind = ServerKind::Kamailio;
    let Some(site) = Site::open(name, &[kind.programs(), &["python3", &python]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    let bob = server.account("bob");
    let _phone = Pjsua2::start(&site, &bob, 880, &["answer=auto", "timer=90"]);
    let run = FeatureRun::of_file(&site, "timers", Site::interop(feature));
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
}
