//! Sentences about what comes before the answer, and about changes of a session.

use crate::bench::{Bench, feature};

#[test]
fn what_cannot_be_sent_reliably_is_told() {
    let plain = [
        "Bob supports 100rel",
        "Alice calls Bob directly",
        "Bob sends reliable 183",
    ];
    let code = [
        "Alice supports 100rel",
        "Bob supports 100rel",
        "Alice calls Bob directly",
        "Bob sends reliable 200",
    ];
    let late = [
        "Alice calls Bob",
        "Bob answers the call",
        "Bob requires 100rel",
    ];
    let none = [
        "Alice calls Bob directly without SDP",
        "Bob sends early media",
    ];
    let bench = Bench::new()
        .with("plain.feature", &feature(&plain))
        .with("code.feature", &feature(&code))
        .with("late.feature", &feature(&late))
        .with("none.feature", &feature(&none));
    bench
        .run("test plain.feature code.feature late.feature none.feature")
        .expect(
            1,
            &[
                "the INVITE has 100rel neither in Supported nor in Require",
                "a provisional response has a code from 101 to 199, not 200",
                "Bob has a call: say this before the call begins",
                "the INVITE has no offer",
                "4 scenarios: 4 failed",
            ],
        );
}

#[test]
fn what_did_not_come_before_the_answer_is_told() {
    let silent = [
        "Alice calls Bob",
        "Bob rings",
        "Alice hears early media within 300 ms",
    ];
    let ringback = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice plays ringback itself within 100 ms",
    ];
    let count = ["Alice calls Bob", "Bob forks to 0 dialogs"];
    let missing = [
        "Alice supports 100rel",
        "Bob supports 100rel",
        "Alice does not send PRACK",
        "Alice calls Bob directly",
        "Bob sends reliable 183",
        "Bob receives PRACK within 300 ms",
    ];
    let bench = Bench::new()
        .with("silent.feature", &feature(&silent))
        .with("ringback.feature", &feature(&ringback))
        .with("count.feature", &feature(&count))
        .with("missing.feature", &feature(&missing));
    bench
        .run("test silent.feature ringback.feature count.feature missing.feature")
        .expect(
            1,
            &[
                "Alice heard 0.0 s of early media, expected 0.5 s",
                "Alice does not play ringback by itself; its call is answered",
                "0 is none of 1 to 100",
                "Bob did not receive PRACK",
            ],
        );
}

#[test]
fn a_change_that_cannot_be_is_told() {
    let call = ["Alice calls Bob", "Bob answers the call"];
    let unknown = [call[0], call[1], "Alice re-invites with codec G729"];
    let taken = [
        call[0],
        call[1],
        "Alice re-invites with codec PCMA and is refused with 488",
    ];
    let early = [
        "Alice calls Bob directly",
        "Alice hears ringback",
        "Alice sends UPDATE with hold",
    ];
    let bench = Bench::new()
        .with("unknown.feature", &feature(&unknown))
        .with("taken.feature", &feature(&taken))
        .with("early.feature", &feature(&early));
    bench
        .run("test unknown.feature taken.feature early.feature")
        .expect(
            1,
            &[
                "the phone has no codec G729; it has PCMU, PCMA",
                "Alice expected its re-INVITE to be refused with 488 and got 200",
                "the other side does not take UPDATE: its Allow is missing",
                "3 scenarios: 3 failed",
            ],
        );
}

#[test]
fn the_server_can_be_without_reliable_responses() {
    let steps = [
        "Alice requires 100rel",
        "Alice calls Bob",
        "the call fails with 420",
    ];
    let bench = Bench::new()
        .with("gannet.toml", "[pbx]\nprack = false\n")
        .with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}
