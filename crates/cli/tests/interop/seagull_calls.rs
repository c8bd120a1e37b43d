//! Calls of Seagull scenarios with SIPp, through Kamailio, and while sipsak asks.

use std::time::Duration;

use crate::harness::{Seagull, Server, ServerKind, Sipp, Site, Transport, sipsak};

const CALLS: u32 = 100;
const REGISTERED_LIMIT: Duration = Duration::from_secs(5);

#[test]
fn sipp_calls_a_seagull_server_over_udp() {
    sipp_calls("sipp_calls_a_seagull_server_over_udp", Transport::Udp);
}

#[test]
fn sipp_calls_a_seagull_server_over_tcp() {
    sipp_calls("sipp_calls_a_seagull_server_over_tcp", Transport::Tcp);
}

#[test]
fn a_seagull_client_calls_sipp_over_udp() {
    calls_sipp("a_seagull_client_calls_sipp_over_udp", Transport::Udp);
}

#[test]
fn a_seagull_client_calls_sipp_over_tcp() {
    calls_sipp("a_seagull_client_calls_sipp_over_tcp", Transport::Tcp);
}

#[test]
fn a_seagull_client_calls_a_seagull_server_through_kamailio() {
    let name = "a_seagull_client_calls_a_seagull_server_through_kamailio";
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let kamailio = Server::start(&site, ServerKind::Kamailio);
    for (transport, user) in [(Transport::Udp, "bob"), (Transport::Tcp, "carol")] {
        let server = Seagull::server(&site, transport, "callee_proxied").calls(CALLS);
        let server = server.with(&["-robust"]).start();
        register(&site, transport, (user, kamailio.port()), server.port());
        kamailio.wait_for_contact(user, REGISTERED_LIMIT);
        let callee = (&*Server::uri(user), kamailio.port());
        let client = Seagull::client(&site, transport, "caller_proxied", callee).calls(CALLS);
        client.with(&["-robust"]).start().assert_all_passed(CALLS);
        server.assert_all_passed(CALLS);
    }
}

/// `-answer OPTIONS`: the calls that go on do not notice.
#[test]
fn sipsak_is_answered_while_calls_go_on() {
    let Some(site) = Site::open("sipsak_is_answered_while_calls_go_on", &["sipsak"]) else {
        return;
    };
    let server = Seagull::server(&site, Transport::Udp, "callee").calls(CALLS);
    let server = server.with(&["-answer", "OPTIONS"]).start();
    let target = format!("sip:bob@127.0.0.1:{}", server.port());
    let target = (target.as_str(), server.port());
    let client = Seagull::client(&site, Transport::Udp, "caller", target);
    let client = client.calls(CALLS).rate(50).start();
    for _ in 0..3 {
        let answer = sipsak(&site, "sip:bob@127.0.0.1", server.port());
        assert_eq!(answer.code, Some(0), "{}", answer.output);
        assert!(answer.output.contains("SIP/2.0 200"), "{}", answer.output);
    }
    client.assert_all_passed(CALLS);
    server.assert_all_passed(CALLS);
}

/// SIPp's built-in caller and our server.
fn sipp_calls(name: &'static str, transport: Transport) {
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let server = Seagull::server(&site, transport, "callee").calls(CALLS);
    // SIPp sends again what is not answered in time.
    let server = server.with(&["-absorb-retransmissions"]).start();
    let target = format!("127.0.0.1:{}", server.port());
    let calls = CALLS.to_string();
    let arguments = ["-sn", "uac", &target, "-m", &calls, "-r", "100"];
    let sipp = Sipp::start(&site, transport, &arguments);
    sipp.assert_success();
    server.assert_all_passed(CALLS);
}

/// Our client and SIPp's built-in callee.
fn calls_sipp(name: &'static str, transport: Transport) {
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let calls = CALLS.to_string();
    let sipp = Sipp::start(&site, transport, &["-sn", "uas", "-m", &calls]);
    sipp.wait_until_ready();
    let target = format!("sip:service@127.0.0.1:{}", sipp.port());
    let client = Seagull::client(&site, transport, "caller", (&target, sipp.port()));
    // SIPp's callee counts a call as failed whose connection ends in the four seconds after its BYE.
    let wait = "<wait-ms value=\"4500\"></wait-ms></traffic>";
    let client = match transport {
        Transport::Udp => client,
        Transport::Tcp => client.replacing("</traffic>", wait),
    };
    let client = client.calls(CALLS).with(&["-absorb-retransmissions"]);
    client.start().assert_all_passed(CALLS);
    sipp.assert_success();
}

/// Registers the port `contact` for a user at Kamailio.
fn register(site: &Site, transport: Transport, (user, registrar): (&str, u16), contact: u16) {
    let uri = format!("sip:127.0.0.1:{registrar}");
    Seagull::client(site, transport, "register", (&uri, registrar))
        .config("contact-port", &contact.to_string())
        .data(&[user, &format!("{user}pw"), &uri])
        .start()
        .assert_all_passed(1);
}
