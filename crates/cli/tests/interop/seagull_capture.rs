//! What Seagull scenarios put on the wire, read by tshark.

use crate::harness::{LoopbackCapture, Seagull, Site, Transport, Tshark};

const CALLS: u32 = 20;

#[test]
fn messages_over_udp_are_well_formed() {
    well_formed("messages_over_udp_are_well_formed", Transport::Udp);
}

#[test]
fn messages_over_tcp_are_well_formed() {
    well_formed("messages_over_tcp_are_well_formed", Transport::Tcp);
}

fn well_formed(name: &'static str, transport: Transport) {
    let Some(site) = Site::open(name, &["tshark", "dumpcap"]) else {
        return;
    };
    let server = Seagull::server(&site, transport, "callee").calls(CALLS);
    let capture = LoopbackCapture::start(&site, server.port());
    let server = server.start();
    let target = format!("sip:bob@127.0.0.1:{}", server.port());
    let target = (target.as_str(), server.port());
    let client = Seagull::client(&site, transport, "caller", target);
    client.calls(CALLS).start().assert_all_passed(CALLS);
    let port = server.port();
    server.assert_all_passed(CALLS);
    let file = capture.stop();
    let tshark = Tshark::of(&site, &file).decoding(port);
    for method in ["INVITE", "ACK", "BYE"] {
        let sent = tshark.packets(&format!("sip.Method == \"{method}\""));
        assert!(sent.len() >= CALLS as usize / 2, "{method}: {sent:#?}");
    }
    for fault in [
        "_ws.malformed",
        "(sip || sdp) && _ws.expert.severity == \"Error\"",
        "(sip || sdp) && _ws.expert.group == \"Malformed\"",
    ] {
        let packets = tshark.packets(fault);
        assert!(packets.is_empty(), "{fault}: {packets:#?}");
    }
}
