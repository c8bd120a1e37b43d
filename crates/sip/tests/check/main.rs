//! Every rule of the check, each broken on its own in an otherwise good message.

mod field_cases;
mod header_cases;
mod messages;

use std::collections::BTreeSet;

use gannet_sip::{Carrier, Message, Rule, Severity, check, check_on, refusal};

use crate::field_cases::{ADDRESSES, FIELDS};
use crate::header_cases::{LINES, PRESENCE, START_LINES};
use crate::messages::{Case, INVITE, REGISTER, RESPONSE};

fn broken(case: &Case) -> Message {
    let (good, old, new, _) = *case;
    assert!(good.contains(old), "{old:?} is not in the message");
    // FieldInCancel needs a Require beside the renamed method.
    let text = good.replacen(old, new, if old == "REGISTER" { 2 } else { 1 });
    let text = match new {
        "CANCEL" => text.replace("Call-ID", "Require: 100rel\r\nCall-ID"),
        _ => text,
    }
    .replace(
        "1826 REGISTER",
        &format!("1826 {}", if new == "CANCEL" { new } else { "REGISTER" }),
    );
    Message::parse(text.into_bytes())
}

fn cases() -> impl Iterator<Item = &'static Case> {
    [START_LINES, LINES, PRESENCE, ADDRESSES, FIELDS]
        .into_iter()
        .flatten()
}

#[test]
fn good_messages_have_no_deviations() {
    for good in [INVITE, RESPONSE, REGISTER] {
        assert_eq!(check(&Message::parse(good.as_bytes())), []);
        assert_eq!(refusal(&Message::parse(good.as_bytes())), None);
    }
}

#[test]
fn each_broken_rule_is_reported_alone() {
    for case in cases() {
        let message = broken(case);
        let found = check(&message);
        let rules: Vec<_> = found.iter().map(|deviation| deviation.rule).collect();
        assert_eq!(rules, case.3, "{:?} for {:?}: {found:#?}", case.2, case.1);
        for deviation in found {
            assert_eq!(deviation.section, deviation.rule.section());
            assert!(
                deviation
                    .span
                    .is_none_or(|span| span.range().end <= message.bytes().len())
            );
        }
    }
}

#[test]
fn every_rule_has_a_case() {
    let mut covered: BTreeSet<_> = cases().flat_map(|case| case.3).copied().collect();
    // The next tests break these, which take bytes or a carrier.
    covered.extend([Rule::Utf8, Rule::ContentLengthMissing]);
    let missing: Vec<_> = Rule::all().filter(|rule| !covered.contains(rule)).collect();
    assert_eq!(missing, []);
}

#[test]
fn a_stream_needs_content_length() {
    let rules = |carrier| {
        check_on(&Message::parse(REGISTER.as_bytes()), carrier)
            .iter()
            .map(|deviation| deviation.rule)
            .collect::<Vec<_>>()
    };
    assert_eq!(rules(Carrier::Stream), [Rule::ContentLengthMissing]);
    assert_eq!(rules(Carrier::Datagram), []);
}

#[test]
fn bytes_that_are_not_utf_8_are_reported_at_their_field() {
    let bytes = INVITE
        .replace("Call-ID", "Subject: ?\r\nCall-ID")
        .into_bytes();
    let at = bytes.iter().position(|b| *b == b'?').expect("there");
    let mut wrong = bytes;
    wrong[at] = 0xff;
    let message = Message::parse(wrong);
    let found = check(&message);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::Utf8);
    assert_eq!(found[0].span.map(gannet_sip::Span::range), Some(at..at + 1));
}

#[test]
fn refusals_name_the_problem_and_never_answer_ack_or_responses() {
    let answer = |text: String| refusal(&Message::parse(text.into_bytes()));
    let code = |text: String| answer(text).map(|refusal| refusal.code);
    let missing = answer(INVITE.replace("Call-ID", "X-ID")).expect("refused");
    assert_eq!(
        (missing.code, missing.reason.as_str()),
        (400, "No Call-ID header field")
    );
    assert_eq!(
        code(INVITE.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia")),
        Some(505)
    );
    assert_eq!(
        code(INVITE.replace("INVITE sip:bob@", "INVITE urn:bob@")),
        Some(416)
    );
    let long = format!("INVITE sip:{}@", "b".repeat(9000));
    assert_eq!(code(INVITE.replace("INVITE sip:bob@", &long)), Some(414));
    assert_eq!(code(INVITE.replace("INVITE sip", "NEW sip")), Some(501));
    assert_eq!(
        code(INVITE.replace("INVITE", "ACK").replace("Call-ID", "X-ID")),
        None
    );
    assert_eq!(code(RESPONSE.replace("Call-ID", "X-ID")), None);
    assert_eq!(code("nonsense\r\n\r\n".to_owned()), None);
}

#[test]
fn an_rfc_2543_invite_is_tolerated() {
    let legacy = INVITE
        .replace(";branch=z9hG4bK776as;rport", "")
        .replace("Max-Forwards: 70\r\n", "")
        .replace(";tag=1928301774", "")
        .replace("Contact", "X-Contact");
    let found = check(&Message::parse(legacy.into_bytes()));
    assert_eq!(found.len(), 4);
    assert!(
        found
            .iter()
            .all(|deviation| deviation.severity == Severity::Warning)
    );
}
