//! What a load generator asks of each message: fields of an INVITE header of some 400 bytes, by
//! patterns of the shapes that Seagull dictionaries have; the own matcher beside libc.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use gannet_ere::{Captures, Options, Regex};

const INVITE: &str = "INVITE sip:bob@192.0.2.20:5060 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bK776asdhds-1\r\n\
    From: caller <sip:caller@192.0.2.10:5061>;tag=1928301774\r\n\
    To: bob <sip:bob@192.0.2.20:5060>\r\n\
    Call-ID: a84b4c76e66710-1@192.0.2.10\r\n\
    CSeq: 1 INVITE\r\n\
    Contact: <sip:caller@192.0.2.10:5061>\r\n\
    Max-Forwards: 70\r\n\
    Subject: Performance Test\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length:   135\r\n";

const RINGING: &str = "SIP/2.0 180 Ringing\r\n\
    Via: SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bK776asdhds-1\r\n\
    From: caller <sip:caller@192.0.2.10:5061>;tag=1928301774\r\n\
    To: bob <sip:bob@192.0.2.20:5060>;tag=314159\r\n\
    Call-ID: a84b4c76e66710-1@192.0.2.10\r\n\
    CSeq: 1 INVITE\r\n\
    Contact: <sip:bob@192.0.2.20:5060;transport=UDP>\r\n\
    Subject: Performance Test\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length:   135\r\n";

/// Name, pattern, haystack, whether it matches.
const CASES: &[(&str, &str, &str, bool)] = &[
    ("via", "[Vv][Ii][Aa][ \t]*:[ \t](.*)$", INVITE, true),
    ("from", "[Ff][Rr][Oo][Mm][ \t]*:[ \t](.*)$", INVITE, true),
    ("to", "[Tt][Oo][ \t]*:[ \t](.*)$", INVITE, true),
    (
        "call-id",
        "[Cc][Aa][Ll][Ll]-[Ii][Dd][ \t]*:[ \t]*([!-}]*).*$",
        INVITE,
        true,
    ),
    (
        "call-id-addr",
        "[Cc][Aa][Ll][Ll]-[Ii][Dd][ ]*:[ ]*([!-}]*)@([!-}]*).*$",
        INVITE,
        true,
    ),
    ("cseq", "[Cc][Ss][Ee][Qq][ \t]*:[ \t](.*)$", INVITE, true),
    (
        "content-length",
        "[Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh][ \t]*:[ \t]*([!-}]*).*$",
        INVITE,
        true,
    ),
    (
        "via-branch",
        "[Vv][Ii][Aa][ ]*:[ ]SIP/2.0/(UDP|TCP) ([A-Za-z0-9.:_-]*)(;branch=(.*))*",
        INVITE,
        true,
    ),
    ("from-tag", NAME_AND_TAG_OF_FROM, INVITE, true),
    ("to-tag, none there", NAME_AND_TAG_OF_TO, INVITE, true),
    (
        "absent field",
        "[Ee][Vv][Ee][Nn][Tt][ \t]*:[ \t](.*)$",
        INVITE,
        false,
    ),
    ("type of a request", REQUEST_TYPE, INVITE, true),
    (
        "type of a request, on a response",
        REQUEST_TYPE,
        RINGING,
        false,
    ),
    ("type of a response", RESPONSE_TYPE, RINGING, true),
    (
        "type of a response, on a request",
        RESPONSE_TYPE,
        INVITE,
        false,
    ),
];

const REQUEST_TYPE: &str =
    r"[[:space:]]*([^ ]+)[[:space:]]+[^ ]+[[:space:]]+SIP\/2\.0[[:space:]]*$";
const RESPONSE_TYPE: &str = r"SIP\/2\.0[[:space:]]+([0-9]+)[[:space:]]+";
const NAME_AND_TAG_OF_FROM: &str = concat!(
    "[Ff][Rr][Oo][Mm][ ]*:[ ]*([A-Za-z0-9._ \"-]*)[ <]*sip:([!-}]*)@([A-Za-z0-9.:_-]*)>*",
    "(;tag=(.*))*"
);
const NAME_AND_TAG_OF_TO: &str =
    "[Tt][Oo][ ]*:[ ]*([A-Za-z0-9._ \"-]*)[ <]*sip:([!-}]*)@([A-Za-z0-9.:_-]*)>*(;tag=(.*))*";

fn fields(criterion: &mut Criterion) {
    let options = Options {
        newline: true,
        ..Options::default()
    };
    let mut group = criterion.benchmark_group("fields");
    for &(name, pattern, haystack, matches) in CASES {
        let own = Regex::new(pattern.as_bytes(), options).expect("a pattern");
        assert!(own.is_fast(), "{name}");
        let mut matchers = vec![("own", own)];
        matchers.extend(Regex::reference(pattern.as_bytes(), options).map(|libc| ("libc", libc)));
        for (matcher, regex) in matchers {
            let mut captures = Captures::default();
            let id = BenchmarkId::new(matcher, name);
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let haystack = black_box(haystack.as_bytes());
                    assert_eq!(regex.find_at(haystack, 0, &mut captures), matches);
                    black_box(&captures);
                });
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(800))
        .sample_size(30);
    targets = fields
}
criterion_main!(benches);
