//! What sentences say that call flows need, when it is not so.

use crate::bench::{Bench, feature};

#[test]
fn what_is_not_so_is_told() {
    let one = [
        "Bob forks subscriptions to 1 notifier",
        "Alice subscribes directly to dialog of each fork of Bob",
        "Alice has 2 subscriptions by one SUBSCRIBE within 300 ms",
    ];
    let none = ["Bob forks subscriptions to 0 notifiers"];
    let unasked = ["Alice has 1 subscription by one SUBSCRIBE"];
    let same = [
        "Alice calls Bob directly",
        "header Contact of INVITE sent by Alice is stored as alices",
        "header Contact of INVITE received by Bob is not \"${alices}\"",
    ];
    let screened = [
        "Bob takes no calls from Alice",
        "Alice calls Bob",
        "Bob rings within 300 ms",
    ];
    let bench = Bench::new()
        .with("one.feature", &feature(&one))
        .with("none.feature", &feature(&none))
        .with("unasked.feature", &feature(&unasked))
        .with("same.feature", &feature(&same))
        .with("screened.feature", &feature(&screened));
    let files = "one.feature none.feature unasked.feature same.feature screened.feature";
    bench.run(&format!("test {files}")).expect(
        1,
        &[
            "Alice has 1 subscriptions by one SUBSCRIBE, expected 2",
            "0 is none of 1 to 32",
            "Alice has subscribed to nothing by a sentence",
            "expected something else than <sip:alice@",
            "403 Call Screened",
            "5 scenarios: ",
        ],
    );
}

#[test]
fn servers_that_are_asked_before_have_addresses() {
    let phone = ["Alice uses generic phone with transport.servers-before \"['nowhere']\""];
    let bench = Bench::new().with("f.feature", &feature(&phone));
    bench.run("test f.feature").expect(
        2,
        &["expected an IP address with a port, found \"nowhere\""],
    );
}
