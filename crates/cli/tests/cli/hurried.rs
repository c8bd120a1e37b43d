//! Features written in a hurry: what a failure says of its cause.

use std::net::UdpSocket;

use crate::bench::{Bench, feature};

/// Waits that end in vain are short here.
const IMPATIENT: &str = "[timeouts]\nsignalling = \"400 ms\"\n";

#[test]
fn whoever_waits_for_a_call_is_told_where_the_last_one_went() {
    let steps = ["Alice calls Bbo", "Bob answers the call"];
    let bench = Bench::new()
        .with("typo.feature", &feature(&steps))
        .with("gannet.toml", IMPATIENT);
    bench.run("test typo.feature").expect(
        1,
        &["the last call, of Alice to bbo, has ended: the call was refused, 404"],
    );
}

#[test]
fn a_sentence_about_a_call_that_never_was_is_the_fault_of_the_feature() {
    let bench = Bench::new().with("none.feature", &feature(&["Alice hangs up"]));
    bench.run("test none.feature").expect(
        1,
        &["Alice has had no call", "misuse (look at the feature)"],
    );
}

#[test]
fn whoever_waits_for_a_text_is_told_what_the_phone_has_refused() {
    let steps = [
        "Bob uses DeskG801 phone",
        "Bob registers",
        "Alice sends message \"hi\" to Bob",
        "Bob receives message \"hi\"",
    ];
    let bench = Bench::new()
        .with("text.feature", &feature(&steps))
        .with("gannet.toml", IMPATIENT);
    bench.run("test text.feature").expect(
        1,
        &[
            "no message came",
            "Bob refused a MESSAGE: 405 Method Not Allowed (MESSAGE)",
        ],
    );
}

#[test]
fn what_the_configuration_has_switched_off_is_named() {
    let steps = ["Alice calls Bob", "Bob rings", "Charlie picks up Bob"];
    let bench = Bench::new()
        .with("pickup.feature", &feature(&steps))
        .with("gannet.toml", "[pbx.features]\npickup = false\n");
    bench.run("test pickup.feature").expect(
        1,
        &["server embedded does without pickup", "has pickup = false"],
    );
}

#[test]
fn a_call_that_nobody_answers_fails_when_the_phone_gives_up_and_not_later() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let call = format!("Alice calls sip:nobody@127.0.0.1:{port} directly");
    // 64 * T1 are 640 ms; the sentence alone would wait for a minute.
    let config = "[timers]\nt1 = \"10 ms\"\n[timeouts]\nsignalling = \"60 s\"\n";
    let bench = Bench::new()
        .with("silent.feature", &feature(&[&call]))
        .with("gannet.toml", config);
    let run = bench.run_within(
        std::time::Duration::from_secs(40),
        &["test", "silent.feature"],
    );
    run.expect(1, &["the call of Alice failed: no response to INVITE"]);
}
