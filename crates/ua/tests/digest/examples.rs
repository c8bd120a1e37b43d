//! The published examples, and arbitrary text.

use gannet_ua::digest::{
    AuthenticationInfo, Authorization, Challenge, ClientAuth, Credentials, RequestFacts,
};

use crate::bench::answer;

struct Example<'a> {
    source: &'static str,
    challenge: &'a str,
    user: (&'static str, &'static str),
    request: RequestFacts<'static>,
    cnonce: &'static str,
    response: &'static str,
}

const GET: RequestFacts<'_> = RequestFacts {
    method: "GET",
    uri: "/dir/index.html",
    body: b"",
};

const RFC_2617: Example<'_> = Example {
    source: "RFC 2617 3.5",
    challenge: r#"Digest realm="testrealm@host.com", qop="auth,auth-int",
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
        opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
    user: ("Mufasa", "Circle Of Life"),
    request: GET,
    cnonce: "0a4f113b",
    response: "6629fae49393a05397450978507c4ef1",
};

const RFC_7616_MD5: Example<'_> = Example {
    source: "RFC 7616 3.9.1, MD5",
    challenge: r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5,
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
    user: ("Mufasa", "Circle of Life"),
    request: GET,
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    response: "8ca523f5e9506fed4657c9700eebdbec",
};

const RFC_7616_SHA_256: Example<'_> = Example {
    source: "RFC 7616 3.9.1, SHA-256",
    challenge: r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256,
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#,
    response: "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    ..RFC_7616_MD5
};

/// The INVITE of draft-smith-sipping-auth-examples-01, with an offer as its body.
const DRAFT_SMITH: RequestFacts<'_> = RequestFacts {
    method: "INVITE",
    uri: "sip:bob@biloxi.com",
    body: b"v=0\r\n\
        o=bob 2890844526 2890844526 IN IP4 media.biloxi.com\r\n\
        s=-\r\n\
        c=IN IP4 media.biloxi.com\r\n\
        t=0 0\r\n\
        m=audio 49170 RTP/AVP 0\r\n\
        a=rtpmap:0 PCMU/8000\r\n\
        m=video 51372 RTP/AVP 31\r\n\
        a=rtpmap:31 H261/90000\r\n\
        m=video 53000 RTP/AVP 32\r\n\
        a=rtpmap:32 MPV/90000\r\n",
};

/// Section of the draft, what follows realm and nonce in the challenge, response.
const DRAFT_SMITH_CASES: [(&str, &str, &str); 6] = [
    ("3.1", "", "bf57e4e0d0bffc0fbaedce64d59add5e"),
    ("3.2", "qop=auth", "89eb0059246c02b2f6ee02c7961d5ea3"),
    (
        "3.3",
        "qop=auth, algorithm=MD5",
        "89eb0059246c02b2f6ee02c7961d5ea3",
    ),
    (
        "3.4",
        "qop=auth, algorithm=MD5-sess",
        "e4e4ea61d186d07a92c9e1f6919902e9",
    ),
    (
        "3.5",
        "qop=auth-int, algorithm=MD5",
        "bdbeebb2da6adb6bca02599c2239e192",
    ),
    (
        "3.6",
        "qop=auth-int, algorithm=MD5-sess",
        "91984da2d8663716e91554859c22ca70",
    ),
];

fn check(example: &Example<'_>) {
    let mut client = ClientAuth::default();
    let (username, password) = example.user;
    client.add_credentials(None, Credentials::password(username, password));
    client.knobs_mut().cnonce = Some(example.cnonce.to_owned());
    let credentials = answer(&mut client, &[example.challenge], &example.request);
    assert_eq!(credentials.response, example.response, "{}", example.source);
}

#[test]
fn responses_are_those_of_the_rfcs() {
    for example in [RFC_2617, RFC_7616_MD5, RFC_7616_SHA_256] {
        check(&example);
    }
}

#[test]
fn responses_are_those_of_the_sip_examples_draft() {
    for (source, more, response) in DRAFT_SMITH_CASES {
        let challenge = format!(
            r#"Digest realm="biloxi.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", {more}"#
        );
        check(&Example {
            source,
            challenge: &challenge,
            user: ("bob", "zanzibar"),
            request: DRAFT_SMITH,
            cnonce: "0a4f113b",
            response,
        });
    }
}

#[test]
fn user_hash_example_of_rfc_7616_with_its_erratum_4897() {
    // The RFC prints the first half of SHA-512 digests; the erratum has those of SHA-512/256.
    let challenge = r#"Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256,
        nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
        opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true"#;
    let mut client = ClientAuth::default();
    client.add_credentials(
        Some("api@example.org"),
        Credentials::password("J\u{e4}s\u{f8}n Doe", "Secret, or not?"),
    );
    client.knobs_mut().cnonce = Some("NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v".to_owned());
    let request = RequestFacts {
        method: "GET",
        uri: "/doe.json",
        body: b"",
    };
    let credentials = answer(&mut client, &[challenge], &request);
    assert!(credentials.userhash);
    assert_eq!(
        credentials.username,
        "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
    );
    assert_eq!(
        credentials.response,
        "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
    );
}

#[test]
fn no_text_makes_the_parsers_panic() {
    let seed = 0x6761_6e6e_6574;
    let rng = &mut fastrand::Rng::with_seed(seed);
    let sample = r#"Digest username*=UTF-8''%41, realm="r\"", nonce="n", qop="auth,x", nc=00000001, cnonce=c"#;
    for round in 0..50_000 {
        let mut octets = if round % 2 == 0 {
            sample.as_bytes().to_vec()
        } else {
            (0..rng.usize(..60))
                .map(|_| *rng.choice(b"Digest =\",\\'%-\xff\xc3\xa41").unwrap())
                .collect()
        };
        for _ in 0..rng.usize(..4) {
            if let Some(at) = (0..octets.len()).nth(rng.usize(..sample.len())) {
                octets[at] = rng.u8(..);
                octets.truncate(rng.usize(at..=octets.len()));
            }
        }
        let text = String::from_utf8_lossy(&octets);
        for challenge in Challenge::parse_all(&text).into_iter().flatten() {
            let again = Challenge::parse(&challenge.to_string());
            assert!(again.is_ok(), "seed {seed} round {round}: {text:?}");
        }
        let _ = Authorization::parse(&text).map(|credentials| credentials.nonce_count());
        let _ = AuthenticationInfo::parse(&text);
    }
}
