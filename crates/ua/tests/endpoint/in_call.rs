//! Requests inside calls (RFC 3261 12.2, 15.1.2, RFC 5407 3).

use gannet_sim::Bench;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{EndCause, Happening, Reply, SendError};

use crate::dialog_harness::{asked, reinvite_of_bob, send, talking};
use crate::harness::{assert_drains, bench, branch, ends, ms, s};

#[test]
fn numbers_that_are_too_low_get_500_and_gaps_are_fine() {
    let mut bench = bench();
    let (_, tag) = talking(&mut bench);
    for (number, code) in [(5, None), (4, Some(500)), (9, None), (1, Some(500))] {
        let info = Bench::request("INFO", &format!("i{number}"), &tag, number, "");
        bench.receive_message(&info);
        let codes: Vec<_> = bench.sent().iter().filter_map(Message::status).collect();
        assert_eq!(codes, code.as_slice(), "{number}");
    }
}

#[test]
fn a_dialog_that_is_not_there_gets_481() {
    let mut bench = bench();
    let (_, tag) = talking(&mut bench);
    let other_tag = Bench::request("INFO", "1", "unknown", 2, "");
    let text = String::from_utf8_lossy(Bench::request("INFO", "2", &tag, 2, "").bytes())
        .replace("tag=bobs", "tag=somebody");
    let other_peer = Message::parse(text.into_bytes());
    let other_call = String::from_utf8_lossy(Bench::request("BYE", "3", &tag, 2, "").bytes())
        .replace("bobs-call", "another");
    let other_call = Message::parse(other_call.into_bytes());
    let without_tag = Bench::request("BYE", "4", "", 2, "");
    for message in [other_tag, other_peer, other_call, without_tag] {
        bench.receive_message(&message);
        assert_eq!(bench.sent_one().status(), Some(481), "{message:?}");
    }
    assert_eq!(bench.happenings(), []);
}

#[test]
fn while_our_bye_is_on_its_way_only_theirs_is_answered_200() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.receive_message(&Bench::request("INFO", "i", &tag, 2, ""));
    bench.receive_message(&reinvite_of_bob(&tag, "r", 3));
    bench.receive_message(&Bench::request("BYE", "b", &tag, 4, ""));
    let codes: Vec<_> = bench.sent().iter().filter_map(Message::status).collect();
    assert_eq!(codes, [481, 481, 200], "RFC 5407 3.2.1, 3.2.2");
    assert_eq!(bench.happenings(), []);
    assert_eq!(
        send(&mut bench, call, Method::Info),
        Err(SendError::NoDialog)
    );
    bench.answer(&bye, 200, "", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    assert_drains(&mut bench);
}

#[test]
fn what_still_waits_when_bye_comes_is_answered_487() {
    let mut bench = bench();
    let (_, tag) = talking(&mut bench);
    bench.receive_message(&reinvite_of_bob(&tag, "r", 2));
    bench.receive_message(&Bench::request("INFO", "i", &tag, 3, ""));
    bench.happenings();
    bench.receive_message(&Bench::request("BYE", "b", &tag, 4, ""));
    assert_eq!(
        bench.sent_titles(),
        [
            "200 OK (BYE)",
            "487 Request Terminated (INVITE)",
            "487 Request Terminated (INFO)"
        ]
    );
    bench.receive_message(&Bench::request("ACK", "r", &tag, 2, ""));
    assert_drains(&mut bench);
}

#[test]
fn a_request_of_ours_that_is_told_481_ends_the_call() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    send(&mut bench, call, Method::Info).expect("a dialog");
    let info = bench.sent_one();
    bench.answer(&info, 481, "b", |response| response);
    assert_eq!(bench.sent_titles(), ["BYE"], "RFC 3261 12.2.1.2");
    assert!(matches!(
        bench.happenings()[..],
        [Happening::RequestDone { .. }]
    ));
}

#[test]
fn a_request_that_the_user_never_answers_is_dropped_in_the_end() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    bench.receive_message(&Bench::request("INFO", "i", &tag, 2, ""));
    bench.happenings();
    assert_eq!(bench.endpoint.census().incoming, 1);
    bench.pass(s(32));
    assert!(matches!(
        bench.happenings()[..],
        [Happening::Dropped { .. }]
    ));
    assert_eq!(bench.endpoint.census().incoming, 0);
    bench.endpoint.hang_up(bench.now, call);
    assert_drains(&mut bench);
}

#[test]
fn every_response_to_one_request_has_the_same_tag() {
    let mut bench = bench();
    bench.receive_message(&Bench::request("OPTIONS", "o", "", 1, ""));
    let request = asked(&mut bench);
    let tag = bench.endpoint.reply_tag(request).map(str::to_owned);
    bench.endpoint.respond(bench.now, request, Reply::new(182));
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    for response in bench.sent() {
        assert_eq!(response.to_tag(), tag);
    }
    assert_eq!(bench.endpoint.reply_tag(request), None);
}

#[test]
fn a_request_is_not_mixed_up_with_its_repetition() {
    let mut bench = bench();
    let (_, tag) = talking(&mut bench);
    let info = Bench::request("INFO", "i", &tag, 2, "");
    bench.receive_message(&info);
    let request = asked(&mut bench);
    bench.receive_message(&info);
    assert_eq!(bench.happenings(), []);
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    bench.pass(ms(10));
    bench.receive_message(&info);
    let sent = bench.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    assert_eq!(branch(&sent[0]), "z9hG4bKi");
}
