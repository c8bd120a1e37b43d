//! Several notifiers for one SUBSCRIBE (RFC 6665 4.1.4).

use gannet_sim::Bench;
use gannet_sip::HeaderName;
use gannet_ua::{News, SubscriptionState, TerminationReason};

use crate::harness::{assert_drains, cseq, notifier, text};

#[test]
fn each_notifier_tells_under_a_tag_of_its_own_and_is_refreshed_alone() {
    let mut bench = notifier();
    let (first, ok) = bench.granted(&Bench::subscribe_of_bob("presence", "", 1, 300));
    let second = bench.endpoint.fork_notice(first).expect("one more");
    let mut tags = Vec::new();
    for notice in [first, second] {
        let news = News::new(SubscriptionState::active());
        bench.endpoint.notify(bench.now, notice, news);
        let notify = bench.sent_one();
        assert_eq!(notify.to_tag().as_deref(), Some("bobs"));
        assert_eq!(notify.request_uri_text(), Some("sip:bob@10.0.0.2"));
        assert_eq!(cseq(&notify), 1);
        assert_eq!(
            text(&notify, HeaderName::SubscriptionState),
            "active;expires=300"
        );
        tags.push(notify.from_tag().expect("a tag"));
        bench.answer(&notify, 200, "", |response| response);
    }
    assert_eq!(ok.to_tag().as_ref(), Some(&tags[0]));
    assert_ne!(tags[0], tags[1]);
    // A SUBSCRIBE in the second dialog ends that one alone.
    let (request, meant) = bench.subscribed(&Bench::subscribe_of_bob("presence", &tags[1], 2, 0));
    assert_eq!(meant, Some(second));
    let grant = gannet_ua::Grant::new(std::time::Duration::ZERO, Bench::contact());
    bench
        .endpoint
        .grant(bench.now, request, grant)
        .expect("a dialog");
    assert_eq!(bench.sent_one().to_tag().as_ref(), Some(&tags[1]));
    for (notice, expected) in [(second, 1), (first, 0)] {
        let state = SubscriptionState::terminated(TerminationReason::Timeout);
        bench.endpoint.notify(bench.now, notice, News::new(state));
        let last = bench.sent_one();
        bench.answer(&last, 200, "", |response| response);
        assert_eq!(bench.endpoint.census().notices, expected);
    }
    assert_eq!(bench.endpoint.fork_notice(first), None);
    assert_drains(&mut bench);
}
