//! SIPp's built-in caller and callee, over UDP and over one TCP connection.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Sipp, Site, Transport};

const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// As many calls as `interop/calls/sipp_calls.feature` and its counterpart have.
const CALLS: &str = "3";

#[test]
fn uac_over_udp_calls_a_phone() {
    uac("uac_over_udp_calls_a_phone", Transport::Udp);
}

#[test]
fn uac_over_tcp_calls_a_phone() {
    uac("uac_over_tcp_calls_a_phone", Transport::Tcp);
}

#[test]
fn uas_over_udp_is_called_by_a_phone() {
    uas("uas_over_udp_is_called_by_a_phone", Transport::Udp);
}

#[test]
fn uas_over_tcp_is_called_by_a_phone() {
    uas("uas_over_tcp_is_called_by_a_phone", Transport::Tcp);
}

/// SIPp's callee again, behind the embedded server, with a contact that SIPp has registered.
#[test]
fn uas_is_called_through_the_embedded_server() {
    let Some(site) = Site::open("uas_is_called_through_the_embedded_server", &["sipp"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let sipp = Sipp::start(
        &site,
        Transport::Udp,
        &["-sn", "uas", "-rtp_echo", "-m", CALLS],
    );
    sipp.wait_until_ready();
    Sipp::register(&site, Transport::Udp, &server.account("carol"), sipp.port());
    let feature = Site::interop("calls/calls_carol.feature");
    let run = FeatureRun::of_file(&site, "calls_carol", feature);
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

/// `sipp -sn uac` calls the registered phone where it listens, without the server: the built-in
/// scenario keeps no route.
fn uac(name: &'static str, transport: Transport) {
    let Some(site) = open(name) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let feature = Site::interop("calls/sipp_calls.feature");
    let run = FeatureRun::of_file(&site, "sipp_calls", feature);
    let alice = run
        .with_config(&server.gannet_toml_over(transport.word()))
        .start();
    let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
    let target = host_and_port(&contact);
    let arguments = ["-sn", "uac", "-s", "alice", target];
    let calls = ["-m", CALLS, "-l", "1", "-r", "1", "-d", "500"];
    let sipp = Sipp::start(&site, transport, &[&arguments[..], &calls[..]].concat());
    let outcome = alice.wait(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

/// A phone calls `sipp -sn uas`, which sends back what it hears, as its server: behind another one
/// the built-in scenario would not see the BYE, because it copies no Record-Route.
fn uas(name: &'static str, transport: Transport) {
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let sipp = Sipp::start(&site, transport, &["-sn", "uas", "-rtp_echo", "-m", CALLS]);
    sipp.wait_until_ready();
    let toml = format!(
        "default_server = \"sipp\"\n\n[server.sipp]\naddress = \"127.0.0.1:{}\"\n\
         transport = \"{}\"\nprobe = false\n\n[user.Alice]\n",
        sipp.port(),
        transport.word()
    );
    let feature = Site::interop("calls/calls_sipp.feature");
    let run = FeatureRun::of_file(&site, "calls_sipp", feature);
    let outcome = run.with_config(&toml).run(RUN_LIMIT);
    outcome.assert_passed();
    sipp.assert_success();
}

fn open(name: &'static str) -> Option<Site> {
    Site::open(name, &[ServerKind::Kamailio.programs(), &["sipp"]].concat())
}

/// `127.0.0.1:5060` of `sip:alice@127.0.0.1:5060;transport=tcp`.
fn host_and_port(contact: &str) -> &str {
    let after_user = contact.split_once('@').map_or(contact, |(_, rest)| rest);
    after_user.split([';', '>', '?']).next().unwrap_or_default()
}
