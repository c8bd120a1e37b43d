//! What becomes of a subscription over time: too short, never confirmed, begun anew, in company.

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::digest::Credentials;
use gannet_ua::endpoint::{AuthStyle, Happening, Resubscribe, SubscriptionId};
use gannet_ua::{EventPackage, SubscriptionChange, SubscriptionSpec};

use crate::harness::{assert_drains, bench, cseq, ms, s, text};

fn spec(event: &str) -> SubscriptionSpec {
    let uri = Uri::at(Some("bob"), Bench::PEER);
    let event = EventPackage::parse(event).expect("a package");
    let mut spec = SubscriptionSpec::new(
        uri.clone(),
        Bench::contact(),
        NameAddr::new(uri),
        Bench::contact(),
        event,
    );
    spec.expires = s(600);
    spec
}

fn subscribe(bench: &mut Bench, spec: SubscriptionSpec) -> (SubscriptionId, Message) {
    let id = bench.endpoint.subscribe(bench.now, spec);
    (id, bench.sent_one())
}

fn grant(bench: &mut Bench, request: &Message, tag: &str, seconds: u32) {
    bench.answer(request, 200, tag, |response| {
        response
            .header(HeaderName::Contact, format!("<sip:{tag}@10.0.0.2>"))
            .header(HeaderName::Expires, seconds.to_string())
    });
}

fn notify(bench: &mut Bench, request: &Message, tag: &str, number: u32, state: &str) -> u16 {
    let notify = Bench::notify_for(request, tag, number, state, "");
    bench.receive_message(&notify);
    bench.sent_one().status().expect("an answer")
}

fn too_brief(bench: &mut Bench, request: &Message, minimum: &str) {
    bench.answer(request, 423, "n", |response| {
        response.header(HeaderName::MinExpires, minimum)
    });
}

/// Ends of subscriptions: the code of a failure, or when to begin anew from now on.
fn ends(bench: &mut Bench) -> Vec<String> {
    let now = bench.now;
    let happenings = bench.happenings().into_iter();
    let end = |happening| match happening {
        Happening::Subscription { change, .. } => match change {
            SubscriptionChange::Failed { outcome } => Some(format!("failed {}", outcome.code())),
            SubscriptionChange::Terminated { again, .. } => {
                let again = again.map(|at| (at - now).as_secs().to_string());
                Some(format!("over {}", again.as_deref().unwrap_or("for good")))
            }
            _ => None,
        },
        _ => None,
    };
    happenings.filter_map(end).collect()
}

/// What is sent after so many seconds and not before.
fn sent_after(bench: &mut Bench, seconds: u64) -> Message {
    if seconds > 0 {
        bench.pass(ms(seconds * 1000 - 1));
        assert_eq!(bench.sent(), [], "{seconds}");
    }
    bench.pass(ms(1));
    bench.sent_one()
}

#[test]
fn what_is_too_brief_is_asked_for_again_with_the_minimum() {
    let mut bench = bench();
    let (id, request) = subscribe(&mut bench, spec("presence"));
    too_brief(&mut bench, &request, "900");
    let second = bench.sent_one();
    assert_eq!(text(&second, HeaderName::Expires), "900");
    assert_eq!(second.call_id(), request.call_id());
    assert_eq!(cseq(&second), cseq(&request) + 1);
    grant(&mut bench, &second, "n", 900);
    assert_eq!(notify(&mut bench, &second, "n", 1, "active"), 200);
    assert_eq!(ends(&mut bench), [] as [String; 0]);
    // In its dialog too.
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    too_brief(&mut bench, &refresh, "1200");
    assert_eq!(text(&bench.sent_one(), HeaderName::Expires), "1200");
}

#[test]
fn a_423_that_helps_nobody_is_a_failure() {
    for minimum in ["600", "60", "soon"] {
        let mut bench = bench();
        let (_, request) = subscribe(&mut bench, spec("presence"));
        too_brief(&mut bench, &request, minimum);
        assert_eq!(bench.sent(), []);
        assert_eq!(ends(&mut bench), ["failed 423"], "{minimum}");
        assert_drains(&mut bench);
    }
    // A notifier that wants more each time is given up.
    let mut bench = bench();
    let (_, mut request) = subscribe(&mut bench, spec("presence"));
    for minimum in ["700", "800", "900"] {
        too_brief(&mut bench, &request, minimum);
        request = bench.sent_one();
    }
    too_brief(&mut bench, &request, "1000");
    assert_eq!(bench.sent(), []);
    assert_eq!(ends(&mut bench), ["failed 423"]);
}

#[test]
fn a_2xx_without_notify_fails_by_timer_n() {
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench, spec("presence"));
    bench.pass(ms(400));
    grant(&mut bench, &request, "n", 600);
    bench.pass(ms(31_599));
    assert_eq!(ends(&mut bench), [] as [String; 0]);
    // 64*T1 after SUBSCRIBE was sent.
    bench.pass(ms(1));
    assert_eq!(ends(&mut bench), ["failed 408"]);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 481);
    assert_drains(&mut bench);
}

#[test]
fn a_fetch_is_over_with_its_notify_and_not_repeated() {
    let mut bench = bench();
    let mut fetch = spec("presence");
    fetch.expires = s(0);
    fetch.anew = true;
    let (_, request) = subscribe(&mut bench, fetch);
    assert_eq!(text(&request, HeaderName::Expires), "0");
    grant(&mut bench, &request, "n", 0);
    let state = "terminated;reason=timeout";
    assert_eq!(notify(&mut bench, &request, "n", 1, state), 200);
    assert_eq!(ends(&mut bench), ["over 0"]);
    bench.pass(s(100));
    assert_eq!(bench.sent(), []);
    assert_drains(&mut bench);
}

#[test]
fn a_subscription_that_is_moved_begins_anew_in_a_new_dialog() {
    let mut bench = bench();
    let mut wanted = spec("presence");
    wanted.anew = true;
    let (id, request) = subscribe(&mut bench, wanted);
    grant(&mut bench, &request, "n", 600);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    bench.pass(s(100));
    // A refresh is on its way.
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    let state = "terminated;reason=deactivated";
    assert_eq!(notify(&mut bench, &request, "n", 2, state), 200);
    assert_eq!(ends(&mut bench), ["over 0"]);
    bench.pass(s(0));
    let anew = bench.sent_one();
    assert_eq!(anew.to_tag(), None);
    assert_ne!(anew.call_id(), request.call_id());
    assert_ne!(anew.from_tag(), request.from_tag());
    assert_eq!(anew.request_uri_text(), request.request_uri_text());
    bench.answer(&refresh, 481, "n", |response| response);
    assert_eq!(ends(&mut bench), [] as [String; 0]);
    grant(&mut bench, &anew, "m", 600);
    assert_eq!(notify(&mut bench, &anew, "m", 1, "active"), 200);
    assert_eq!(notify(&mut bench, &request, "n", 3, "active"), 481);
    assert_eq!(bench.endpoint.census().subscriptions, 1);
    bench.endpoint.unsubscribe(bench.now, id);
    let end = bench.sent_one();
    assert_eq!(
        (end.to_tag().as_deref(), end.call_id()),
        (Some("m"), anew.call_id())
    );
    grant(&mut bench, &end, "m", 0);
    let state = "terminated;reason=timeout";
    assert_eq!(notify(&mut bench, &anew, "m", 2, state), 200);
    assert_drains(&mut bench);
}

#[test]
fn the_reason_says_when_it_begins_anew() {
    let table = [
        ("terminated;reason=probation;retry-after=20", Some(20)),
        ("terminated;reason=giveup;retry-after=7", Some(7)),
        ("terminated;reason=probation", Some(30)),
        ("terminated", Some(30)),
        ("terminated;reason=timeout", Some(0)),
        ("terminated;reason=rejected", None),
        ("terminated;reason=noresource;retry-after=5", None),
        ("terminated;reason=invariant", None),
    ];
    for (state, wait) in table {
        let mut bench = bench();
        let mut wanted = spec("presence");
        wanted.anew = true;
        let (_, request) = subscribe(&mut bench, wanted);
        grant(&mut bench, &request, "n", 600);
        assert_eq!(notify(&mut bench, &request, "n", 1, state), 200);
        let Some(wait) = wait else {
            assert_eq!(ends(&mut bench), ["over for good"], "{state}");
            assert_drains(&mut bench);
            assert_eq!(bench.sent(), [], "{state}");
            continue;
        };
        assert_eq!(ends(&mut bench), [format!("over {wait}")], "{state}");
        let anew = sent_after(&mut bench, wait);
        assert_eq!(text(&anew, HeaderName::Expires), "600");
    }
}

#[test]
fn a_notifier_that_ends_each_one_at_once_is_asked_less_and_less_often() {
    let mut bench = bench();
    let mut wanted = spec("presence");
    wanted.anew = true;
    let (id, mut request) = subscribe(&mut bench, wanted);
    for (round, wait) in [0, 1, 3, 7, 15, 31, 63, 63, 63].into_iter().enumerate() {
        let tag = format!("n{round}");
        grant(&mut bench, &request, &tag, 600);
        let state = "terminated;reason=deactivated";
        assert_eq!(notify(&mut bench, &request, &tag, 1, state), 200);
        request = sent_after(&mut bench, wait);
    }
    // One that waits to begin anew ends without a word.
    grant(&mut bench, &request, "last", 600);
    let state = "terminated;reason=deactivated";
    assert_eq!(notify(&mut bench, &request, "last", 1, state), 200);
    bench.endpoint.unsubscribe(bench.now, id);
    assert_eq!(bench.sent(), []);
    assert_drains(&mut bench);
}

#[test]
fn one_that_is_not_refreshed_waits_for_the_last_word() {
    let mut bench = bench();
    let mut wanted = spec("presence");
    wanted.refreshes = false;
    let (_, request) = subscribe(&mut bench, wanted);
    grant(&mut bench, &request, "n", 60);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    bench.pass(s(61));
    assert_eq!(bench.sent(), []);
    let state = "terminated;reason=timeout";
    assert_eq!(notify(&mut bench, &request, "n", 2, state), 200);
    assert_drains(&mut bench);
}

#[test]
fn two_subscriptions_in_one_dialog_are_told_apart_by_package_and_id() {
    let mut bench = bench();
    let (first, request) = subscribe(&mut bench, spec("dialog;id=1"));
    assert!(
        bench
            .endpoint
            .subscribe_beside(bench.now, first, spec("dialog;id=2"))
            .is_err()
    );
    grant(&mut bench, &request, "n", 600);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    assert!(
        bench
            .endpoint
            .subscribe_beside(bench.now, first, spec("dialog;id=1"))
            .is_err()
    );
    let second = bench
        .endpoint
        .subscribe_beside(bench.now, first, spec("dialog;id=2"))
        .expect("a dialog");
    let beside = bench.sent_one();
    assert_eq!(beside.call_id(), request.call_id());
    assert_eq!((beside.to_tag().as_deref(), cseq(&beside)), (Some("n"), 2));
    grant(&mut bench, &beside, "n", 600);
    bench.happenings();
    assert_eq!(notify(&mut bench, &beside, "n", 2, "active"), 200);
    let told = bench
        .happenings()
        .into_iter()
        .find_map(|happening| match happening {
            Happening::Subscription {
                subscription,
                change: SubscriptionChange::Notified { .. },
            } => Some(subscription),
            _ => None,
        });
    assert_eq!(told, Some(second));
    // The end of one is not the end of the other.
    let state = "terminated;reason=noresource";
    assert_eq!(notify(&mut bench, &request, "n", 3, state), 200);
    assert_eq!(bench.endpoint.census().subscriptions, 1);
    assert_eq!(notify(&mut bench, &beside, "n", 4, state), 200);
    assert_drains(&mut bench);
}

#[test]
fn a_refresh_may_reuse_a_nonce_and_leave_the_challenge_unanswered() {
    let mut bench = bench();
    bench.endpoint.auth_mut().policy_mut().preemptive = false;
    let credentials = Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
    let (id, request) = subscribe(&mut bench, spec("presence"));
    let challenge = |bench: &mut Bench, request: &Message, nonce: &str| {
        let value = format!("Digest realm=\"r\", qop=\"auth\", nonce=\"{nonce}\"");
        bench.answer(request, 401, "n", |response| {
            response.header(HeaderName::WwwAuthenticate, value)
        });
    };
    challenge(&mut bench, &request, "1");
    let again = bench.sent_one();
    grant(&mut bench, &again, "n", 600);
    assert_eq!(notify(&mut bench, &again, "n", 1, "active"), 200);
    let how = Resubscribe {
        uri: Some(Uri::parse("sip:2001@50.34.59.190:5060").expect("a URI")),
        auth: AuthStyle {
            cached: true,
            uri: Some("sip:2000@50.34.59.190:5060".to_owned()),
        },
        ..Resubscribe::default()
    };
    bench.endpoint.resubscribe(bench.now, id, how);
    let refresh = bench.sent_one();
    assert_eq!(
        refresh.request_uri_text(),
        Some("sip:2001@50.34.59.190:5060")
    );
    assert_eq!(refresh.to_tag().as_deref(), Some("n"));
    let credentials = text(&refresh, HeaderName::Authorization);
    for part in [
        "nonce=\"1\"",
        "nc=00000002",
        "uri=\"sip:2000@50.34.59.190:5060\"",
    ] {
        assert!(credentials.contains(part), "{part} in {credentials}");
    }
    challenge(&mut bench, &refresh, "2");
    assert_eq!(bench.sent(), []);
    assert_eq!(ends(&mut bench), ["failed 401"]);
    // It goes on, and the next SUBSCRIBE is an ordinary one.
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    assert_eq!(refresh.request_uri_text(), Some("sip:n@10.0.0.2"));
    assert_eq!(text(&refresh, HeaderName::Authorization), "");
    challenge(&mut bench, &refresh, "2");
    let credentials = text(&bench.sent_one(), HeaderName::Authorization);
    assert!(
        credentials.contains("uri=\"sip:n@10.0.0.2\""),
        "{credentials}"
    );
}
