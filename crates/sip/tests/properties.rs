//! Whatever bytes come: nothing panics, and every byte is given back.

use gannet_sip::{
    Carrier, Frame, HeaderName, Message, MessageBuilder, NameAddr, StreamFramer, Uri, Via,
    check_on, refusal,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces that break a message where it hurts when they are strung together at random.
const PIECES: &[&str] = &[
    "INVITE",
    "SIP/2.0",
    "SIP/7.0",
    "200",
    "999",
    " ",
    "\t",
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\r\n ",
    "Via: ",
    "v:",
    "From: ",
    "t:",
    "Contact: ",
    "m:*",
    "CSeq: ",
    "Call-ID: ",
    "Content-Length: ",
    "Content-Type: ",
    "Route: ",
    "Date: ",
    "Warning: ",
    "Accept: ",
    "Authorization: Digest ",
    "Expires:",
    "Max-Forwards:",
    "sip:",
    "sips:",
    "tel:+1",
    "urn:",
    "alice",
    "@",
    "example.com",
    "[::1]",
    "[",
    "]",
    ":5060",
    ":",
    ";",
    ",",
    "=",
    "?",
    "&",
    "<",
    ">",
    "\"",
    "\\",
    "%41",
    "%",
    "%4",
    "lr",
    "branch=z9hG4bK",
    "tag=",
    "1",
    "4294967296",
    "-1",
    "*",
    "/",
    "UDP",
    "\u{e9}",
    "\u{20ac}",
    "\0",
    "realm=\"x\"",
    "(",
    ")",
];

const INVITE: &str = "INVITE sip:bob@biloxi.example;lr SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.example:5066;branch=z9hG4bK776as;rport, SIP/2.0/TCP x\r\n\
    Max-Forwards: 70\r\n\
    From: \"Alice \\\" <\" <sip:alice@atlanta.example>;tag=19283\r\n\
    To: Bob <sip:b%6fb@biloxi.example?a=b>\r\n\
    i: a84b4c76e66710@pc33\r\n\
    CSeq: 314159\r\n INVITE\r\n\
    m: <sip:alice@[2001:db8::1]:5060>;expires=60;q=0.5, tel:+1-2\r\n\
    Authorization: Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"\r\n\
    Accept: application/sdp;level=1, */*\r\n\
    Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 4\r\n\
    \r\nv=0\n";

/// Asks for everything that can be asked for.
fn read_everything(bytes: &[u8]) {
    let message = Message::parse(bytes.to_vec());
    for carrier in [Carrier::Datagram, Carrier::Stream] {
        for deviation in check_on(&message, carrier) {
            if let Some(span) = deviation.span {
                assert!(span.start <= span.end && span.range().end <= bytes.len());
            }
            assert!(!deviation.to_string().is_empty());
        }
    }
    if let Some(refusal) = refusal(&message) {
        assert!((400..700).contains(&refusal.code));
        assert!(
            refusal
                .reason
                .bytes()
                .all(|byte| byte.is_ascii() && !byte.is_ascii_control())
        );
    }
    let _ = (
        message.start_line(),
        message.method(),
        message.request_uri(),
        message.title(),
    );
    let _ = (
        message.via(),
        message.vias().count(),
        message.from(),
        message.to(),
    );
    let _ = (
        message.cseq(),
        message.contact(),
        message.call_id(),
        message.content_type(),
    );
    assert!(message.body().len() <= message.body_all().len());
    for header in message.headers() {
        let _ = (header.unfolded(), header.name_text());
        let _ = message.number(header.id);
        let _ = message.name_addrs(header.id).count();
        let _ = message.headers_by_text(&header.name_text()).count();
    }
    given_back(&message);
}

/// Built again the message is the same, unless its line ends, its empty lines in front or its
/// missing end had to be put right.
fn given_back(message: &Message) {
    let built = MessageBuilder::from_message(message).build();
    let layout = message.layout();
    let head = &message.bytes()[..layout.body.start as usize];
    let bare = |at: usize| at == 0 || head[at - 1] != b'\r';
    let lines_end_right = !(0..head.len()).any(|at| head[at] == b'\n' && bare(at));
    if layout.complete && layout.start_line.start == 0 && lines_end_right {
        assert_eq!(&built, message.bytes());
    }
    let again = Message::parse(built);
    let values = |m: &Message| m.headers().map(|h| h.value.to_vec()).collect::<Vec<_>>();
    if layout.complete {
        assert_eq!(values(&again), values(message));
        assert_eq!(again.body_all(), message.body_all());
    }
}

fn strung_pieces() -> impl Strategy<Value = Vec<u8>> {
    vec(select(PIECES), 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A good message with some stretches replaced.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (0..INVITE.len(), 0..20_usize, strung_pieces());
    vec(change, 1..5).prop_map(|changes| {
        let mut bytes = INVITE.as_bytes().to_vec();
        for (at, length, new) in changes {
            let start = at.min(bytes.len());
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, new.into_iter().take(12));
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..400)) {
        read_everything(&bytes);
    }

    #[test]
    fn strung_pieces_are_read_without_panic(bytes in strung_pieces()) {
        read_everything(&bytes);
    }

    #[test]
    fn mutated_messages_are_read_without_panic(bytes in mutated()) {
        read_everything(&bytes);
    }

    #[test]
    fn what_a_value_prints_reads_as_the_same_value(bytes in strung_pieces()) {
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(uri) = Uri::parse(&text) {
            prop_assert!(uri.is_equivalent(&uri), "{uri} is not itself");
            let _ = (uri.socket_addr(), uri.to_aor(), uri.user_decoded(), uri.transport());
            let again = Uri::parse(&uri.to_string());
            prop_assert_eq!(again.map(|again| again.to_string()), Ok(uri.to_string()));
        }
        if let Ok(via) = Via::parse(&text) {
            let again = Via::parse(&via.to_string());
            prop_assert_eq!(again.map(|again| again.to_string()), Ok(via.to_string()));
        }
        let _ = NameAddr::parse("To", &text).map(|address| address.to_string());
    }

    #[test]
    fn a_stream_is_cut_alike_however_it_comes(bytes in mutated(), size in 1..50_usize) {
        let frames = |size: usize| {
            let mut framer = StreamFramer::default();
            let mut messages = Vec::new();
            for piece in bytes.chunks(size) {
                framer.push(piece);
                while let Ok(Some(frame)) = framer.next_frame() {
                    if let Frame::Message(message) = frame {
                        messages.push(message);
                    }
                }
            }
            messages
        };
        prop_assert_eq!(frames(size), frames(bytes.len().max(1)));
    }

    #[test]
    fn a_known_name_is_found_in_any_case(index in 0..70_usize, upper in any::<u32>()) {
        let name = HeaderName::all().nth(index).expect("there are more");
        let text: String = name
            .as_str()
            .char_indices()
            .map(|(at, c)| if upper >> (at % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        prop_assert_eq!(HeaderName::from_bytes(text.as_bytes()), name);
    }
}
