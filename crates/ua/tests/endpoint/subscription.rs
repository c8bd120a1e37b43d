//! SUBSCRIBE and NOTIFY as a subscriber (RFC 6665 4.1).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::digest::Credentials;
use gannet_ua::endpoint::{Body, Happening, SubscriptionId};
use gannet_ua::{EventPackage, ForkPolicy, SubscriptionChange, SubscriptionSpec};

use crate::harness::{assert_drains, bench, cseq, s, text};

fn spec() -> SubscriptionSpec {
    let uri = Uri::at(Some("alice"), Bench::PEER);
    let mut spec = SubscriptionSpec::new(
        uri.clone(),
        Bench::contact(),
        NameAddr::new(uri),
        Bench::contact(),
        EventPackage::new("message-summary"),
    );
    spec.accept = Some("application/simple-message-summary".to_owned());
    spec.expires = s(600);
    spec
}

fn subscribe(bench: &mut Bench) -> (SubscriptionId, Message) {
    subscribe_by(bench, spec())
}

fn subscribe_by(bench: &mut Bench, spec: SubscriptionSpec) -> (SubscriptionId, Message) {
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

/// A NOTIFY in the dialog of that SUBSCRIBE; gives the code of the answer.
fn notify(bench: &mut Bench, request: &Message, tag: &str, number: u32, state: &str) -> u16 {
    notify_with(bench, request, tag, number, state, "")
}

fn notify_with(
    bench: &mut Bench,
    request: &Message,
    tag: &str,
    number: u32,
    state: &str,
    fields: &str,
) -> u16 {
    let notify = Bench::notify_for(request, tag, number, state, fields);
    bench.receive_message(&notify);
    bench.sent_one().status().expect("an answer")
}

fn changes(bench: &mut Bench) -> Vec<String> {
    bench
        .happenings()
        .into_iter()
        .filter_map(|happening| match happening {
            Happening::Subscription { change, .. } => Some(match change {
                SubscriptionChange::Accepted { expires, .. } => {
                    format!("accepted {}", expires.as_secs())
                }
                SubscriptionChange::NotModified => "not modified".to_owned(),
                SubscriptionChange::Notified { .. } => "notified".to_owned(),
                SubscriptionChange::Forked { .. } => "forked".to_owned(),
                SubscriptionChange::Terminated { notify, .. } => {
                    format!("terminated {}", notify.is_some())
                }
                SubscriptionChange::Failed { outcome } => format!("failed {}", outcome.code()),
            }),
            _ => None,
        })
        .collect()
}

#[test]
fn subscribing_brings_news_and_is_refreshed_in_its_dialog() {
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench);
    assert_eq!(text(&request, HeaderName::Event), "message-summary");
    assert_eq!(text(&request, HeaderName::Expires), "600");
    grant(&mut bench, &request, "n", 300);
    assert_eq!(
        notify(&mut bench, &request, "n", 1, "active;expires=300"),
        200
    );
    assert_eq!(changes(&mut bench), ["accepted 300", "notified"]);
    bench.pass(s(269));
    assert_eq!(bench.sent(), []);
    bench.pass(s(1));
    let refresh = bench.sent_one();
    assert_eq!(refresh.to_tag().as_deref(), Some("n"));
    assert_eq!(refresh.request_uri_text(), Some("sip:n@10.0.0.2"));
    assert_eq!(cseq(&refresh), 2);
    grant(&mut bench, &refresh, "n", 300);
    assert_eq!(notify(&mut bench, &request, "n", 2, "active"), 200);
    assert_eq!(changes(&mut bench), ["accepted 300", "notified"]);
}

#[test]
fn notify_may_come_before_the_2xx_and_makes_the_dialog() {
    let mut bench = bench();
    let (id, request) = subscribe(&mut bench);
    assert_eq!(
        notify(&mut bench, &request, "n", 1, "active;expires=300"),
        200
    );
    grant(&mut bench, &request, "n", 300);
    assert_eq!(changes(&mut bench), ["notified", "accepted 300"]);
    bench.endpoint.refresh_subscription(bench.now, id);
    assert_eq!(bench.sent_one().to_tag().as_deref(), Some("n"));
}

#[test]
fn the_last_notify_ends_it_even_if_it_overtakes_the_2xx() {
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench);
    let state = "terminated;reason=noresource";
    assert_eq!(notify(&mut bench, &request, "n", 1, state), 200);
    grant(&mut bench, &request, "n", 300);
    assert_eq!(
        changes(&mut bench),
        ["notified", "terminated true", "accepted 300"]
    );
    assert_drains(&mut bench);
    assert_eq!(changes(&mut bench), [] as [String; 0]);
    assert_eq!(notify(&mut bench, &request, "n", 2, "active"), 481);
}

#[test]
fn a_subscription_that_is_not_refreshed_expires() {
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench);
    grant(&mut bench, &request, "n", 60);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    // The refresh is not answered.
    bench.pass(s(60));
    assert_eq!(
        changes(&mut bench),
        ["accepted 60", "notified", "terminated false"]
    );
    bench.pass(s(10));
    assert_eq!(changes(&mut bench), ["failed 408"]);
    assert_drains(&mut bench);
}

#[test]
fn refusals_end_it_where_they_say_so() {
    for (code, ends) in [(489, true), (481, true), (500, false), (503, false)] {
        let mut bench = bench();
        let (id, request) = subscribe(&mut bench);
        grant(&mut bench, &request, "n", 300);
        bench.endpoint.refresh_subscription(bench.now, id);
        let refresh = bench.sent_one();
        bench.answer(&refresh, code, "n", |response| response);
        assert_eq!(
            changes(&mut bench),
            ["accepted 300".to_owned(), format!("failed {code}")]
        );
        let left = bench.endpoint.census().subscriptions;
        assert_eq!(left, usize::from(!ends), "{code}");
    }
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench);
    bench.answer(&request, 500, "n", |response| response);
    assert_drains(&mut bench);
}

#[test]
fn unsubscribing_waits_for_the_last_notify() {
    for comes in [true, false] {
        let mut bench = bench();
        let (id, request) = subscribe(&mut bench);
        grant(&mut bench, &request, "n", 300);
        bench.endpoint.unsubscribe(bench.now, id);
        let removal = bench.sent_one();
        assert_eq!(text(&removal, HeaderName::Expires), "0");
        grant(&mut bench, &removal, "n", 0);
        changes(&mut bench);
        if comes {
            let state = "terminated;reason=timeout";
            assert_eq!(notify(&mut bench, &request, "n", 1, state), 200);
            assert_eq!(changes(&mut bench), ["notified", "terminated true"]);
        } else {
            bench.pass(s(31));
            assert_eq!(changes(&mut bench), [] as [String; 0]);
            bench.pass(s(1));
            assert_eq!(changes(&mut bench), ["terminated false"]);
        }
        assert_drains(&mut bench);
    }
}

#[test]
fn unsubscribing_while_subscribe_is_on_its_way_comes_after_it() {
    let mut bench = bench();
    let (id, request) = subscribe(&mut bench);
    bench.endpoint.unsubscribe(bench.now, id);
    assert_eq!(bench.sent(), []);
    grant(&mut bench, &request, "n", 300);
    let removal = bench.sent_one();
    assert_eq!(text(&removal, HeaderName::Expires), "0");
    assert_eq!(cseq(&removal), 2);
}

#[test]
fn notify_of_another_fork_or_out_of_order_is_refused() {
    let mut bench = bench();
    let (_, request) = subscribe(&mut bench);
    grant(&mut bench, &request, "n", 300);
    assert_eq!(notify(&mut bench, &request, "n", 5, "active"), 200);
    assert_eq!(notify(&mut bench, &request, "fork", 6, "active"), 481);
    assert_eq!(notify(&mut bench, &request, "n", 4, "active"), 500);
    assert_eq!(changes(&mut bench), ["accepted 300", "notified"]);
}

#[test]
fn numbers_go_on_from_a_challenged_refresh() {
    let mut bench = bench();
    let credentials = Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
    let (id, request) = subscribe(&mut bench);
    grant(&mut bench, &request, "n", 300);
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    bench.answer(&refresh, 401, "n", |response| {
        let challenge = "Digest realm=\"r\", nonce=\"1\"";
        response.header(HeaderName::WwwAuthenticate, challenge)
    });
    let again = bench.sent_one();
    assert_eq!(cseq(&again), 3);
    grant(&mut bench, &again, "n", 300);
    bench.endpoint.refresh_subscription(bench.now, id);
    assert_eq!(cseq(&bench.sent_one()), 4);
}

#[test]
fn each_notifier_is_a_subscription_of_its_own_where_forks_are_wanted() {
    let mut bench = bench();
    let mut wanted = spec();
    wanted.fork = ForkPolicy::Each;
    let (first, request) = subscribe_by(&mut bench, wanted);
    grant(&mut bench, &request, "n", 300);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    let state = "active;expires=100";
    assert_eq!(notify(&mut bench, &request, "fork", 1, state), 200);
    let forked = bench.happenings().into_iter().find_map(|happening| {
        let Happening::Subscription {
            subscription,
            change: SubscriptionChange::Forked { new },
        } = happening
        else {
            return None;
        };
        (subscription == first).then_some(new)
    });
    let second = forked.expect("a fork");
    // Each is refreshed by its own lifetime, in its own dialog.
    bench.pass(s(70));
    let refresh = bench.sent_one();
    assert_eq!(refresh.to_tag().as_deref(), Some("fork"));
    assert_eq!(refresh.request_uri_text(), Some("sip:fork@10.0.0.2"));
    assert_eq!(cseq(&refresh), 2);
    bench.answer(&refresh, 481, "fork", |response| response);
    assert_eq!(bench.endpoint.census().subscriptions, 1);
    bench.endpoint.refresh_subscription(bench.now, second);
    assert_eq!(bench.sent(), []);
    bench.endpoint.refresh_subscription(bench.now, first);
    assert_eq!(bench.sent_one().to_tag().as_deref(), Some("n"));
    // Long after the SUBSCRIBE nobody new is listened to (timer N).
    assert_eq!(notify(&mut bench, &request, "late", 1, "active"), 481);
}

#[test]
fn a_2xx_of_another_notifier_does_not_move_the_target() {
    let mut bench = bench();
    let (id, request) = subscribe(&mut bench);
    assert_eq!(notify(&mut bench, &request, "n", 1, "active"), 200);
    grant(&mut bench, &request, "fork", 300);
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    assert_eq!(refresh.to_tag().as_deref(), Some("n"));
    assert_eq!(refresh.request_uri_text(), Some("sip:n@10.0.0.2"));
}

#[test]
fn the_last_notify_says_when_to_subscribe_anew() {
    let table = [
        ("terminated;reason=deactivated", Some(0)),
        ("terminated;reason=probation;retry-after=20", Some(20)),
        ("terminated;reason=rejected;retry-after=20", None),
    ];
    for (text, wait) in table {
        let mut bench = bench();
        let (_, request) = subscribe(&mut bench);
        grant(&mut bench, &request, "n", 300);
        assert_eq!(notify(&mut bench, &request, "n", 1, "pending"), 200);
        assert_eq!(notify(&mut bench, &request, "n", 2, text), 200);
        let mut states = Vec::new();
        let mut again = None;
        for happening in bench.happenings() {
            let Happening::Subscription { change, .. } = happening else {
                continue;
            };
            match change {
                SubscriptionChange::Notified { state, .. } => states.push(state.to_string()),
                SubscriptionChange::Terminated { again: at, .. } => again = at,
                _ => {}
            }
        }
        assert_eq!(states, ["pending", text]);
        assert_eq!(again, wait.map(|wait| bench.now + s(wait)), "{text}");
    }
}

#[test]
fn a_state_that_is_known_is_not_told_again() {
    let mut bench = bench();
    let mut wanted = spec();
    wanted.conditional = true;
    let (id, request) = subscribe_by(&mut bench, wanted);
    assert_eq!(text(&request, HeaderName::SuppressIfMatch), "");
    grant(&mut bench, &request, "n", 300);
    let etag = "SIP-ETag: abc\n";
    assert_eq!(
        notify_with(&mut bench, &request, "n", 1, "active", etag),
        200
    );
    changes(&mut bench);
    for (end, expected) in [
        (false, &["accepted 300", "not modified"][..]),
        (true, &["accepted 0", "not modified", "terminated false"]),
    ] {
        if end {
            bench.endpoint.unsubscribe(bench.now, id);
        } else {
            bench.endpoint.refresh_subscription(bench.now, id);
        }
        let refresh = bench.sent_one();
        assert_eq!(text(&refresh, HeaderName::SuppressIfMatch), "abc");
        let expires = if end { "0" } else { "300" };
        bench.answer(&refresh, 204, "n", |response| {
            response.header(HeaderName::Expires, expires)
        });
        assert_eq!(changes(&mut bench), expected);
    }
    assert_drains(&mut bench);
}

#[test]
fn a_refresh_may_ask_for_another_lifetime_and_say_more() {
    let mut bench = bench();
    let mut wanted = spec();
    wanted.body = Some(Body {
        content_type: "application/simple-filter+xml".to_owned(),
        bytes: "<filter/>".into(),
    });
    let (id, request) = subscribe_by(&mut bench, wanted);
    assert_eq!(request.body(), b"<filter/>");
    grant(&mut bench, &request, "n", 300);
    let more = vec![("X-Why".to_owned(), "because".to_owned())];
    bench
        .endpoint
        .refresh_subscription_with(bench.now, id, Some(s(60)), more);
    let refresh = bench.sent_one();
    assert_eq!(text(&refresh, HeaderName::Expires), "60");
    assert_eq!(refresh.headers_by_text("X-Why").count(), 1);
    grant(&mut bench, &refresh, "n", 60);
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    assert_eq!(text(&refresh, HeaderName::Expires), "60");
    assert_eq!(refresh.headers_by_text("X-Why").count(), 0);
}
