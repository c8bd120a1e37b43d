//! Changing a session: re-INVITE (RFC 3261 14, RFC 5407 3.1.4, 3.1.5).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Body, EndCause, Happening, Outcome, Reply, SendError};

use crate::dialog_harness::{asked, reinvite_of_bob, send, talking};
use crate::harness::{assert_drains, bench, cseq, ends, s, text};

#[test]
fn a_second_reinvite_before_the_first_is_answered_gets_500() {
    let mut bench = bench();
    let (_, tag) = talking(&mut bench);
    bench.receive_message(&reinvite_of_bob(&tag, "r1", 2));
    let first = asked(&mut bench);
    bench.receive_message(&reinvite_of_bob(&tag, "r2", 3));
    let refused = bench.sent_one();
    assert_eq!(refused.status(), Some(500));
    let seconds: u32 = text(&refused, HeaderName::RetryAfter)
        .parse()
        .expect("Retry-After");
    assert!(seconds <= 10, "RFC 3261 14.2");
    bench.endpoint.respond(bench.now, first, Reply::new(488));
    bench.sent();
    bench.receive_message(&reinvite_of_bob(&tag, "r3", 4));
    asked(&mut bench);
}

#[test]
fn crossing_reinvites_get_491() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    send(&mut bench, call, Method::Invite).expect("a standing call");
    let ours = bench.sent_one();
    bench.receive_message(&reinvite_of_bob(&tag, "r1", 2));
    assert_eq!(bench.sent_one().status(), Some(491));
    bench.answer(&ours, 491, "", |response| response);
    assert_eq!(bench.sent_titles(), ["ACK"]);
    bench.receive_message(&Bench::request("ACK", "r1", &tag, 2, ""));
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::RequestDone { outcome, .. }] if outcome.code() == 491),
        "{happenings:#?}"
    );
    bench.receive_message(&reinvite_of_bob(&tag, "r2", 3));
    asked(&mut bench);
}

#[test]
fn a_reinvite_of_ours_waits_for_every_other_invite() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "b");
    assert_eq!(
        send(&mut bench, call, Method::Invite),
        Err(SendError::InviteInProgress)
    );
    bench.answer_with_contact(&invite, 200, "b");
    bench.sent();
    assert!(send(&mut bench, call, Method::Invite).is_ok());
    assert_eq!(
        send(&mut bench, call, Method::Invite),
        Err(SendError::InviteInProgress)
    );
    // Other requests may be sent at any time (RFC 3261 12.2.1).
    assert!(send(&mut bench, call, Method::Info).is_ok());
    bench.happenings();
    bench.sent();
    let (theirs, tag) = talking(&mut bench);
    bench.receive_message(&reinvite_of_bob(&tag, "r1", 2));
    assert_eq!(
        send(&mut bench, theirs, Method::Invite),
        Err(SendError::InviteInProgress)
    );
    let open = asked(&mut bench);
    bench.endpoint.respond(bench.now, open, Reply::new(200));
    assert_eq!(
        send(&mut bench, theirs, Method::Invite),
        Err(SendError::InviteInProgress),
        "no ACK yet"
    );
    bench.receive_message(&Bench::request("ACK", "r1a", &tag, 2, ""));
    assert!(send(&mut bench, theirs, Method::Invite).is_ok());
}

#[test]
fn a_reinvite_of_ours_is_acknowledged_also_when_its_2xx_comes_again() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    send(&mut bench, call, Method::Invite).expect("a standing call");
    let reinvite = bench.sent_one();
    assert_eq!(text(&reinvite, HeaderName::CSeq), "2 INVITE");
    assert_eq!(
        text(&reinvite, HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>"
    );
    bench.answer(&reinvite, 200, "b", |response| {
        response.header(HeaderName::Contact, "<sip:moved@10.0.0.7>")
    });
    let ack = bench.sent_one();
    assert_eq!(text(&ack, HeaderName::CSeq), "2 ACK");
    assert_eq!(ack.request_uri_text(), Some("sip:moved@10.0.0.7"));
    bench.pass(s(4));
    bench.answer(&reinvite, 200, "b", |response| {
        response.header(HeaderName::Contact, "<sip:moved@10.0.0.7>")
    });
    assert_eq!(bench.sent_one(), ack);
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::RequestDone { outcome, .. }] if outcome.code() == 200)
    );
}

#[test]
fn a_reinvite_without_offer_waits_for_the_answer_too() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    bench
        .endpoint
        .request_in_call(bench.now, call, Method::Invite, Vec::new(), None)
        .expect("a standing call");
    let reinvite = bench.sent_one();
    bench.answer(&reinvite, 200, "b", |response| {
        response.body("application/sdp", "v=0\r\n")
    });
    assert_eq!(bench.sent(), []);
    let answer = Body::sdp("v=0\r\ns=answer\r\n");
    bench
        .endpoint
        .acknowledge(bench.now, call, Some(answer.clone()));
    let ack = bench.sent_one();
    assert_eq!((ack.body(), cseq(&ack)), (&answer.bytes[..], 2));
}

#[test]
fn our_2xx_to_a_reinvite_is_repeated_until_ack() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    bench.receive_message(&reinvite_of_bob(&tag, "r1", 2));
    let request = asked(&mut bench);
    let reply = Reply::new(200).body(Body::sdp("v=0\r\n"));
    bench.endpoint.respond(bench.now, request, reply);
    bench.pass(s(2));
    let sent = bench.sent();
    assert_eq!(sent.len(), 3, "at 0, 0.5 and 1.5 s");
    assert_eq!(
        text(&sent[0], HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>"
    );
    // It had an offer: the ACK brings the answer, which the user wants to see.
    bench.receive_message(&Bench::request("ACK", "r1a", &tag, 2, ""));
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Confirmed { .. }]
    ));
    bench.pass(s(10));
    assert_eq!(bench.sent(), []);
    // Without ACK the call ends.
    bench.receive_message(&reinvite_of_bob(&tag, "r2", 3));
    let request = asked(&mut bench);
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    bench.pass(s(32));
    assert_eq!(ends(&mut bench), [EndCause::AckMissing]);
    assert_eq!(bench.sent_titles().last().map(String::as_str), Some("BYE"));
    assert!(bench.endpoint.dialog(call).is_some());
    assert_drains(&mut bench);
}

#[test]
fn a_reinvite_may_come_before_the_ack_unless_the_ack_brings_an_answer() {
    for (session, code) in [("", None), ("v=0\r\n", Some(491))] {
        let mut bench = bench();
        let (call, _) = bench.incoming_call();
        let mut reply = Reply::new(200);
        if !session.is_empty() {
            reply = reply.body(Body::sdp(session));
        }
        bench
            .endpoint
            .accept(bench.now, call, Bench::contact(), reply);
        let tag = bench.sent_one().to_tag().expect("a tag");
        bench.receive_message(&reinvite_of_bob(&tag, "r1", 2));
        let codes: Vec<_> = bench.sent().iter().filter_map(Message::status).collect();
        assert_eq!(codes, code.as_slice(), "RFC 5407 3.1.4 and 3.1.5");
    }
}

#[test]
fn a_reinvite_that_finds_no_dialog_or_nobody_ends_the_call() {
    for code in [Some(481), Some(408), None] {
        let mut bench = bench();
        let (call, _) = bench.answered_call();
        send(&mut bench, call, Method::Invite).expect("a standing call");
        let reinvite = bench.sent_one();
        match code {
            Some(code) => bench.answer(&reinvite, code, "b", |response| response),
            None => bench.pass(s(32)),
        }
        let titles = bench.sent_titles();
        assert_eq!(titles.last().map(String::as_str), Some("BYE"), "{code:?}");
        bench.pass(s(32));
        assert_eq!(
            ends(&mut bench),
            [EndCause::LocalBye(Outcome::Timeout)],
            "{code:?}"
        );
        assert_drains(&mut bench);
    }
    // Any other refusal leaves the session as it was (RFC 3261 14.1).
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    send(&mut bench, call, Method::Invite).expect("a standing call");
    let reinvite = bench.sent_one();
    bench.answer(&reinvite, 488, "b", |response| response);
    assert_eq!(bench.sent_titles(), ["ACK"]);
}

#[test]
fn a_reinvite_that_never_gets_a_final_response_is_told_in_the_end() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    let id = send(&mut bench, call, Method::Invite).expect("a standing call");
    let reinvite = bench.sent_one();
    bench.answer(&reinvite, 100, "", |response| response);
    bench.pass(s(100));
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "b", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    bench.pass(s(32));
    assert_eq!(
        bench.happenings(),
        [Happening::RequestDone {
            request: id,
            call: Some(call),
            outcome: Outcome::Timeout
        }]
    );
    assert_drains(&mut bench);
}
