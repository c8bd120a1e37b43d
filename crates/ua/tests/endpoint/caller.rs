//! Making calls (RFC 3261 12.1.2, 12.2.1.1, 13.2).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{Body, EndCause, Happening, Outcome};

use crate::harness::{assert_drains, bench, branch, cseq, ends, ms, s, text};

#[test]
fn a_call_is_answered_acknowledged_and_ended() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer(&invite, 100, "", |response| response);
    bench.answer_with_contact(&invite, 180, "b");
    bench.answer_with_contact(&invite, 200, "b");
    let ack = bench.sent_one();
    assert_eq!(ack.request_uri_text(), Some("sip:b@10.0.0.2"));
    assert_eq!(text(&ack, HeaderName::CSeq), "1 ACK");
    assert_eq!(ack.to_tag().as_deref(), Some("b"));
    assert_ne!(branch(&ack), branch(&invite), "RFC 3261 13.2.2.4");
    let happenings = bench.happenings();
    assert!(
        matches!(
            happenings[..],
            [
                Happening::Progress { .. },
                Happening::Answered {
                    needs_answer: false,
                    ..
                }
            ]
        ),
        "{happenings:#?}"
    );
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    assert_eq!(text(&bye, HeaderName::CSeq), "2 BYE");
    bench.answer(&bye, 200, "b", |response| response);
    assert!(matches!(
        ends(&mut bench)[..],
        [EndCause::LocalBye(Outcome::Response(_))]
    ));
    assert_drains(&mut bench);
}

#[test]
fn a_repeated_2xx_brings_the_same_ack_again() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 200, "b");
    let first = bench.sent_one();
    for wait in [500, 1_500, 29_000] {
        bench.pass(ms(wait));
        bench.answer_with_contact(&invite, 200, "b");
        assert_eq!(bench.sent_one(), first);
    }
    // Timer M is over: nobody knows the transaction any more.
    bench.pass(s(2));
    bench.answer_with_contact(&invite, 200, "b");
    assert_eq!(bench.sent(), []);
    bench.endpoint.hang_up(bench.now, call);
    assert_drains(&mut bench);
}

#[test]
fn an_invite_without_offer_waits_for_the_answer_before_ack() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.body = None;
    let call = bench.endpoint.invite(bench.now, spec).expect("an address");
    let invite = bench.sent_one();
    let offer = |bench: &mut Bench| {
        bench.answer(&invite, 200, "b", |response| {
            response
                .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
                .body("application/sdp", "v=0\r\n")
        });
    };
    offer(&mut bench);
    offer(&mut bench);
    assert_eq!(bench.sent(), []);
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Answered {
            needs_answer: true,
            ..
        }]
    ));
    let answer = Some(Body::sdp("v=0\r\ns=answer\r\n"));
    bench.endpoint.acknowledge(bench.now, call, answer);
    let ack = bench.sent_one();
    assert_eq!(ack.body(), b"v=0\r\ns=answer\r\n");
    offer(&mut bench);
    assert_eq!(bench.sent_one(), ack);
    // Once is enough.
    bench.endpoint.acknowledge(bench.now, call, None);
    assert_eq!(bench.sent(), []);
}

#[test]
fn hanging_up_instead_of_answering_the_offer_sends_ack_and_bye() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.body = None;
    let call = bench.endpoint.invite(bench.now, spec).expect("an address");
    let invite = bench.sent_one();
    bench.answer(&invite, 200, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .body("application/sdp", "v=0\r\n")
    });
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(bench.sent_titles(), ["ACK", "BYE"]);
    assert_drains(&mut bench);
}

#[test]
fn failures_and_silence_end_the_call() {
    let mut bench = bench();
    let (_, invite) = bench.call();
    bench.answer(&invite, 486, "b", |response| response);
    assert_eq!(bench.sent_titles(), ["ACK"]);
    let causes = ends(&mut bench);
    assert!(matches!(&causes[..], [EndCause::Failed(outcome)] if outcome.code() == 486));
    bench.call();
    bench.pass(s(31));
    assert_eq!(ends(&mut bench), []);
    bench.pass(s(1));
    assert_eq!(ends(&mut bench), [EndCause::Failed(Outcome::Timeout)]);
    assert_drains(&mut bench);
}

#[test]
fn route_sets_are_reversed_and_strict_routers_get_the_request_uri() {
    let cases: [(&str, &str, &[&str]); 3] = [
        ("", "sip:b@10.0.0.2", &[]),
        (
            "<sip:10.0.0.8;lr>, <sip:10.0.0.9;lr>",
            "sip:b@10.0.0.2",
            &["<sip:10.0.0.9;lr>", "<sip:10.0.0.8;lr>"],
        ),
        (
            "<sip:10.0.0.8;lr>, <sip:10.0.0.9>",
            "sip:10.0.0.9",
            &["<sip:10.0.0.8;lr>", "<sip:b@10.0.0.2>"],
        ),
    ];
    for (record_route, uri, routes) in cases {
        let mut bench = bench();
        let (call, invite) = bench.call();
        bench.answer(&invite, 200, "b", |mut response| {
            response.push(HeaderName::Contact, "<sip:b@10.0.0.2>");
            if !record_route.is_empty() {
                response.push(HeaderName::RecordRoute, record_route);
            }
            response
        });
        bench.endpoint.hang_up(bench.now, call);
        for (_, message, target) in bench.sent_with_times() {
            let values: Vec<_> = message.values(HeaderName::Route).collect();
            assert_eq!(values, routes, "{record_route}");
            assert_eq!(message.request_uri_text(), Some(uri), "{record_route}");
            let hop = if routes.is_empty() {
                "10.0.0.2:5060"
            } else {
                "10.0.0.9:5060"
            };
            assert_eq!(target.address.to_string(), hop, "{record_route}");
        }
    }
}

#[test]
fn a_2xx_of_an_old_or_careless_peer_is_acknowledged_all_the_same() {
    // Without To tag (RFC 3261 12.1.2), and without Contact.
    let mut bench = bench();
    let (call, invite) = bench.call();
    let response = gannet_ua::response_to(&invite, Bench::LOCAL, 200, None).message();
    bench.receive_message(&response);
    let ack = bench.sent_one();
    assert_eq!(ack.request_uri_text(), Some("sip:bob@10.0.0.2:5060"));
    assert_eq!(ack.to_tag(), None);
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    assert_eq!((bye.to_tag(), cseq(&bye)), (None, 2));
}

#[test]
fn a_call_without_an_address_is_not_made() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.uri = gannet_sip::Uri::parse("sip:bob@nowhere.test").expect("a URI");
    let error = bench
        .endpoint
        .invite(bench.now, spec)
        .expect_err("no address");
    assert_eq!(
        error.to_string(),
        "no address is known for \"nowhere.test\": name it under hosts or set an outbound proxy"
    );
    assert_drains(&mut bench);
}

#[test]
fn the_target_follows_responses_and_requests_that_refresh_it() {
    let contact = |message: &Message| message.request_uri_text().map(str::to_owned);
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "b");
    bench.answer(&invite, 200, "b", |response| {
        response.header(HeaderName::Contact, "<sip:second@10.0.0.3>")
    });
    assert_eq!(
        contact(&bench.sent_one()).as_deref(),
        Some("sip:second@10.0.0.3")
    );
    let info = |bench: &mut Bench| {
        bench
            .endpoint
            .request_in_call(bench.now, call, gannet_sip::Method::Info, Vec::new(), None)
            .expect("a dialog");
        contact(&bench.sent_one()).expect("a request")
    };
    assert_eq!(info(&mut bench), "sip:second@10.0.0.3");
    let dialog = bench.endpoint.dialog(call).expect("a dialog").clone();
    bench.receive(&format!(
        "UPDATE sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKu\n\
         Max-Forwards: 70\nFrom: <sip:bob@10.0.0.2:5060>;tag=b\nTo: <sip:a@b>;tag={}\n\
         Call-ID: {}\nCSeq: 1 UPDATE\nContact: <sip:third@10.0.0.4>\nContent-Length: 0\n\n",
        dialog.local_tag, dialog.call_id
    ));
    let request = bench.happenings().into_iter().find_map(|h| match h {
        Happening::Request { request, .. } => Some(request),
        _ => None,
    });
    let reply = gannet_ua::endpoint::Reply::new(200);
    bench
        .endpoint
        .respond(bench.now, request.expect("the UPDATE"), reply);
    bench.sent();
    assert_eq!(info(&mut bench), "sip:third@10.0.0.4");
}
