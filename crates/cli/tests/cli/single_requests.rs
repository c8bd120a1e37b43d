//! MESSAGE, INFO and OPTIONS by sentences.

use crate::bench::{Bench, feature};

#[test]
fn texts_and_questions_are_answered_and_looked_at() {
    let steps = [
        "Alice sends message \"one\" to Bob",
        "the message is accepted",
        "Alice sends message \"two\" to Bob",
        "Bob receives message \"one\" from Alice",
        "Bob receives message \"two\"",
        "Bob sends OPTIONS to Alice",
        "Bob gets 200",
        "Alice sends message \"x\" to 5550199",
        "the message is refused with 404",
        "Alice calls Bob",
        "Bob answers the call",
        "Alice sends INFO package \"conference\"",
        "Alice gets 469",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn what_did_not_come_or_came_otherwise_is_told() {
    let text = [
        "Alice sends message \"one\" to Bob",
        "Bob receives message \"two\" from Alice within 100 ms",
    ];
    let consumed = [
        "Alice sends message \"one\" to Bob",
        "Bob receives message \"one\"",
        "Bob receives message \"one\" within 100 ms",
    ];
    let refused = [
        "Bob registers",
        "Alice sends message \"one\" to Bob",
        "the message is refused with 4xx",
    ];
    let asked = [
        "Bob registers",
        "Alice sends OPTIONS to Bob",
        "Alice gets 486",
    ];
    let silent = ["Bob registers", "Bob gets 200"];
    let bench = Bench::new()
        .with("text.feature", &feature(&text))
        .with("consumed.feature", &feature(&consumed))
        .with("refused.feature", &feature(&refused))
        .with("asked.feature", &feature(&asked))
        .with("silent.feature", &feature(&silent));
    let run = bench
        .run("test text.feature consumed.feature refused.feature asked.feature silent.feature");
    run.expect(
        1,
        &[
            "message \"two\" from Alice",
            "what came was \"one\" from",
            "no message came",
            "Alice expected 4xx to MESSAGE and got 200",
            "Alice expected 486 to OPTIONS and got 200",
            "Bob has sent no request by a sentence",
            "5 scenarios: 3 failed, 2 timed out",
        ],
    );
}
