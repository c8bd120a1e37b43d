//! RFC 3261 17.1.1 with RFC 6026 7.2: timers A, B, D, M.

use gannet_sip::{HeaderName, Transport};

use crate::harness::{Bench, message, quick, request};

#[test]
fn timer_a_doubles_without_a_cap_and_timer_b_ends_it() {
    let mut bench = Bench::new(Transport::Udp);
    bench.send(&request("INVITE", "1"));
    bench.pass(100_000);
    assert_eq!(
        bench.sent_times(),
        [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]
    );
    assert_eq!(bench.event_names(), [(32_000, "timed out")]);
    assert!(bench.layer.is_empty());
    assert_eq!(bench.layer.next_deadline(), None);
}

#[test]
fn timers_a_and_b_follow_t1() {
    let mut bench = Bench::with(Transport::Udp, quick());
    bench.send(&request("INVITE", "1"));
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), [0, 100, 300, 700, 1_500, 3_100, 6_300]);
    assert_eq!(bench.event_names(), [(6_400, "timed out")]);
}

#[test]
fn over_a_reliable_transport_there_is_no_timer_a() {
    let mut bench = Bench::new(Transport::Tcp);
    bench.send(&request("INVITE", "1"));
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), [0]);
    assert_eq!(bench.event_names(), [(32_000, "timed out")]);
}

#[test]
fn a_provisional_response_stops_timers_a_and_b() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    bench.send(&invite);
    bench.pass(600);
    bench.response(&invite, 100, "");
    bench.pass(600_000);
    assert_eq!(bench.sent_times(), [0, 500]);
    bench.response(&invite, 180, "b");
    bench.response(&invite, 180, "c");
    assert_eq!(
        bench.event_names(),
        [
            (600, "response"),
            (600_600, "response"),
            (600_600, "response")
        ]
    );
    assert_eq!(bench.layer.len(), 1);
}

#[test]
fn a_failure_is_acknowledged_each_time_until_timer_d() {
    let cases = [
        (Transport::Udp, 32_000, vec![0, 10, 31_999]),
        (Transport::Tcp, 0, vec![0]),
    ];
    for (transport, timer_d, acks) in cases {
        let mut bench = Bench::new(transport);
        let invite = request("INVITE", "1");
        bench.send(&invite);
        bench.sent();
        bench.response(&invite, 486, "b");
        bench.pass(10);
        bench.response(&invite, 486, "b");
        bench.pass(31_989);
        bench.response(&invite, 486, "b");
        assert_eq!(bench.sent_times(), acks, "{transport}");
        bench.pass(1);
        assert!(bench.layer.is_empty(), "{transport}");
        bench.response(&invite, 486, "b");
        assert_eq!(bench.sent(), [], "{transport}");
        let mut events = bench.event_names();
        assert_eq!(events.remove(0), (0, "response"), "{transport}");
        assert!(
            events
                .iter()
                .all(|(at, name)| *name == "stray response" && *at >= timer_d),
            "{transport}: {events:?}"
        );
    }
}

#[test]
fn ack_for_a_failure_copies_what_rfc_3261_17_1_1_3_names() {
    let invite = message(
        "INVITE sip:bob@10.0.0.2;x SIP/2.0\n\
         Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport, SIP/2.0/UDP upstream;branch=z9hG4bK0\n\
         Route: <sip:p1;lr>\nRoute: <sip:p2;lr>\nMax-Forwards: 69\nSubject: x\n\
         f: \"A\" <sip:a@10.0.0.1>;tag=A\nTo: <sip:bob@10.0.0.2>\nCall-ID: c\nCSeq: 42 INVITE\n\
         Contact: <sip:a@10.0.0.1>\n\n",
    );
    let mut bench = Bench::new(Transport::Udp);
    bench.send(&invite);
    bench.response(&invite, 404, "theirs");
    let ack = bench.last_sent();
    assert_eq!(
        String::from_utf8_lossy(ack.bytes()).replace("\r\n", "\n"),
        "ACK sip:bob@10.0.0.2;x SIP/2.0\n\
         Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport\n\
         Route: <sip:p1;lr>\nRoute: <sip:p2;lr>\nMax-Forwards: 69\n\
         From: \"A\" <sip:a@10.0.0.1>;tag=A\nTo: <sip:bob@10.0.0.2>;tag=theirs\n\
         Call-ID: c\nCSeq: 42 ACK\nContent-Length: 0\n\n"
    );
    assert_eq!(ack.header(HeaderName::Contact).map(|h| h.name_text()), None);
}

#[test]
fn every_2xx_goes_up_until_timer_m() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut bench = Bench::new(transport);
        let invite = request("INVITE", "1");
        bench.send(&invite);
        bench.response(&invite, 200, "b");
        bench.pass(31_999);
        bench.response(&invite, 200, "b");
        bench.response(&invite, 202, "fork");
        bench.pass(1);
        bench.response(&invite, 200, "b");
        assert_eq!(
            bench.event_names(),
            [
                (0, "response"),
                (31_999, "response"),
                (31_999, "response"),
                (32_000, "stray response"),
            ],
            "{transport}"
        );
        assert_eq!(bench.sent_times(), [0], "the ACK is the user's business");
        assert!(bench.layer.is_empty());
    }
}

#[test]
fn the_first_final_response_decides() {
    let cases: [(u16, &[u16]); 3] = [
        (200, &[180, 486, 600]),
        (486, &[180, 200]),
        (300, &[100, 299]),
    ];
    for (first, later) in cases {
        let mut bench = Bench::new(Transport::Udp);
        let invite = request("INVITE", "1");
        bench.send(&invite);
        bench.response(&invite, first, "b");
        bench.events();
        bench.sent();
        for code in later {
            bench.response(&invite, *code, "c");
        }
        assert_eq!(bench.event_names(), [], "{first}");
        assert_eq!(bench.sent(), [], "{first}");
    }
}

#[test]
fn a_transport_failure_is_told_while_a_response_is_awaited() {
    for (code, told) in [
        (None, true),
        (Some(180), true),
        (Some(200), false),
        (Some(486), false),
    ] {
        let mut bench = Bench::new(Transport::Udp);
        let invite = request("INVITE", "1");
        bench.send(&invite);
        if let Some(code) = code {
            bench.response(&invite, code, "b");
        }
        bench.events();
        let target = bench.target;
        bench.fail(target);
        let expected = told.then_some((0, "transport failed"));
        assert_eq!(bench.event_names(), expected.as_slice(), "{code:?}");
        assert!(bench.layer.is_empty(), "{code:?}");
    }
}

#[test]
fn an_abandoned_transaction_says_nothing_more() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.send(&invite);
    bench.response(&invite, 180, "b");
    bench.events();
    bench.layer.abandon(id);
    assert!(bench.layer.is_empty());
    bench.pass(100_000);
    bench.response(&invite, 200, "b");
    assert_eq!(bench.event_names(), [(100_000, "stray response")]);
}
