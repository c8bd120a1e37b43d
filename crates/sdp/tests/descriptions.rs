//! Whole descriptions: nothing is lost, problems are named with their lines,
//! views inherit from the session, and no input makes the parser fail.

use gannet_sdp::{
    Connection, Direction, Line, MediaLine, Origin, Problem, ProblemKind, SessionBuilder,
    SessionDescription,
};

const PHONE: &str = "v=0\r\no=- 20001 20001 IN IP4 192.0.2.7\r\ns=SDP data\r\n\
    c=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 11780 RTP/AVP 9 0 8 18 101\r\n\
    a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=fmtp:101 0-15\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\na=x-vendor:1 2\r\n";

fn parse(text: &str) -> SessionDescription {
    SessionDescription::parse(text.as_bytes())
}

#[test]
fn a_phone_offer_is_read_and_given_back() {
    let sdp = parse(PHONE);
    assert_eq!(sdp.problems(), []);
    assert_eq!(sdp.to_string(), PHONE);
    let origin = sdp.origin().expect("valid origin");
    assert_eq!(
        (origin.username.as_str(), origin.session_version),
        ("-", 20001)
    );
    assert_eq!(sdp.session_name(), Some("SDP data"));
    let audio = sdp.audio().expect("one audio line");
    let line = audio.line().expect("valid m= line");
    assert_eq!(line.payload_types().collect::<Vec<_>>(), [9, 0, 8, 18, 101]);
    assert!(
        audio
            .rtpmap(101)
            .expect("mapped")
            .is("TELEPHONE-EVENT", 8000)
    );
    assert_eq!(audio.fmtp(101), Some("0-15"));
    assert_eq!(audio.fmtp(0), None);
    assert_eq!(audio.ptime(), Some(20));
    assert_eq!(
        audio.attribute("x-vendor").and_then(|a| a.value),
        Some("1 2")
    );
    assert_eq!(audio.rtp_address(), "192.0.2.7:11780".parse().ok());
    assert_eq!(audio.rtcp_address(), "192.0.2.7:11781".parse().ok());
}

#[test]
fn media_inherit_connection_and_direction_from_the_session() {
    let sdp = parse(
        "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\na=sendonly\r\n\
         m=audio 4000 RTP/AVP 8\r\nm=audio 5000 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\na=inactive\r\n\
         a=rtcp:5005\r\nm=video 0 RTP/AVP 31\r\na=rtcp-mux\r\n",
    );
    let media: Vec<_> = sdp.media().collect();
    assert_eq!(media.len(), 3);
    assert_eq!(media[0].direction(), Direction::SendOnly);
    assert_eq!(media[0].rtp_address(), "[::1]:4000".parse().ok());
    assert!(media[0].rtpmap(8).expect("static").is("PCMA", 8000));
    assert_eq!(media[1].direction(), Direction::Inactive);
    assert_eq!(media[1].rtcp_address(), "192.0.2.1:5005".parse().ok());
    assert_eq!(media[2].rtcp_address(), "[::1]:0".parse().ok());
}

/// Line numbers and parts of the texts of the expected problems.
type Found = &'static [(Option<usize>, &'static str)];

/// Texts and the problems that they have; `+` stands for a session that is right.
const PROBLEMS: &[(&str, Found)] = &[
    (
        "v=0\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0",
        &[
            (Some(1), "line ended by LF"),
            (Some(4), "not ended by CR LF"),
        ],
    ),
    (
        "",
        &[(None, "v="), (None, "o="), (None, "s="), (None, "t=")],
    ),
    (
        "v=1\r\no=x\r\ns=\r\nt=now\r\n",
        &[
            (Some(1), "version 0"),
            (Some(2), "<username>"),
            (Some(3), "a session name"),
            (Some(4), "<start> <stop>"),
        ],
    ),
    (
        "+hello\r\n+\r\n+q=1\r\n",
        &[
            (Some(6), "expected <letter>=<value>"),
            (Some(7), "expected <letter>=<value>"),
            (Some(8), "unknown type q="),
        ],
    ),
    (
        "+o=- 1 1 IN IP4 h\r\n",
        &[(Some(6), "o= comes after t="), (Some(6), "second o=")],
    ),
    (
        "+m=audio 1 RTP/AVP\r\na=rtpmap:x\r\na=sendonly\r\na=recvonly\r\nt=0 0\r\n",
        &[
            (Some(6), "<media> <port>"),
            (Some(7), "rtpmap:"),
            (Some(9), "a=recvonly after a=sendonly"),
            (Some(10), "t= comes after m="),
        ],
    ),
    (
        "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\n",
        &[(Some(5), "media has no c= line")],
    ),
    (
        "+a=ptime: 20\r\na= x\r\nb=AS\r\n",
        &[
            (Some(6), "ptime:<milliseconds>"),
            (Some(7), "white space"),
            (Some(8), "<type>:"),
            (Some(8), "b= comes after a="),
        ],
    ),
];

#[test]
fn each_problem_is_named_with_its_line() {
    let base = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    for (text, expected) in PROBLEMS {
        let text = text.strip_prefix('+').map_or((*text).to_owned(), |rest| {
            format!("{base}{}", rest.replace("\r\n+", "\r\n"))
        });
        let problems = parse(&text).problems();
        for (line, part) in *expected {
            assert!(
                problems
                    .iter()
                    .any(|p| p.line == *line && p.to_string().contains(part)),
                "{text:?}: no {line:?} {part:?} in {problems:#?}"
            );
        }
        assert_eq!(problems.len(), expected.len(), "{text:?}: {problems:#?}");
    }
}

#[test]
fn octets_that_are_not_text_are_reported_and_kept() {
    let bytes = b"v=0\r\no=- 1 1 IN IP4 h\r\ns=\xff\r\nt=0 0\r\n";
    let sdp = SessionDescription::parse(bytes);
    assert_eq!(
        sdp.problems(),
        [Problem {
            line: Some(3),
            kind: ProblemKind::Octet { kind: 's' }
        }]
    );
    assert_eq!(sdp.to_bytes(), bytes);
}

#[test]
fn the_builder_writes_lines_in_the_order_of_the_calls() {
    let address = "192.0.2.1".parse().expect("valid");
    let sdp = SessionBuilder::new()
        .origin(&Origin {
            username: "user".to_owned(),
            session_id: "8000".to_owned(),
            session_version: 8000,
            address_type: gannet_sdp::AddressType::Ip4,
            address: "192.0.2.1".to_owned(),
        })
        .name("SIP Call")
        .connection(&Connection::unicast(address))
        .unbounded_time()
        .media(&MediaLine::audio(5004, &[0, 8]))
        .direction(Direction::SendRecv)
        .attribute("ptime", 20)
        .raw(Line::new('y', "odd"))
        .build();
    assert_eq!(
        sdp.to_string(),
        "v=0\r\no=user 8000 8000 IN IP4 192.0.2.1\r\ns=SIP Call\r\nc=IN IP4 192.0.2.1\r\n\
         t=0 0\r\nm=audio 5004 RTP/AVP 0 8\r\na=sendrecv\r\na=ptime:20\r\ny=odd\r\n"
    );
}

#[test]
fn a_line_is_replaced_in_place() {
    let mut sdp = parse("v=0\r\ns=a\ns=b\r\n");
    assert!(sdp.replace_first('s', "new"));
    assert!(!sdp.replace_first('z', "new"));
    assert_eq!(sdp.to_string(), "v=0\r\ns=new\ns=b\r\n");
}

/// A small generator (xorshift) so that the same octets come in every run.
fn random_octets(seed: u64, alphabet: &[u8]) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let length = next() % 200;
    (0..length)
        .map(|_| alphabet[(next() % alphabet.len() as u64) as usize])
        .collect()
}

#[test]
fn any_octets_are_given_back_and_looked_at_without_panic() {
    let all: Vec<u8> = (0..=255).collect();
    for seed in 1..4000 {
        for alphabet in [all.as_slice(), b"vosctma=: \r\n/0189INIP4audioRTP/AVPfmtp"] {
            let bytes = random_octets(seed, alphabet);
            let sdp = SessionDescription::parse(&bytes);
            assert_eq!(sdp.to_bytes(), bytes, "seed {seed}");
            let _ = (
                sdp.problems(),
                sdp.origin(),
                sdp.connection(),
                sdp.direction(),
            );
            for media in sdp.media() {
                let _ = (
                    media.line(),
                    media.rtp_address(),
                    media.rtcp_address(),
                    media.ptime(),
                );
                let _ = (media.rtpmap(0), media.fmtp(0), media.direction());
            }
        }
    }
}
