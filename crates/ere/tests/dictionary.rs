//! Seagull's own SIP dictionary from the shared fixtures: how many of its patterns the own matcher
//! takes, and that it agrees with libc on messages whole and mutilated.

#![cfg(all(unix, target_env = "gnu"))]
#![expect(
    clippy::disallowed_methods,
    reason = "the dictionary is a fixture file"
)]

use std::path::PathBuf;

use gannet_ere::{Captures, Options, Regex};
use proptest::prelude::*;

const OPTIONS: Options = Options {
    newline: true,
    ignore_case: false,
};

/// Messages of both kinds, with and without the parts that the patterns ask for.
const MESSAGES: &[&str] = &[
    "INVITE sip:bob@192.0.2.20:5060 SIP/2.0\r\n\
     Via: SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bK776asdhds\r\n\
     From: \"Al Ice\" <sip:alice@192.0.2.10:5061>;tag=1928301774\r\n\
     To: bob <sip:bob@192.0.2.20:5060>\r\n\
     Call-ID: a84b4c76e66710@192.0.2.10\r\n\
     CSeq: 1 INVITE\r\nContact: <sip:alice@192.0.2.10:5061>\r\nMax-Forwards: 70\r\n\
     Subject: why to: ask\r\nContent-Type: application/sdp\r\nContent-Length:   135\r\n\r\n\
     v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
     m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
    "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/TCP h.example;branch=a;branch=b;received=c\r\n\
     Via: SIP/2.0/UDP two.example\r\nFrom: sip:alice@a.example;tag=x@y z\r\n\
     To: <sip:b@o@b.example>>;tag=1;tag=2\r\nCall-ID: no-at-sign\r\nCSeq: 1 INVITE\r\n\
     Content-Length: 0\r\n\r\n",
    "BYE sip:bob@192.0.2.20 SIP/2.0\r\nvia : SIP/2.0/UDP 192.0.2.10\r\nfrom:sip:a@b\r\nto:\tsip:b@a\r\n\
     CALL-ID:x@y@z\r\ncseq:\t2 BYE\r\ncontent-length:0\r\n\r\n",
    "ACK  sip:bob@192.0.2.20:5060 SIP/2.0 \r\n\r\n",
    "\r\n SIP/2.0 SIP/2.0 SIP/2.0\r\nSIP/2.0 200\r\nSIP/2.0  200  OK",
    "",
];

/// The `expr` attributes of the dictionary as Seagull reads them; none when it is not there.
fn patterns() -> Vec<String> {
    let shared = std::env::var_os("GANNET_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("fixtures/seagull/config/sip-dictionnary.xml");
    let Ok(text) = std::fs::read_to_string(path) else {
        assert!(
            std::env::var_os("GANNET_REQUIRE_SHARED").is_none(),
            "no ../shared"
        );
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no ../shared\n");
        return Vec::new();
    };
    let attribute = |rest: &str| {
        let mut end = 0;
        while !rest[end..].starts_with('"') {
            end += 1 + usize::from(rest[end..].starts_with("\\\""));
        }
        rest[..end].replace("\\\"", "\"")
    };
    text.split("expr=\"")
        .skip(1)
        .filter(|rest| !rest.starts_with(char::is_numeric))
        .map(attribute)
        .collect()
}

fn compiled() -> Vec<(Regex, Regex)> {
    let both = |pattern: String| {
        let own = Regex::new(pattern.as_bytes(), OPTIONS).expect("a sound pattern");
        let libc = Regex::reference(pattern.as_bytes(), OPTIONS).expect("a sound pattern");
        (own, libc)
    };
    let mut patterns = patterns();
    patterns.sort();
    patterns.dedup();
    patterns.into_iter().map(both).collect()
}

fn compare(own: &Regex, libc: &Regex, haystack: &[u8], start: usize) {
    let (mut ours, mut theirs) = (Captures::default(), Captures::default());
    let found = own.find_at(haystack, start, &mut ours);
    let expected = libc.find_at(haystack, start, &mut theirs);
    let text = haystack.escape_ascii();
    assert_eq!(
        (found, ours),
        (expected, theirs),
        "{own:?} on {text} from {start}"
    );
}

#[test]
fn all_patterns_of_the_dictionary_are_fast() {
    let compiled = compiled();
    let slow: Vec<_> = compiled.iter().filter(|(own, _)| !own.is_fast()).collect();
    assert!(slow.is_empty(), "{slow:?}");
    assert!(
        compiled.is_empty() || compiled.len() > 30,
        "{} found",
        compiled.len()
    );
}

#[test]
fn whole_messages_are_read_as_by_libc() {
    for (own, libc) in compiled() {
        for message in MESSAGES {
            for start in 0..=message.len() {
                compare(&own, &libc, message.as_bytes(), start);
            }
        }
    }
}

/// One change to a message.
#[derive(Debug, Clone)]
enum Mutilation {
    Overwrite(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
    Insert(usize, &'static str),
}

fn mutilation() -> impl Strategy<Value = Mutilation> {
    let byte = prop_oneof![
        prop::sample::select(&b" \t\r\n@:;<>\"=.-\0"[..]),
        any::<u8>(),
    ];
    let text = prop::sample::select(vec![
        ";tag=",
        ";branch=",
        "SIP/2.0",
        "sip:",
        "@",
        "\r\n",
        " ",
        "To: ",
        "Via: SIP/2.0/UDP ",
        "<",
    ]);
    prop_oneof![
        (any::<usize>(), byte).prop_map(|(at, byte)| Mutilation::Overwrite(at, byte)),
        (any::<usize>(), 1..30_usize).prop_map(|(at, length)| Mutilation::Remove(at, length)),
        (any::<usize>(), 1..30_usize).prop_map(|(at, length)| Mutilation::Repeat(at, length)),
        (any::<usize>(), text).prop_map(|(at, text)| Mutilation::Insert(at, text)),
    ]
}

fn mutilate(message: &mut Vec<u8>, change: &Mutilation) {
    let place = |at: usize| at % (message.len() + 1);
    match *change {
        Mutilation::Overwrite(at, byte) => {
            let at = place(at);
            if let Some(target) = message.get_mut(at) {
                *target = byte;
            }
        }
        Mutilation::Remove(at, length) => {
            let at = place(at);
            message.drain(at..message.len().min(at + length));
        }
        Mutilation::Repeat(at, length) => {
            let at = place(at);
            let part = message[at..message.len().min(at + length)].to_vec();
            message.splice(at..at, part);
        }
        Mutilation::Insert(at, text) => {
            let at = place(at);
            message.splice(at..at, text.bytes());
        }
    }
}

#[test]
fn mutilated_messages_are_read_as_by_libc() {
    let compiled = compiled();
    let config = ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let strategy = (
        prop::sample::select(MESSAGES),
        prop::collection::vec(mutilation(), 1..8),
        0..40_usize,
    );
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&strategy, |(message, changes, start)| {
        let mut message = message.as_bytes().to_vec();
        for change in &changes {
            mutilate(&mut message, change);
        }
        for (own, libc) in &compiled {
            compare(own, libc, &message, 0);
            compare(own, libc, &message, start.min(message.len()));
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
