//! Where received messages end.

use gannet_scenario::framing::{BODY_BYTES_MAX, Frame, HEADER_BYTES_MAX};
use gannet_scenario::model::{
    BodyMethod, BodyParser, Field, FieldId, Finder, HeaderFinder, Nth, Place, Protocol,
    SessionMethod,
};
use proptest::prelude::*;

fn protocol(separators: [&str; 2], body_methods: Vec<BodyMethod>) -> Protocol {
    Protocol {
        name: "sip".to_owned(),
        field_separator: separators[0].as_bytes().into(),
        body_separator: separators[1].as_bytes().into(),
        type_field: FieldId(0),
        fields: vec![Field {
            name: "content-length".to_owned(),
            place: Place::Header,
            finder: Finder::Header(HeaderFinder {
                name: "content-length".to_owned(),
                nth: Nth::FromTop(0),
            }),
            format: None,
        }],
        body_methods,
        session: SessionMethod::OpenId,
        messages: Vec::new(),
    }
}

fn sip() -> Protocol {
    let methods = vec![
        BodyMethod::Length(FieldId(0)),
        BodyMethod::Parser(BodyParser::Xml),
    ];
    protocol(["\r\n", "\r\n"], methods)
}

/// The frames of some bytes in short: `header|body`, `?`, `-n` (blank), `!n` (garbage).
fn frames(protocol: &Protocol, bytes: &[u8], stream: bool) -> String {
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let frame = if stream {
            protocol.frame_stream(rest)
        } else {
            protocol.frame_datagram(rest)
        };
        let taken = match frame {
            Frame::Complete {
                header,
                body,
                total,
            } => {
                assert_eq!(header.start, 0);
                assert_eq!(body.end, total);
                out.push(format!(
                    "{}|{}",
                    rest[header].escape_ascii(),
                    rest[body].escape_ascii()
                ));
                total
            }
            Frame::Incomplete => {
                assert!(stream);
                out.push("?".to_owned());
                break;
            }
            Frame::Blank(len) => {
                out.push(format!("-{len}"));
                len
            }
            Frame::Garbage(len) => {
                out.push(format!("!{len}"));
                len
            }
        };
        assert!(taken > 0, "no progress");
        rest = &rest[taken..];
    }
    out.join(" ")
}

/// Rule, bytes, what they are on a stream, as a datagram.
const RECEIVING: &[[&str; 4]] = &[
    [
        "a message without body",
        "A b\r\nC: d\r\n\r\n",
        r"A b\r\nC: d\r\n|",
        r"A b\r\nC: d\r\n|",
    ],
    [
        "the length is told",
        "A\r\nContent-Length: 2\r\n\r\nxy",
        r"A\r\nContent-Length: 2\r\n|xy",
        r"A\r\nContent-Length: 2\r\n|xy",
    ],
    [
        "names have no case",
        "A\r\ncontent-length :2\r\n\r\nxy",
        r"A\r\ncontent-length :2\r\n|xy",
        r"A\r\ncontent-length :2\r\n|xy",
    ],
    [
        "compact names",
        "A\r\nl: 2\r\n\r\nxy",
        r"A\r\nl: 2\r\n|xy",
        r"A\r\nl: 2\r\n|xy",
    ],
    [
        "two messages at once",
        "A\r\nContent-Length: 1\r\n\r\nxB\r\n\r\n",
        r"A\r\nContent-Length: 1\r\n|x B\r\n|",
        r"A\r\nContent-Length: 1\r\n|x B\r\n|",
    ],
    [
        "too few bytes: wait for more",
        "A\r\nContent-Length: 3\r\n\r\nxy",
        "?",
        "!26",
    ],
    [
        "no bytes of a body whose length is told",
        "A\r\nContent-Length: 3\r\n\r\n",
        "?",
        "!24",
    ],
    ["the header is not complete", "A\r\nB: c\r\n", "?", "!9"],
    ["keep-alives", "\r\n\r\n", "-4", "-4"],
    [
        "keep-alives before a message",
        "\r\n\r\nA\r\n\r\n",
        r"-4 A\r\n|",
        r"-4 A\r\n|",
    ],
    [
        "keep-alives after a message",
        "A\r\n\r\n\r\n\r\n",
        r"A\r\n| -4",
        r"A\r\n|\r\n\r\n",
    ],
    [
        "no length: to the end of a datagram",
        "A\r\n\r\nv=0\r\n",
        r"A\r\n| ?",
        r"A\r\n|v=0\r\n",
    ],
    [
        "no length: XML ends itself",
        "A\r\n\r\n<a><b/></a>B\r\n\r\n",
        r"A\r\n|<a><b/></a> B\r\n|",
        r"A\r\n|<a><b/></a> B\r\n|",
    ],
    [
        "no length: XML goes on",
        "A\r\n\r\n<a><b/>",
        "?",
        r"A\r\n|<a><b/>",
    ],
    [
        "no length: an address is no XML",
        "A\r\n\r\n<sip:x@y>\r\n\r\n",
        r"A\r\n| <sip:x@y>\r\n|",
        r"A\r\n|<sip:x@y>\r\n\r\n",
    ],
    [
        "garbage before a message",
        "?!\r\n\r\nA\r\nContent-Length: 0\r\n\r\n",
        r"?!\r\n| A\r\nContent-Length: 0\r\n|",
        r"?!\r\n|A\r\nContent-Length: 0\r\n\r\n",
    ],
    [
        "a length that is none",
        "A\r\nContent-Length: x\r\n\r\nB\r\n\r\n",
        r"!24 B\r\n|",
        "!29",
    ],
    [
        "a length that cannot be",
        "A\r\nContent-Length: 99999999999999999999\r\n\r\nB\r\n\r\n",
        r"!43 B\r\n|",
        "!48",
    ],
    [
        "a length above the limit",
        "A\r\nContent-Length: 1048577\r\n\r\nB\r\n\r\n",
        r"!30 B\r\n|",
        "!35",
    ],
    [
        "bare line feeds within the header",
        "A\nB: c\r\n\r\n",
        r"A\nB: c\r\n|",
        r"A\nB: c\r\n|",
    ],
    ["line feeds only", "A\nB: c\n\n", "?", "!8"],
];

#[test]
fn every_rule_of_receiving_in_section_4() {
    let sip = sip();
    for [rule, bytes, stream, datagram] in RECEIVING {
        let bytes = bytes.as_bytes();
        assert_eq!(&frames(&sip, bytes, true), stream, "{rule}, stream");
        assert_eq!(&frames(&sip, bytes, false), datagram, "{rule}, datagram");
    }
}

#[test]
fn other_protocols() {
    let h248 = protocol(["", "{"], vec![BodyMethod::Parser(BodyParser::H248)]);
    assert_eq!(
        frames(&h248, b"MEGACO/1 T=1{C=1{A=x}}MEGACO/1 T=2{}", true),
        "MEGACO/1 T=1|C=1{A=x}} MEGACO/1 T=2|}"
    );
    assert_eq!(frames(&h248, b"MEGACO/1 T=1{C=1{A=x}", true), "?");
    let msrp = protocol(
        ["\r\n", "-------"],
        vec![BodyMethod::Parser(BodyParser::Msrp)],
    );
    assert_eq!(
        frames(&msrp, b"MSRP a SEND\r\n-------a$", true),
        r"MSRP a SEND\r\n|a$"
    );
    let none = protocol(["\r\n", "\r\n"], Vec::new());
    assert_eq!(frames(&none, b"A\r\n\r\nB\r\n\r\n", true), r"A\r\n| B\r\n|");
    let long = "=".repeat(40);
    let long = protocol(["\r\n", &long], Vec::new());
    let bytes = format!("A{0}\r\n{0}B", "=".repeat(40));
    assert_eq!(
        frames(&long, bytes.as_bytes(), false),
        format!(r"A{}\r\n|B", "=".repeat(40))
    );
}

#[test]
fn a_stream_waits_for_a_header_and_a_body_within_limits() {
    let sip = sip();
    assert_eq!(
        sip.frame_stream(&vec![b'x'; HEADER_BYTES_MAX]),
        Frame::Incomplete
    );
    assert_eq!(
        sip.frame_stream(&vec![b'x'; HEADER_BYTES_MAX + 1]),
        Frame::Garbage(HEADER_BYTES_MAX + 1)
    );
    let message = format!("A\r\nContent-Length: {BODY_BYTES_MAX}\r\n\r\nx");
    assert_eq!(sip.frame_stream(message.as_bytes()), Frame::Incomplete);
    let mut xml = b"A\r\n\r\n<a>".to_vec();
    xml.resize(BODY_BYTES_MAX + 6, b'x');
    assert_eq!(sip.frame_stream(&xml), Frame::Garbage(5));
}

proptest! {
    #[test]
    fn whatever_comes_is_used_up(
        pieces in prop::collection::vec(prop::sample::select(vec![
            &b"\r\n"[..], b"\r\n\r\n", b"\r", b"\n", b"INVITE sip:a SIP/2.0\r\n", b"Content-Length: ",
            b"3", b"x", b"<a>", b"</a>", b"<", b"<a b='", b"\0", b"\xff", b"<!--", b"99999999999",
        ]), 0..40),
        stream in any::<bool>(),
    ) {
        frames(&sip(), &pieces.concat(), stream);
    }

    #[test]
    fn random_bytes_are_used_up(bytes in prop::collection::vec(any::<u8>(), 0..300), stream in any::<bool>()) {
        frames(&sip(), &bytes, stream);
    }

    #[test]
    fn a_message_is_found_after_any_datagram(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let sip = sip();
        frames(&sip, &bytes, false);
        prop_assert_eq!(frames(&sip, b"A\r\n\r\n", false), r"A\r\n|");
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_messages(cut in 0_usize..62) {
        let bytes = b"A\r\nContent-Length: 4\r\n\r\n\r\n\r\n\r\nB\r\nContent-Length: 2\r\n\r\nxyC\r\n\r\n";
        let whole = frames(&sip(), bytes, true);
        prop_assert_eq!(&whole, r"A\r\nContent-Length: 4\r\n|\r\n\r\n -2 B\r\nContent-Length: 2\r\n|xy C\r\n|");
        let sip = sip();
        let mut waiting: Vec<u8> = Vec::new();
        let mut messages = 0;
        for part in [&bytes[..cut], &bytes[cut..]] {
            waiting.extend_from_slice(part);
            loop {
                let taken = match sip.frame_stream(&waiting) {
                    Frame::Complete { total, .. } => { messages += 1; total }
                    Frame::Blank(len) => len,
                    Frame::Garbage(len) => return Err(TestCaseError::fail(format!("garbage {len}"))),
                    Frame::Incomplete => break,
                };
                waiting.drain(..taken);
                if waiting.is_empty() {
                    break;
                }
            }
        }
        prop_assert_eq!(messages, 3);
    }
}
