//! Requests that are answered by rule.

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{EndCause, FixedReply, Reply};

use crate::dialog_harness::{reinvite_of_bob, talking};
use crate::harness::{assert_drains, bench, ends, text};

fn rule(method: Method, code: u16, times: Option<u64>) -> FixedReply {
    FixedReply {
        method,
        reply: Reply::new(code).header("Retry-After", "5"),
        times,
    }
}

#[test]
fn requests_outside_of_calls_get_what_the_rule_says() {
    let mut bench = bench();
    bench
        .endpoint
        .answer_by_rule(rule(Method::Invite, 503, Some(1)));
    let invite = Bench::invite_of_bob("first", 1);
    bench.receive_message(&invite);
    let refusal = bench.sent_one();
    assert_eq!(refusal.status(), Some(503));
    assert_eq!(text(&refusal, HeaderName::RetryAfter), "5");
    let tag = refusal.to_tag().expect("a tag");
    bench.receive_message(&invite);
    assert_eq!(bench.sent_one().bytes(), refusal.bytes(), "not counted");
    bench.receive_message(&Bench::request("ACK", "first", &tag, 1, ""));
    assert_eq!(bench.happenings(), []);
    bench.receive_message(&Bench::invite_of_bob("second", 2));
    assert_eq!(bench.happenings().len(), 1, "once is over");
}

#[test]
fn a_call_goes_on_as_if_the_request_had_not_come() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    bench.endpoint.answer_by_rule(rule(Method::Bye, 500, None));
    bench
        .endpoint
        .answer_by_rule(rule(Method::Invite, 488, None));
    bench.receive_message(&reinvite_of_bob(&tag, "r", 2));
    bench.receive_message(&Bench::request("ACK", "r", &tag, 2, ""));
    bench.receive_message(&Bench::request("BYE", "b", &tag, 3, ""));
    let codes: Vec<_> = bench.sent().iter().filter_map(Message::status).collect();
    assert_eq!(codes, [488, 500]);
    assert_eq!(bench.happenings(), []);
    assert_eq!(bench.endpoint.take_rules().len(), 2);
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    assert_drains(&mut bench);
}

#[test]
fn a_cancel_that_is_refused_cancels_nothing() {
    let mut bench = bench();
    bench.incoming_call();
    bench
        .endpoint
        .answer_by_rule(rule(Method::Cancel, 481, None));
    bench.receive_message(&Bench::request("CANCEL", "in", "", 1, ""));
    assert_eq!(
        bench.sent_titles(),
        ["481 Call/Transaction Does Not Exist (CANCEL)"]
    );
    assert_eq!(bench.happenings(), []);
}
