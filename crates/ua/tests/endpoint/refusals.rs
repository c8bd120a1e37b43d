//! What is refused before anybody hears of it (RFC 3261 8.2).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};

use crate::harness::{assert_drains, bench, text};

/// A request with one line changed.
fn changed(method: &str, from: &str, to: &str) -> Message {
    let request = Bench::request(method, "1", "", 1, "Contact: <sip:bob@10.0.0.2>\n");
    let text = String::from_utf8_lossy(request.bytes()).into_owned();
    assert!(text.contains(from), "{text}");
    Message::parse(text.replace(from, to).into_bytes())
}

#[test]
fn requests_that_cannot_be_taken_are_refused() {
    let cases = [
        ("INVITE", "Contact: <sip:bob@10.0.0.2>", "X: y", 400),
        ("INVITE", "Contact: <sip:bob@10.0.0.2>", "Contact: *", 400),
        ("INVITE", "From: <sip:bob@10.0.0.2>;tag=bobs", "X: y", 400),
        ("INVITE", "CSeq: 1 INVITE", "CSeq: 1 BYE", 400),
        ("INVITE", "SIP/2.0\r\n", "SIP/3.0\r\n", 505),
        ("OPTIONS", "sip:alice@10.0.0.1 SIP", "unknown:x SIP", 416),
        ("PUBLISH", "Max", "Max", 405),
        ("NONSENSE", "Max", "Max", 501),
        ("INVITE", "Max", "Require: foo, bar\r\nMax", 420),
    ];
    for (method, from, to, code) in cases {
        let mut bench = bench();
        bench.receive_message(&changed(method, from, to));
        let refusal = bench.sent_one();
        assert_eq!(refusal.status(), Some(code), "{method} {to}");
        assert!(refusal.to_tag().is_some(), "{method} {to}");
        assert_eq!(bench.happenings(), [], "{method} {to}");
        match code {
            405 | 501 => {
                let allow = text(&refusal, HeaderName::Allow);
                assert!(allow.starts_with("INVITE, ACK, BYE"), "{allow}");
            }
            420 => assert_eq!(text(&refusal, HeaderName::Unsupported), "foo, bar"),
            _ => {}
        }
        assert_drains(&mut bench);
    }
}

#[test]
fn the_same_request_over_another_way_gets_482() {
    let mut bench = bench();
    bench.incoming_call();
    let contact = "Contact: <sip:bob@10.0.0.2>\n";
    bench.receive_message(&Bench::request("INVITE", "other", "", 1, contact));
    assert_eq!(bench.sent_one().status(), Some(482));
    assert_eq!(bench.happenings(), []);
}

#[test]
fn what_is_understood_is_not_refused() {
    let mut bench = bench();
    bench.endpoint.config_mut().supported.push("Foo".to_owned());
    bench.receive_message(&changed("INVITE", "Max", "Require: foo\r\nMax"));
    assert_eq!(bench.sent(), []);
    assert_eq!(bench.happenings().len(), 1);
}

#[test]
fn ack_is_never_answered() {
    let mut bench = bench();
    for message in [
        Bench::request("ACK", "1", "x", 1, ""),
        changed("ACK", "CSeq: 1 ACK", "CSeq: x"),
        changed("ACK", "Max", "Require: foo\r\nMax"),
    ] {
        bench.receive_message(&message);
        assert_eq!(bench.sent(), []);
    }
    assert_drains(&mut bench);
}

#[test]
fn bytes_that_are_no_message_are_dropped() {
    let mut bench = bench();
    for bytes in ["", "\r\n\r\n", "hello", "SIP/2.0 200 OK\r\n\r\n"] {
        bench.receive_message(&Message::parse(bytes.as_bytes().to_vec()));
        assert_eq!(bench.sent(), [], "{bytes}");
        assert_eq!(bench.happenings().len(), 1, "{bytes}");
    }
    assert_drains(&mut bench);
}
