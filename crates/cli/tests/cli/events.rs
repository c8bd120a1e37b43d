//! Subscriptions and publications by sentences.

use crate::bench::{Bench, feature};

#[test]
fn what_cannot_be_watched_or_published_is_told() {
    let table = [
        (
            vec!["Alice subscribes to weather of Alice"],
            "SUBSCRIBE was refused with 489",
        ),
        (
            vec!["Alice subscribes to message-summary of Alice and is refused with 489"],
            "expected 489 to SUBSCRIBE, but it was accepted",
        ),
        (
            vec!["Alice refreshes the subscription"],
            "Alice has subscribed to nothing by a sentence",
        ),
        (
            vec![
                "Alice subscribes to message-summary of Alice",
                "Alice terminates the subscription to dialog of Alice",
            ],
            "Alice has no such subscription",
        ),
        (
            vec!["Alice refreshes its publication"],
            "Alice has published nothing by a sentence",
        ),
        (
            vec!["Alice publishes presence as:"],
            "this step needs a doc string below it",
        ),
        (
            vec!["Bob registers", "BLF lamp of Bob is idle"],
            "nobody watches Bob",
        ),
        (
            vec!["Alice sets \"password\" to \"x\""],
            "`password` is no setting that a sentence can change",
        ),
        (
            vec!["Alice unsubscribes from Bob"],
            "Alice is not subscribed to Bob",
        ),
        (
            vec![
                "Alice subscribes to message-summary of Alice",
                "Alice receives NOTIFY for message-summary with state pending within 200 ms",
            ],
            "did not receive NOTIFY for message-summary with state pending",
        ),
        (
            vec![
                "Alice subscribes to message-summary of Alice",
                "Alice receives NOTIFY for message-summary with state gone",
            ],
            "`gone` is none of active, pending, terminated",
        ),
        (
            vec!["Alice subscribes to message-summary of Alice for 500 ms"],
            "a whole number of seconds",
        ),
    ];
    let mut bench = Bench::new();
    let mut files = Vec::new();
    for (index, (steps, _)) in table.iter().enumerate() {
        let file = format!("f{index:02}.feature");
        bench = bench.with(&file, &feature(steps));
        files.push(file);
    }
    let run = bench.run(&format!("test {}", files.join(" ")));
    let expected: Vec<_> = table.iter().map(|(_, text)| *text).collect();
    run.expect(1, &expected);
    run.lacks(&[" passed"]);
}

#[test]
fn a_subscription_lives_by_sentences() {
    let steps = [
        "Alice subscribes to message-summary of Alice for 600 seconds",
        "Alice gets 200",
        "Alice receives NOTIFY for message-summary with state \"active\"",
        "Alice refreshes the subscription",
        "Alice receives NOTIFY for message-summary with state active",
        "Alice refreshes the subscription to message-summary of Alice",
        "Alice terminates the subscription",
        "Alice receives NOTIFY for message-summary with state terminated and reason timeout",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}
