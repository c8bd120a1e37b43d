//! Which message belongs to which transaction: RFC 3261 17.1.3, 17.2.3, 8.2.2.2, 9.2.

use gannet_sip::{Message, Transport};
use gannet_ua::transaction::TransactionEvent;

use crate::harness::{Bench, message, request};

/// A request with this Via and To tag.
fn with(method: &str, via: &str, to_tag: &str, cseq: u32) -> Message {
    message(&format!(
        "{method} sip:bob@10.0.0.2 SIP/2.0\nVia: SIP/2.0/UDP {via}\n\
         From: <sip:a@10.0.0.1>;tag=A\nTo: <sip:bob@10.0.0.2>{to_tag}\n\
         Call-ID: c\nCSeq: {cseq} {method}\n\n"
    ))
}

#[test]
fn responses_match_by_branch_and_method() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    bench.send(&invite);
    bench.send(&request("CANCEL", "1"));
    bench.response(&request("INVITE", "2"), 200, "b");
    bench.response(&request("BYE", "1"), 200, "b");
    bench.response(&request("CANCEL", "1"), 200, "b");
    bench.response(&invite, 487, "b");
    assert_eq!(
        bench.event_names(),
        [
            (0, "stray response"),
            (0, "stray response"),
            (0, "response"),
            (0, "response"),
        ]
    );
}

#[test]
fn requests_match_by_branch_sent_by_and_method() {
    let first = with("OPTIONS", "10.0.0.1;branch=z9hG4bK1", "", 1);
    let cases = [
        ("OPTIONS", "10.0.0.1;branch=z9hG4bK1", 1, None),
        ("OPTIONS", "10.0.0.1;rport;branch=z9hG4bK1", 1, None),
        ("OPTIONS", "10.0.0.1;branch=z9hG4bK2", 2, Some("request")),
        ("OPTIONS", "10.0.0.9;branch=z9hG4bK1", 2, Some("request")),
        (
            "OPTIONS",
            "10.0.0.1:5070;branch=z9hG4bK1",
            2,
            Some("request"),
        ),
        ("INFO", "10.0.0.1;branch=z9hG4bK1", 1, Some("request")),
        (
            "OPTIONS",
            "10.0.0.9;branch=z9hG4bK1",
            1,
            Some("merged request"),
        ),
        (
            "OPTIONS",
            "10.0.0.1;branch=z9hG4bK3",
            1,
            Some("merged request"),
        ),
    ];
    for (method, via, cseq, expected) in cases {
        let mut bench = Bench::new(Transport::Udp);
        bench.start(&first);
        bench.receive(&with(method, via, "", cseq));
        let names: Vec<_> = bench.event_names().into_iter().map(|(_, n)| n).collect();
        assert_eq!(names, expected.as_slice(), "{method} {via}");
    }
}

#[test]
fn a_request_with_a_to_tag_or_after_the_first_ended_is_not_merged() {
    let first = with("OPTIONS", "10.0.0.1;branch=z9hG4bK1", "", 1);
    let other_way = with("OPTIONS", "10.0.0.1;branch=z9hG4bK2", "", 1);
    let tagged = with("OPTIONS", "10.0.0.1;branch=z9hG4bK2", ";tag=b", 1);
    let mut bench = Bench::new(Transport::Udp);
    let id = bench.start(&first);
    bench.receive(&tagged);
    assert_eq!(bench.event_names(), [(0, "request")]);
    bench.respond(id, &first, 200);
    bench.pass(32_000);
    bench.event_names();
    bench.receive(&other_way);
    assert_eq!(bench.event_names(), [(32_000, "request")]);
}

#[test]
fn a_merged_request_does_not_take_over_the_first_ones_place() {
    let mut bench = Bench::new(Transport::Udp);
    let first = with("INVITE", "10.0.0.1;branch=z9hG4bK1", "", 1);
    let second = with("INVITE", "10.0.0.1;branch=z9hG4bK2", "", 1);
    bench.start(&first);
    let merged = bench.start(&second);
    bench.respond(merged, &second, 482);
    bench.receive(&request("ACK", "2"));
    bench.pass(10_000);
    bench.event_names();
    bench.receive(&with("INVITE", "10.0.0.1;branch=z9hG4bK3", "", 1));
    assert_eq!(bench.event_names(), [(10_000, "merged request")]);
}

#[test]
fn cancel_finds_its_invite_as_long_as_it_lives() {
    let cases = [
        (None, "1", true, true),
        (Some(180), "1", true, true),
        (Some(200), "1", false, true),
        (Some(486), "1", false, true),
        (None, "2", false, false),
    ];
    for (answer, branch, open, matches) in cases {
        let mut bench = Bench::new(Transport::Udp);
        let invite = request("INVITE", "1");
        let id = bench.start(&invite);
        if let Some(code) = answer {
            bench.respond(id, &invite, code);
        }
        bench.receive(&request("CANCEL", branch));
        let events = bench.events();
        let [
            (
                _,
                TransactionEvent::Cancel {
                    invite: found,
                    matches: found_any,
                    ..
                },
            ),
        ] = &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(*found, open.then_some(id), "{answer:?}");
        assert_eq!(*found_any, matches, "{answer:?}");
    }
}

#[test]
fn without_the_cookie_the_rules_of_rfc_2543_hold() {
    let via = "10.0.0.1;branch=old";
    let cases = [
        // The same in all that counts.
        ("INVITE", via, "", 1, None),
        // ACK has the To tag of the response.
        ("ACK", via, ";tag=us", 1, Some("failure acknowledged")),
        (
            "INVITE",
            "10.0.0.1;branch=other",
            "",
            1,
            Some("merged request"),
        ),
        ("INVITE", via, "", 2, Some("request")),
        ("CANCEL", via, "", 1, Some("cancel")),
    ];
    for (method, via, tag, cseq, expected) in cases {
        let mut bench = Bench::new(Transport::Udp);
        let invite = with("INVITE", "10.0.0.1;branch=old", "", 1);
        let id = bench.start(&invite);
        bench.respond(id, &invite, 486);
        bench.receive(&with(method, via, tag, cseq));
        let names: Vec<_> = bench.event_names().into_iter().map(|(_, n)| n).collect();
        assert_eq!(names, expected.as_slice(), "{method} {via} {cseq}");
    }
    let mut bench = Bench::new(Transport::Udp);
    let id = bench.start(&with("INVITE", "10.0.0.1", "", 1));
    bench.receive(&with("CANCEL", "10.0.0.1", "", 1));
    let events = bench.events();
    assert!(
        matches!(&events[..], [(_, TransactionEvent::Cancel { invite, .. })] if *invite == Some(id)),
        "no branch at all: {events:?}"
    );
}

#[test]
fn what_cannot_be_matched_is_unusable_or_stray() {
    let cases = [
        ("nonsense\n\n", "unusable"),
        (
            "OPTIONS sip:a SIP/2.0\nCall-ID: c\nCSeq: 1 OPTIONS\n\n",
            "unusable",
        ),
        (
            "SIP/2.0 200 OK\nCall-ID: c\nCSeq: 1 OPTIONS\n\n",
            "stray response",
        ),
        (
            "SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\n\n",
            "stray response",
        ),
    ];
    for (text, expected) in cases {
        let mut bench = Bench::new(Transport::Udp);
        bench.receive(&message(text));
        assert_eq!(bench.event_names(), [(0, expected)], "{text}");
        assert!(bench.layer.is_empty());
    }
}
