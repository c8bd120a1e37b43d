//! Reliable provisional responses of others, and PRACK (RFC 3262 4 and 5).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method};
use gannet_ua::endpoint::{Body, CallId, Happening, RequestSpec, SendError};

use crate::dialog_harness::send;
use crate::harness::{assert_drains, bench, cseq, reliable, text};

fn call(bench: &mut Bench, body: Option<Body>) -> (CallId, Message) {
    let mut spec: RequestSpec = Bench::call_spec();
    spec.body = body;
    let call = bench.endpoint.invite(bench.now, spec).expect("a literal");
    (call, bench.sent_one())
}

fn offer() -> Body {
    Body::sdp("v=0\r\n")
}

/// A reliable response of bob under this tag.
fn reliably(bench: &mut Bench, invite: &Message, (code, tag): (u16, &str), rseq: u32, body: bool) {
    bench.answer(invite, code, tag, |response| {
        let response = response
            .header(HeaderName::Contact, format!("<sip:{tag}@10.0.0.2>"))
            .header(HeaderName::Require, "100rel")
            .header(HeaderName::RSeq, rseq.to_string());
        with_session(response, body)
    });
}

fn with_session(response: MessageBuilder, body: bool) -> MessageBuilder {
    if body {
        response.body("application/sdp", "v=0\r\n")
    } else {
        response
    }
}

fn progress(bench: &mut Bench) -> usize {
    let happenings = bench.happenings();
    let is_progress = |it: &&Happening| matches!(it, Happening::Progress { .. });
    happenings.iter().filter(is_progress).count()
}

#[test]
fn prack_names_the_response_in_its_early_dialog() {
    let mut bench = reliable();
    let (_, invite) = call(&mut bench, Some(offer()));
    reliably(&mut bench, &invite, (180, "b"), 776_656, false);
    let prack = bench.sent_one();
    assert_eq!(prack.title(), "PRACK");
    assert_eq!(text(&prack, HeaderName::RAck), "776656 1 INVITE");
    assert_eq!(prack.to_tag().as_deref(), Some("b"));
    assert_eq!(cseq(&prack), 2);
    assert_eq!(prack.request_uri_text(), Some("sip:b@10.0.0.2"));
    assert_eq!(progress(&mut bench), 1);
    bench.answer(&prack, 200, "b", |response| response);
    // The ACK has the number of the INVITE, the next request that after PRACK.
    bench.answer_with_contact(&invite, 200, "b");
    assert_eq!(cseq(&bench.sent_one()), 1);
}

#[test]
fn repeated_ones_and_gaps_are_not_looked_at() {
    let mut bench = reliable();
    let (_, invite) = call(&mut bench, Some(offer()));
    reliably(&mut bench, &invite, (180, "b"), 10, false);
    assert_eq!(bench.sent_titles(), ["PRACK"]);
    assert_eq!(progress(&mut bench), 1);
    for rseq in [10, 12, 9] {
        reliably(&mut bench, &invite, (183, "b"), rseq, false);
        assert_eq!(bench.sent(), [], "RSeq {rseq}");
        assert_eq!(progress(&mut bench), 0);
    }
    reliably(&mut bench, &invite, (183, "b"), 11, false);
    assert_eq!(text(&bench.sent_one(), HeaderName::RAck), "11 1 INVITE");
    // Another fork counts for itself.
    reliably(&mut bench, &invite, (183, "c"), 5, false);
    let other = bench.sent_one();
    assert_eq!(text(&other, HeaderName::RAck), "5 1 INVITE");
    assert_eq!(other.to_tag().as_deref(), Some("c"));
    assert_eq!(progress(&mut bench), 2);
}

#[test]
fn without_the_extension_and_for_100_there_is_no_prack() {
    let mut plain = bench();
    let (_, invite) = call(&mut plain, Some(offer()));
    reliably(&mut plain, &invite, (180, "b"), 1, false);
    assert_eq!(plain.sent(), []);
    assert_eq!(progress(&mut plain), 1);
    let mut bench = reliable();
    let (_, invite) = call(&mut bench, Some(offer()));
    reliably(&mut bench, &invite, (100, "b"), 1, false);
    assert_eq!(bench.sent(), []);
}

#[test]
fn an_offer_in_it_is_answered_in_prack() {
    let mut bench = reliable();
    let (id, invite) = call(&mut bench, None);
    reliably(&mut bench, &invite, (183, "b"), 1, true);
    assert_eq!(bench.sent(), []);
    let happenings = bench.happenings();
    let [
        Happening::Progress { .. },
        Happening::PrackWanted {
            response,
            needs_answer: true,
            ..
        },
    ] = &happenings[..]
    else {
        panic!("{happenings:#?}")
    };
    let answer = bench.endpoint.prack(bench.now, id, response, Some(offer()));
    let request = answer.expect("an early dialog");
    let prack = bench.sent_one();
    assert_eq!(prack.body(), &offer().bytes[..]);
    bench.answer(&prack, 200, "b", |response| response);
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::RequestDone { request: done, .. }] if *done == request)
    );
    assert_eq!(
        bench.endpoint.prack(bench.now, id, &invite, None),
        Err(SendError::NothingToAcknowledge)
    );
    // A description in the 2xx is no offer any more.
    bench.answer(&invite, 200, "b", |response| {
        with_session(
            response.header(HeaderName::Contact, "<sip:b@10.0.0.2>"),
            true,
        )
    });
    assert_eq!(bench.sent_titles(), ["ACK"]);
}

#[test]
fn the_user_may_take_prack_in_hand_and_put_an_offer_into_it() {
    let mut bench = reliable();
    bench.endpoint.config_mut().prack_by_user = true;
    let (id, invite) = call(&mut bench, Some(offer()));
    reliably(&mut bench, &invite, (183, "b"), 1, true);
    assert_eq!(bench.sent(), []);
    let happenings = bench.happenings();
    let [
        _,
        Happening::PrackWanted {
            response,
            needs_answer: false,
            ..
        },
    ] = &happenings[..]
    else {
        panic!("{happenings:#?}")
    };
    let sent = bench.endpoint.prack(bench.now, id, response, Some(offer()));
    assert!(sent.is_ok());
    let prack = bench.sent_one();
    assert!(!prack.body().is_empty());
    // It is an offer: another one has to wait for its answer (RFC 3311 5.1).
    bench.answer(&invite, 180, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .header(HeaderName::Allow, "UPDATE")
    });
    let update = bench
        .endpoint
        .update(bench.now, id, Vec::new(), Some(offer()));
    assert_eq!(update, Err(SendError::OfferInProgress));
    bench.answer(&prack, 200, "b", |response| with_session(response, true));
    let update = bench
        .endpoint
        .update(bench.now, id, Vec::new(), Some(offer()));
    assert!(update.is_ok(), "{update:?}");
}

#[test]
fn the_call_can_be_made_with_require_and_its_reinvite_is_acknowledged_too() {
    let mut bench = reliable();
    bench.endpoint.config_mut().require_100rel = true;
    let (id, invite) = call(&mut bench, Some(offer()));
    assert_eq!(text(&invite, HeaderName::Require), "100rel");
    bench.answer_with_contact(&invite, 200, "b");
    bench.sent();
    bench.happenings();
    send(&mut bench, id, Method::Invite).expect("a standing call");
    let reinvite = bench.sent_one();
    bench.answer(&reinvite, 183, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:moved@10.0.0.2>")
            .header(HeaderName::Require, "100rel")
            .header(HeaderName::RSeq, "9")
    });
    let prack = bench.sent_one();
    assert_eq!(text(&prack, HeaderName::RAck), "9 2 INVITE");
    // The reliable response has moved the target (RFC 6141 4.6).
    assert_eq!(prack.request_uri_text(), Some("sip:moved@10.0.0.2"));
    bench.answer(&prack, 200, "b", |response| response);
    bench.answer_with_contact(&reinvite, 200, "b");
    assert_eq!(cseq(&bench.sent_one()), 2);
    bench.endpoint.hang_up(bench.now, id);
    let bye = bench.sent_one();
    assert_eq!(cseq(&bye), 4);
    bench.answer(&bye, 200, "b", |response| response);
    assert_drains(&mut bench);
}
