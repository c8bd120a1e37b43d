//! Reliable provisional responses of ours (RFC 3262 3).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{Body, CallId, EndCause, Happening, Reply, SendError};

use crate::dialog_harness::{asked, talking};
use crate::harness::{assert_drains, bench, ends, ms, reliable, s, text};

const CONTACT: &str = "Contact: <sip:bob@10.0.0.2>\n";
const OFFER: &str = "Content-Type: application/sdp\nContent-Length: 5\n\nv=0\n";

/// An INVITE of bob with these fields; a body if `fields` ends with one.
fn invite(bench: &mut Bench, fields: &str) -> CallId {
    let text = format!(
        "INVITE sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKin\n\
         Max-Forwards: 70\nFrom: <sip:bob@10.0.0.2>;tag=bobs\nTo: <sip:alice@10.0.0.1>\n\
         Call-ID: bobs-call\nCSeq: 1 INVITE\n{CONTACT}{fields}"
    );
    bench.receive(&text);
    let happenings = bench.happenings();
    let [Happening::IncomingCall { call, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    call
}

fn offering(bench: &mut Bench) -> CallId {
    invite(bench, &format!("Supported: 100rel\n{OFFER}"))
}

fn rseq(response: &Message) -> u32 {
    response.number(HeaderName::RSeq).expect("an RSeq")
}

fn prack(response: &Message, cseq: u32, fields: &str) -> Message {
    let rack = rseq(response);
    let tag = response.to_tag().expect("a tag");
    let fields = format!("RAck: {rack} 1 INVITE\n{fields}");
    Bench::request("PRACK", &format!("prack{cseq}"), &tag, cseq, &fields)
}

fn session() -> Body {
    Body::sdp("v=0\r\n")
}

#[test]
fn it_is_repeated_at_doubling_intervals_until_prack() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    bench.endpoint.set_contact(call, &Bench::contact());
    let rings = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(180));
    assert_eq!(rings, Ok(()));
    bench.pass(s(16));
    let sent = bench.sent_with_times();
    let times: Vec<_> = sent.iter().map(|(at, ..)| *at).collect();
    assert_eq!(
        times,
        [0, 500, 1_500, 3_500, 7_500, 15_500].map(ms),
        "no bound of T2 (RFC 3262 3)"
    );
    let first = &sent[0].1;
    assert!(sent.iter().all(|(_, response, _)| response == first));
    assert_eq!(text(first, HeaderName::Require), "100rel");
    assert!((1..1 << 31).contains(&rseq(first)));
    assert!(first.lists(HeaderName::Allow, "PRACK"));
    assert!(first.contact().is_ok());
    bench.receive_message(&prack(first, 2, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)"]);
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Pracked { .. }]
    ));
    bench.pass(s(40));
    assert_eq!(bench.sent(), []);
    // The same once more, in a transaction of its own: nothing waits for it.
    bench.receive_message(&prack(first, 3, ""));
    assert_eq!(bench.sent_one().status(), Some(481));
}

#[test]
fn without_prack_the_invite_is_refused() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    let _ = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(183).body(session()));
    bench.pass(s(31));
    let first = bench.sent().remove(0);
    bench.pass(s(1));
    assert_eq!(bench.sent().last().and_then(Message::status), Some(504));
    assert_eq!(ends(&mut bench), [EndCause::PrackMissing]);
    // It comes after all (RFC 3262 3: be prepared to process it).
    bench.receive_message(&prack(&first, 2, ""));
    assert!(bench.sent_titles().contains(&"200 OK (PRACK)".to_owned()));
    assert_drains(&mut bench);
}

#[test]
fn the_next_one_waits_for_prack_and_has_the_next_number() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    for code in [180, 182, 183] {
        let _ = bench
            .endpoint
            .ring_reliably(bench.now, call, Reply::new(code));
    }
    let first = bench.sent_one();
    bench.receive_message(&prack(&first, 2, ""));
    let [_, second] = &bench.sent()[..] else {
        panic!("200 and 182")
    };
    assert_eq!(second.status(), Some(182));
    assert_eq!(rseq(second), rseq(&first) + 1);
    // A PRACK for another number, INVITE or method is for nothing.
    for rack in [
        format!("{} 1 INVITE", rseq(second) + 1),
        format!("{} 2 INVITE", rseq(second)),
        format!("{} 1 UPDATE", rseq(second)),
    ] {
        let tag = second.to_tag().expect("a tag");
        let fields = format!("RAck: {rack}\n");
        let branch = rack.replace(' ', "-");
        bench.receive_message(&Bench::request("PRACK", &branch, &tag, 3, &fields));
        assert_eq!(bench.sent_one().status(), Some(481), "{rack}");
    }
    let tag = second.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("PRACK", "none", &tag, 3, ""));
    assert_eq!(bench.sent_one().status(), Some(400));
    bench.receive_message(&prack(second, 4, ""));
    assert_eq!(
        bench.sent_titles(),
        ["200 OK (PRACK)", "183 Session Progress (INVITE)"]
    );
}

#[test]
fn a_2xx_waits_until_the_description_is_acknowledged() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    let _ = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(183).body(session()));
    let first = bench.sent_one();
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    assert_eq!(bench.sent(), []);
    bench.receive_message(&prack(&first, 2, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)", "200 OK (INVITE)"]);
    let tag = first.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("ACK", "ack", &tag, 1, ""));
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Pracked { .. }, Happening::Confirmed { .. }]
    ));
}

#[test]
fn a_2xx_overtakes_what_has_no_description_and_a_refusal_overtakes_all() {
    for (body, code) in [(None, 200), (Some(session()), 486)] {
        let mut bench = reliable();
        let call = offering(&mut bench);
        let mut reply = Reply::new(180);
        reply.body = body;
        let _ = bench.endpoint.ring_reliably(bench.now, call, reply);
        let first = bench.sent_one();
        bench
            .endpoint
            .accept(bench.now, call, Bench::contact(), Reply::new(code));
        assert_eq!(bench.sent_one().status(), Some(code));
        bench.receive_message(&prack(&first, 2, ""));
        assert_eq!(bench.sent_titles(), ["200 OK (PRACK)"], "{code}");
        bench.pass(ms(400));
        assert_eq!(bench.sent(), [], "nothing of it is repeated");
    }
}

#[test]
fn an_offer_in_it_is_answered_by_prack() {
    let mut bench = reliable();
    let call = invite(&mut bench, "Require: 100rel\n\n");
    bench
        .endpoint
        .ring(bench.now, call, Reply::new(183).body(session()));
    let first = bench.sent_one();
    let tag = first.to_tag().expect("a tag");
    let answer = format!(
        "PRACK sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKp\n\
         Max-Forwards: 70\nFrom: <sip:bob@10.0.0.2>;tag=bobs\nTo: <sip:alice@10.0.0.1>;tag={tag}\n\
         Call-ID: bobs-call\nCSeq: 2 PRACK\nRAck: {} 1 INVITE\n{OFFER}",
        rseq(&first)
    );
    bench.receive(&answer);
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)"]);
    let happenings = bench.happenings();
    let [Happening::Pracked { prack, .. }] = &happenings[..] else {
        panic!("{happenings:#?}")
    };
    assert!(!prack.body().is_empty());
    // The 2xx has none any more: nothing waits for an answer in ACK.
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    bench.sent();
    bench.receive_message(&Bench::request("ACK", "ack", &tag, 1, ""));
    bench.receive_message(&Bench::request("INVITE", "re", &tag, 3, CONTACT));
    assert!(bench.sent().is_empty(), "a re-INVITE is not refused");
}

#[test]
fn a_new_offer_in_prack_is_for_the_user_and_the_2xx_waits_for_its_answer() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    let _ = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(183).body(session()));
    let first = bench.sent_one();
    let tag = first.to_tag().expect("a tag");
    bench.receive(&format!(
        "PRACK sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKp\n\
         Max-Forwards: 70\nFrom: <sip:bob@10.0.0.2>;tag=bobs\nTo: <sip:alice@10.0.0.1>;tag={tag}\n\
         Call-ID: bobs-call\nCSeq: 2 PRACK\nRAck: {} 1 INVITE\n{OFFER}",
        rseq(&first)
    ));
    let request = asked(&mut bench);
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    assert_eq!(bench.sent(), []);
    bench
        .endpoint
        .respond(bench.now, request, Reply::new(200).body(session()));
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)", "200 OK (INVITE)"]);
}

#[test]
fn who_requires_it_gets_it_and_who_cannot_take_it_is_refused() {
    // 420 without the extension (RFC 3261 8.2.2.3).
    let mut plain = bench();
    plain.receive_message(&Bench::request(
        "INVITE",
        "in",
        "",
        1,
        &format!("{CONTACT}Require: 100rel\n"),
    ));
    let refused = plain.sent_one();
    assert_eq!(refused.status(), Some(420));
    assert_eq!(text(&refused, HeaderName::Unsupported), "100rel");
    // 421 where it is insisted on (RFC 3261 21.4.15).
    let mut strict = reliable();
    strict.endpoint.config_mut().require_100rel = true;
    strict.receive_message(&Bench::invite_of_bob("in", 1));
    let refused = strict.sent_one();
    assert_eq!(refused.status(), Some(421));
    assert_eq!(text(&refused, HeaderName::Require), "100rel");
    assert_eq!(strict.happenings(), []);
    // Nothing is sent reliably to a caller that did not say that it knows how.
    let mut bench = reliable();
    let (call, _) = bench.incoming_call();
    let rings = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(180));
    assert_eq!(rings, Err(SendError::Unreliable));
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    assert_eq!(text(&bench.sent_one(), HeaderName::Require), "");
    // `ring` is reliable for a caller that requires it.
    let mut bench = reliable();
    let call = invite(&mut bench, &format!("Require: 100rel\n{OFFER}"));
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    assert_eq!(text(&bench.sent_one(), HeaderName::Require), "100rel");
}

#[test]
fn a_call_that_rings_long_says_so_reliably_each_minute() {
    let mut bench = reliable();
    let call = offering(&mut bench);
    let _ = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(180));
    let first = bench.sent_one();
    bench.receive_message(&prack(&first, 2, ""));
    bench.sent();
    bench.pass(s(60));
    let second = bench.sent_one();
    assert_eq!(rseq(&second), rseq(&first) + 1);
    bench.receive_message(&prack(&second, 3, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)"]);
}

#[test]
fn a_reinvite_can_be_answered_reliably_too() {
    let mut bench = reliable();
    let (_, tag) = talking(&mut bench);
    let fields = format!("{CONTACT}Supported: 100rel\n");
    bench.receive_message(&Bench::request("INVITE", "re", &tag, 1_000, &fields));
    let request = asked(&mut bench);
    let reply = Reply::new(183).body(session());
    let sent = bench.endpoint.respond_reliably(bench.now, request, reply);
    assert_eq!(sent, Ok(()));
    let first = bench.sent_one();
    // The 2xx waits here too.
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    assert_eq!(bench.sent(), []);
    let rack = format!("RAck: {} 1000 INVITE\n", rseq(&first));
    bench.receive_message(&Bench::request("PRACK", "p", &tag, 1_001, &rack));
    assert_eq!(bench.sent_titles(), ["200 OK (PRACK)", "200 OK (INVITE)"]);
    bench.receive_message(&Bench::request("ACK", "a", &tag, 1_000, ""));
    bench.pass(s(10));
    assert_eq!(bench.sent(), []);
}

#[test]
fn a_reinvite_without_prack_fails_and_the_call_goes_on() {
    let mut bench = reliable();
    let (call, tag) = talking(&mut bench);
    let fields = format!("{CONTACT}Require: 100rel\n");
    bench.receive_message(&Bench::request("INVITE", "re", &tag, 2, &fields));
    let request = asked(&mut bench);
    // It is required: `respond` sends it reliably.
    bench.endpoint.respond(bench.now, request, Reply::new(183));
    assert_eq!(text(&bench.sent_one(), HeaderName::Require), "100rel");
    bench.pass(s(32));
    assert_eq!(bench.sent().last().and_then(Message::status), Some(504));
    assert_eq!(ends(&mut bench), []);
    bench.endpoint.hang_up(bench.now, call);
    assert!(bench.sent_titles().contains(&"BYE".to_owned()));
}
