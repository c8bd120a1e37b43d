//! Session timers (RFC 4028): asked for, agreed on, refreshed by either side, and over.

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{
    Body, CallId, EndCause, EndpointConfig, Happening, Outcome, Reply, SendError,
};
use gannet_ua::{RefreshMethod, Refresher, SessionPolicy};

use crate::harness::{assert_drains, cseq, ends, ms, s, start, text};

const ALLOW: &str = "INVITE, ACK, BYE, UPDATE";
/// A description as bob writes it.
const THEIRS: &str = "v=0\r\ns=bob\r\n";

fn policy(expires: u64) -> SessionPolicy {
    SessionPolicy {
        expires: (expires > 0).then(|| s(expires)),
        ..SessionPolicy::default()
    }
}

fn bench(policy: SessionPolicy) -> Bench {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.session = Some(policy);
    Bench::with(start(), config)
}

/// A 2xx of bob with these fields, by name and value.
fn accept(bench: &mut Bench, request: &Message, fields: &[(HeaderName, &str)]) {
    bench.answer(request, 200, "b", |response| {
        let contact = (HeaderName::Contact, "<sip:b@10.0.0.2>");
        let fields = fields.iter().copied().chain([contact]);
        fields
            .fold(response, |response, (name, value)| {
                response.header(name, value)
            })
            .body("application/sdp", THEIRS)
    });
}

fn settled(value: &str) -> Vec<(HeaderName, &str)> {
    vec![
        (HeaderName::SessionExpires, value),
        (HeaderName::Require, "timer"),
        (HeaderName::Allow, ALLOW),
    ]
}

/// A call of alice that bob has answered with this Session-Expires.
fn calling(bench: &mut Bench, session_expires: &str) -> (CallId, Message) {
    let (call, invite) = bench.call();
    accept(bench, &invite, &settled(session_expires));
    assert_eq!(bench.sent_titles(), ["ACK"]);
    (call, invite)
}

/// A call of bob, who writes these fields into his INVITE, that alice has answered; gives her 200.
fn called(bench: &mut Bench, fields: &str) -> (CallId, Message) {
    let fields = format!("Contact: <sip:bob@10.0.0.2>\n{fields}");
    bench.receive_message(&Bench::request("INVITE", "in", "", 1, &fields));
    let happenings = bench.happenings();
    let [Happening::IncomingCall { call, .. }] = happenings[..] else {
        panic!("no incoming call: {happenings:#?}")
    };
    let reply = Reply::new(200).body(Body::sdp("v=0\r\ns=alice\r\n"));
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), reply);
    let ok = bench.sent_one();
    let tag = ok.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("ACK", "ack", &tag, 1, ""));
    (call, ok)
}

/// The timers that were started since the last time: seconds and whether the refresher is alice; 0
/// for none any more.
fn started(bench: &mut Bench) -> Vec<(u64, bool)> {
    let happenings = bench.happenings().into_iter();
    happenings
        .filter_map(|happening| match happening {
            Happening::Session {
                interval,
                we_refresh,
                ..
            } => Some((interval.map_or(0, |time| time.as_secs()), we_refresh)),
            _ => None,
        })
        .collect()
}

fn session_expires(message: &Message) -> String {
    text(message, HeaderName::SessionExpires)
}

#[test]
fn a_caller_asks_and_refreshes_by_update_at_half_time() {
    let mut bench = bench(policy(1800));
    let (_, invite) = calling(&mut bench, "1800;refresher=uac");
    assert_eq!(session_expires(&invite), "1800");
    assert_eq!(text(&invite, HeaderName::Supported), "timer");
    assert!(invite.header(HeaderName::MinSe).is_none(), "90 goes without saying");
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
        bench.pass(s(over) - s(1));
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
    bench
        .endpoint
        .respond(bench.now, request, Reply::new(200));
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
    assert_eq!(ends(&mut bench), [EndCause::SessionExpired(Outcome::Timeout)]);
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
    assert_eq!(bench.sent_titles(), ["100 Trying (INVITE)"], "the refresh waits");
    bench
        .endpoint
        .respond(bench.now, request, Reply::new(488));
    assert_eq!(bench.sent_titles(), ["488 Not Acceptable Here (INVITE)"]);
    bench.pass(ms(500));
    assert!(bench.sent_titles().contains(&"INVITE".to_owned()));
}
