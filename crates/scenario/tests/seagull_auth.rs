//! Seagull's authentication methods: the answers of its own library, of the RFCs, and what happens
//! to text that is wrong.

use gannet_scenario::seagull::auth::{AkaPassword, AuthMethodError, AuthSettings, authorization};
use proptest::prelude::*;

/// Seagull's first `rand()`, which it does not seed.
const CNONCE: u32 = 0x6b8b_4567;

/// 3GPP TS 35.208, test set 1.
const K: [u8; 16] = 0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc_u128.to_be_bytes();
const OP: [u8; 16] = 0xcdc2_02d5_123e_20f6_2b6d_676a_c72c_b318_u128.to_be_bytes();
const OPC: [u8; 16] = 0xcd63_cb71_954a_9f4e_48a5_994e_37a0_2baf_u128.to_be_bytes();
const AMF: [u8; 2] = [0xb9, 0xb9];
/// RAND and AUTN of the same set.
const NONCE: &str = "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=";
/// The nonce that Seagull's manual explains its parameters with.
const MANUAL_NONCE: &str = "b8Q2u9ZxyE3VKg6ZD3P07Wo6myth4AAArn7NvQlWWR4=";

const RFC: AuthSettings = AuthSettings {
    aka_password: AkaPassword::RawRes,
    check_mac: true,
    md5_sess: true,
};

fn answer(text: &[u8], body: &[u8], settings: AuthSettings) -> Result<String, AuthMethodError> {
    let mut out = b"> ".to_vec();
    let mut asked = 0;
    let mut cnonce = || {
        asked += 1;
        CNONCE
    };
    let result = authorization(text, body, &settings, &mut cnonce, &mut out);
    assert!(asked <= 1, "one client nonce for one answer");
    let text = String::from_utf8(out).expect("text was given");
    result.map(|()| text.strip_prefix("> ").expect("appended").to_owned())
}

fn seagull(text: &[u8]) -> Result<String, AuthMethodError> {
    answer(text, b"", AuthSettings::default())
}

/// The format of the manual with a password, and a challenge that ends as given.
fn digest_text(challenge_tail: &str) -> Vec<u8> {
    format!(
        "username=joe;password=secret;auth=Digest realm=\"cosims.net\", nonce=\"abc123\"\
         {challenge_tail};method=REGISTER;uri=sip:127.0.0.1:5061"
    )
    .into_bytes()
}

/// The format of the manual with keys.
fn aka_text(op: &[u8], k: &[u8], amf: &[u8], challenge: &str) -> Vec<u8> {
    [
        &b"username=joe;aka_op="[..],
        op,
        b";aka_k=",
        k,
        b";aka_amf=",
        amf,
        b";auth=",
        challenge.as_bytes(),
        b";method=INVITE;uri=sip:127.0.0.1:5061",
    ]
    .concat()
}

fn aka_challenge(nonce: &str, algorithm: &str) -> String {
    format!("Digest realm=\"cosims.net\", nonce=\"{nonce}\", algorithm={algorithm}")
}

fn response_of(credentials: &str) -> &str {
    let (_, rest) = credentials.split_once(",response=\"").expect("a response");
    rest.split_once('"').expect("a closed quote").0
}

#[test]
fn md5_is_answered_as_by_seagull() {
    assert_eq!(
        seagull(&digest_text("")).as_deref(),
        Ok(
            "Digest username=\"joe\",realm=\"cosims.net\",uri=\"sip:127.0.0.1:5061\",\
            nonce=\"abc123\",response=\"86aa143db857e63f634cca133a6299c2\",algorithm=MD5"
        )
    );
    assert_eq!(
        seagull(&digest_text(", qop=\"auth,auth-int\", opaque=\"xyz\"")).as_deref(),
        Ok(
            "Digest username=\"joe\",realm=\"cosims.net\",cnonce=\"6b8b4567\",nc=00000001,\
            qop=auth,uri=\"sip:127.0.0.1:5061\",nonce=\"abc123\",\
            response=\"e11305669fa948da8380b85b903517c6\",algorithm=MD5,opaque=\"xyz\""
        )
    );
}

#[test]
fn aka_is_answered_as_by_seagull() {
    let text = aka_text(&OP, &K, &AMF, &aka_challenge(NONCE, "AKAv1-MD5"));
    assert_eq!(
        seagull(&text),
        Ok(format!(
            "Digest username=\"joe\",realm=\"cosims.net\",uri=\"sip:127.0.0.1:5061\",\
            nonce=\"{NONCE}\",response=\"324e93970dd477ade199841a164f03f8\",algorithm=AKAv1-MD5"
        ))
    );
    let text = aka_text(&OP, &K, &AMF, &aka_challenge(MANUAL_NONCE, "AKAv1-MD5"));
    let credentials = seagull(&text).expect("a MAC that does not match is nothing to Seagull");
    assert_eq!(
        response_of(&credentials),
        "ab07d25d48adeb6b80f75817e265a046"
    );
}

#[test]
fn aka_is_answered_as_by_rfc_3310_and_rfc_4169() {
    for (algorithm, response) in [
        ("AKAv1-MD5", "ed70cb3108a33ab62404cf1e44e6c8d2"),
        // Computed with OpenSSL's AES and Python's hashlib.
        ("akav2-md5", "cfc6b2fecab310294b31cb5bdadc9980"),
    ] {
        let text = aka_text(&OP, &K, &AMF, &aka_challenge(NONCE, algorithm));
        let credentials = answer(&text, b"", RFC).expect("a good challenge");
        assert_eq!(response_of(&credentials), response, "{algorithm}");
    }
}

#[test]
fn keys_may_be_binary_or_text_and_opc_stands_for_op() {
    let challenge = aka_challenge(NONCE, "AKAv1-MD5");
    let expected = "324e93970dd477ade199841a164f03f8";
    let as_text = aka_text(
        b"0xCDC202D5123E20F62B6D676AC72CB318",
        b"0x465B5CE8B199B49FAA5F0A2EE238A6BC",
        b"0xB9B9",
        &challenge,
    );
    assert_eq!(response_of(&seagull(&as_text).expect("hex")), expected);
    let binary = aka_text(&OPC, &K, &AMF, &challenge);
    let after_name = binary.iter().position(|octet| *octet == b'p').expect("op") + 1;
    let with_opc = [&binary[..after_name], b"c", &binary[after_name..]].concat();
    assert_eq!(response_of(&seagull(&with_opc).expect("OPc")), expected);
}

#[test]
fn nul_and_semicolon_in_keys_do_no_harm() {
    let text = aka_text(
        b"\0;;aka_k=;method",
        b";uri=x;\0auth=\0;;",
        b";\0",
        &aka_challenge(NONCE, "AKAv1-MD5"),
    );
    // Computed with OpenSSL's AES and Python's hashlib.
    assert_eq!(
        response_of(&seagull(&text).expect("binary keys")),
        "52db9da587ca534822bb1a9116d7e211"
    );
}

#[test]
fn the_row_of_the_manual_works_in_the_manuals_order() {
    let challenge = aka_challenge("b8d2v9ZxfE3VHg6ZD3P87Wo1mfth4BBArn7VFQlWWR4=", "AKAv1-MD5");
    let binary = aka_text(
        &0xcdc2_458f_eb3e_20f6_2b6d_676a_c72c_b318_u128.to_be_bytes(),
        &0x465b_5ce8_b199_b4ba_48d2_b72e_e238_a6bc_u128.to_be_bytes(),
        &[0xb9, 0xa3],
        &challenge,
    );
    let literal = aka_text(
        b"0xCDC2458FEB3E20F62B6D676AC72CB318",
        b"0x465B5CE8B199B4BA48D2B72EE238A6BC",
        b"0xB9A3",
        &challenge,
    );
    // Computed with OpenSSL's AES and Python's hashlib.
    for text in [&binary, &literal] {
        let credentials = seagull(text).expect("the manual's row");
        assert_eq!(
            response_of(&credentials),
            "62f73a9b43da665e3f390b8225181401"
        );
    }
}

#[test]
fn the_algorithm_of_the_challenge_is_followed() {
    let default = AuthSettings::default();
    let plain = "86aa143db857e63f634cca133a6299c2";
    // SHA and session forms were computed with Python's hashlib.
    let sha256 = "db095011ac054b044d868483bd3392290bb4a4760908ae84045037f2c9814b30";
    let sha512_256 = "46d703c85952904e49b977606a66ef005b46928163ff3294e914c60f0ba7b688";
    let cases = [
        (", algorithm=MD5", default, plain, "MD5"),
        (", Algorithm=\"md5\"", default, plain, "MD5"),
        (", algorithm=MD5-sess", default, plain, "MD5"),
        (", algorithm=MD5whatever", default, plain, "MD5"),
        (", algorithm=SHA-256", default, sha256, "SHA-256"),
        (
            ", algorithm=sha-512-256",
            default,
            sha512_256,
            "SHA-512-256",
        ),
        (
            ", algorithm=MD5-sess, qop=\"auth\"",
            default,
            "e11305669fa948da8380b85b903517c6",
            "MD5",
        ),
        (
            ", algorithm=MD5-sess, qop=\"auth\"",
            RFC,
            "1fd57f744f750e73a67ba4783fe272ba",
            "MD5-sess",
        ),
    ];
    for (tail, settings, response, name) in cases {
        let credentials = answer(&digest_text(tail), b"", settings).expect(tail);
        assert_eq!(response_of(&credentials), response, "{tail}");
        let end = format!(",algorithm={name}");
        assert!(credentials.ends_with(&end), "{tail}: {credentials}");
    }
}

#[test]
fn a_session_algorithm_without_qop_sends_its_client_nonce() {
    let text = digest_text(", algorithm=SHA-256-sess");
    let credentials = seagull(&text).expect("known");
    assert!(
        credentials.contains(",cnonce=\"6b8b4567\",uri="),
        "{credentials}"
    );
}

#[test]
fn auth_int_covers_the_body_that_is_given() {
    let text = digest_text(", qop=\"auth-int,auth\"");
    let credentials = answer(&text, b"v=0\r\n", AuthSettings::default()).expect("known");
    // Computed with Python's hashlib.
    assert_eq!(
        response_of(&credentials),
        "1f5289d502381b7ce4d103a32f768238"
    );
    assert!(credentials.contains(",qop=auth-int,"), "{credentials}");
    assert_ne!(Ok(credentials), seagull(&text));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let aka = aka_challenge(NONCE, "AKAv1-MD5");
    let without = |name: &str| {
        let text = String::from_utf8(digest_text("")).expect("text");
        text.replace(&format!("{name}="), &format!("x{name}="))
            .into_bytes()
    };
    let missing = |name| format!("authentication method without \"{name}=\"");
    let cases = [
        (without("username"), missing("username")),
        (without("password"), missing("password")),
        (without("auth"), missing("auth")),
        (without("method"), missing("method")),
        (without("uri"), missing("uri")),
        (aka_text(b"", &K, &AMF, &aka), missing("aka_op")),
        (aka_text(&OP, b"", &AMF, &aka), missing("aka_k")),
        (aka_text(&OP, &K, b"", &aka), missing("aka_amf")),
        (
            aka_text(&OP[..15], &K, &AMF, &aka),
            "aka_op takes 16 octets, or 0x and 32 digits; its value has 15 octets".to_owned(),
        ),
        (
            aka_text(&OP, &K, b"0xB9B", &aka),
            "aka_amf takes 2 octets, or 0x and 4 digits; its value has 5 octets".to_owned(),
        ),
        (
            without("realm"),
            "challenge in \"auth=\" without realm".to_owned(),
        ),
        (
            without("nonce"),
            "challenge in \"auth=\" without nonce".to_owned(),
        ),
        (
            digest_text(", algorithm=SHA-1"),
            "challenge in \"auth=\" with unknown algorithm SHA-1".to_owned(),
        ),
    ];
    for (text, expected) in cases {
        let error = seagull(&text).expect_err(&expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_nonce_that_holds_no_challenge_is_refused() {
    for (nonce, reason) in [
        ("abc!", "nonce is not base64"),
        ("AAAA", "nonce holds 3 octets, RAND and AUTN take 32"),
    ] {
        let text = aka_text(&OP, &K, &AMF, &aka_challenge(nonce, "AKAv1-MD5"));
        let error = seagull(&text).expect_err(nonce);
        let source = std::error::Error::source(&error).expect("the nonce's fault");
        assert_eq!(source.to_string(), reason);
    }
}

#[test]
fn a_wrong_mac_or_amf_is_reported_if_asked_for() {
    let forged = aka_text(&OP, &K, &AMF, &aka_challenge(MANUAL_NONCE, "AKAv1-MD5"));
    assert_eq!(answer(&forged, b"", RFC), Err(AuthMethodError::WrongMac));
    let other_amf = aka_text(&OP, &K, b"\x80\x00", &aka_challenge(NONCE, "AKAv1-MD5"));
    let error = AuthMethodError::WrongAmf {
        expected: 0x8000,
        received: 0xb9b9,
    };
    assert_eq!(answer(&other_amf, b"", RFC), Err(error));
    assert!(seagull(&other_amf).is_ok());
}

#[test]
fn nothing_is_written_before_an_error() {
    let mut out = b"as before".to_vec();
    let text = digest_text(", algorithm=SHA-1");
    let settings = AuthSettings::default();
    assert!(authorization(&text, b"", &settings, &mut || 0, &mut out).is_err());
    assert_eq!(out, b"as before");
}

proptest! {
    #[test]
    fn no_octets_make_it_panic(
        text in prop::collection::vec(any::<u8>(), 0..300),
        body in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let _ = authorization(&text, &body, &RFC, &mut || 1, &mut Vec::new());
    }

    #[test]
    fn no_mixture_of_parts_makes_it_panic(
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "username=", "password=", "auth=", "method=", "uri=", "aka_k=", "aka_op=",
                    "aka_opc=", "aka_amf=", ";", "\"", "\\", ",", " ", "0x", "realm=", "nonce=",
                    "qop=", "opaque=", "algorithm=", "AKAv1-MD5", "MD5-sess", "SHA-256-sess",
                    "AKAv2-MD5", NONCE, "0123456789abcdef", "auth-int",
                ]).prop_map(|part| part.as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 0..18),
            ],
            0..40,
        ),
    ) {
        for settings in [RFC, AuthSettings::default()] {
            let _ = authorization(&parts.concat(), b"", &settings, &mut || 1, &mut Vec::new());
        }
    }

    #[test]
    fn any_keys_are_read_whole(op in any::<[u8; 16]>(), k in any::<[u8; 16]>(), amf in any::<[u8; 2]>()) {
        let challenge = aka_challenge(NONCE, "AKAv1-MD5");
        let literal = aka_text(
            format!("0x{:032x}", u128::from_be_bytes(op)).as_bytes(),
            format!("0x{:032X}", u128::from_be_bytes(k)).as_bytes(),
            format!("0X{:04x}", u16::from_be_bytes(amf)).as_bytes(),
            &challenge,
        );
        prop_assert_eq!(seagull(&aka_text(&op, &k, &amf, &challenge)), seagull(&literal));
    }
}
