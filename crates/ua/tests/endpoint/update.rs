//! UPDATE (RFC 3311), and offers that cross (RFC 3261 14, RFC 6141).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Body, CallId, Reply, RequestId, SendError};

use crate::dialog_harness::{asked, reinvite_of_bob, send, talking};
use crate::harness::{assert_drains, reliable, text};

fn offer() -> Body {
    Body::sdp("v=0\r\n")
}

fn update(bench: &mut Bench, call: CallId, body: Option<Body>) -> Result<RequestId, SendError> {
    bench.endpoint.update(bench.now, call, Vec::new(), body)
}

/// An UPDATE of bob with an offer.
fn update_of_bob(tag: &str, branch: &str, cseq: u32) -> Message {
    let fields = "Contact: <sip:moved@10.0.0.2>\nAllow: INVITE, UPDATE\n";
    let plain = Bench::request("UPDATE", branch, tag, cseq, fields);
    let text = String::from_utf8(plain.bytes().to_vec()).expect("text");
    let body = "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n";
    let text = text.replace("Content-Length: 0\r\n\r\n", body);
    Message::parse(text.into_bytes())
}

/// A standing call of bob, who takes UPDATE.
fn standing(bench: &mut Bench) -> (CallId, String) {
    let (call, tag) = talking(bench);
    let fields = "Contact: <sip:bob@10.0.0.2>\nAllow: INVITE, UPDATE\n";
    bench.receive_message(&Bench::request("UPDATE", "first", &tag, 2, fields));
    let request = asked(bench);
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    bench.sent();
    (call, tag)
}

#[test]
fn it_is_sent_only_to_those_who_list_it() {
    let mut bench = reliable();
    let (call, tag) = talking(&mut bench);
    let refused = update(&mut bench, call, None);
    assert_eq!(
        refused,
        Err(SendError::NotAllowed {
            method: Method::Update,
            allow: None
        })
    );
    let fields = "Contact: <sip:bob@10.0.0.2>\nAllow: INVITE, BYE\n";
    bench.receive_message(&Bench::request("OPTIONS", "o", &tag, 2, fields));
    asked(&mut bench);
    let Err(refused) = update(&mut bench, call, None) else {
        panic!("it is not listed")
    };
    assert_eq!(
        refused.to_string(),
        "the other side does not take UPDATE: its Allow is INVITE, BYE"
    );
}

#[test]
fn a_second_one_before_the_first_is_answered_gets_500() {
    let mut bench = reliable();
    let (_, tag) = standing(&mut bench);
    bench.receive_message(&update_of_bob(&tag, "u1", 3));
    let request = asked(&mut bench);
    for (message, branch) in [("UPDATE", "u2"), ("INVITE", "i2")] {
        let fields = "Contact: <sip:bob@10.0.0.2>\n";
        bench.receive_message(&Bench::request(message, branch, &tag, 4, fields));
        let refused = bench.sent_one();
        assert_eq!(refused.status(), Some(500), "{message}");
        let seconds: u32 = text(&refused, HeaderName::RetryAfter)
            .parse()
            .expect("Retry-After");
        assert!(seconds <= 10, "RFC 3311 5.2");
    }
    bench
        .endpoint
        .respond(bench.now, request, Reply::new(200).body(offer()));
    let ok = bench.sent_one();
    assert_eq!(
        text(&ok, HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>",
        "it refreshes the target of both sides"
    );
}

#[test]
fn offers_that_cross_get_491() {
    // UPDATE against UPDATE, and INVITE against UPDATE.
    let mut bench = reliable();
    let (call, tag) = standing(&mut bench);
    update(&mut bench, call, Some(offer())).expect("a standing call");
    let ours = bench.sent_one();
    bench.receive_message(&update_of_bob(&tag, "u1", 3));
    assert_eq!(bench.sent_one().status(), Some(491));
    bench.receive_message(&reinvite_of_bob(&tag, "i1", 4));
    assert_eq!(bench.sent_one().status(), Some(491));
    bench.receive_message(&Bench::request("ACK", "i1", &tag, 4, ""));
    assert_eq!(
        send(&mut bench, call, Method::Invite),
        Err(SendError::OfferInProgress)
    );
    assert_eq!(
        update(&mut bench, call, Some(offer())),
        Err(SendError::OfferInProgress)
    );
    bench.answer(&ours, 491, "bobs", |response| response);
    bench.happenings();
    // UPDATE against a re-INVITE with an offer.
    send(&mut bench, call, Method::Invite).expect("nothing is on its way");
    bench.sent();
    bench.receive_message(&update_of_bob(&tag, "u2", 5));
    assert_eq!(bench.sent_one().status(), Some(491));
    // Without an offer it does not cross anything.
    let fields = "Contact: <sip:bob@10.0.0.2>\n";
    bench.receive_message(&Bench::request("UPDATE", "u3", &tag, 6, fields));
    asked(&mut bench);
}

#[test]
fn an_early_dialog_takes_offers_once_the_first_is_answered_reliably() {
    let mut bench = reliable();
    let (call, invite) = bench.call();
    bench.answer(&invite, 183, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .header(HeaderName::Allow, "INVITE, UPDATE")
            .body("application/sdp", "v=0\r\n")
    });
    assert_eq!(
        update(&mut bench, call, Some(offer())),
        Err(SendError::OfferInProgress),
        "that answer was not reliable (RFC 3311 5.1)"
    );
    assert!(update(&mut bench, call, None).is_ok());
    bench.sent();
    bench.answer(&invite, 183, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .header(HeaderName::Require, "100rel")
            .header(HeaderName::RSeq, "1")
            .body("application/sdp", "v=0\r\n")
    });
    assert_eq!(bench.sent_titles(), ["PRACK"]);
    update(&mut bench, call, Some(offer())).expect("it is answered");
    let update = bench.sent_one();
    assert_eq!(update.to_tag().as_deref(), Some("b"));
    assert_eq!(
        text(&update, HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>"
    );
    bench.answer(&update, 200, "b", |response| {
        response.header(HeaderName::Contact, "<sip:moved@10.0.0.7>")
    });
    let dialog = bench.endpoint.dialog(call).expect("an early dialog");
    assert_eq!(dialog.remote_target.to_string(), "sip:moved@10.0.0.7");
}

#[test]
fn one_of_theirs_in_an_early_dialog_moves_the_target_of_its_own_fork() {
    let mut bench = reliable();
    let (call, invite) = bench.call();
    for tag in ["b", "c"] {
        bench.answer(&invite, 183, tag, |response| {
            response
                .header(HeaderName::Contact, format!("<sip:{tag}@10.0.0.2>"))
                .header(HeaderName::Require, "100rel")
                .header(HeaderName::RSeq, "1")
                .body("application/sdp", "v=0\r\n")
        });
    }
    bench.sent();
    bench.happenings();
    let tag = invite.from_tag().expect("a tag");
    let call_id = invite.call_id().expect("a Call-ID").to_owned();
    let of = |fork: &str, session: bool| {
        let (kind, length, body) = if session {
            ("Content-Type: application/sdp\n", 5, "v=0\n")
        } else {
            ("", 0, "")
        };
        format!(
            "UPDATE sip:alice@10.0.0.1 SIP/2.0\n\
             Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK{fork}{length}\nMax-Forwards: 70\n\
             From: <sip:bob@10.0.0.2>;tag={fork}\nTo: <sip:alice@10.0.0.1>;tag={tag}\n\
             Call-ID: {call_id}\nCSeq: {} UPDATE\nContact: <sip:new-{fork}@10.0.0.9>\n\
             {kind}Content-Length: {length}\n\n{body}",
            length + 1
        )
    };
    bench.receive(&of("b", false));
    let request = asked(&mut bench);
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    bench.sent();
    bench.receive(&of("b", true));
    let request = asked(&mut bench);
    bench
        .endpoint
        .respond(bench.now, request, Reply::new(200).body(offer()));
    bench.sent();
    bench.answer(&invite, 180, "b", |response| {
        response
            .header(HeaderName::Require, "100rel")
            .header(HeaderName::RSeq, "2")
    });
    let prack = bench.sent_one();
    assert_eq!(prack.request_uri_text(), Some("sip:new-b@10.0.0.9"));
    let newest = bench.endpoint.dialog(call).expect("the fork c");
    assert_eq!(newest.remote_target.to_string(), "sip:c@10.0.0.2");
}

#[test]
fn before_the_first_answer_an_offer_of_theirs_has_to_wait() {
    // The caller's offer in INVITE is not answered: 500. Ours of the INVITE is not: 491.
    let mut bench = reliable();
    bench.receive(
        "INVITE sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKin\n\
         Max-Forwards: 70\nFrom: <sip:bob@10.0.0.2>;tag=bobs\nTo: <sip:alice@10.0.0.1>\n\
         Call-ID: bobs-call\nCSeq: 1 INVITE\nContact: <sip:bob@10.0.0.2>\nAllow: UPDATE\n\
         Supported: 100rel\nContent-Type: application/sdp\nContent-Length: 5\n\nv=0\n",
    );
    let happenings = bench.happenings();
    let [gannet_ua::endpoint::Happening::IncomingCall { call, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    let tag = bench.sent_one().to_tag().expect("a tag");
    bench.receive_message(&update_of_bob(&tag, "u1", 2));
    assert_eq!(bench.sent_one().status(), Some(500));
    assert_eq!(
        update(&mut bench, call, Some(offer())),
        Err(SendError::OfferInProgress)
    );
    let _ = bench
        .endpoint
        .ring_reliably(bench.now, call, Reply::new(183).body(offer()));
    let first = bench.sent_one();
    assert_eq!(
        update(&mut bench, call, Some(offer())),
        Err(SendError::OfferInProgress),
        "not acknowledged yet"
    );
    let rack = format!("RAck: {} 1 INVITE\n", text(&first, HeaderName::RSeq));
    bench.receive_message(&Bench::request("PRACK", "p", &tag, 3, &rack));
    bench.sent();
    update(&mut bench, call, Some(offer())).expect("it is agreed");
    assert_eq!(bench.sent_titles(), ["UPDATE"]);
}

#[test]
fn an_update_that_finds_no_dialog_ends_the_call() {
    let mut bench = reliable();
    let (call, _) = standing(&mut bench);
    update(&mut bench, call, Some(offer())).expect("a standing call");
    let update = bench.sent_one();
    bench.answer(&update, 481, "bobs", |response| response);
    let bye = bench.sent_one();
    assert_eq!(bye.title(), "BYE");
    bench.answer(&bye, 200, "bobs", |response| response);
    assert_drains(&mut bench);
}
