//! Where responses go: RFC 3261 18.2.2, RFC 3581 4.

use std::net::SocketAddr;

use gannet_sip::Transport;
use gannet_ua::Target;

use crate::harness::{Bench, message};

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[test]
fn over_udp_the_top_via_and_the_source_decide() {
    let source = Target::new(Transport::Udp, address("192.0.2.9:4000"));
    let cases = [
        ("192.0.2.9", "192.0.2.9:5060"),
        ("192.0.2.9:5070", "192.0.2.9:5070"),
        ("192.0.2.9:5070;rport", "192.0.2.9:4000"),
        ("10.0.0.1:5070", "192.0.2.9:5070"),
        ("10.0.0.1:5070;rport", "192.0.2.9:4000"),
        ("10.0.0.1;rport=1", "192.0.2.9:4000"),
        ("host.example:5070", "192.0.2.9:5070"),
        ("10.0.0.1;maddr=192.0.2.77", "192.0.2.77:5060"),
    ];
    for (via, expected) in cases {
        let mut bench = Bench::new(Transport::Udp);
        bench.target = source;
        let options = message(&format!(
            "OPTIONS sip:b SIP/2.0\nVia: SIP/2.0/UDP {via};branch=z9hG4bK1\n\
             From: <sip:a@a>;tag=A\nTo: <sip:b>\nCall-ID: c\nCSeq: 1 OPTIONS\n\n"
        ));
        let id = bench.start(&options);
        bench.respond(id, &options, 200);
        let expected = Target::new(Transport::Udp, address(expected));
        assert_eq!(bench.targets(), [expected], "{via}");
    }
}

#[test]
fn over_a_connection_the_answer_goes_back_over_it_until_it_fails() {
    let mut bench = Bench::new(Transport::Tcp);
    bench.target = Target {
        transport: Transport::Tcp,
        address: address("192.0.2.9:40000"),
        connection: Some(7),
    };
    let source = bench.target;
    let invite = message(
        "INVITE sip:b SIP/2.0\nVia: SIP/2.0/TCP 192.0.2.9:5070;branch=z9hG4bK1\n\
         From: <sip:a@a>;tag=A\nTo: <sip:b>\nCall-ID: c\nCSeq: 1 INVITE\n\n",
    );
    let id = bench.start(&invite);
    bench.respond(id, &invite, 180);
    let elsewhere = Target {
        connection: Some(8),
        ..source
    };
    bench.fail(elsewhere);
    bench.respond(id, &invite, 183);
    assert_eq!(bench.targets(), [source, source]);
    bench.fail(source);
    bench.respond(id, &invite, 200);
    // To the source's address and the port of sent-by, where it listens.
    let again = Target::new(Transport::Tcp, address("192.0.2.9:5070"));
    assert_eq!(bench.targets(), [again]);
}

#[test]
fn a_failed_connection_ends_the_requests_on_it_and_no_others() {
    let at = |connection| Target {
        transport: Transport::Tcp,
        address: address("192.0.2.9:5060"),
        connection,
    };
    let cases = [
        (Some(1), Some(1), true),
        (Some(1), Some(2), false),
        (None, Some(2), true),
        (Some(1), None, true),
    ];
    for (used, failed, ends) in cases {
        let mut bench = Bench::new(Transport::Tcp);
        bench.target = at(used);
        bench.send(&crate::harness::request("OPTIONS", "1"));
        bench.fail(at(failed));
        assert_eq!(bench.layer.is_empty(), ends, "{used:?} {failed:?}");
    }
    let mut bench = Bench::new(Transport::Udp);
    bench.send(&crate::harness::request("OPTIONS", "1"));
    let over_tcp = Target {
        transport: Transport::Tcp,
        ..bench.target
    };
    bench.fail(over_tcp);
    assert!(!bench.layer.is_empty(), "another transport");
}
