//! The sentences about when messages arrive, in which order, and about waiting for conditions.

use crate::bench::{Bench, feature};

/// A feature of several scenarios.
fn features(scenarios: &[&[&str]]) -> String {
    let scenario = |steps: &&[&str]| {
        let text = feature(steps);
        text.strip_prefix("Feature: F\n").unwrap().to_owned()
    };
    let scenarios: Vec<_> = scenarios.iter().map(scenario).collect();
    format!("Feature: F\n{}", scenarios.concat())
}

const ANSWERED_LATE: [&str; 3] = [
    "Alice calls Bob",
    "Bob answers the call after 600 ms",
    "Alice has received 200 to INVITE",
];

#[test]
fn messages_arrive_in_time() {
    let mut steps = ANSWERED_LATE.to_vec();
    steps.extend([
        "INVITE arrives at Bob within 2 seconds of INVITE",
        "180 arrives at Alice within 2 seconds of INVITE",
        "200 to INVITE arrives at Alice at least 300 ms after 180",
        "200 to INVITE arrives at Alice after at least 500 ms",
        "post-dial delay is below 3 seconds",
        "set-up is below 4 seconds",
        "Alice hangs up",
        "BYE arrives at Bob after at least 100 ms",
        "BYE arrives at Bob within 1 second of BYE",
    ]);
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn messages_that_come_too_early_or_too_late_say_when_they_came() {
    let late = |step: &'static str| -> Vec<&'static str> {
        ANSWERED_LATE.into_iter().chain([step]).collect()
    };
    let scenarios = [
        late("200 to INVITE arrives at Alice within 100 ms of 180"),
        late("180 arrives at Alice at least 3 seconds after INVITE"),
        late("200 to INVITE arrives at Alice after at least 9 seconds"),
        late("set-up is below 100 ms"),
        late("post-dial delay is below 0 ms"),
        late("NOTIFY arrives at Bob at least 1 ms after 180 within 200 ms"),
    ];
    let scenarios: Vec<_> = scenarios.iter().map(Vec::as_slice).collect();
    let bench = Bench::new().with("f.feature", &features(&scenarios));
    let run = bench.run("test f.feature");
    run.expect(
        1,
        &[
            "6 scenarios: 5 failed, 1 timed out",
            "after 180, expected within 0.100 s",
            "after INVITE, expected at least 3.000 s",
            "expected at least 9.000 s",
            "the set-up of Alice was",
            "the post-dial delay of Alice was",
            "Bob did not receive NOTIFY",
        ],
    );
}

#[test]
fn a_step_waits_until_what_another_sentence_states() {
    let steps = [
        "Alice calls Bob",
        "wait until Bob has 1 call",
        "Bob answers the call",
        "wait until SDP of 200 to INVITE received by Alice offers PCMU",
        "wait until Alice has received 200 to INVITE within 3 seconds",
        "Alice hangs up",
        "wait until \"Bob\" has received BYE",
        "wait until header CSeq of BYE received by Bob has 1 value",
        "wait until Bob is idle within 3 seconds",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_condition_that_does_not_come_true_is_told_with_the_last_look() {
    let steps = [
        "Alice calls Bob",
        "wait until Alice has received BYE within 300 ms",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        1,
        &[
            "Alice has not received BYE",
            "`Alice has received BYE` did not hold in 0.3 s",
        ],
    );
}

#[test]
fn a_condition_is_checked_before_the_run() {
    let steps = [
        "Alice uses generic phone",
        "wait until Alice hangs up",
        "wait until Alice is in a good mood",
        "wait until wait until Alice is idle",
        "wait until Alise is idle",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        2,
        &[
            "this sentence does something, and cannot be waited for",
            "f.feature:4:18",
            "no step is written like this",
            "no sentence introduces the phone `Alise`",
            "4 errors",
        ],
    );
}

#[test]
fn a_whole_flow_is_one_table() {
    let call = ["Alice calls Bob", "Bob answers the call", "Alice hangs up"];
    let flow = |rows: &[&str]| {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| format!("      | {row} |\n"))
            .collect();
        format!(
            "{}    * Bob has exchanged these messages in order:\n      | sent | received |\n{}",
            feature(&call),
            rows.concat()
        )
    };
    let right = [
        "| INVITE",
        "180 |",
        "200 to INVITE |",
        "| ACK",
        "| BYE",
        "200 to BYE |",
    ];
    let wrong = ["| INVITE", "200 to INVITE |", "180 |"];
    let bench = Bench::new()
        .with("right.feature", &flow(&right))
        .with("wrong.feature", &flow(&wrong))
        .with("fault.feature", &flow(&["INVITE | BYE"]));
    bench.run("test right.feature").expect(0, &["1 passed"]);
    bench.run("test wrong.feature").expect(
        1,
        &[
            "Bob has not sent 180 after 200 to INVITE sent (row 3 of 3)",
            "after that: ACK",
        ],
    );
    bench.run("test fault.feature").expect(
        2,
        &[
            "row 1 must name one message, sent or received",
            "fault.feature:6",
        ],
    );
}

/// A feature with these lines below `meanwhile:`.
fn meanwhile(before: &[&str], lines: &[&str], after: &[&str]) -> String {
    let nested: Vec<_> = lines.iter().map(|line| format!("      {line}\n")).collect();
    let block = format!("meanwhile:\n      \"\"\"\n{}      \"\"\"", nested.concat());
    let steps: Vec<&str> = before
        .iter()
        .copied()
        .chain([&*block])
        .chain(after.iter().copied())
        .collect();
    feature(&steps)
}

#[test]
fn sentences_go_on_at_the_same_time() {
    // One after the other Bob would answer before Carol has called, and the call to Dan never.
    let text = meanwhile(
        &[],
        &[
            "When Alice calls Bob",
            "# two calls at once",
            "And Carol calls Dan",
            "Bob receives INVITE",
            "Dan receives INVITE",
            "Bob answers the call after 300 ms",
            "Dan answers the call after 300 ms",
        ],
        &[
            "Alice and Bob talk for 300 ms",
            "Carol and Dan talk for 300 ms",
        ],
    );
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn all_that_fails_meanwhile_is_told() {
    let text = meanwhile(
        &["Alice registers"],
        &[
            "Alice receives INVITE within 100 ms",
            "wait 10 ms",
            "Bob receives BYE within 100 ms",
        ],
        &[],
    );
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(
        1,
        &[
            "`Alice receives INVITE within 100 ms`:",
            "also `Bob receives BYE within 100 ms`:",
        ],
    );
}

#[test]
fn what_cannot_be_done_meanwhile_is_told_at_its_place() {
    let text = meanwhile(
        &[],
        &[
            "Alice uses generic phone",
            "Alice cals Bob",
            "Bob answers the call",
            "wait until Bob rings",
        ],
        &["meanwhile:"],
    );
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(
        2,
        &[
            "f.feature:5:7",
            "phones are described before",
            "f.feature:6:7",
            "no step is written like this",
            "f.feature:8:7",
            "has no place here",
            "there is nothing to do meanwhile",
        ],
    );
}
