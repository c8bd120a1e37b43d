//! Sentences about what the embedded server does beside calls, and its tables in `gannet.toml`.

use crate::bench::{Bench, feature};

const NUMBERS: &str = "[pbx.numbers]\n\
    H100 = { hunt = [\"Bob\", \"Charlie\"] }\n\
    A200 = { queue = [\"Bob\"] }\n\
    \"*5{n}\" = \"page\"\n\
    [pbx.features]\n\
    park_return = \"1 s\"\n\
    diversion = true\n\
    history_info = true\n\
    being_forwarded = true\n\
    [pbx.users.Dave]\n\
    forward_always = \"Charlie\"\n";

fn passes(steps: &[&str]) {
    let bench = Bench::new()
        .with("gannet.toml", NUMBERS)
        .with("f.feature", &feature(steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_parked_call_returns_after_its_time() {
    passes(&[
        "Alice calls Bob",
        "Bob answers the call",
        "Bob parks the call on 500",
        "the parked call returns after 1 second",
        "Bob answers the call",
        "Alice is connected to Bob",
    ]);
}

#[test]
fn a_parked_call_that_returns_too_early_is_told() {
    let steps = [
        "Alice calls Bob",
        "Bob answers the call",
        "Bob parks the call on 500",
        "the parked call returns after 3 seconds",
    ];
    let free = ["Charlie retrieves the call from *72500"];
    let bench = Bench::new()
        .with("gannet.toml", NUMBERS)
        .with("early.feature", &feature(&steps))
        .with("free.feature", &feature(&free));
    bench.run("test early.feature free.feature").expect(
        1,
        &[
            "the parked call came back to Bob after 1.",
            "expected 3.0 s",
            "404 Nobody Is Parked There",
        ],
    );
}

#[test]
fn a_group_calls_who_is_free_and_a_queue_waits_for_them() {
    passes(&[
        "Dora calls H100",
        "Bob answers the call",
        "Alice calls H100",
        "Charlie answers the call",
        "Alice is connected to Charlie",
        "Alice hangs up",
        "Charlie waits for hangup",
        "Alice calls A200",
        "Alice hears a 523 Hz tone",
        "Bob does not ring within 500 ms",
        "Bob hangs up",
        "Bob answers the call",
        "Alice is connected to Bob",
    ]);
}

#[test]
fn agents_log_in_and_out() {
    passes(&[
        "Bob logs out of queue A200",
        "Charlie logs into queue A200",
        "Alice calls A200",
        "Charlie answers the call",
        "Alice is connected to Charlie",
        "Bob does not ring within 200 ms",
    ]);
}

#[test]
fn what_the_configuration_says_of_forwards_stands_in_the_invite() {
    passes(&[
        "Dave uses generic phone",
        "Alice calls Dave",
        "Charlie rings",
        "Alice receives 181 to INVITE",
        "Charlie receives INVITE with header Diversion matching /sip:dave@.*reason=unconditional/",
        "Charlie has received INVITE",
        "Dave does not ring within 200 ms",
    ]);
}

#[test]
fn numbers_of_the_configuration_are_dialled_as_they_stand() {
    passes(&["Alice calls *5bob", "Bob is auto-answered"]);
}

#[test]
fn do_not_disturb_is_set_at_the_server_too() {
    passes(&[
        "Bob sets DND",
        "Alice calls Bob",
        "the call fails with 486",
        "Bob clears DND",
        "Alice calls Bob",
        "Bob rings",
    ]);
}

#[test]
fn what_is_switched_off_is_gone() {
    let toml = "[pbx.features]\npark = false\ntransfer = false\n";
    let bench = Bench::new()
        .with("gannet.toml", toml)
        .with(
            "f.feature",
            &feature(&["Alice calls park+500", "the call fails with 404"]),
        )
        .with(
            "refer.feature",
            &feature(&[
                "Alice calls Bob",
                "Bob answers the call",
                "Bob transfers the call to Charlie",
                "the transfer fails with 405",
            ]),
        )
        .with(
            "needs.feature",
            "Feature: f\n  @requires.park\n  Scenario: s\n    When Alice calls park+500\n",
        );
    bench
        .run("test f.feature refer.feature needs.feature")
        .expect(
            0,
            &["2 passed, 1 skipped", "the embedded server has no `park`"],
        );
}

#[test]
fn wrong_numbers_and_features_are_told_at_their_places() {
    let toml = "[pbx.numbers]\n\"*1\" = \"parc\"\nH1 = { hunt = [\"Bob\"], queue = [\"Bob\"] }\n\
                [pbx.features]\nparking = true\ntransfer = \"nobody\"\n\
                [pbx.users.Bob]\nforward = \"x\"\n";
    let bench = Bench::new()
        .with("gannet.toml", toml)
        .with("f.feature", &feature(&["Alice calls Bob"]));
    bench.run("test f.feature").expect(
        2,
        &[
            "gannet.toml:2:",
            "hunt = [..] or queue = [..]",
            "unknown key `parking`",
            "expected server or relay",
            "unknown key `forward`",
        ],
    );
}

#[test]
fn skipped_scenarios_run_when_they_are_asked_for() {
    let text = "Feature: f\n  @skip\n  Scenario: s\n    When Alice calls Bob\n    Then Bob rings\n";
    let bench = Bench::new().with("f.feature", text);
    bench.run("test f.feature").expect(4, &["1 skipped"]);
    bench
        .run("test f.feature --run-skipped")
        .expect(0, &["1 passed"]);
}
