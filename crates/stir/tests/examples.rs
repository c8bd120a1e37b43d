//! The examples of the RFCs.

use gannet_stir::{Attestation, Party, Passport, SigningKey, Token, VerifyingKey};
use serde_json::json;

/// RFC 8225 7.1; its `iat` is in quotes, which erratum 5985 reports.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9j\
    ZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9.\
    eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI\
    6IjE0NDMyMDgzNDUiLCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0.\
    rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojN\
    CpTzO3QfPOlckGaS6hEck7w";

/// RFC 8225 appendix A.
const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH
78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==
-----END PUBLIC KEY-----
";

const PRIVATE_KEY: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFeZ1R208QCvcu5GuYyMfG4W7sH4m99/7eHSDLpdYllFoAoGCCqGSM49
AwEHoUQDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH78YTU8qLS8I5HLHSSmlATLcs
lQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==
-----END EC PRIVATE KEY-----
";

#[test]
fn the_token_of_rfc_8225_is_signed_by_its_key() {
    let token = Token::read(TOKEN).expect("a token");
    let key = VerifyingKey::read(PUBLIC_KEY.as_bytes()).expect("a key");
    assert!(token.is_signed_by(&key));
    let passport = token.passport().expect("a PASSporT");
    assert_eq!(passport.x5u, "https://cert.example.org/passport.cer");
    assert_eq!(passport.orig, Party::Tn("12155551212".into()));
    assert_eq!(passport.dest, [Party::Uri("sip:alice@example.com".into())]);
    assert_eq!(passport.iat, 1_443_208_345);
    let other = TOKEN.replacen("eyJk", "eyJl", 1);
    let other = Token::read(&other).expect("still three parts");
    assert!(!other.is_signed_by(&key));
}

#[test]
fn our_octets_of_the_same_content_are_those_of_rfc_8225() {
    let key = SigningKey::read(PRIVATE_KEY.as_bytes()).expect("a key");
    let header = json!({"x5u": "https://cert.example.org/passport.cer", "typ": "passport",
        "alg": "ES256"});
    let claims = json!({"orig": {"tn": "12155551212"}, "iat": "1443208345",
        "dest": {"uri": ["sip:alice@example.com"]}});
    let ours = Token::sign_json(&header, &claims, &key).expect("randomness");
    let theirs = Token::read(TOKEN).expect("a token");
    assert_eq!(
        (&ours.header, &ours.claims),
        (&theirs.header, &theirs.claims)
    );
    assert!(ours.is_signed_by(&key.verifying_key()));
}

/// RFC 8588 6 shows header and claims alone, without a signature: we sign them with the key of RFC 8225.
#[test]
fn the_token_of_rfc_8588_can_be_signed_and_read() {
    let key = SigningKey::read(PRIVATE_KEY.as_bytes()).expect("a key");
    let dest = vec![Party::Tn("12155550131".into())];
    let orig = Party::Tn("12155550121".into());
    let x5u = "https://cert.example.org/passport.cer";
    let mut passport = Passport::new(x5u, orig, dest, 1_443_208_345);
    passport.ppt = Some("shaken".into());
    passport.attest = Some(Attestation::A);
    passport.origid = Some("123e4567-e89b-12d3-a456-426655440000".into());
    let token = Token::sign(&passport, &key).expect("randomness");
    let (header, claims) = token.json().expect("JSON");
    assert_eq!(
        (header, claims),
        (
            json!({"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": x5u}),
            json!({"attest": "A", "dest": {"tn": ["12155550131"]}, "iat": 1_443_208_345,
                "orig": {"tn": "12155550121"},
                "origid": "123e4567-e89b-12d3-a456-426655440000"}),
        )
    );
    assert!(token.is_signed_by(&key.verifying_key()));
    assert_eq!(Token::read(&token.to_string()), Ok(token));
}
