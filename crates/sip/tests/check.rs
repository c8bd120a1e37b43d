//! Every rule of the check, each broken on its own in an otherwise good message.

use std::collections::BTreeSet;

use gannet_sip::{Carrier, Message, Rule, Severity, check, check_on, refusal};

const INVITE: &str = "INVITE sip:bob@biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.example:5066;branch=z9hG4bK776as;rport\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice\" <sip:alice@atlanta.example>;tag=1928301774\r\n\
    To: Bob <sip:bob@biloxi.example>\r\n\
    Call-ID: a84b4c76e66710@pc33.atlanta.example\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:alice@pc33.atlanta.example>;expires=60;q=0.5\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 4\r\n\
    \r\nv=0\n";

const RESPONSE: &str = "SIP/2.0 200 OK\r\n\
    Via: SIP/2.0/TCP pc33.atlanta.example;branch=z9hG4bK776as;received=192.0.2.1\r\n\
    From: Alice <sip:alice@atlanta.example>;tag=1928301774\r\n\
    To: Bob <sip:bob@biloxi.example>;tag=8321234356\r\n\
    Call-ID: a84b4c76e66710\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:bob@192.0.2.4>\r\n\
    Content-Length: 0\r\n\
    \r\n";

const REGISTER: &str = "REGISTER sip:biloxi.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bKnashds7\r\n\
    Max-Forwards: 70\r\n\
    From: sip:bob@biloxi.example;tag=456248\r\n\
    To: sip:bob@biloxi.example\r\n\
    Call-ID: 843817637684230@998sdasdh09\r\n\
    CSeq: 1826 REGISTER\r\n\
    Contact: *\r\n\
    Expires: 0\r\n\
    \r\n";

/// A good message, what is replaced in it by what, and the deviations that follow.
type Case = (&'static str, &'static str, &'static str, &'static [Rule]);

const START_LINES: &[Case] = &[
    (
        INVITE,
        "INVITE sip:bob@biloxi.example SIP/2.0",
        "hello",
        &[Rule::StartLine],
    ),
    (
        INVITE,
        " SIP/2.0\r\nVia",
        " HTTP/1.1\r\nVia",
        &[Rule::StartLine],
    ),
    (
        INVITE,
        "INVITE sip:bob",
        "INVITE  sip:bob",
        &[Rule::StartLineBlanks],
    ),
    (
        INVITE,
        "SIP/2.0\r\nVia",
        "SIP/2.0 \r\nVia",
        &[Rule::StartLineBlanks],
    ),
    (
        INVITE,
        "INVITE sip:bob",
        " INVITE sip:bob",
        &[Rule::StartLineBlanks],
    ),
    (
        INVITE,
        "INVITE sip:bob",
        "INVITE\tsip:bob",
        &[Rule::StartLineBlanks],
    ),
    (
        RESPONSE,
        "SIP/2.0 200 ",
        "SIP/2.0  200 ",
        &[Rule::StartLineBlanks],
    ),
    (
        INVITE,
        "INVITE sip:bob",
        "INV(TE sip:bob",
        &[Rule::Method, Rule::CSeqMethod],
    ),
    (
        INVITE,
        "INVITE sip:bob@",
        "INVITE bob@",
        &[Rule::RequestUri],
    ),
    (
        INVITE,
        "INVITE sip:bob@",
        "INVITE sip:bob@b:x",
        &[Rule::RequestUri],
    ),
    (
        INVITE,
        "INVITE sip:bob@",
        "INVITE sip:bob x@",
        &[Rule::RequestUriBlanks],
    ),
    (
        INVITE,
        "bob@biloxi.example SIP",
        "bob@biloxi.example?a=b SIP",
        &[Rule::RequestUriHeaders],
    ),
    (
        INVITE,
        "INVITE sip:bob@biloxi.example",
        "INVITE <sip:bob@biloxi.example>",
        &[Rule::RequestUriBrackets],
    ),
    (
        INVITE,
        "SIP/2.0\r\nVia",
        "sip/2.0\r\nVia",
        &[Rule::VersionCase],
    ),
    (INVITE, "SIP/2.0\r\nVia", "SIP/3.0\r\nVia", &[Rule::Version]),
    (RESPONSE, "SIP/2.0 200", "SIP/1.0 200", &[Rule::Version]),
    (RESPONSE, "200 OK", "2000 OK", &[Rule::StatusCode]),
    (RESPONSE, "200 OK", "700 OK", &[Rule::StatusCode]),
    (RESPONSE, "200 OK", "099 OK", &[Rule::StatusCode]),
    (RESPONSE, "200 OK", "200 ", &[]),
    (RESPONSE, "200 OK", "200", &[Rule::ReasonSeparator]),
    (RESPONSE, "200 OK", "200 \"OK\"", &[Rule::ReasonPhrase]),
    (RESPONSE, "200 OK", "200 \u{434}\u{430} = 2**3", &[]),
];

const LINES: &[Case] = &[
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\n",
        &[Rule::LineEnd],
    ),
    (
        RESPONSE,
        "Content-Length: 0\r\n\r\n",
        "Content-Length: 0\r\n",
        &[Rule::HeaderEnd],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nnonsense\r\n",
        &[Rule::HeaderColon],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nX Y: z\r\n",
        &[Rule::HeaderNameToken],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\n: z\r\n",
        &[Rule::HeaderNameToken],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nSubject: a\0b\r\n",
        &[Rule::ControlCharacter],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nSubject: a\rb\r\n",
        &[Rule::ControlCharacter],
    ),
    (INVITE, "\"Alice\"", "\"Ali\\\0ce\"", &[]),
    (INVITE, "\"Alice\"", "\"Alice", &[Rule::Quoting]),
];

const PRESENCE: &[Case] = &[
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "",
        &[Rule::MaxForwardsMissing],
    ),
    (INVITE, "Call-ID", "X-ID", &[Rule::MandatoryField]),
    (RESPONSE, "CSeq", "X-CSeq", &[Rule::MandatoryField]),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nMax-Forwards: 70\r\n",
        &[Rule::SingleValue],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\ni: x\r\n",
        &[Rule::SingleValue],
    ),
    (INVITE, "Contact", "X-Contact", &[Rule::ContactMissing]),
    (
        INVITE,
        "Contact: ",
        "Contact: <sip:x@y>, ",
        &[Rule::ContactCount],
    ),
    (
        INVITE,
        "Contact: <sip:alice@",
        "Contact: <mailto:alice@",
        &[Rule::ContactScheme],
    ),
    (
        INVITE,
        "INVITE sip:bob",
        "INVITE sips:bob",
        &[Rule::ContactScheme],
    ),
    (
        RESPONSE,
        "Contact: <sip:bob@192.0.2.4>\r\n",
        "",
        &[Rule::ContactMissingInSuccess],
    ),
    (
        RESPONSE,
        "200 OK",
        "401 Unauthorized",
        &[Rule::ResponseField],
    ),
    (RESPONSE, ";tag=8321234356", "", &[Rule::ToTag]),
    (INVITE, ";tag=1928301774", "", &[Rule::FromTag]),
    (
        REGISTER,
        "REGISTER",
        "CANCEL",
        &[Rule::FieldInCancel, Rule::ContactStar],
    ),
];

const ADDRESSES: &[Case] = &[
    (INVITE, "SIP/2.0/UDP pc33", "SIP/2.0 pc33", &[Rule::Via]),
    (INVITE, ";rport", ";ttl=256", &[Rule::ViaParameter]),
    (
        INVITE,
        ";rport",
        ";received=example.com",
        &[Rule::ViaParameter],
    ),
    (INVITE, ";rport", ";;", &[Rule::Parameter]),
    (INVITE, ";rport", ";a<=1", &[Rule::Parameter]),
    (INVITE, ";rport", ";x=a@b", &[Rule::ParameterValue]),
    (INVITE, ";rport", ";x=1;X=2", &[Rule::ParameterTwice]),
    (INVITE, ";rport", ";rport,", &[Rule::ListElement]),
    (INVITE, "z9hG4bK776as", "776as", &[Rule::BranchCookie]),
    (INVITE, ";branch=z9hG4bK776as", "", &[Rule::BranchCookie]),
    (INVITE, "z9hG4bK776as", "z9hG4bK", &[Rule::BranchEmpty]),
    (
        INVITE,
        "Bob <sip:bob@biloxi.example>",
        "Bob <sip:bob@biloxi.example",
        &[Rule::Address],
    ),
    (
        INVITE,
        "Bob <sip:bob@biloxi.example>",
        "Bob <sip:bob@biloxi.example> x",
        &[Rule::Address],
    ),
    (
        INVITE,
        "Bob <sip:bob@biloxi.example>",
        "\"Bob\"",
        &[Rule::Address],
    ),
    (
        INVITE,
        "Bob <sip:bob",
        "Bob < sip:bob",
        &[Rule::AddressBlanks],
    ),
    (
        INVITE,
        "Bob <sip:bob@biloxi.example>",
        "sip:bob@biloxi.example?a=b",
        &[Rule::AddressBrackets],
    ),
    (INVITE, "Bob <", "Bob, B. <", &[Rule::DisplayName]),
    (INVITE, "Bob <", "\"Bob\" \"B\" <", &[Rule::DisplayName]),
    (INVITE, "Bob <", "B\u{f6}b <", &[Rule::DisplayNameCharset]),
    (INVITE, "Bob <sip:bob@", "Bob <bob@", &[Rule::Uri]),
    (
        INVITE,
        "Bob <sip:bob@biloxi.example>",
        "Bob <sip:bob@[::zz]>",
        &[Rule::Uri],
    ),
    (
        INVITE,
        "Bob <sip:bob@",
        "Bob <sip:#21#@",
        &[Rule::UriCharacters],
    ),
    (
        INVITE,
        "Bob <sip:bob@",
        "Bob <sip:b%4@",
        &[Rule::UriCharacters],
    ),
    (
        INVITE,
        "Bob <sip:bob@biloxi",
        "Bob <sip:bob@bil_oxi",
        &[Rule::UriCharacters],
    ),
    (
        INVITE,
        "bob@biloxi.example>",
        "bob@biloxi.example:5060>",
        &[Rule::UriComponent],
    ),
    (
        INVITE,
        "bob@biloxi.example SIP",
        "bob@biloxi.example;method=BYE SIP",
        &[Rule::UriComponent],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nRoute: sip:p;lr\r\n",
        &[Rule::RouteBrackets],
    ),
    (
        INVITE,
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nRoute: <sip:p;lr>, <sip:q;lr>\r\n",
        &[],
    ),
    (REGISTER, "Expires: 0", "Expires: 1", &[Rule::ContactStar]),
    (
        REGISTER,
        "Contact: *",
        "Contact: *, <sip:a@b>",
        &[Rule::ContactStar],
    ),
    (
        INVITE,
        "expires=60",
        "expires=4294967296",
        &[Rule::ContactExpires],
    ),
    (INVITE, "q=0.5", "q=2", &[Rule::ContactQ]),
];

const FIELDS: &[Case] = &[
    (INVITE, "314159 INVITE", "x INVITE", &[Rule::CSeq]),
    (INVITE, "314159 INVITE", "314159", &[Rule::CSeq]),
    (
        INVITE,
        "314159 INVITE",
        "2147483648 INVITE",
        &[Rule::CSeqNumber],
    ),
    (INVITE, "314159 INVITE", "2147483647 INVITE", &[]),
    (
        INVITE,
        "314159 INVITE",
        "314159 invite",
        &[Rule::CSeqMethod],
    ),
    (INVITE, "Call-ID: a84b", "Call-ID: a8 4b", &[Rule::CallId]),
    (
        INVITE,
        "Call-ID: a84b",
        "Call-ID: a8=4b",
        &[Rule::CallIdCharacters],
    ),
    (
        INVITE,
        "Max-Forwards: 70",
        "Max-Forwards: -1",
        &[Rule::MaxForwards],
    ),
    (
        INVITE,
        "Max-Forwards: 70",
        "Max-Forwards: 256",
        &[Rule::MaxForwardsRange],
    ),
    (
        INVITE,
        "Call-ID",
        "Expires: soon\r\nCall-ID",
        &[Rule::Expires],
    ),
    (
        INVITE,
        "Call-ID",
        "Min-Expires: 4294967296\r\nCall-ID",
        &[Rule::MinExpires],
    ),
    (
        RESPONSE,
        "Call-ID",
        "Retry-After: later\r\nCall-ID",
        &[Rule::RetryAfter],
    ),
    (
        RESPONSE,
        "Call-ID",
        "Retry-After: 18000 (lunch);duration=3600\r\nCall-ID",
        &[],
    ),
    (
        INVITE,
        "Call-ID",
        "Date: Sat, 13 Nov 2010 23:29:00 UTC\r\nCall-ID",
        &[Rule::Date],
    ),
    (
        INVITE,
        "Call-ID",
        "Timestamp: now\r\nCall-ID",
        &[Rule::Timestamp],
    ),
    (
        INVITE,
        "Call-ID",
        "MIME-Version: 1\r\nCall-ID",
        &[Rule::MimeVersion],
    ),
    (
        RESPONSE,
        "Call-ID",
        "Warning: 307 isi.edu \"a, b\", 30 x \"y\"\r\nCall-ID",
        &[Rule::WarningValue],
    ),
    (
        INVITE,
        "Call-ID",
        "Accept: application/sdp;level=1, text\r\nCall-ID",
        &[Rule::MediaType],
    ),
    (
        INVITE,
        "Call-ID",
        "Accept:\r\nSupported:\r\nSubject:\r\nCall-ID",
        &[],
    ),
    (
        INVITE,
        "Call-ID",
        "Require: a b\r\nCall-ID",
        &[Rule::Tokens],
    ),
    (
        INVITE,
        "Call-ID",
        "Call-Info: http://x/\r\nCall-ID",
        &[Rule::InfoUri],
    ),
    (
        INVITE,
        "Call-ID",
        "Authorization: Digest realm=\"x\"\r\nCall-ID",
        &[Rule::Authentication; 4],
    ),
    (
        INVITE,
        "Call-ID",
        "Authorization: Mystery a=b\r\nCall-ID",
        &[],
    ),
    (INVITE, "application/sdp", "sdp", &[Rule::ContentType]),
    (
        INVITE,
        "Content-Type: application/sdp\r\n",
        "",
        &[Rule::ContentTypeMissing],
    ),
    (
        INVITE,
        "Content-Length: 4",
        "Content-Length: four",
        &[Rule::ContentLength],
    ),
    (
        INVITE,
        "Content-Length: 4",
        "Content-Length: -4",
        &[Rule::ContentLength],
    ),
    (
        INVITE,
        "Content-Length: 4",
        "Content-Length: 5",
        &[Rule::BodyShort],
    ),
    (
        INVITE,
        "Content-Length: 4",
        "Content-Length: 3",
        &[Rule::BodyTrailing],
    ),
    (INVITE, "Content-Length: 4", "X: 4", &[]),
];

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
