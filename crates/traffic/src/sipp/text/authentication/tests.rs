//! Answers to challenges, those of SIPp 3.6.1 where it knows the algorithm.

use super::super::bench::Bench;
use super::*;
use crate::sipp::received::Reader;

fn given(password: &str, aka: [&str; 3]) -> Given {
    let [k, op, amf] = aka.map(|text| (!text.is_empty()).then(|| text.as_bytes().to_vec()));
    Given {
        username: b"bob".to_vec(),
        password: password.as_bytes().to_vec(),
        aka_k: k,
        aka_op: op,
        aka_amf: amf,
    }
}

fn answer(challenge: &str, count: u32, given: &Given, uri: &str) -> Result<String, String> {
    let mut out = Vec::new();
    let covered = Covered {
        method: b"REGISTER",
        uri: uri.as_bytes(),
        body: b"hello\r\n",
    };
    answer_to(
        challenge.as_bytes(),
        count,
        given,
        &covered,
        CnonceText::new(0x6b8b_4567),
        &mut out,
    )?;
    Ok(String::from_utf8(out).expect("text"))
}

#[test]
fn passwords_answer_as_in_sipp() {
    let cases = [
        (
            r#"Digest realm="r a", nonce="n1", algorithm=MD5, qop="auth,auth-int", opaque="op""#,
            "sip:127.0.0.1:27403",
            r#"Digest username="bob",realm="r a",cnonce="6b8b4567",nc=00000001,qop=auth-int,uri="sip:127.0.0.1:27403",nonce="n1",response="df98bb47ca1d17c90bb16f2a664ec993",algorithm=MD5,opaque="op""#,
        ),
        (
            r#"Digest realm="r", nonce="n1""#,
            "sip:127.0.0.1:27406",
            r#"Digest username="bob",realm="r",uri="sip:127.0.0.1:27406",nonce="n1",response="eb6043475e9481d660c4877b57da603f",algorithm=MD5"#,
        ),
        (
            r#"Digest realm="r", nonce="n1", qop="auth", algorithm=md5"#,
            "sip:127.0.0.1:27409",
            r#"Digest username="bob",realm="r",cnonce="6b8b4567",nc=00000001,qop=auth,uri="sip:127.0.0.1:27409",nonce="n1",response="a5b76645ab0dd3e4437d0e9556689034",algorithm=md5"#,
        ),
        (
            r#"Digest realm=r, nonce=n1, qop=auth, opaque="""#,
            "sip:127.0.0.1:27412",
            r#"Digest username="bob",realm="r",cnonce="6b8b4567",nc=00000001,qop=auth,uri="sip:127.0.0.1:27412",nonce="n1",response="9df8aff28b86e58fa757a495d36841d2",algorithm=MD5"#,
        ),
    ];
    for (challenge, uri, expected) in cases {
        let found = answer(challenge, 1, &given("secret", [""; 3]), uri);
        assert_eq!(found.as_deref(), Ok(expected), "{challenge}");
    }
}

#[test]
fn other_hashes_and_sessions_are_answered_by_their_rfcs() {
    // Computed with Python's hashlib by RFC 7616 3.4.
    for (algorithm, response) in [
        (
            "SHA-256",
            "50d3b78b3a1597376b49abd3e16a5805fe9e567bc7191dd9ccbcd4465c6e85bc",
        ),
        (
            "SHA-512-256",
            "19f09155b654a01571902ed27bb1101e59b8abf3387d5dafdb63aba57a53c879",
        ),
        ("MD5-sess", "9eea5198bb19f1df5f3cafd9b41db0b5"),
    ] {
        let challenge =
            format!(r#"Digest realm="r", nonce="n1", qop="auth", algorithm={algorithm}"#);
        let found = answer(&challenge, 0x1f, &given("secret", [""; 3]), "sip:h");
        let expected = format!(
            r#"Digest username="bob",realm="r",cnonce="6b8b4567",nc=0000001f,qop=auth,uri="sip:h",nonce="n1",response="{response}",algorithm={algorithm}"#
        );
        assert_eq!(found, Ok(expected));
    }
}

#[test]
fn keys_of_aka_answer_as_in_sipp() {
    // 3GPP TS 35.208, test set 3.
    let challenge = r#"Digest realm="r", nonce="n3yNAhrM9NshPM/wx/caaq5KOptMl3JcnKvD6ZuvcoE=", algorithm=AKAv1-MD5, qop="auth""#;
    let (k, op) = (
        "0xfec86ba6eb707ed08905757b1bb44b8f",
        "0xdbc59adcb6f9a0ef735477b7fadf8374",
    );
    let uri = "sip:127.0.0.1:27570";
    let found = answer(challenge, 1, &given("", [k, op, "0x725c"]), uri).expect("an answer");
    assert!(
        found.contains(r#"response="046faaf6a38a53c50f87504a31278dba",algorithm=AKAv1-MD5"#),
        "{found}"
    );
    for (given, expected) in [
        (given("", [k, op, "0x725d"]), "another AMF"),
        (given("F", ["", op, ""]), "MAC"),
    ] {
        let error = answer(challenge, 1, &given, uri).expect_err("a fault");
        assert!(error.contains(expected), "{error}");
    }
    let second = challenge.replace("AKAv1", "AKAv2");
    assert!(answer(&second, 1, &given("", [k, op, ""]), uri).is_ok());
}

#[test]
fn challenges_without_sense_are_refused() {
    for (challenge, expected) in [
        (r#"Digest nonce="n""#, "no realm"),
        (r#"Digest realm="r""#, "no nonce"),
        (
            r#"Digest realm="r", nonce="n", algorithm=X"#,
            "unknown algorithm \"X\"",
        ),
        (
            r#"Digest realm="r", nonce="n", algorithm=AKAv1-MD5"#,
            "nonce",
        ),
    ] {
        let error = answer(challenge, 1, &given("p", [""; 3]), "sip:h").expect_err(challenge);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn keys_are_digits_or_octets() {
    assert_eq!(octets::<4>(b"0x0aFF"), [0x0a, 0xff, 0, 0]);
    assert_eq!(octets::<2>(b"abc"), *b"ab");
    assert_eq!(octets::<4>(b"0xg"), *b"0xg\0");
    assert_eq!(octets::<2>(b""), [0, 0]);
}

fn challenged(code: u16, header: &str, bench: &mut Bench) {
    let message =
        format!("SIP/2.0 {code} x\r\n{header}: Digest realm=\"r\", nonce=\"n1\", qop=auth\r\n\r\n");
    let mut reader = Reader::default();
    let received = reader.read(message.as_bytes()).expect("a message");
    assert!(bench.state.keep_challenge(&received));
}

#[test]
fn the_line_stands_where_the_keyword_stood_and_counts() {
    let mut bench = Bench::new("");
    let text =
        "REGISTER x SIP/2.0\n[authentication username=bob password=secret]\nL: [len]\n\nbody";
    challenged(407, "WWW-Authenticate", &mut bench);
    for count in 1..3 {
        let found = bench.text(text).expect("credentials");
        let head = "REGISTER x SIP/2.0\r\nProxy-Authorization: Digest username=\"bob\",realm=\"r\",cnonce=\"";
        assert!(found.starts_with(head), "{found}");
        assert!(found.contains(&format!(
            "nc=0000000{count},qop=auth,uri=\"sip:10.0.0.2:5070\""
        )));
        assert!(
            found.ends_with("algorithm=MD5\r\nL:     4\r\n\r\nbody"),
            "{found}"
        );
    }
    challenged(401, "Proxy-Authenticate", &mut bench);
    let found = bench
        .text("X y z\n[authentication]\n\n")
        .expect("credentials");
    assert!(
        found.contains("\r\nAuthorization: Digest username=\"service\""),
        "{found}"
    );
    assert!(found.contains("nc=00000001"), "{found}");
}

#[test]
fn auth_int_covers_the_body_and_nothing_else() {
    let verify =
        r#"<verifyauth assign_to="a" username="bob" password="secret"/><log message="[$a]"/>"#;
    let mut bench = Bench::new(verify);
    let challenge = b"SIP/2.0 401 x\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth,auth-int\"\r\n\r\n";
    let mut reader = Reader::default();
    let received = reader.read(challenge).expect("a message");
    assert!(bench.state.keep_challenge(&received));
    let text =
        "MESSAGE x SIP/2.0\n[authentication username=bob password=secret]\nL: [len]\n\none\ntwo\n";
    let message = bench.text(text).expect("credentials").replace("\r\n", "\n");
    assert!(message.contains("qop=auth-int"), "{message}");
    bench.act(Some(&message));
    bench.act(Some(&message.replace("two", "six")));
    assert_eq!(bench.world.log, ["true", "false"]);
}

#[test]
fn an_ack_has_the_credentials_of_its_invite() {
    let mut bench = Bench::new("");
    let message = b"SIP/2.0 407 x\r\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n1\"\r\n\r\n";
    let mut reader = Reader::default();
    let received = reader.read(message).expect("a message");
    assert!(bench.state.keep_challenge(&received));
    let mut response = |method: &str| {
        let text = bench.text(&format!("{method} x SIP/2.0\n[authentication]\n\n"));
        let text = text.expect("credentials");
        text[method.len()..].to_owned()
    };
    assert_eq!(response("ACK"), response("INVITE"));
    assert_ne!(response("ACK"), response("BYE"));
}

#[test]
fn a_field_may_hold_the_keyword() {
    let line = "bob;[authentication username=bob password=secret];x";
    let file = format!("SEQUENTIAL\n{line}\n");
    let mut bench = Bench::with_files("", &[("a.csv", &file)]);
    bench.state.choose_line(0, 0);
    challenged(407, "Proxy-Authenticate", &mut bench);
    let found = bench
        .text("A b c\n[field1]\nX: [field0][field2]\n\n")
        .expect("credentials");
    assert!(
        found.starts_with("A b c\r\nProxy-Authorization: Digest username=\"bob\""),
        "{found}"
    );
    assert!(
        found.ends_with("algorithm=MD5\r\nX: bobx\r\n\r\n"),
        "{found}"
    );
    let twice = bench.text("A b c\n[field1]\n[authentication]\n\n");
    assert_eq!(twice, Err(RenderError::AuthenticationPlace));
}
