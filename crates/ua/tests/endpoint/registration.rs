//! REGISTER (RFC 3261 10.2).

use std::time::Duration;

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri};
use gannet_ua::endpoint::{Happening, Outcome, RegistrationId};
use gannet_ua::{RegistrationChange, RegistrationSpec, Target};

use crate::harness::{assert_drains, bench, cseq, ms, s, text};

fn spec() -> RegistrationSpec {
    RegistrationSpec {
        registrar: Uri::sip(None, "example.test", None),
        aor: NameAddr::new(Uri::sip(Some("alice"), "example.test", None)),
        contact: Bench::contact(),
        expires: s(600),
        refresh_before: s(10),
        retry_after: Some(s(30)),
        follow_received: false,
        expires_in_contact: false,
        headers: Vec::new(),
        routes: Vec::new(),
        destination: Some(Target::new(Transport::Udp, Bench::PEER)),
        policy: gannet_ua::RegistrationPolicy::default(),
    }
}

fn register(bench: &mut Bench, spec: RegistrationSpec) -> (RegistrationId, Message) {
    let id = bench.endpoint.register(bench.now, spec);
    (id, bench.sent_one())
}

/// A 200 that grants the contact so many seconds.
fn grant(bench: &mut Bench, request: &Message, seconds: u32) {
    let contact = text(request, HeaderName::Contact);
    bench.answer(request, 200, "r", |response| {
        response.header(HeaderName::Contact, format!("{contact};expires={seconds}"))
    });
}

fn changes(bench: &mut Bench) -> Vec<String> {
    let mut out = Vec::new();
    for happening in bench.happenings() {
        if let Happening::Registration { change, .. } = happening {
            out.push(match change {
                RegistrationChange::Registered { expires, .. } => {
                    format!("registered {}", expires.as_secs())
                }
                RegistrationChange::Failed { outcome, retry } => {
                    let retry = retry.map(|at| (at - bench.now).as_millis());
                    format!("failed {} {retry:?}", outcome.code())
                }
                RegistrationChange::Expired => "expired".to_owned(),
                RegistrationChange::Unregistered { outcome } => {
                    format!("unregistered {}", outcome.code())
                }
                other => panic!("no flows here: {other:?}"),
            });
        }
    }
    out
}

#[test]
fn the_first_register_says_who_where_and_how_long() {
    let mut bench = bench();
    let (_, request) = register(&mut bench, spec());
    assert_eq!(request.request_uri_text(), Some("sip:example.test"));
    let (from, to) = (request.from().expect("From"), request.to().expect("To"));
    assert_eq!(from.uri, to.uri);
    assert_eq!(to.tag(), None);
    assert_eq!(text(&request, HeaderName::Expires), "600");
    assert_eq!(
        text(&request, HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>"
    );
    let mut in_contact = spec();
    in_contact.expires_in_contact = true;
    let (_, request) = register(&mut bench, in_contact);
    assert_eq!(
        text(&request, HeaderName::Contact),
        "<sip:alice@10.0.0.1:5060>;expires=600"
    );
    assert_eq!(text(&request, HeaderName::Expires), "");
}

#[test]
fn it_is_refreshed_before_it_expires() {
    let cases = [(600, s(590)), (20, s(10)), (15, ms(7_500)), (1, ms(500))];
    for (granted, wait) in cases {
        let mut bench = bench();
        let (_, request) = register(&mut bench, spec());
        grant(&mut bench, &request, granted);
        assert_eq!(changes(&mut bench), [format!("registered {granted}")]);
        bench.pass(wait.saturating_sub(ms(1)));
        assert_eq!(bench.sent(), [], "{granted}");
        bench.pass(ms(1));
        let refresh = bench.sent_one();
        assert_eq!(refresh.call_id(), request.call_id());
        assert_eq!(refresh.from_tag(), request.from_tag());
        assert_eq!(cseq(&refresh), cseq(&request) + 1);
    }
}

#[test]
fn the_lifetime_counts_from_the_request_not_from_a_late_response() {
    let mut bench = bench();
    let (_, request) = register(&mut bench, spec());
    bench.pass(s(25));
    bench.sent();
    grant(&mut bench, &request, 60);
    bench.pass(s(24));
    assert_eq!(bench.sent(), []);
    bench.pass(s(1));
    assert_eq!(bench.sent_titles(), ["REGISTER"], "50 s after the first");
    bench.pass(s(10));
    assert_eq!(changes(&mut bench), ["registered 60", "expired"]);
}

#[test]
fn the_lifetime_is_that_of_the_own_contact() {
    let cases = [
        (
            "<sip:other@10.0.0.9>;expires=5, <sip:alice@10.0.0.1:5060>;expires=70",
            "",
            70,
        ),
        ("<sip:alice@10.0.0.1:5060>", "80", 80),
        ("<sip:alice@10.0.0.1:5060>", "", 600),
    ];
    for (contacts, expires, granted) in cases {
        let mut bench = bench();
        let (_, request) = register(&mut bench, spec());
        bench.answer(&request, 200, "r", |mut response| {
            response.push(HeaderName::Contact, contacts);
            if !expires.is_empty() {
                response.push(HeaderName::Expires, expires);
            }
            response
        });
        assert_eq!(changes(&mut bench), [format!("registered {granted}")]);
    }
}

#[test]
fn a_lifetime_of_nothing_is_a_failure_and_no_endless_loop() {
    let mut bench = bench();
    let (_, request) = register(&mut bench, spec());
    grant(&mut bench, &request, 0);
    assert_eq!(changes(&mut bench), ["failed 200 Some(30000)"]);
    bench.pass(s(29));
    assert_eq!(bench.sent(), []);
}

#[test]
fn an_interval_that_is_too_brief_is_raised() {
    let mut bench = bench();
    let mut brief = spec();
    brief.expires = s(30);
    let (_, request) = register(&mut bench, brief);
    bench.answer(&request, 423, "r", |response| {
        response.header(HeaderName::MinExpires, "120")
    });
    let again = bench.sent_one();
    assert_eq!(text(&again, HeaderName::Expires), "120");
    grant(&mut bench, &again, 120);
    assert_eq!(changes(&mut bench), ["registered 120"]);
    // A registrar that is never content is given up.
    let (_, mut request) = register(&mut bench, spec());
    for seconds in [1_000, 2_000, 3_000, 4_000] {
        bench.answer(&request, 423, "r", |response| {
            response.header(HeaderName::MinExpires, seconds.to_string())
        });
        request = bench.sent().pop().unwrap_or(request);
    }
    assert_eq!(changes(&mut bench), ["failed 423 Some(30000)"]);
}

#[test]
fn a_failure_is_tried_again_when_it_says_or_as_set() {
    let cases = [
        (503, Some("7"), Some(s(30)), Some(7_000)),
        (503, Some("0"), Some(s(30)), Some(500)),
        (500, None, Some(s(30)), Some(30_000)),
        (403, None, None, None),
    ];
    for (code, retry_after, own, expected) in cases {
        let mut bench = bench();
        let mut spec = spec();
        spec.retry_after = own;
        let (id, request) = register(&mut bench, spec);
        bench.answer(&request, code, "r", |mut response| {
            if let Some(seconds) = retry_after {
                response.push(HeaderName::RetryAfter, seconds);
            }
            response
        });
        let expected_change = format!("failed {code} {:?}", expected.map(u128::from));
        assert_eq!(changes(&mut bench), [expected_change]);
        if let Some(wait) = expected {
            bench.pass(Duration::from_millis(wait));
        } else {
            bench.pass(s(1_000));
            assert_eq!(bench.sent(), []);
            bench.endpoint.refresh_registration(bench.now, id);
        }
        assert_eq!(bench.sent_titles(), ["REGISTER"], "{code}");
    }
}

#[test]
fn silence_is_a_failure_too() {
    let mut bench = bench();
    let (id, _) = register(&mut bench, spec());
    bench.pass(s(32));
    assert_eq!(changes(&mut bench), ["failed 408 Some(30000)"]);
    bench.endpoint.abandon_registration(id);
    assert_drains(&mut bench);
}

#[test]
fn unregistering_removes_the_contact() {
    let mut bench = bench();
    let (id, request) = register(&mut bench, spec());
    grant(&mut bench, &request, 600);
    bench.pass(s(5));
    bench.endpoint.unregister(bench.now, id);
    let removal = bench.sent_one();
    assert_eq!(text(&removal, HeaderName::Expires), "0");
    bench.answer(&removal, 200, "r", |response| response);
    assert_eq!(changes(&mut bench), ["registered 600", "unregistered 200"]);
    bench.pass(s(2_000));
    assert_eq!(bench.sent(), []);
    bench.endpoint.abandon_registration(id);
    assert_drains(&mut bench);
}

#[test]
fn one_register_at_a_time() {
    let mut bench = bench();
    let (id, request) = register(&mut bench, spec());
    bench.endpoint.refresh_registration(bench.now, id);
    bench.endpoint.unregister(bench.now, id);
    assert_eq!(bench.sent(), [], "RFC 3261 10.2: the first is not answered");
    grant(&mut bench, &request, 600);
    let removal = bench.sent_one();
    assert_eq!(text(&removal, HeaderName::Expires), "0");
    assert_eq!(cseq(&removal), 2);
    bench.answer(&removal, 200, "r", |response| response);
    assert_eq!(changes(&mut bench), ["registered 600", "unregistered 200"]);
    bench.pass(s(2_000));
    assert_eq!(bench.sent(), []);
}

#[test]
fn a_wish_that_waited_takes_the_place_of_the_retry() {
    let mut bench = bench();
    let (id, request) = register(&mut bench, spec());
    bench.endpoint.refresh_registration(bench.now, id);
    bench.answer(&request, 500, "r", |response| response);
    let again = bench.sent_one();
    // The deadline of the retry comes while that one is on its way.
    bench.pass(s(31));
    assert!(bench.sent_titles().iter().all(|title| title == "REGISTER"));
    grant(&mut bench, &again, 600);
    bench.pass(s(100));
    assert_eq!(bench.sent(), []);
}

#[test]
fn behind_a_nat_the_seen_contact_replaces_the_old_one() {
    let mut bench = bench();
    let mut spec = spec();
    spec.follow_received = true;
    let (_, request) = register(&mut bench, spec);
    let text_of = String::from_utf8_lossy(
        gannet_ua::response_to(&request, Bench::LOCAL, 200, Some("r"))
            .header(HeaderName::Contact, "<sip:alice@10.0.0.1:5060>;expires=60")
            .build()
            .as_ref(),
    )
    .replace("received=10.0.0.1", "received=203.0.113.7")
    .replace("rport=5060", "rport=61000");
    bench.receive_message(&Message::parse(text_of.into_bytes()));
    let again = bench.sent_one();
    let contacts: Vec<_> = again.values(HeaderName::Contact).collect();
    assert_eq!(
        contacts,
        [
            "<sip:alice@203.0.113.7:61000>",
            "<sip:alice@10.0.0.1:5060>;expires=0"
        ]
    );
    grant(&mut bench, &again, 60);
    bench.pass(s(50));
    let refresh = bench.sent_one();
    assert_eq!(
        text(&refresh, HeaderName::Contact),
        "<sip:alice@203.0.113.7:61000>"
    );
    assert_eq!(refresh.values(HeaderName::Contact).count(), 1);
}

#[test]
fn a_phone_without_power_says_nothing_more() {
    let mut bench = bench();
    let (id, request) = register(&mut bench, spec());
    bench.endpoint.abandon_registration(id);
    bench.pass(s(100));
    assert_eq!(bench.sent(), []);
    grant(&mut bench, &request, 600);
    assert_eq!(changes(&mut bench), [] as [String; 0]);
    assert_drains(&mut bench);
}

#[test]
fn an_unreachable_registrar_is_a_failure() {
    let mut bench = bench();
    let mut lost = spec();
    lost.destination = None;
    bench.endpoint.register(bench.now, lost);
    assert_eq!(changes(&mut bench), ["failed 503 Some(30000)"]);
    bench.pass(s(30));
    assert_eq!(changes(&mut bench), ["failed 503 Some(30000)"]);
    let (_, _) = register(&mut bench, spec());
    let target = Target::new(Transport::Udp, Bench::PEER);
    bench.endpoint.handle_transport_failure(bench.now, target);
    let happenings = bench.happenings();
    assert!(
        matches!(
            &happenings[..],
            [Happening::Registration {
                change: RegistrationChange::Failed {
                    outcome: Outcome::TransportFailed,
                    ..
                },
                ..
            }]
        ),
        "{happenings:#?}"
    );
}
