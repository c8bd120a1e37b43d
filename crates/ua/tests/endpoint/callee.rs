//! Answering calls (RFC 3261 13.3, 15).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{CallId, EndCause, EndpointConfig, Happening, Reply};

use crate::harness::{assert_drains, bench, ends, ms, s, start, text};

fn accept(bench: &mut Bench) -> (CallId, Message) {
    let (call, _) = bench.incoming_call();
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    (call, bench.sent_one())
}

fn ack(ok: &Message) -> Message {
    Bench::request("ACK", "ack", &ok.to_tag().expect("a tag"), 1, "")
}

#[test]
fn a_call_rings_is_accepted_and_confirmed() {
    let mut bench = bench();
    let (call, _) = bench.incoming_call();
    bench.endpoint.set_contact(call, &Bench::contact());
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    let ringing = bench.sent_one();
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    let ok = bench.sent_one();
    assert_eq!(ringing.to_tag(), ok.to_tag());
    for response in [&ringing, &ok] {
        assert_eq!(
            text(response, HeaderName::Contact),
            "<sip:alice@10.0.0.1:5060>"
        );
    }
    bench.receive_message(&ack(&ok));
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Confirmed { .. }]
    ));
    // Nothing is repeated any more; a repeated ACK says nothing new.
    bench.pass(s(10));
    bench.receive_message(&ack(&ok));
    assert_eq!(bench.sent(), []);
    assert_eq!(bench.happenings(), []);
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(bench.sent_titles(), ["BYE"]);
    assert_drains(&mut bench);
}

#[test]
fn record_route_comes_back_in_what_makes_the_dialog() {
    let mut bench = bench();
    let routes = "<sip:10.0.0.8;lr>, <sip:10.0.0.9;lr>";
    let fields = format!("Contact: <sip:bob@10.0.0.2>\nRecord-Route: {routes}\n");
    bench.receive_message(&Bench::request("INVITE", "in", "", 1, &fields));
    let [Happening::IncomingCall { call, .. }] = bench.happenings()[..] else {
        panic!("no call")
    };
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    let sent = bench.sent();
    for message in &sent {
        assert_eq!(text(message, HeaderName::RecordRoute), routes);
    }
    bench.receive_message(&ack(&sent[1]));
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    let routes: Vec<_> = bye.values(HeaderName::Route).collect();
    assert_eq!(routes, ["<sip:10.0.0.8;lr>", "<sip:10.0.0.9;lr>"]);
}

#[test]
fn a_2xx_is_repeated_until_the_missing_ack_ends_the_call() {
    let mut bench = bench();
    accept(&mut bench);
    bench.pass(s(31));
    let mut times: Vec<_> = bench
        .sent_with_times()
        .into_iter()
        .map(|(at, message, _)| (at, message.title()))
        .collect();
    bench.pass(s(2));
    times.extend(
        bench
            .sent_with_times()
            .into_iter()
            .take(2)
            .map(|(at, message, _)| (at, message.title())),
    );
    let ok = |at| (ms(at), "200 OK (INVITE)".to_owned());
    let mut expected: Vec<_> = [
        500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]
    .map(ok)
    .to_vec();
    expected.push((ms(32_000), "BYE".to_owned()));
    assert_eq!(times, expected);
    assert_eq!(ends(&mut bench), [EndCause::AckMissing]);
    assert_drains(&mut bench);
}

#[test]
fn bye_waits_for_the_ack() {
    let mut bench = bench();
    let (call, ok) = accept(&mut bench);
    let reason = vec![("Reason".to_owned(), "x".to_owned())];
    bench.endpoint.hang_up_with(bench.now, call, reason);
    assert_eq!(bench.sent(), []);
    bench.pass(ms(499));
    bench.receive_message(&ack(&ok));
    let bye = bench.sent_one();
    assert_eq!(bye.title(), "BYE");
    assert_eq!(text(&bye, HeaderName::Reason), "x");
    bench.answer(&bye, 200, "", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    assert_drains(&mut bench);
}

#[test]
fn bye_that_waited_in_vain_goes_out_when_ack_is_missing() {
    let mut bench = bench();
    let (call, _) = accept(&mut bench);
    let reason = vec![("Reason".to_owned(), "x".to_owned())];
    bench.endpoint.hang_up_with(bench.now, call, reason);
    bench.pass(s(32));
    let sent = bench.sent();
    let bye = sent.last().expect("a BYE");
    assert_eq!(bye.title(), "BYE");
    assert_eq!(text(bye, HeaderName::Reason), "x");
    assert_eq!(ends(&mut bench), [EndCause::AckMissing]);
}

#[test]
fn their_bye_may_overtake_the_ack() {
    let mut bench = bench();
    let (_, ok) = accept(&mut bench);
    let tag = ok.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("BYE", "bye", &tag, 2, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (BYE)"]);
    assert!(matches!(ends(&mut bench)[..], [EndCause::RemoteBye(_)]));
    bench.receive_message(&ack(&ok));
    assert_eq!(bench.happenings(), []);
    assert_eq!(bench.sent(), []);
    assert_drains(&mut bench);
}

#[test]
fn a_2xx_that_crossed_bye_is_repeated_until_its_ack() {
    let mut bench = bench();
    let (_, ok) = accept(&mut bench);
    let tag = ok.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("BYE", "bye", &tag, 2, ""));
    ends(&mut bench);
    bench.sent();
    bench.pass(s(2));
    assert_eq!(
        bench.sent_titles(),
        ["200 OK (INVITE)", "200 OK (INVITE)"],
        "the INVITE still has no answer at the other end"
    );
    bench.receive_message(&ack(&ok));
    bench.pass(s(100));
    assert_eq!(bench.sent(), []);
    assert_eq!(bench.happenings(), []);
    assert_drains(&mut bench);
}

#[test]
fn their_bye_ends_a_call_that_rings() {
    let mut bench = bench();
    let (call, _) = bench.incoming_call();
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    let tag = bench.sent_one().to_tag().expect("a tag");
    bench.receive_message(&Bench::request("BYE", "bye", &tag, 2, ""));
    assert_eq!(
        bench.sent_titles(),
        ["200 OK (BYE)", "487 Request Terminated (INVITE)"]
    );
    assert!(matches!(ends(&mut bench)[..], [EndCause::RemoteBye(_)]));
    assert_drains(&mut bench);
}

#[test]
fn a_call_that_rings_long_says_so_each_minute() {
    let mut bench = bench();
    let (call, _) = bench.incoming_call();
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    bench.pass(s(150));
    let times: Vec<_> = bench
        .sent_with_times()
        .into_iter()
        .map(|(at, message, _)| (at, message.status()))
        .collect();
    assert_eq!(
        times,
        [(ms(0), Some(180)), (s(60), Some(180)), (s(120), Some(180))],
        "RFC 3261 13.3.1.1"
    );
    bench.endpoint.reject(bench.now, call, Reply::new(603));
    bench.sent();
    assert_drains(&mut bench);
}

#[test]
fn an_invite_that_expires_is_answered_487() {
    let mut bench = bench();
    let fields = "Contact: <sip:bob@10.0.0.2>\nExpires: 20\n";
    bench.receive_message(&Bench::request("INVITE", "in", "", 1, fields));
    bench.pass(s(19));
    assert_eq!(ends(&mut bench), []);
    bench.pass(s(1));
    assert_eq!(ends(&mut bench), [EndCause::Rejected(487)]);
    assert_drains(&mut bench);
}

#[test]
fn refusing_and_hanging_up_an_unanswered_call() {
    type Act = fn(&mut Bench, CallId);
    let cases: [(Act, Option<u16>); 6] = [
        (
            |b, c| b.endpoint.reject(b.now, c, Reply::new(603)),
            Some(603),
        ),
        (|b, c| b.endpoint.hang_up(b.now, c), Some(480)),
        (
            |b, c| {
                b.endpoint
                    .accept(b.now, c, Bench::contact(), Reply::new(486));
            },
            Some(486),
        ),
        // Misuse changes nothing.
        (|b, c| b.endpoint.reject(b.now, c, Reply::new(200)), None),
        (|b, c| b.endpoint.ring(b.now, c, Reply::new(200)), None),
        (|b, c| b.endpoint.ring(b.now, c, Reply::new(100)), None),
    ];
    for (act, code) in cases {
        let mut bench = bench();
        let (call, _) = bench.incoming_call();
        act(&mut bench, call);
        let codes: Vec<_> = bench.sent().iter().filter_map(Message::status).collect();
        assert_eq!(codes, code.as_slice());
        let expected: Vec<_> = code.map(EndCause::Rejected).into_iter().collect();
        assert_eq!(ends(&mut bench), expected);
    }
}

#[test]
fn calls_beyond_the_limit_get_503() {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.calls_max = 1;
    let mut bench = Bench::with(start(), config);
    bench.incoming_call();
    bench.receive_message(&Bench::request(
        "INVITE",
        "second",
        "",
        2,
        "Contact: <sip:bob@10.0.0.2>\n",
    ));
    let refused = bench.sent_one();
    assert_eq!(refused.status(), Some(503));
    assert_eq!(text(&refused, HeaderName::RetryAfter), "10");
    assert_eq!(bench.happenings(), []);
}
