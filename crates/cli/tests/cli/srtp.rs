//! SRTP in sentences: who refuses whom, what is told of wrong situations, and services of the server.
//! `features/rfc/4568-srtp-keys.feature` has the calls that go well.

use crate::bench::{Bench, feature};

const CALL: [&str; 2] = ["Alice calls Bob", "Bob answers the call"];

/// Runs one scenario for each list of steps, all at once.
fn scenarios(all: &[&[&str]]) -> Bench {
    let scenario = |steps: &&[&str]| {
        let lines: Vec<_> = steps.iter().map(|step| format!("    * {step}\n")).collect();
        format!("  Scenario: S\n{}", lines.concat())
    };
    let text: Vec<_> = all.iter().map(scenario).collect();
    Bench::new().with("f.feature", &format!("Feature: F\n{}", text.concat()))
}

#[test]
fn wrong_situations_are_caught_by_name() {
    let both = ["Alice accepts SRTP", "Bob offers SRTP"];
    let bob_calls = ["Bob calls Alice", "Alice answers the call"];
    let with = |quirk: &str| format!("Bob uses generic phone with {quirk} true");
    let plain = with("quirks.rtp-instead-of-srtp");
    let key = with("quirks.wrong-srtp-key");
    let protected = with("quirks.srtp-instead-of-rtp");
    let fault = |name: &str| format!("the media of Alice has the fault \"{name}\"");
    let (not_authentic, is_plain) = (
        fault("SRTP not authentic"),
        fault("plain RTP instead of SRTP"),
    );
    let (is_protected, replayed) = (fault("SRTP instead of plain RTP"), fault("SRTP replayed"));
    let duplicates = "Bob duplicates 20% of its RTP";
    scenarios(&[
        &[
            &plain,
            both[0],
            both[1],
            bob_calls[0],
            bob_calls[1],
            &is_plain,
        ],
        &[
            &key,
            both[0],
            both[1],
            bob_calls[0],
            bob_calls[1],
            &not_authentic,
        ],
        &[&protected, bob_calls[0], bob_calls[1], &is_protected],
        &[
            both[0],
            both[1],
            duplicates,
            bob_calls[0],
            bob_calls[1],
            &replayed,
        ],
    ])
    .run("test f.feature")
    .expect(0, &["4 scenarios: 4 passed"]);
}

#[test]
fn what_is_not_encrypted_as_expected_is_told() {
    let required = ["Alice requires SRTP", "Bob requires SRTP"];
    scenarios(&[
        &[CALL[0], CALL[1], "the call is encrypted"],
        &[
            required[0],
            required[1],
            CALL[0],
            CALL[1],
            "the call is not encrypted",
        ],
        &[
            required[0],
            required[1],
            CALL[0],
            CALL[1],
            "the call uses SRTP AEAD_AES_128_GCM",
        ],
        &[required[0], CALL[0], CALL[1], "Alice hears Bob"],
        &[CALL[0], CALL[1], "the call uses SRTP AES"],
    ])
    .run("test f.feature")
    .expect(
        1,
        &[
            "5 scenarios: 5 failed",
            "Alice sends plain RTP, expected SRTP",
            "Alice sends AES_CM_128_HMAC_SHA1_80, expected plain RTP",
            "Alice sends AES_CM_128_HMAC_SHA1_80, expected AEAD_AES_128_GCM",
            "488",
            "AES is no crypto suite; there are AES_CM_128_HMAC_SHA1_80",
        ],
    );
}

#[test]
fn users_of_the_configuration_and_services_of_the_server_have_srtp() {
    let call = [
        "Alice calls echo",
        "Alice hears Alice",
        "the call is encrypted",
        "Alice hangs up",
    ];
    let held = [
        "Bob requires SRTP",
        CALL[0],
        CALL[1],
        "Alice and Bob talk for 1 second",
        "Alice puts the call on hold",
        "Alice resumes the call",
        "Alice and Bob talk for 1 second",
        "the call is encrypted",
    ];
    Bench::new()
        .with("gannet.toml", "[user.Alice]\nsrtp = \"required\"\n")
        .with("call.feature", &feature(&call))
        .with("held.feature", &feature(&held))
        .run("test call.feature held.feature")
        .expect(0, &["2 scenarios: 2 passed"]);
    Bench::new()
        .with("gannet.toml", "[user.Alice]\nsrtp = \"on\"\n")
        .with("call.feature", &feature(&call))
        .run("test call.feature")
        .expect(2, &["expected off or accepted or offered or required"]);
}
