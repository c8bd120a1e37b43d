//! REFER of both sides, and who is told what became of it (RFC 3515, RFC 4488, RFC 7614).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr, Uri};
use gannet_ua::endpoint::{
    CallId, Happening, ReferChange, ReferPlace, ReferSpec, RequestSpec, SubscriptionId,
};
use gannet_ua::{Grant, News, ReferReport, ReferTo, Sipfrag, SubscriptionState, TerminationReason};

use crate::dialog_harness::{asked, talking};
use crate::harness::{assert_drains, bench, cseq, ends, s, text};

fn carol() -> ReferTo {
    ReferTo::new(Uri::parse("sip:carol@10.0.0.3").expect("valid"))
}

fn spec(place: ReferPlace, report: ReferReport) -> ReferSpec {
    ReferSpec {
        to: carol(),
        place,
        contact: Bench::contact(),
        referred_by: Some(Bench::contact()),
        report,
        headers: Vec::new(),
    }
}

fn refer(bench: &mut Bench, call: CallId, report: ReferReport) -> (SubscriptionId, Message) {
    let spec = spec(ReferPlace::InCall(call), report);
    let id = bench.endpoint.refer(bench.now, spec).expect("a dialog");
    (id, bench.sent_one())
}

fn outside(bench: &mut Bench, report: ReferReport) -> (SubscriptionId, Message) {
    let bob = NameAddr::new(Uri::at(Some("bob"), Bench::PEER));
    let uri = bob.uri.clone();
    let request = RequestSpec::new(Method::Refer, uri, Bench::contact(), bob);
    let spec = spec(ReferPlace::Outside(Box::new(request)), report);
    let id = bench.endpoint.refer(bench.now, spec).expect("an address");
    (id, bench.sent_one())
}

/// A NOTIFY of bob about a REFER, with a status line.
fn tell(refer: &Message, event: &str, number: u32, state: &str, status: &str) -> Message {
    let body = format!("SIP/2.0 {status}\r\n");
    let notify = Bench::notify_for(refer, "b", number, state, "");
    let mut notify = MessageBuilder::from_message(&notify);
    notify.set(HeaderName::Event, event);
    notify.set_body("message/sipfrag;version=2.0", body);
    notify.message()
}

/// What was reported of REFERs since the last time.
fn reported(bench: &mut Bench) -> Vec<String> {
    let happenings = bench.happenings().into_iter();
    let changes = happenings.filter_map(|happening| match happening {
        Happening::Refer { change, .. } => Some(change),
        _ => None,
    });
    changes
        .map(|change| match change {
            ReferChange::Accepted { response, reported } => {
                format!("accepted {} {reported}", response.status().unwrap_or(0))
            }
            ReferChange::Progress { status } => format!("progress {}", status.code),
            ReferChange::Done { status } => format!("done {}", status.code),
            ReferChange::Failed { outcome } => format!("failed {}", outcome.code()),
            ReferChange::Lost => "lost".to_owned(),
        })
        .collect()
}

#[test]
fn a_refer_in_a_call_is_told_what_became_of_it() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    let (_, refer) = refer(&mut bench, call, ReferReport::Implicit);
    assert_eq!(refer.to_tag().as_deref(), Some("b"));
    assert_eq!(text(&refer, HeaderName::ReferTo), "<sip:carol@10.0.0.3>");
    assert_eq!(
        text(&refer, HeaderName::ReferredBy),
        Bench::contact().to_string()
    );
    assert!(refer.contact().is_ok());
    bench.answer_with_contact(&refer, 202, "b");
    let number = cseq(&refer);
    let event = format!("refer;id={number}");
    for (count, (event, state, status)) in [
        ("refer", "active;expires=60", "100 Trying"),
        (event.as_str(), "active;expires=60", "180 Ringing"),
        (event.as_str(), "terminated;reason=noresource", "200 OK"),
    ]
    .into_iter()
    .enumerate()
    {
        bench.receive_message(&tell(&refer, event, count as u32 + 1, state, status));
        assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"], "{status}");
    }
    let expected = [
        "accepted 202 true",
        "progress 100",
        "progress 180",
        "done 200",
    ];
    assert_eq!(reported(&mut bench), expected);
    assert_eq!(bench.endpoint.census().subscriptions, 0);
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "b", |response| response);
    assert_drains(&mut bench);
}

#[test]
fn several_refers_in_a_dialog_are_told_apart_by_number() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    let (first, one) = refer(&mut bench, call, ReferReport::Implicit);
    bench.answer_with_contact(&one, 202, "b");
    let (second, other) = refer(&mut bench, call, ReferReport::Implicit);
    bench.answer_with_contact(&other, 202, "b");
    reported(&mut bench);
    let end = "terminated;reason=noresource";
    let event = format!("refer;id={}", cseq(&other));
    bench.receive_message(&tell(&other, &event, 1, end, "486 Busy Here"));
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::Refer { refer, change: ReferChange::Done { status } }]
            if *refer == second && status.code == 486),
        "{happenings:#?}"
    );
    bench.receive_message(&tell(&one, "refer", 2, end, "200 OK"));
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::Refer { refer, .. }] if *refer == first),
        "{happenings:#?}"
    );
    bench.sent();
    // Nobody asked for that one: the owner of the call decides.
    bench.receive_message(&tell(&one, "refer;id=99", 3, end, "200 OK"));
    let happenings = bench.happenings();
    assert!(
        matches!(&happenings[..], [Happening::Request { .. }]),
        "{happenings:#?}"
    );
}

#[test]
fn news_comes_after_the_call_has_ended_too() {
    let mut bench = bench();
    let (call, _) = bench.answered_call();
    let (_, refer) = refer(&mut bench, call, ReferReport::Implicit);
    bench.answer_with_contact(&refer, 202, "b");
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    bench.answer(&bye, 200, "b", |response| response);
    assert_eq!(ends(&mut bench).len(), 1);
    let end = "terminated;reason=noresource";
    bench.receive_message(&tell(&refer, "refer", 1, end, "603 Decline"));
    assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"]);
    assert_eq!(reported(&mut bench), ["done 603"]);
    assert_drains(&mut bench);
}

#[test]
fn a_refused_refer_leaves_the_call_alone_but_481_ends_it() {
    for (code, ends_call) in [(405, false), (603, false), (481, true)] {
        let mut bench = bench();
        let (call, _) = bench.answered_call();
        let (_, refer) = refer(&mut bench, call, ReferReport::Implicit);
        bench.answer(&refer, code, "b", |response| response);
        assert_eq!(reported(&mut bench), [format!("failed {code}")]);
        assert_eq!(bench.endpoint.census().subscriptions, 0);
        let byes = bench.sent_titles();
        assert_eq!(byes == ["BYE"], ends_call, "{code}");
    }
}

#[test]
fn silence_after_the_2xx_is_told() {
    let mut bench = bench();
    let (_, refer) = outside(&mut bench, ReferReport::Implicit);
    bench.answer_with_contact(&refer, 202, "b");
    assert_eq!(reported(&mut bench), ["accepted 202 true"]);
    bench.pass(s(31));
    assert!(reported(&mut bench).is_empty());
    bench.pass(s(2));
    assert_eq!(reported(&mut bench), ["lost"]);
    assert_drains(&mut bench);
}

#[test]
fn a_notify_may_come_before_the_2xx() {
    let mut bench = bench();
    let (_, refer) = outside(&mut bench, ReferReport::Implicit);
    bench.receive_message(&tell(&refer, "refer", 1, "active;expires=60", "100 Trying"));
    assert_eq!(bench.sent_titles(), ["200 OK (NOTIFY)"]);
    bench.answer_with_contact(&refer, 202, "b");
    let end = "terminated;reason=noresource";
    bench.receive_message(&tell(&refer, "refer", 2, end, "200 OK"));
    let expected = ["progress 100", "accepted 202 true", "done 200"];
    assert_eq!(reported(&mut bench), expected);
    assert_drains(&mut bench);
}

#[test]
fn who_wants_no_news_gets_none_if_the_other_side_agrees() {
    let table = [
        (ReferReport::Unwanted, "Refer-Sub: false", true, false),
        (ReferReport::Unwanted, "X-Nothing: 1", true, true),
        (ReferReport::Never, "X-Nothing: 1", false, false),
    ];
    for (report, field, by_field, told) in table {
        let mut bench = bench();
        let (_, refer) = outside(&mut bench, report);
        assert_eq!(text(&refer, HeaderName::ReferSub) == "false", by_field);
        assert_eq!(refer.lists(HeaderName::Require, "nosub"), !by_field);
        let (name, value) = field.split_once(": ").expect("a field");
        bench.answer(&refer, 200, "b", |response| {
            response
                .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
                .header(name, value)
        });
        assert_eq!(reported(&mut bench), [format!("accepted 200 {told}")]);
        assert_eq!(bench.endpoint.census().subscriptions, usize::from(told));
    }
}

#[test]
fn an_explicit_subscription_goes_where_the_2xx_says() {
    let mut bench = bench();
    let (_, refer) = outside(&mut bench, ReferReport::Explicit);
    assert!(refer.lists(HeaderName::Require, "explicitsub"));
    bench.answer(&refer, 200, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .header("Refer-Events-At", "<sip:events@10.0.0.2;refer=7>")
    });
    assert_eq!(reported(&mut bench), ["accepted 200 true"]);
    let subscribe = bench.sent_one();
    assert_eq!(subscribe.method(), Some(Method::Subscribe));
    assert_eq!(
        subscribe.request_uri_text(),
        Some("sip:events@10.0.0.2;refer=7")
    );
    assert_eq!(text(&subscribe, HeaderName::Event), "refer");
    assert_ne!(subscribe.call_id(), refer.call_id());
    bench.answer(&subscribe, 200, "b", |response| {
        response
            .header(HeaderName::Contact, "<sip:b@10.0.0.2>")
            .header(HeaderName::Expires, "60")
    });
    let end = "terminated;reason=noresource";
    bench.receive_message(&tell(&subscribe, "refer", 1, end, "200 OK"));
    assert_eq!(reported(&mut bench), ["done 200"]);
    assert_drains(&mut bench);
}

fn takes_refers() -> Bench {
    let mut bench = bench();
    let config = bench.endpoint.config_mut();
    config.allow.push(Method::Refer);
    let tags = ["norefersub", "nosub", "explicitsub"];
    config.supported.extend(tags.map(str::to_owned));
    bench
}

fn refer_of_bob(tag: &str, number: u32, fields: &str) -> Message {
    let contact = "Contact: <sip:bob@10.0.0.2>\nRefer-To: <sip:carol@10.0.0.3>\n";
    Bench::request(
        "REFER",
        &format!("r{number}"),
        tag,
        number,
        &format!("{contact}{fields}"),
    )
}

fn grant() -> Grant {
    Grant {
        code: 202,
        ..Grant::new(s(60), Bench::contact())
    }
}

fn status(code: u16) -> News {
    let state = if code < 200 {
        SubscriptionState::active()
    } else {
        SubscriptionState::terminated(TerminationReason::NoResource)
    };
    News::new(state).body(Sipfrag::new(code).body())
}

#[test]
fn an_accepted_refer_is_told_in_its_dialog() {
    for in_call in [true, false] {
        let mut bench = takes_refers();
        let tag = if in_call {
            talking(&mut bench).1
        } else {
            String::new()
        };
        bench.receive_message(&refer_of_bob(&tag, 7, ""));
        let request = asked(&mut bench);
        let accepted = bench.endpoint.accept_refer(bench.now, request, grant());
        let notice = accepted.expect("a dialog").expect("a subscription");
        let response = bench.sent_one();
        assert_eq!(response.status(), Some(202));
        assert!(response.contact().is_ok());
        assert!(response.header(HeaderName::Expires).is_none());
        bench.endpoint.notify(bench.now, notice, status(100));
        let notify = bench.sent_one();
        assert_eq!(text(&notify, HeaderName::Event), "refer;id=7");
        assert_eq!(notify.from_tag(), response.to_tag());
        assert_eq!(
            text(&notify, HeaderName::SubscriptionState),
            "active;expires=60"
        );
        assert_eq!(notify.body(), b"SIP/2.0 100 Trying\r\n");
        bench.answer(&notify, 200, "", |response| response);
        bench.endpoint.notify(bench.now, notice, status(486));
        let notify = bench.sent_one();
        assert_eq!(notify.body(), b"SIP/2.0 486 Busy Here\r\n");
        bench.answer(&notify, 200, "", |response| response);
        assert_eq!(bench.endpoint.census().notices, 0);
    }
}

#[test]
fn a_refer_that_wants_no_subscription_makes_none() {
    let table = [
        ("Refer-Sub: false\n", true),
        ("Require: nosub\n", false),
        ("Require: explicitsub\n", false),
    ];
    for (fields, says_so) in table {
        let mut bench = takes_refers();
        bench.receive_message(&refer_of_bob("", 7, fields));
        let request = asked(&mut bench);
        let accepted = bench.endpoint.accept_refer(bench.now, request, grant());
        assert_eq!(accepted, Ok(None), "{fields}");
        let response = bench.sent_one();
        assert_eq!(text(&response, HeaderName::ReferSub) == "false", says_so);
        assert_drains(&mut bench);
    }
}

#[test]
fn a_refer_without_contact_is_refused() {
    let mut bench = takes_refers();
    let refer = Bench::request("REFER", "r", "", 1, "Refer-To: <sip:carol@10.0.0.3>\n");
    bench.receive_message(&refer);
    assert_eq!(bench.sent_one().status(), Some(400));
}
