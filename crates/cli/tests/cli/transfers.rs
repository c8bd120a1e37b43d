//! Sentences that hand calls on, and what they say when that does not work.

use crate::bench::{Bench, feature};

const CALL: [&str; 3] = [
    "Charlie expects a call",
    "Alice calls Bob directly",
    "Bob answers the call",
];

fn after_a_call(steps: &[&str]) -> String {
    feature(&[&CALL[..], steps].concat())
}

#[test]
fn named_calls_are_held_swapped_and_connected() {
    let steps = [
        "Alice calls Bob directly as call first",
        "Bob answers the call",
        "Alice puts call first on hold",
        "Alice calls Charlie directly as call second",
        "Charlie answers the call as call his",
        "Alice hears Charlie",
        "Alice swaps calls",
        "Alice hears Bob",
        "Charlie does not hear Alice within 300 ms",
        "Alice transfers call first to call second",
        "the transfer succeeds",
        "Bob is transferred to Charlie",
        "Alice is idle",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_phone_that_goes_away_answers_481() {
    let steps = [
        "Bob goes away without BYE",
        "Bob is idle",
        "Bob does not send BYE within 300 ms",
        "Alice has 1 call",
        "Alice hangs up",
        "Alice receives 481 to BYE",
        "Alice is idle",
    ];
    let bench = Bench::new().with("f.feature", &after_a_call(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn what_became_of_a_transfer_is_told() {
    let bench = Bench::new()
        .with(
            "refused.feature",
            &feature(&[
                "Bob uses generic phone with transfer.accept 488",
                CALL[1],
                CALL[2],
                "Alice transfers the call to Charlie",
                "the transfer succeeds",
            ]),
        )
        .with(
            "well.feature",
            &after_a_call(&[
                "Alice transfers the call to Charlie",
                "the transfer fails with 4xx",
            ]),
        )
        .with(
            "open.feature",
            &feature(&[
                "Charlie lets it ring",
                CALL[1],
                CALL[2],
                "Alice transfers the call to Charlie",
                "the transfer succeeds within 500 ms",
            ]),
        );
    bench
        .run("test refused.feature well.feature open.feature")
        .expect(
            1,
            &[
                "the transfer of Alice did not succeed: REFER was refused with 488",
                "expected the transfer of Alice to fail with 4xx: it succeeded with 200",
                "the end of the transfer; the call that follows got 180",
                "3 scenarios",
            ],
        );
}

#[test]
fn sentences_without_their_calls_say_what_is_missing() {
    let bench = Bench::new()
        .with(
            "none.feature",
            &feature(&["Alice transfers the call to Bob"]),
        )
        .with("nothing.feature", &feature(&["the transfer succeeds"]))
        .with("swap.feature", &after_a_call(&["Alice swaps calls"]))
        .with("name.feature", &after_a_call(&["Alice resumes call first"]))
        .with(
            "attended.feature",
            &feature(&[CALL[1], CALL[2], "Alice transfers attended to Bob"]),
        )
        .with(
            "decide.feature",
            &after_a_call(&["Bob accepts the transfer within 300 ms"]),
        );
    bench
        .run("test none.feature nothing.feature swap.feature name.feature attended.feature decide.feature")
        .expect(
            1,
            &[
                "Alice has had no call",
                "no phone of this scenario has asked for a transfer",
                "calls are swapped where there are two of them, here are 1 connected",
                "no sentence has named a call first",
                "Alice has no call to transfer beside the one with Bob",
                "waited for a REFER to decide about",
                "6 scenarios",
            ],
        );
}

#[test]
fn a_call_past_the_server_needs_an_address() {
    let steps = ["Alice calls 1234 directly"];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        1,
        &["what is to be reached without the server needs an address"],
    );
}
