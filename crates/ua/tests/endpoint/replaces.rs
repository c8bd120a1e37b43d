//! Calls that take the place of others (RFC 3891).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};
use gannet_ua::Replaces;
use gannet_ua::endpoint::{CallId, EndCause, EndpointConfig, Happening, Reply};

use crate::dialog_harness::talking;
use crate::harness::{ends, start};

fn bench() -> Bench {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.supported.push("replaces".to_owned());
    Bench::with(start(), config)
}

/// Carol's INVITE in place of a dialog.
fn invite(replaces: &str) -> Message {
    let contact = "Contact: <sip:bob@10.0.0.2>\n";
    let fields = format!("{contact}Replaces: {replaces}\n");
    let invite = Bench::request("INVITE", "carol", "", 1, &fields);
    let text = String::from_utf8(invite.bytes().to_vec()).expect("text");
    Message::parse(
        text.replace("Call-ID: bobs-call", "Call-ID: carols-call")
            .into_bytes(),
    )
}

fn naming(bench: &Bench, call: CallId) -> Replaces {
    Replaces::at_us(bench.endpoint.dialog(call).expect("a dialog"))
}

/// The new call and the one that it takes the place of.
fn taken(bench: &mut Bench) -> (CallId, Option<CallId>) {
    let happenings = bench.happenings();
    let [Happening::IncomingCall { call, replaces, .. }] = happenings[..] else {
        panic!("{happenings:#?}")
    };
    (call, replaces)
}

fn accept(bench: &mut Bench, call: CallId) {
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
}

#[test]
fn a_confirmed_call_ends_by_bye_once_the_new_one_is_accepted() {
    let mut bench = bench();
    let (old, _) = talking(&mut bench);
    bench.receive_message(&invite(&naming(&bench, old).to_string()));
    let (new, replaced) = taken(&mut bench);
    assert_eq!(replaced, Some(old));
    assert_eq!(bench.sent(), []);
    accept(&mut bench, new);
    assert_eq!(bench.sent_titles(), ["200 OK (INVITE)", "BYE"]);
}

#[test]
fn a_refused_replacement_leaves_the_old_call_alone() {
    let mut bench = bench();
    let (old, _) = talking(&mut bench);
    bench.receive_message(&invite(&naming(&bench, old).to_string()));
    let (new, _) = taken(&mut bench);
    bench.endpoint.reject(bench.now, new, Reply::new(488));
    assert_eq!(bench.sent_titles(), ["488 Not Acceptable Here (INVITE)"]);
    assert!(matches!(ends(&mut bench)[..], [EndCause::Rejected(488)]));
}

#[test]
fn a_call_of_ours_that_rings_ends_by_cancel() {
    let mut bench = bench();
    let (old, first) = bench.call();
    bench.answer_with_contact(&first, 180, "b");
    bench.happenings();
    bench.receive_message(&invite(&naming(&bench, old).to_string()));
    let (new, replaced) = taken(&mut bench);
    assert_eq!(replaced, Some(old));
    accept(&mut bench, new);
    assert_eq!(bench.sent_titles(), ["200 OK (INVITE)", "CANCEL"]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    type Change = fn(&mut Replaces);
    let table: [(&str, Change, u16); 5] = [
        ("another Call-ID", |it| it.call_id.push('x'), 481),
        ("another to-tag", |it| it.to_tag.push('x'), 481),
        ("another from-tag", |it| it.from_tag.push('x'), 481),
        ("early only", |it| it.early_only = true, 486),
        (
            "tags crossed",
            |it| std::mem::swap(&mut it.to_tag, &mut it.from_tag),
            481,
        ),
    ];
    for (what, change, code) in table {
        let mut bench = bench();
        let (old, _) = talking(&mut bench);
        let mut replaces = naming(&bench, old);
        change(&mut replaces);
        bench.receive_message(&invite(&replaces.to_string()));
        assert_eq!(bench.sent_one().status(), Some(code), "{what}");
        assert!(bench.happenings().is_empty(), "{what}");
    }
}

#[test]
fn a_call_that_rings_here_cannot_be_replaced_and_one_that_is_over_neither() {
    let mut bench = bench();
    let (old, _) = bench.incoming_call();
    bench.endpoint.ring(bench.now, old, Reply::new(180));
    bench.sent();
    bench.receive_message(&invite(&naming(&bench, old).to_string()));
    assert_eq!(bench.sent_one().status(), Some(481));
    let mut bench = self::bench();
    let (old, tag) = talking(&mut bench);
    let replaces = naming(&bench, old).to_string();
    bench.receive_message(&Bench::request("BYE", "bye", &tag, 2, ""));
    bench.sent();
    bench.happenings();
    bench.receive_message(&invite(&replaces));
    assert_eq!(bench.sent_one().status(), Some(603));
}

#[test]
fn broken_and_misplaced_fields_are_refused() {
    let mut bench = bench();
    let (old, tag) = talking(&mut bench);
    let right = naming(&bench, old).to_string();
    bench.receive_message(&invite("no-tags"));
    assert_eq!(bench.sent_one().status(), Some(400));
    bench.receive_message(&invite(&format!("{right}\nReplaces: {right}")));
    assert_eq!(bench.sent_one().status(), Some(400));
    let info = Bench::request("INFO", "i", &tag, 2, &format!("Replaces: {right}\n"));
    bench.receive_message(&info);
    assert_eq!(bench.sent_one().status(), Some(400));
}

#[test]
fn who_does_not_support_it_sees_a_call_like_any_other() {
    let mut bench = crate::harness::bench();
    let (old, _) = talking(&mut bench);
    bench.receive_message(&invite(&naming(&bench, old).to_string()));
    let (new, replaced) = taken(&mut bench);
    assert_eq!(replaced, None);
    accept(&mut bench, new);
    assert_eq!(bench.sent_titles(), ["200 OK (INVITE)"]);
    let invite = bench.endpoint.invite_of(new).expect("the call");
    assert!(invite.header(HeaderName::Replaces).is_some());
}

#[test]
fn a_forgotten_call_is_gone_without_a_word() {
    let mut bench = bench();
    let (call, tag) = talking(&mut bench);
    bench.endpoint.forget_call(call);
    assert_eq!(bench.sent(), []);
    bench.receive_message(&Bench::request("INFO", "i", &tag, 2, ""));
    assert_eq!(bench.sent_one().status(), Some(481));
    bench.pass(crate::harness::s(100));
    assert_eq!(bench.endpoint.census().calls, 0);
}
