//! CANCEL, ours and theirs (RFC 3261 9).

use gannet_sim::Bench;
use gannet_sip::HeaderName;
use gannet_ua::endpoint::{EndCause, Outcome, Reply};

use crate::harness::{assert_drains, bench, branch, ends, s, text};

const CHALLENGE: &str = "Digest realm=\"r\", nonce=\"n\"";

#[test]
fn cancel_waits_for_a_provisional_response() {
    for code in [100, 180] {
        let mut bench = bench();
        let (call, invite) = bench.call();
        bench.endpoint.hang_up(bench.now, call);
        bench.endpoint.hang_up(bench.now, call);
        assert_eq!(bench.sent(), []);
        bench.answer(&invite, code, "b", |response| response);
        let cancel = bench.sent_one();
        assert_eq!(text(&cancel, HeaderName::CSeq), "1 CANCEL");
        assert_eq!(branch(&cancel), branch(&invite));
        for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
            assert_eq!(text(&cancel, name), text(&invite, name));
        }
        assert_eq!(cancel.request_uri_text(), invite.request_uri_text());
        assert_eq!(cancel.values(HeaderName::Via).count(), 1);
        assert_eq!(cancel.header(HeaderName::Contact).map(|h| h.value), None);
        bench.answer(&cancel, 200, "b", |response| response);
        bench.answer(&invite, 487, "b", |response| response);
        assert_eq!(bench.sent_titles(), ["ACK"]);
        let causes = ends(&mut bench);
        assert!(matches!(&causes[..], [EndCause::LocalCancel(o)] if o.code() == 487));
        assert_drains(&mut bench);
    }
}

#[test]
fn after_a_provisional_response_it_is_sent_at_once_and_once() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "b");
    let reason = vec![("Reason".to_owned(), "SIP;cause=200".to_owned())];
    bench.endpoint.hang_up_with(bench.now, call, reason);
    bench.endpoint.hang_up(bench.now, call);
    let cancel = bench.sent_one();
    assert_eq!(text(&cancel, HeaderName::Reason), "SIP;cause=200");
    bench.answer_with_contact(&invite, 180, "b");
    assert_eq!(bench.sent(), []);
}

#[test]
fn a_final_response_that_comes_first_makes_cancel_needless() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.endpoint.hang_up(bench.now, call);
    bench.answer(&invite, 486, "b", |response| response);
    assert_eq!(bench.sent_titles(), ["ACK"]);
    assert!(matches!(
        &ends(&mut bench)[..],
        [EndCause::LocalCancel(outcome)] if outcome.code() == 486
    ));
    assert_drains(&mut bench);
}

#[test]
fn an_answer_that_crosses_is_acknowledged_and_ended() {
    for provisional in [false, true] {
        let mut bench = bench();
        let (call, invite) = bench.call();
        if provisional {
            bench.answer_with_contact(&invite, 180, "b");
        }
        bench.endpoint.hang_up(bench.now, call);
        bench.sent();
        bench.answer_with_contact(&invite, 200, "b");
        assert_eq!(bench.sent_titles(), ["ACK", "BYE"]);
        assert_eq!(ends(&mut bench), [EndCause::CancelCrossed]);
        assert_drains(&mut bench);
    }
}

#[test]
fn without_a_final_response_the_call_ends_64_t1_after_cancel() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "b");
    bench.endpoint.hang_up(bench.now, call);
    let cancel = bench.sent_one();
    bench.answer(&cancel, 200, "b", |response| response);
    bench.pass(s(31));
    assert_eq!(ends(&mut bench), []);
    bench.pass(s(1));
    assert_eq!(ends(&mut bench), [EndCause::LocalCancel(Outcome::Timeout)]);
    // What comes after all is acknowledged and ended, quietly.
    bench.answer_with_contact(&invite, 180, "b");
    bench.answer_with_contact(&invite, 200, "b");
    assert_eq!(bench.sent_titles(), ["ACK", "BYE"]);
    assert_eq!(bench.happenings(), []);
    assert_drains(&mut bench);
}

#[test]
fn an_invite_that_is_never_answered_is_forgotten_in_the_end() {
    let mut bench = bench();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "b");
    bench.endpoint.hang_up(bench.now, call);
    assert_drains(&mut bench);
}

#[test]
fn a_challenge_to_a_call_that_was_given_up_is_not_answered() {
    let mut bench = bench();
    credentials(&mut bench);
    let (call, invite) = bench.call();
    bench.endpoint.hang_up(bench.now, call);
    bench.answer(&invite, 407, "b", |response| {
        response.header(HeaderName::ProxyAuthenticate, CHALLENGE)
    });
    assert_eq!(bench.sent_titles(), ["ACK"]);
    assert!(matches!(
        &ends(&mut bench)[..],
        [EndCause::LocalCancel(outcome)] if outcome.code() == 407
    ));
    assert_drains(&mut bench);
}

#[test]
fn after_a_challenge_cancel_waits_again() {
    let mut bench = bench();
    credentials(&mut bench);
    let (call, invite) = bench.call();
    bench.answer(&invite, 100, "", |response| response);
    bench.answer(&invite, 407, "b", |response| {
        response.header(HeaderName::ProxyAuthenticate, CHALLENGE)
    });
    let sent = bench.sent();
    let again = sent.last().expect("the INVITE again");
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(bench.sent(), [], "no response to this INVITE yet");
    bench.answer(again, 100, "", |response| response);
    let cancel = bench.sent_one();
    assert_eq!(text(&cancel, HeaderName::CSeq), "2 CANCEL");
    assert_eq!(branch(&cancel), branch(again));
}

#[test]
fn their_cancel_ends_an_unanswered_call() {
    let mut bench = bench();
    let (call, _) = bench.incoming_call();
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    let ringing = bench.sent_one();
    bench.receive_message(&Bench::request("CANCEL", "in", "", 1, ""));
    let sent = bench.sent();
    let titles: Vec<_> = sent.iter().map(gannet_sip::Message::title).collect();
    assert_eq!(
        titles,
        ["200 OK (CANCEL)", "487 Request Terminated (INVITE)"]
    );
    // The same To tag in all of them (RFC 3261 9.2).
    for message in &sent {
        assert_eq!(message.to_tag(), ringing.to_tag());
    }
    assert!(matches!(ends(&mut bench)[..], [EndCause::RemoteCancel(_)]));
    bench.receive_message(&Bench::request("ACK", "in", "x", 1, ""));
    assert_drains(&mut bench);
}

#[test]
fn their_cancel_after_the_answer_has_no_effect() {
    let mut bench = bench();
    let (call, _) = bench.incoming_call();
    let contact = Bench::contact();
    bench
        .endpoint
        .accept(bench.now, call, contact, Reply::new(200));
    bench.sent();
    bench.receive_message(&Bench::request("CANCEL", "in", "", 1, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (CANCEL)"]);
    assert_eq!(bench.happenings(), []);
}

#[test]
fn a_cancel_for_nothing_gets_481() {
    let mut bench = bench();
    bench.receive_message(&Bench::request("CANCEL", "nothing", "", 1, ""));
    assert_eq!(
        bench.sent_titles(),
        ["481 Call/Transaction Does Not Exist (CANCEL)"]
    );
    assert_drains(&mut bench);
}

fn credentials(bench: &mut Bench) {
    let credentials = gannet_ua::digest::Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
}
