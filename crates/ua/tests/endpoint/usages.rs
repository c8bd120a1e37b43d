//! Subscriptions in the dialog of a call, which they outlive (RFC 5057).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr, Uri};
use gannet_ua::endpoint::{Happening, NoticeId, Reply};
use gannet_ua::{
    EventPackage, News, NoticeChange, SubscriptionChange, SubscriptionSpec, SubscriptionState,
};

use crate::dialog_harness::{send, talking};
use crate::harness::{assert_drains, cseq, ends, notifier, s};

fn tell(bench: &mut Bench, notice: NoticeId) -> Message {
    let news = News::new(SubscriptionState::active());
    bench.endpoint.notify(bench.now, notice, news);
    bench.sent_one()
}

fn ok(bench: &mut Bench, request: &Message) {
    bench.answer(request, 200, "", |response| response);
}

fn spec(event: EventPackage) -> SubscriptionSpec {
    let bob = NameAddr::new(Uri::at(Some("bob"), Bench::PEER));
    let uri = bob.uri.clone();
    SubscriptionSpec::new(uri, Bench::contact(), bob, Bench::contact(), event)
}

/// Bob's BYE, which is answered 200.
fn bye_of_bob(bench: &mut Bench, tag: &str, cseq: u32) {
    bench.receive_message(&Bench::request("BYE", "bye", tag, cseq, ""));
    assert_eq!(bench.sent_titles(), ["200 OK (BYE)"]);
    assert_eq!(ends(bench).len(), 1);
}

#[test]
fn a_subscription_of_theirs_outlives_the_call_whoever_ends_it() {
    for ours in [true, false] {
        let mut bench = notifier();
        let (call, tag) = talking(&mut bench);
        let subscribe = Bench::subscribe_of_bob("dialog", &tag, 2, 300);
        let (notice, granted) = bench.granted(&subscribe);
        assert_eq!(granted.to_tag().as_deref(), Some(tag.as_str()));
        let notify = tell(&mut bench, notice);
        assert_eq!((notify.from_tag(), cseq(&notify)), (Some(tag.clone()), 1));
        ok(&mut bench, &notify);
        // One series of numbers for everything in the dialog.
        send(&mut bench, call, Method::Info).expect("a dialog");
        let info = bench.sent_one();
        assert_eq!(cseq(&info), 2);
        ok(&mut bench, &info);
        let next = if ours {
            bench.endpoint.hang_up(bench.now, call);
            let bye = bench.sent_one();
            assert_eq!(cseq(&bye), 3);
            ok(&mut bench, &bye);
            assert_eq!(ends(&mut bench).len(), 1);
            4
        } else {
            bye_of_bob(&mut bench, &tag, 3);
            3
        };
        let notify = tell(&mut bench, notice);
        assert_eq!(cseq(&notify), next);
        ok(&mut bench, &notify);
        bench.pass(s(100));
        assert_eq!(bench.endpoint.census().calls, 0);
        let (same, _) = bench.granted(&Bench::subscribe_of_bob("dialog", &tag, 9, 0));
        assert_eq!(same, notice);
        bench.pass(s(0));
        let end = bench.sent_one();
        ok(&mut bench, &end);
        assert_drains(&mut bench);
    }
}

#[test]
fn a_subscribe_that_waits_when_the_call_ends_is_not_lost() {
    let mut bench = notifier();
    let (_, tag) = talking(&mut bench);
    let (request, _) = bench.subscribed(&Bench::subscribe_of_bob("dialog", &tag, 2, 300));
    bye_of_bob(&mut bench, &tag, 3);
    let grant = gannet_ua::Grant::new(s(300), Bench::contact());
    let notice = bench.endpoint.grant(bench.now, request, grant);
    let notice = notice.expect("the dialog stays");
    assert_eq!(bench.sent_titles(), ["200 OK (SUBSCRIBE)"]);
    let notify = tell(&mut bench, notice);
    assert_eq!(notify.from_tag(), Some(tag));
}

#[test]
fn a_subscription_of_ours_in_a_call_takes_only_its_own_notifies() {
    let mut bench = notifier();
    let (call, invite) = bench.answered_call();
    let event = EventPackage::new("dialog").with_id("7");
    let id = bench
        .endpoint
        .subscribe_in_call(bench.now, call, spec(event))
        .expect("a dialog");
    let subscribe = bench.sent_one();
    assert_eq!(subscribe.call_id(), invite.call_id());
    assert_eq!(subscribe.to_tag().as_deref(), Some("b"));
    assert_eq!(cseq(&subscribe), 2);
    bench.answer(&subscribe, 200, "b", |response| {
        response.header(HeaderName::Expires, "300")
    });
    let notify = Bench::notify_for(&subscribe, "b", 1, "active", "");
    bench.receive_message(&notify);
    assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"]);
    let happenings = bench.happenings();
    assert!(matches!(
        happenings[..],
        [
            Happening::Subscription {
                change: SubscriptionChange::Accepted { .. },
                ..
            },
            Happening::Subscription {
                change: SubscriptionChange::Notified { .. },
                ..
            }
        ]
    ));
    // Another id: not ours, so whoever has the call is asked.
    let foreign = Bench::notify_for(&subscribe, "b", 2, "active", "");
    let mut foreign = MessageBuilder::from_message(&foreign);
    foreign.set(HeaderName::Event, "dialog;id=8");
    bench.receive_message(&foreign.message());
    let happenings = bench.happenings();
    let [
        Happening::Request {
            call: Some(with),
            request,
            ..
        },
    ] = happenings[..]
    else {
        panic!("{happenings:#?}")
    };
    assert_eq!(with, call);
    bench.endpoint.respond(bench.now, request, Reply::new(200));
    bench.sent();
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    assert_eq!(cseq(&bye), 3);
    ok(&mut bench, &bye);
    bench.happenings();
    let notify = Bench::notify_for(&subscribe, "b", 3, "active", "");
    bench.receive_message(&notify);
    assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"]);
    bench.endpoint.unsubscribe(bench.now, id);
    let removal = bench.sent_one();
    assert_eq!(cseq(&removal), 4);
    ok(&mut bench, &removal);
    let end = Bench::notify_for(&subscribe, "b", 4, "terminated;reason=timeout", "");
    bench.receive_message(&end);
    assert_drains(&mut bench);
}

#[test]
fn a_subscription_that_is_refused_in_a_call_leaves_the_call_alone() {
    let mut bench = notifier();
    let (call, _) = bench.answered_call();
    let event = EventPackage::new("dialog");
    bench
        .endpoint
        .subscribe_in_call(bench.now, call, spec(event))
        .expect("a dialog");
    let subscribe = bench.sent_one();
    bench.answer(&subscribe, 403, "b", |response| response);
    assert_eq!(bench.endpoint.census().subscriptions, 0);
    assert_eq!(bench.endpoint.census().homes, 0);
    assert_eq!(bench.sent(), []);
    assert!(bench.endpoint.dialog(call).is_some());
}

#[test]
fn a_lost_subscription_in_a_call_leaves_the_call_alone() {
    let mut bench = notifier();
    let (call, tag) = talking(&mut bench);
    let (notice, _) = bench.granted(&Bench::subscribe_of_bob("dialog", &tag, 2, 300));
    let notify = tell(&mut bench, notice);
    bench.answer(&notify, 481, "", |response| response);
    let happenings = bench.happenings();
    let lost = NoticeChange::Lost { code: 481 };
    assert!(
        matches!(&happenings[0], Happening::Notice { change, .. } if *change == lost),
        "{happenings:#?}"
    );
    assert_eq!(bench.sent(), []);
    send(&mut bench, call, Method::Info).expect("the call stands");
}

#[test]
fn a_subscription_in_the_dialog_of_a_fork_that_lost_keeps_it() {
    let mut bench = notifier();
    let (call, invite) = bench.call();
    bench.answer_with_contact(&invite, 180, "lost");
    let id = bench
        .endpoint
        .subscribe_in_call(bench.now, call, spec(EventPackage::new("dialog")))
        .expect("an early dialog");
    let subscribe = bench.sent_one();
    assert_eq!(subscribe.to_tag().as_deref(), Some("lost"));
    bench.answer(&subscribe, 200, "lost", |response| {
        response.header(HeaderName::Expires, "300")
    });
    bench.answer_with_contact(&invite, 200, "won");
    assert_eq!(bench.sent_titles(), ["ACK"]);
    bench.receive_message(&Bench::notify_for(&subscribe, "lost", 1, "active", ""));
    assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"]);
    bench.endpoint.refresh_subscription(bench.now, id);
    let refresh = bench.sent_one();
    assert_eq!(refresh.to_tag().as_deref(), Some("lost"));
    assert_eq!(cseq(&refresh), 3);
}
