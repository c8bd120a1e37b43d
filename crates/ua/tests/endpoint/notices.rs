//! SUBSCRIBE and NOTIFY as a notifier (RFC 6665 4.2).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Body, Happening, NoticeId, Reply};
use gannet_ua::{Grant, News, NoticeChange, SubscriptionState, TerminationReason};

use crate::harness::{assert_drains, cseq, notifier, s, text};

fn news(body: &str) -> News {
    News::new(SubscriptionState::active()).body(Body {
        content_type: "text/plain".to_owned(),
        bytes: body.to_owned().into(),
    })
}

fn last(reason: TerminationReason) -> News {
    News::new(SubscriptionState::terminated(reason))
}

fn tell(bench: &mut Bench, notice: NoticeId, news: News) {
    bench.endpoint.notify(bench.now, notice, news);
}

/// Answers a NOTIFY of the endpoint.
fn answer(bench: &mut Bench, notify: &Message, code: u16) {
    bench.answer(notify, code, "", |response| response);
}

fn changes(bench: &mut Bench) -> Vec<NoticeChange> {
    bench
        .happenings()
        .into_iter()
        .filter_map(|happening| match happening {
            Happening::Notice { change, .. } => Some(change),
            _ => None,
        })
        .collect()
}

fn state(notify: &Message) -> String {
    text(notify, HeaderName::SubscriptionState)
}

/// A subscription of bob to presence for 300 seconds; gives alice's tag.
fn watched(bench: &mut Bench) -> (NoticeId, String) {
    let (notice, ok) = bench.granted(&Bench::subscribe_of_bob("presence", "", 1, 300));
    (notice, ok.to_tag().expect("a tag"))
}

#[test]
fn a_subscription_is_granted_and_told_in_its_dialog() {
    let mut bench = notifier();
    let (notice, ok) = bench.granted(&Bench::subscribe_of_bob("presence;id=7", "", 1, 300));
    assert_eq!(ok.status(), Some(200));
    assert_eq!(text(&ok, HeaderName::Expires), "300");
    assert_eq!(text(&ok, HeaderName::Contact), Bench::contact().to_string());
    bench.pass(s(10));
    let told = News {
        etag: Some("e1".to_owned()),
        ..news("open")
    };
    tell(&mut bench, notice, told);
    let notify = bench.sent_one();
    assert_eq!(notify.request_uri_text(), Some("sip:bob@10.0.0.2"));
    assert_eq!(notify.from_tag(), ok.to_tag());
    assert_eq!(notify.to_tag().as_deref(), Some("bobs"));
    assert_eq!(text(&notify, HeaderName::Event), "presence;id=7");
    assert_eq!(state(&notify), "active;expires=290");
    assert_eq!(text(&notify, HeaderName::SipEtag), "e1");
    assert_eq!((cseq(&notify), notify.body()), (1, &b"open"[..]));
    answer(&mut bench, &notify, 200);
    assert_eq!(changes(&mut bench), [NoticeChange::Delivered]);
    let view = bench.endpoint.notice(notice).expect("there");
    assert_eq!(view.event.to_string(), "presence;id=7");
    assert_eq!(view.target.address, Bench::PEER);
    assert_eq!(view.ends_at - bench.now, s(290));
}

#[test]
fn one_notify_at_a_time_and_the_latest_state_wins() {
    let mut bench = notifier();
    let (notice, _) = watched(&mut bench);
    for body in ["one", "two", "three"] {
        tell(&mut bench, notice, news(body));
    }
    let first = bench.sent_one();
    assert_eq!(first.body(), b"one");
    answer(&mut bench, &first, 200);
    let second = bench.sent_one();
    assert_eq!((second.body(), cseq(&second)), (&b"three"[..], 2));
    answer(&mut bench, &second, 200);
    assert_eq!(bench.sent(), []);
    assert_eq!(changes(&mut bench), [NoticeChange::Delivered; 2]);
}

#[test]
fn refreshes_go_to_the_owner_who_may_challenge_them() {
    let mut bench = notifier();
    let (notice, tag) = watched(&mut bench);
    bench.pass(s(200));
    let refresh = Bench::subscribe_of_bob("presence", &tag, 2, 300);
    let (request, meant) = bench.subscribed(&refresh);
    assert_eq!(meant, Some(notice));
    bench.endpoint.respond(bench.now, request, Reply::new(401));
    assert_eq!(bench.sent_titles(), ["401 Unauthorized (SUBSCRIBE)"]);
    let (same, ok) = bench.granted(&Bench::subscribe_of_bob("presence", &tag, 3, 300));
    assert_eq!((same, ok.to_tag()), (notice, Some(tag)));
    bench.pass(s(299));
    assert_eq!(changes(&mut bench), []);
    assert_eq!(bench.endpoint.notices().count(), 1);
}

#[test]
fn an_end_is_told_once_and_nothing_after_it() {
    let mut bench = notifier();
    let (notice, tag) = watched(&mut bench);
    tell(&mut bench, notice, news("open"));
    let first = bench.sent_one();
    let (same, ok) = bench.granted(&Bench::subscribe_of_bob("presence", &tag, 2, 0));
    assert_eq!(
        (same, text(&ok, HeaderName::Expires)),
        (notice, "0".to_owned())
    );
    tell(&mut bench, notice, last(TerminationReason::Timeout));
    tell(&mut bench, notice, news("too late"));
    assert_eq!(bench.endpoint.notices().count(), 0);
    answer(&mut bench, &first, 200);
    let end = bench.sent_one();
    assert_eq!(state(&end), "terminated;reason=timeout");
    // A refresh that crosses the end finds nothing.
    bench.receive_message(&Bench::subscribe_of_bob("presence", &tag, 3, 300));
    assert_eq!(bench.sent_one().status(), Some(481));
    answer(&mut bench, &end, 200);
    let delivered = NoticeChange::Delivered;
    assert_eq!(
        changes(&mut bench),
        [delivered, delivered, NoticeChange::Ended]
    );
    assert_drains(&mut bench);
}

#[test]
fn a_fetch_is_told_once_even_if_the_owner_forgets_to() {
    for told in [true, false] {
        let mut bench = notifier();
        let (notice, _) = bench.granted(&Bench::subscribe_of_bob("presence", "", 1, 0));
        if told {
            let end = SubscriptionState::terminated(TerminationReason::Timeout);
            let body = news("open").body;
            tell(
                &mut bench,
                notice,
                News {
                    body,
                    ..News::new(end)
                },
            );
        } else {
            bench.pass(s(0));
        }
        let notify = bench.sent_one();
        assert_eq!(state(&notify), "terminated;reason=timeout");
        assert_eq!(notify.body().is_empty(), !told);
        answer(&mut bench, &notify, 200);
        assert_drains(&mut bench);
    }
}

#[test]
fn what_nobody_refreshes_expires_with_the_state_that_waited() {
    let mut bench = notifier();
    let (notice, _) = watched(&mut bench);
    bench.pass(s(299));
    tell(&mut bench, notice, news("one"));
    let first = bench.sent_one();
    tell(&mut bench, notice, news("two"));
    bench.pass(s(1));
    bench.sent();
    assert_eq!(changes(&mut bench), [NoticeChange::Expired]);
    answer(&mut bench, &first, 200);
    let end = bench.sent_one();
    assert_eq!(state(&end), "terminated;reason=timeout");
    assert_eq!(end.body(), b"two");
    answer(&mut bench, &end, 200);
    let delivered = NoticeChange::Delivered;
    assert_eq!(
        changes(&mut bench),
        [delivered, delivered, NoticeChange::Ended]
    );
    assert_drains(&mut bench);
}

#[test]
fn refusals_end_a_subscription_where_they_say_so() {
    for (code, ends) in [
        (481, true),
        (489, true),
        (408, true),
        (500, false),
        (403, false),
    ] {
        let mut bench = notifier();
        let (notice, _) = watched(&mut bench);
        tell(&mut bench, notice, news("open"));
        let notify = bench.sent_one();
        answer(&mut bench, &notify, code);
        let expected = if ends {
            vec![NoticeChange::Lost { code }, NoticeChange::Ended]
        } else {
            vec![NoticeChange::Refused { code }]
        };
        assert_eq!(changes(&mut bench), expected, "{code}");
        assert_eq!(bench.endpoint.census().notices, usize::from(!ends));
    }
}

#[test]
fn silence_ends_a_subscription() {
    let mut bench = notifier();
    let (notice, _) = watched(&mut bench);
    tell(&mut bench, notice, news("open"));
    bench.pass(s(32));
    let lost = NoticeChange::Lost { code: 408 };
    assert_eq!(changes(&mut bench), [lost, NoticeChange::Ended]);
    assert_drains(&mut bench);
}

#[test]
fn several_subscriptions_in_one_dialog_take_turns() {
    let mut bench = notifier();
    let (one, ok) = bench.granted(&Bench::subscribe_of_bob("presence;id=1", "", 1, 300));
    let tag = ok.to_tag().expect("a tag");
    let (two, ok) = bench.granted(&Bench::subscribe_of_bob("presence;id=22", &tag, 2, 300));
    assert_ne!(one, two);
    assert_eq!(ok.to_tag().as_deref(), Some(tag.as_str()));
    assert_eq!(bench.endpoint.census().homes, 1);
    tell(&mut bench, one, news("a"));
    tell(&mut bench, two, news("b"));
    tell(&mut bench, one, news("c"));
    let mut told = Vec::new();
    for number in 1..=3 {
        let notify = bench.sent_one();
        assert_eq!(cseq(&notify), number);
        told.push(String::from_utf8_lossy(notify.body()).into_owned());
        answer(&mut bench, &notify, 200);
    }
    assert_eq!(told, ["a", "b", "c"]);
    let refresh = Bench::subscribe_of_bob("presence;id=22", &tag, 3, 300);
    assert_eq!(bench.subscribed(&refresh).1, Some(two));
}

#[test]
fn what_fits_no_subscription_is_refused() {
    let mut bench = notifier();
    let (notice, tag) = watched(&mut bench);
    let old = Bench::subscribe_of_bob("presence", &tag, 0, 300);
    let unknown = Bench::subscribe_of_bob("presence", "nobody", 9, 300);
    let headless = Bench::request("SUBSCRIBE", "h", "", 10, "Event: presence\n");
    for (message, code) in [(old, 500), (unknown, 481), (headless, 400)] {
        bench.receive_message(&message);
        assert_eq!(bench.sent_one().status(), Some(code));
    }
    assert_eq!(bench.happenings(), []);
    // A refresh that its owner wants to grant when it is over already.
    let (request, _) = bench.subscribed(&Bench::subscribe_of_bob("presence", &tag, 11, 300));
    tell(&mut bench, notice, last(TerminationReason::NoResource));
    let notify = bench.sent_one();
    assert_eq!(notify.method(), Some(Method::Notify));
    let grant = Grant::new(s(300), Bench::contact());
    assert!(bench.endpoint.grant(bench.now, request, grant).is_err());
    assert_eq!(bench.sent_one().status(), Some(481));
}

#[test]
fn a_known_state_may_end_without_a_word() {
    for on_its_way in [true, false] {
        let mut bench = notifier();
        let (notice, tag) = watched(&mut bench);
        tell(&mut bench, notice, news("open"));
        let notify = bench.sent_one();
        if !on_its_way {
            answer(&mut bench, &notify, 200);
        }
        let (request, _) = bench.subscribed(&Bench::subscribe_of_bob("presence", &tag, 2, 0));
        let mut grant = Grant::new(s(0), Bench::contact());
        grant.code = 204;
        bench
            .endpoint
            .grant(bench.now, request, grant)
            .expect("a dialog");
        assert_eq!(bench.sent_one().status(), Some(204));
        if on_its_way {
            answer(&mut bench, &notify, 200);
        }
        assert_eq!(changes(&mut bench).last(), Some(&NoticeChange::Ended));
        assert_drains(&mut bench);
    }
}

#[test]
fn with_retry_after_the_state_is_told_again_and_only_the_newest() {
    for newer in [true, false] {
        let mut bench = notifier();
        let (notice, _) = watched(&mut bench);
        tell(&mut bench, notice, news("one"));
        let first = bench.sent_one();
        bench.answer(&first, 500, "", |response| {
            response.header(HeaderName::RetryAfter, "5")
        });
        assert_eq!(changes(&mut bench), [NoticeChange::Refused { code: 500 }]);
        bench.pass(s(4));
        if newer {
            tell(&mut bench, notice, news("two"));
        }
        assert_eq!(bench.sent(), []);
        bench.pass(s(1));
        let second = bench.sent_one();
        let expected: &[u8] = if newer { b"two" } else { b"one" };
        assert_eq!((second.body(), cseq(&second)), (expected, 2));
        answer(&mut bench, &second, 200);
        bench.pass(s(100));
        assert_eq!(bench.sent(), []);
        assert_eq!(changes(&mut bench), [NoticeChange::Delivered]);
        // An end does not wait for patience.
        tell(&mut bench, notice, news("three"));
        let third = bench.sent_one();
        bench.answer(&third, 503, "", |response| {
            response.header(HeaderName::RetryAfter, "60")
        });
        tell(&mut bench, notice, last(TerminationReason::NoResource));
        let end = bench.sent_one();
        bench.answer(&end, 500, "", |response| {
            response.header(HeaderName::RetryAfter, "5")
        });
        assert_drains(&mut bench);
        assert_eq!(bench.sent(), []);
    }
}
