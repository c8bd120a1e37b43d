//! `gannet stir`, and the features about signed calls.

use std::path::Path;
use std::time::Duration;

use crate::bench::Bench;

const X5U: &str = "https://certificates.example/sp.pem";

/// A bench with an authority and a signer.
fn with_signer() -> Bench {
    let bench = Bench::new();
    bench
        .run("stir ca --key ca.key --out ca.pem")
        .expect(0, &[]);
    let issue =
        "stir issue --ca ca.pem --ca-key ca.key --key sp.key --out sp.pem --tn +12155551212";
    bench.run(issue).expect(0, &[]);
    bench
}

fn signed(bench: &Bench, more: &str) -> String {
    let sign = format!(
        "stir sign --key sp.key --x5u {X5U} --orig +1-215-555-1212 --dest 12155550131{more}"
    );
    let run = bench.run(&sign);
    assert_eq!(run.code, Some(0), "{}", run.err);
    run.out.trim().to_owned()
}

#[test]
fn what_is_signed_is_verified() {
    let bench = with_signer();
    let identity = signed(&bench, " --attest A");
    let verify = |more: &[&str]| {
        let words = [
            "stir",
            "verify",
            &identity,
            "--ca",
            "ca.pem",
            "--certificate",
            "sp.pem",
        ];
        bench.run_words(&[&words, more].concat())
    };
    verify(&[]).expect(0, &["valid:", "verstat: TN-Validation-Passed"]);
    verify(&["--dest", "12155550132"]).expect(
        1,
        &[
            "wrong-destination:",
            "response: 438 Invalid Identity Header",
        ],
    );
    verify(&["--orig", "12155550132"]).expect(1, &["wrong-orig:"]);
    verify(&["--at", "1"]).expect(1, &["stale-date:", "Reason: STIR;cause=403"]);
    verify(&["--json"]).expect(0, &["\"verdict\": \"valid\"", "\"attest\": \"A\""]);
    let show = bench.run_words(&["stir", "show", &identity]);
    show.expect(0, &["ppt: shaken", "attest: A", "signature octets: 64"]);
    bench
        .run("stir show sp.pem")
        .expect(0, &["number 12155551212"]);
}

#[test]
fn a_whole_invite_is_judged() {
    let bench = with_signer();
    let identity = signed(&bench, "");
    let invite = format!(
        "INVITE sip:+12155550131@b.example SIP/2.0\r\nFrom: <sip:+12155551212@a.example>;tag=1\r\n\
         To: <sip:+12155550131@b.example>\r\nIdentity: {identity}\r\n\r\n"
    );
    let bench = bench.with("invite.sip", &invite).with(
        "replayed.sip",
        &invite
            .replace("131@b.example>", "132@b.example>")
            .replace("131@b.example SIP", "132@b.example SIP"),
    );
    let verify = "--ca ca.pem --certificate sp.pem";
    bench
        .run(&format!("stir verify --message invite.sip {verify}"))
        .expect(0, &["valid:"]);
    bench
        .run(&format!("stir verify --message replayed.sip {verify}"))
        .expect(1, &["wrong-destination:"]);
}

#[test]
fn what_is_missing_or_wrong_is_said() {
    let bench = with_signer().with("page.html", "<html>\n");
    let sign = format!("stir sign --x5u {X5U} --orig 1 --dest 2 --key");
    for (command, said) in [
        (format!("{sign} none.key"), "cannot read the key `none.key`"),
        (
            format!("{sign} sp.pem"),
            "there is no private key in it, but a certificate",
        ),
        (format!("{sign} sp.key --attest D"), "there are A, B and C"),
        (
            format!("{sign} sp.key --div x"),
            "expected a number such as",
        ),
        (
            "stir keygen --out ca.key".into(),
            "cannot write the key `ca.key`",
        ),
        (
            "stir show page.html".into(),
            "no certificate, no key on P-256, and no token",
        ),
        ("stir show a.b".into(), "cannot read the file `a.b`"),
        (
            "stir verify a.b.c --ca page.html".into(),
            "there is no certificate in it",
        ),
        (
            "stir verify a.b.c --ca ca.pem".into(),
            "say --orig and --dest",
        ),
        (
            "stir issue --ca sp.pem --ca-key sp.key --key x.key --spc 1".into(),
            "may not issue others",
        ),
        (
            "stir issue --ca ca.pem --ca-key sp.key --key x.key --spc 1".into(),
            "the key is not that of",
        ),
        (
            "stir issue --ca ca.pem --ca-key ca.key --key x.key".into(),
            "would speak for nobody",
        ),
        (
            "stir issue --ca ca.pem --ca-key ca.key --key x.key --range 1+1".into(),
            "a range has 2 numbers or more",
        ),
    ] {
        let run = bench.run(&command);
        assert!(run.err.contains(said), "{command}: {}", run.err);
        assert!(matches!(run.code, Some(2 | 3)), "{command}: {:?}", run.code);
    }
}

/// All scenarios at once, each with keys and certificates of its own.
const LIMIT: Duration = Duration::from_mins(5);

#[test]
fn the_features_about_signed_calls_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/stir");
    let folder = folder.display().to_string();
    let run = Bench::new().run_within(LIMIT, &["test", &folder, "--jobs", "8"]);
    run.expect(0, &[]);
    run.lacks(&["skipped"]);
}

#[test]
fn the_embedded_server_signs_and_verifies_as_configured() {
    let feature = "Feature: f\n  Scenario: s\n    When Alice calls Bob\n    \
                   Then Bob receives attestation C\n    And Bob receives verstat \"No-TN-Validation\"\n    \
                   And Alice hangs up\n";
    let config = "[pbx.stir]\nsign = \"C\"\nverify = \"mark\"\n";
    let bench = Bench::new()
        .with("a.feature", feature)
        .with("gannet.toml", config);
    bench.run("test a.feature").expect(0, &[]);
    let wrong = "[stir]\ntrust = [\"none.pem\"]\n[pbx.stir]\nsign = \"D\"\nverify = \"maybe\"\n";
    let bench = bench.with("gannet.toml", wrong);
    bench
        .run("test a.feature")
        .expect(2, &["`none.pem` has", "`sign` has", "`verify` has"]);
}

#[test]
fn calls_are_signed_by_a_certificate_of_the_user() {
    let bench = with_signer();
    let domain =
        "stir issue --ca ca.pem --ca-key ca.key --key own.key --out own.pem --domain gannet.test";
    bench.run(domain).expect(0, &[]);
    let feature = "Feature: f\n  Scenario: s\n    \
                   Given calls from Alice are signed with attestation B by certificate \"own.pem\"\n    \
                   When Alice calls Bob\n    Then Bob receives attestation B\n    And Alice hangs up\n";
    let bench = bench.with("a.feature", feature);
    bench.run("test a.feature").expect(1, &["unknown-issuer"]);
    let bench = bench.with("gannet.toml", "[stir]\ntrust = [\"ca.pem\"]\n");
    bench.run("test a.feature").expect(0, &[]);
}
