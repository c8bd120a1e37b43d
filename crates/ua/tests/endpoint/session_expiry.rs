//! Sessions that nobody refreshes, or not in time (RFC 4028 10).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Method};
use gannet_ua::endpoint::{EndCause, Happening, Outcome, Reply, SendError};
use gannet_ua::{RefreshMethod, Refresher, SessionPolicy};

use crate::harness::{assert_drains, ends, ms, s, text};
use crate::session_harness::{bench, called, calling, policy, session_expires, started};

#[test]
fn a_refresh_that_finds_nobody_ends_the_call() {
    for code in [408, 481] {
        let mut bench = bench(policy(100));
        calling(&mut bench, "100;refresher=uac");
        bench.pass(s(50));
        let update = bench.sent_one();
        bench.answer(&update, code, "b", |response| response);
        let bye = bench.sent_one();
        assert_eq!(bye.method(), Some(Method::Bye), "{code}");
        bench.answer(&bye, 481, "b", |response| response);
        let causes = ends(&mut bench);
        assert!(
            matches!(&causes[..], [EndCause::SessionExpired(_)]),
            "{code} {causes:?}"
        );
    }
}

#[test]
fn a_refresh_without_any_answer_ends_the_call() {
    let mut bench = bench(policy(1800));
    calling(&mut bench, "1800;refresher=uac");
    bench.pass(s(900) + s(31));
    assert!(!bench.sent_titles().contains(&"BYE".to_owned()));
    bench.pass(s(2));
    assert!(bench.sent_titles().contains(&"BYE".to_owned()));
    bench.pass(s(40));
    assert_eq!(
        ends(&mut bench),
        [EndCause::SessionExpired(Outcome::Timeout)]
    );
    assert_drains(&mut bench);
}

#[test]
fn a_refresh_that_is_put_off_is_tried_again_until_the_session_is_over() {
    let mut bench = bench(policy(90));
    calling(&mut bench, "90;refresher=uac");
    bench.pass(s(45));
    let first = bench.sent_one();
    bench.answer(&first, 500, "b", |response| {
        response.header(HeaderName::RetryAfter, "3")
    });
    bench.pass(s(2));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.pass(s(1));
    let second = bench.sent_one();
    bench.answer(&second, 491, "b", |response| response);
    // Whoever owns the Call-ID waits 2.1 to 4 s.
    bench.pass(s(2));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.pass(s(2));
    let third = bench.sent().pop().expect("another refresh");
    bench.answer(&third, 503, "b", |response| response);
    bench.pass(s(8));
    let sent = bench.sent_titles();
    assert!(sent.contains(&"BYE".to_owned()), "60 s are over: {sent:?}");
    assert!(sent.len() > 1, "it was tried until then: {sent:?}");
}

#[test]
fn a_2xx_without_session_expires_ends_the_timer() {
    let mut bench = bench(policy(90));
    calling(&mut bench, "90;refresher=uac");
    bench.pass(s(45));
    let update = bench.sent_one();
    bench.answer(&update, 200, "b", |response| response);
    assert_eq!(started(&mut bench), [(90, true), (0, false)]);
    bench.pass(s(10_000));
    assert_eq!(bench.sent_titles(), [""; 0]);
}

#[test]
fn one_that_never_refreshes_leaves_the_end_to_the_other_side() {
    let mut bench = bench(policy(90));
    bench.endpoint.config_mut().session = Some(SessionPolicy {
        refreshes: false,
        ..policy(90)
    });
    let (call, _) = calling(&mut bench, "90;refresher=uac");
    bench.pass(s(10_000));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
}

#[test]
fn who_refreshes_first_is_asked_for_where_it_is_wanted() {
    let uas = SessionPolicy {
        refresher: Some(Refresher::Uas),
        ..policy(100)
    };
    let mut bench = bench(uas);
    let (_, invite) = calling(&mut bench, "100;refresher=uas");
    assert_eq!(session_expires(&invite), "100;refresher=uas");
    assert_eq!(started(&mut bench), [(100, false)]);
    bench.pass(s(67));
    assert_eq!(bench.sent_titles(), [""; 0]);
    bench.pass(s(1));
    assert_eq!(bench.sent_titles(), ["BYE"]);
}

#[test]
fn who_knows_no_session_timers_says_nothing_about_them() {
    let mut bench = crate::harness::bench();
    let fields = "Contact: <sip:bob@10.0.0.2>\nRequire: timer\nSession-Expires: 90\n";
    bench.receive_message(&Bench::request("INVITE", "r", "", 1, fields));
    assert_eq!(bench.sent_one().status(), Some(420));
    let mut bench = crate::harness::bench();
    let (_, ok) = called(&mut bench, "Supported: timer\nSession-Expires: 20\n");
    assert!(ok.header(HeaderName::SessionExpires).is_none());
    assert!(ok.header(HeaderName::Require).is_none());
    bench.happenings();
    bench.pass(s(100));
    assert_eq!(bench.sent_titles(), [""; 0]);
}

#[test]
fn what_the_user_writes_about_the_session_stays() {
    let mut bench = bench(policy(90));
    let mut spec = Bench::call_spec();
    spec.headers = vec![
        ("Session-Expires".to_owned(), "7".to_owned()),
        ("Supported".to_owned(), "path".to_owned()),
    ];
    bench.endpoint.invite(bench.now, spec).expect("an address");
    let invite = bench.sent_one();
    assert_eq!(session_expires(&invite), "7");
    assert_eq!(text(&invite, HeaderName::Supported), "path, timer");
}

#[test]
fn a_refresh_waits_for_an_invite_of_theirs() {
    let by_invite = SessionPolicy {
        method: RefreshMethod::Invite,
        ..policy(90)
    };
    let mut bench = bench(by_invite);
    let (call, invite) = calling(&mut bench, "90;refresher=uac");
    bench.happenings();
    let tag = invite.from_tag().expect("a tag");
    bench.pass(s(44));
    let theirs = Bench::request("INVITE", "r", &tag, 2, "Contact: <sip:b@10.0.0.2>\n");
    let theirs = String::from_utf8_lossy(theirs.bytes())
        .replace("bobs-call", invite.call_id().expect("a Call-ID"))
        .replace("tag=bobs", "tag=b");
    bench.receive(&theirs);
    let happenings = bench.happenings();
    let [Happening::Request { request, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    bench.pass(s(2));
    assert_eq!(
        bench
            .endpoint
            .request_in_call(bench.now, call, Method::Invite, Vec::new(), None),
        Err(SendError::InviteInProgress)
    );
    assert_eq!(
        bench.sent_titles(),
        ["100 Trying (INVITE)"],
        "the refresh waits"
    );
    bench.endpoint.respond(bench.now, request, Reply::new(488));
    assert_eq!(bench.sent_titles(), ["488 Not Acceptable Here (INVITE)"]);
    bench.pass(ms(500));
    assert!(bench.sent_titles().contains(&"INVITE".to_owned()));
}
