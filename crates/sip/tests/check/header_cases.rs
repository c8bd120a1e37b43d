//! Start line, header lines, and which fields are there.

use gannet_sip::Rule;

use crate::messages::{Case, INVITE, REGISTER, RESPONSE};

pub(crate) const START_LINES: &[Case] = &[
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

pub(crate) const LINES: &[Case] = &[
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

pub(crate) const PRESENCE: &[Case] = &[
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
