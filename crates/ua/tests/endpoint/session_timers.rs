//! Session timers (RFC 4028): asked for, agreed on, refreshed by either side.

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Body, EndCause, Happening, Reply};
use gannet_ua::{RefreshMethod, SessionPolicy};

use crate::harness::{assert_drains, cseq, ends, s, text};
use crate::session_harness::{
    accept, bench, called, calling, policy, session_expires, settled, started,
};

#[test]
fn a_caller_asks_and_refreshes_by_update_at_half_time() {
    let mut bench = bench(policy(1800));
    let (_, invite) = calling(&mut bench, "1800;refresher=uac");
    assert_eq!(session_expires(&invite), "1800");
    assert_eq!(text(&invite, HeaderName::Supported), "timer");
    assert!(
        invite.header(HeaderName::MinSe).is_none(),
        "90 goes without saying"
    );
    assert_eq!(started(&mut bench), [(1800, true)]);
    bench.pass(s(899));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.pass(s(1));
    let update = bench.sent_one();
    assert_eq!(update.method(), Some(Method::Update));
    assert_eq!(session_expires(&update), "1800;refresher=uac");
    assert_eq!(text(&update, HeaderName::Supported), "timer");
    assert!(update.body().is_empty(), "nothing is offered");
    bench.answer(&update, 200, "b", |response| {
        response.header(HeaderName::SessionExpires, "1800;refresher=uac")
    });
    assert_eq!(started(&mut bench), [(1800, true)]);
    bench.pass(s(900));
    assert_eq!(bench.sent_one().method(), Some(Method::Update), "and again");
}

#[test]
fn without_update_in_their_allow_the_refresh_is_a_reinvite_with_the_same_description() {
    let mut bench = bench(policy(100));
    let (_, invite) = bench.call();
    accept(
        &mut bench,
        &invite,
        &[(HeaderName::SessionExpires, "100;refresher=uac")],
    );
    bench.sent();
    bench.pass(s(50));
    let refresh = bench.sent_one();
    assert_eq!(refresh.method(), Some(Method::Invite));
    assert_eq!(refresh.body(), invite.body());
    accept(&mut bench, &refresh, &settled("100;refresher=uac"));
    assert_eq!(bench.sent_titles(), ["ACK"]);
    assert_eq!(started(&mut bench), [(100, true), (100, true)]);
    bench.pass(s(50));
    let update = bench.sent_one();
    assert_eq!(update.method(), Some(Method::Update), "Allow has it now");
    bench.answer(&update, 405, "b", |response| response);
    bench.pass(s(0));
    assert_eq!(bench.sent_one().method(), Some(Method::Invite), "or not");
}

#[test]
fn a_reinvite_is_the_way_where_the_policy_says_so() {
    let by_invite = SessionPolicy {
        method: RefreshMethod::Invite,
        ..policy(100)
    };
    let mut bench = bench(by_invite);
    let (call, _) = calling(&mut bench, "100;refresher=uac");
    // What was changed meanwhile is what counts.
    let body = Body::sdp("v=0\r\ns=changed\r\n");
    bench
        .endpoint
        .request_in_call(bench.now, call, Method::Invite, Vec::new(), Some(body))
        .expect("a standing call");
    let change = bench.sent_one();
    assert_eq!(session_expires(&change), "100;refresher=uac");
    accept(&mut bench, &change, &settled("100;refresher=uac"));
    bench.sent();
    bench.pass(s(50));
    assert_eq!(bench.sent_one().body(), b"v=0\r\ns=changed\r\n");
}

#[test]
fn a_change_that_was_refused_is_not_repeated_by_the_refresh() {
    let by_invite = SessionPolicy {
        method: RefreshMethod::Invite,
        ..policy(100)
    };
    let mut bench = bench(by_invite);
    let (call, invite) = calling(&mut bench, "100;refresher=uac");
    let body = Body::sdp("v=0\r\ns=refused\r\n");
    bench
        .endpoint
        .request_in_call(bench.now, call, Method::Invite, Vec::new(), Some(body))
        .expect("a standing call");
    let change = bench.sent_one();
    bench.answer(&change, 488, "b", |response| response);
    bench.sent();
    bench.pass(s(50));
    assert_eq!(bench.sent_one().body(), invite.body());
}

#[test]
fn a_callee_settles_and_refreshes_if_that_falls_to_it() {
    let mut bench = bench(policy(0));
    let fields = "Supported: timer\nSession-Expires: 200;refresher=uas\nAllow: UPDATE\n";
    let (_, ok) = called(&mut bench, fields);
    assert_eq!(session_expires(&ok), "200;refresher=uas");
    assert_eq!(text(&ok, HeaderName::Require), "timer");
    assert_eq!(started(&mut bench), [(200, true)]);
    bench.pass(s(100));
    let update = bench.sent_one();
    assert_eq!(update.method(), Some(Method::Update));
    assert_eq!(
        session_expires(&update),
        "200;refresher=uac",
        "seen from this transaction"
    );
}

#[test]
fn a_session_that_they_do_not_refresh_ends_by_bye_before_its_end() {
    for (interval, over) in [(90, 60), (1800, 1768)] {
        let mut bench = bench(policy(0));
        let fields = format!("Supported: timer\nSession-Expires: {interval};refresher=uac\n");
        called(&mut bench, &fields);
        assert_eq!(started(&mut bench), [(interval, false)]);
        bench.pass(s(over - 1));
        assert_eq!(bench.sent_titles(), [""; 0]);
        bench.pass(s(1));
        let bye = bench.sent_one();
        assert_eq!(bye.method(), Some(Method::Bye));
        bench.answer(&bye, 200, "", |response| response);
        let causes = ends(&mut bench);
        assert!(
            matches!(&causes[..], [EndCause::SessionExpired(o)] if o.code() == 200),
            "{causes:?}"
        );
        assert_drains(&mut bench);
    }
}

#[test]
fn what_the_other_side_sends_refreshes_too() {
    let mut bench = bench(policy(0));
    let fields = "Supported: timer\nSession-Expires: 90;refresher=uac\n";
    let (_, ok) = called(&mut bench, fields);
    let tag = ok.to_tag().expect("a tag");
    bench.happenings();
    bench.pass(s(50));
    let fields = "Contact: <sip:bob@10.0.0.2>\nSupported: timer\n\
                  Session-Expires: 90;refresher=uac\n";
    bench.receive_message(&Bench::request("UPDATE", "u", &tag, 2, fields));
    let happenings = bench.happenings();
    let [Happening::Request { request, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    let answer = bench.sent_one();
    assert_eq!(session_expires(&answer), "90;refresher=uac");
    assert_eq!(started(&mut bench), [(90, false)]);
    bench.pass(s(59));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.pass(s(1));
    assert_eq!(bench.sent_titles(), ["BYE"]);
}

#[test]
fn short_intervals_are_refused_with_ours() {
    let mut bench = bench(policy(0));
    let fields = "Contact: <sip:bob@10.0.0.2>\nSupported: timer\nSession-Expires: 89\n";
    bench.receive_message(&Bench::request("INVITE", "in", "", 1, fields));
    let refused = bench.sent_one();
    assert_eq!(refused.status(), Some(422));
    assert_eq!(text(&refused, HeaderName::MinSe), "90");
    assert_eq!(bench.happenings(), [], "nobody is disturbed");
}

#[test]
fn a_422_is_answered_by_a_longer_interval_as_long_as_it_grows() {
    let mut bench = bench(policy(100));
    let (call, first) = bench.call();
    let too_small = |bench: &mut Bench, request: &Message, min_se: &str| {
        bench.answer(request, 422, "b", |response| {
            response.header(HeaderName::MinSe, min_se.to_owned())
        });
    };
    too_small(&mut bench, &first, "120");
    let sent = bench.sent();
    assert_eq!(sent[0].method(), Some(Method::Ack));
    let again = &sent[1];
    assert_eq!(session_expires(again), "120");
    assert_eq!(text(again, HeaderName::MinSe), "120");
    assert_eq!(again.call_id(), first.call_id());
    assert_eq!(cseq(again), cseq(&first) + 1);
    accept(&mut bench, again, &settled("120;refresher=uac"));
    bench.sent();
    bench.pass(s(60));
    let update = bench.sent_one();
    assert_eq!(
        text(&update, HeaderName::MinSe),
        "120",
        "for the rest of the call"
    );
    too_small(&mut bench, &update, "120");
    assert_eq!(bench.sent_titles(), [""; 0], "what it asked for");
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(bench.sent_titles(), ["BYE"]);
}

#[test]
fn a_422_to_what_was_never_asked_or_without_min_se_ends_the_call() {
    for (expires, min_se) in [(0, Some("120")), (100, None), (100, Some("100"))] {
        let mut bench = bench(policy(expires));
        let (_, invite) = bench.call();
        bench.answer(&invite, 422, "b", |response| match min_se {
            Some(value) => response.header(HeaderName::MinSe, value),
            None => response,
        });
        assert_eq!(bench.sent_titles(), ["ACK"]);
        let causes = ends(&mut bench);
        assert!(matches!(&causes[..], [EndCause::Failed(o)] if o.code() == 422));
    }
}

#[test]
fn a_server_that_always_wants_more_gets_its_way_a_few_times_only() {
    let mut bench = bench(policy(100));
    let (_, mut invite) = bench.call();
    let mut tries = 0;
    while ends(&mut bench).is_empty() {
        tries += 1;
        assert!(tries < 10, "{tries} INVITEs");
        let more = (100 + tries).to_string();
        bench.answer(&invite, 422, "b", |response| {
            response.header(HeaderName::MinSe, more)
        });
        if let Some(next) = bench.sent().into_iter().nth(1) {
            invite = next;
        }
        if tries == 6 {
            break;
        }
    }
    assert_eq!(tries, 6);
}
