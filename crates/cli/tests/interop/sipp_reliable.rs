//! Reliable provisional responses and UPDATE with SIPp at the other end, in both roles, and with
//! pjsua2.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::harness::{FeatureRun, ForeignPhone, Pjsua2, Server, ServerKind, Sipp, Site, Transport};

const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const RUN_LIMIT: Duration = Duration::from_mins(1);

#[test]
fn sipp_calls_with_100rel_required() {
    let Some(site) = Site::open("sipp_calls_with_100rel_required", &["sipp"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let feature = Site::interop("calls/reliable_caller.feature");
    let run = FeatureRun::of_file(&site, "reliable_caller", feature);
    let alice = run.with_config(&server.gannet_toml()).start();
    let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
    let after_user = contact.split_once('@').map_or(&*contact, |(_, rest)| rest);
    let target = after_user.split([';', '>', '?']).next().unwrap_or_default();
    let scenario = scenario("reliable_caller.xml");
    let scenario = scenario.to_string_lossy();
    let arguments = ["-sf", &*scenario, "-s", "alice", target, "-m", "1"];
    let sipp = Sipp::start(&site, Transport::Udp, &arguments);
    let outcome = alice.wait(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

#[test]
fn sipp_is_called_and_answers_reliably() {
    let Some(site) = Site::open("sipp_is_called_and_answers_reliably", &["sipp"]) else {
        return;
    };
    let scenario = scenario("reliable_callee.xml");
    let scenario = scenario.to_string_lossy();
    let arguments = ["-sf", &*scenario, "-rtp_echo", "-m", "1"];
    let sipp = Sipp::start(&site, Transport::Udp, &arguments);
    sipp.wait_until_ready();
    let toml = format!(
        "default_server = \"sipp\"\n\n[server.sipp]\naddress = \"127.0.0.1:{}\"\n\
         probe = false\n\n[user.Alice]\n",
        sipp.port()
    );
    let feature = Site::interop("calls/reliable_callee.feature");
    let run = FeatureRun::of_file(&site, "reliable_callee", feature);
    let outcome = run.with_config(&toml).run(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

#[test]
fn pjsua2_has_prack_with_the_embedded_server() {
    let python = Pjsua2::python();
    let name = "pjsua2_has_prack_with_the_embedded_server";
    let Some(site) = Site::open(name, &["python3", &python]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let bob = server.account("bob");
    let mut phone = Pjsua2::start(&site, &bob, 880, &["prack=required"]);
    let feature = Site::interop("calls/reliable_pjsua2.feature");
    let run = FeatureRun::of_file(&site, "reliable_pjsua2", feature);
    let alice = run.with_config(&server.gannet_toml()).start();
    server.wait_for_contact("alice", REGISTERED_LIMIT);
    phone.dial(&Server::uri("alice"));
    alice.wait(RUN_LIMIT).assert_passed();
    assert!(phone.logged("PRACK sip:") > 0, "pjsua2 sent no PRACK");
}

fn scenario(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.join("tests/interop/sipp").join(name)
}
