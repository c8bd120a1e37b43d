//! Subscriptions and publications by sentences.

use crate::bench::{Bench, feature};

/// Scenarios that cannot pass, and what is said of them.
const REFUSED: [(&[&str], &str); 12] = [
    (
        &["Alice subscribes to weather of Alice"],
        "SUBSCRIBE was refused with 489",
    ),
    (
        &["Alice subscribes to message-summary of Alice and is refused with 489"],
        "expected 489 to SUBSCRIBE, but it was accepted",
    ),
    (
        &["Alice refreshes the subscription"],
        "Alice has subscribed to nothing by a sentence",
    ),
    (
        &[
            "Alice subscribes to message-summary of Alice",
            "Alice terminates the subscription to dialog of Alice",
        ],
        "Alice has no such subscription",
    ),
    (
        &["Alice refreshes its publication"],
        "Alice has published nothing by a sentence",
    ),
    (
        &["Alice publishes presence as:"],
        "this step needs a doc string below it",
    ),
    (
        &["Bob registers", "BLF lamp of Bob is idle"],
        "nobody watches Bob",
    ),
    (
        &["Alice sets \"password\" to \"x\""],
        "`password` is no setting that a sentence can change",
    ),
    (
        &["Alice unsubscribes from Bob"],
        "Alice is not subscribed to Bob",
    ),
    (
        &[
            "Alice subscribes to message-summary of Alice",
            "Alice receives NOTIFY for message-summary with state pending within 200 ms",
        ],
        "did not receive NOTIFY for message-summary with state pending",
    ),
    (
        &[
            "Alice subscribes to message-summary of Alice",
            "Alice receives NOTIFY for message-summary with state gone",
        ],
        "`gone` is none of active, pending, terminated",
    ),
    (
        &["Alice subscribes to message-summary of Alice for 500 ms"],
        "a whole number of seconds",
    ),
];

#[test]
fn what_cannot_be_watched_or_published_is_told() {
    let mut bench = Bench::new();
    let mut files = Vec::new();
    for (index, (steps, _)) in REFUSED.iter().enumerate() {
        let file = format!("f{index:02}.feature");
        bench = bench.with(&file, &feature(steps));
        files.push(file);
    }
    let run = bench.run(&format!("test {}", files.join(" ")));
    let mut expected: Vec<_> = REFUSED.iter().map(|(_, text)| *text).collect();
    expected.push("12 scenarios: 11 failed, 1 timed out");
    run.expect(1, &expected);
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

#[test]
fn the_embedded_server_can_be_told_how_to_treat_watchers() {
    let table = [
        (
            "watching = \"pending\"\nsubscribe_code = 202\nsubscribe_challenge = 407\n",
            vec![
                "Alice registers",
                "Bob subscribes to presence of Alice",
                "Bob gets 202",
                "Bob has received 407 to SUBSCRIBE",
                "Bob receives NOTIFY for presence with state pending",
            ],
        ),
        (
            "watching = \"refuse\"\n",
            vec![
                "Alice registers",
                "Bob subscribes to dialog of Alice and is refused with 403",
                "Bob gets 403",
            ],
        ),
        (
            "nonce_lifetime = \"2 s\"\n",
            vec![
                "Alice registers",
                "Bob registers",
                "Alice subscribes to Bob",
                "Alice renews subscription with cached authentication to Bob and expect \"202\"",
                "pause for 2200 ms",
                "Alice renews subscription with cached authentication to Bob and expect \"401\"",
                "Alice unsubscribes from Bob",
                "Alice receives NOTIFY for presence with state terminated and reason timeout",
            ],
        ),
        (
            "",
            vec![
                "Alice registers",
                "Bob registers",
                "Alice subscribes to Bob",
                "Alice sets \"sip_auth_uri\" to \"sip:2000@192.0.2.1:5060\"",
                "Alice renews subscription with cached authentication to \"sip:bob@192.0.2.1:5060\" and expect \"202\"",
                "the request URI of SUBSCRIBE sent by Alice is \"sip:bob@192.0.2.1:5060\"",
                "Alice unsubscribes from Bob",
            ],
        ),
    ];
    for (toml, steps) in table {
        let bench = Bench::new()
            .with("f.feature", &feature(&steps))
            .with("gannet.toml", &format!("[pbx]\n{toml}"));
        bench.run("test f.feature").expect(0, &["1 passed"]);
    }
}

#[test]
fn words_of_presence_are_whole() {
    let steps = [
        "Alice registers",
        "Bob registers",
        "Alice sets presence to \"Not Available\"",
        "Bob subscribes to Alice",
        "wait until Bob has received \"Not Available\" notification for Alice",
        "Bob has received \"Available\" notification for Alice",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        1,
        &[
            "about Alice does not say `Available`",
            "it says Not Available",
        ],
    );
}
