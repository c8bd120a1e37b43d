//! What phones do wrong on purpose, and how it is told.

use crate::bench::{Bench, feature};

#[test]
fn what_was_ignored_stands_in_the_ladder_and_counts_for_nothing() {
    let steps = [
        "Bob ignores 1 INVITE",
        "Alice ignores 180",
        "Alice calls Bob directly",
        "Bob answers the call",
        "Alice has ignored at least 1 180",
        "Alice receives 180 within 200 ms",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(
        1,
        &[
            "Alice did not receive 180",
            "of 180 came, and Alice ignored them on purpose",
            "on purpose: Bob ignores 1 INVITE",
            "INVITE (SDP), ignored",
            "180 Ringing (INVITE), ignored",
        ],
    );
}

#[test]
fn what_has_not_come_so_often_is_told() {
    let few = [
        "Bob ignores 1 OPTIONS",
        "Bob has ignored 1 OPTIONS within 200 ms",
    ];
    let many = [
        "Alice sends BYE twice",
        "Alice calls Bob directly",
        "Bob answers the call",
        "Alice hangs up",
        "Bob has received at least 1 retransmission of BYE",
        "Bob has received 0 retransmissions of BYE",
    ];
    let bench = Bench::new()
        .with("few.feature", &feature(&few))
        .with("many.feature", &feature(&many));
    bench.run("test few.feature many.feature").expect(
        1,
        &[
            "Bob has ignored 0 OPTIONS, expected 1",
            "retransmission(s) of BYE, expected 0",
            "2 scenarios: 1 failed, 1 timed out",
        ],
    );
}

#[test]
fn what_cannot_be_done_wrong_is_refused() {
    let refused = [
        ("Bob ignores 0 INVITE", "0 times is never"),
        ("Bob drops 101% of packets", "101% is more than all packets"),
        (
            "Bob retransmits BYE 33 times",
            "33 retransmissions are too many: 32 at most",
        ),
        ("Bob answers every ACK with 200", "ACK has no answer"),
        (
            "Bob answers every INVITE with 180",
            "180 is no final response",
        ),
        (
            "Bob answers every INVITE with 200",
            "a 2xx to INVITE makes a call",
        ),
        (
            "Bob answers every BYE with 4xx",
            "`4xx` is no single status code",
        ),
    ];
    let mut bench = Bench::new();
    let mut command = "test".to_owned();
    for (number, (sentence, _)) in refused.iter().enumerate() {
        let name = format!("f{number}.feature");
        bench = bench.with(&name, &feature(&[sentence]));
        command = format!("{command} {name}");
    }
    let told: Vec<_> = refused.iter().map(|(_, told)| *told).collect();
    bench.run(&command).expect(1, &told);
}

#[test]
fn a_phone_that_starts_anew_goes_on_as_it_was_told() {
    let changed = [
        "Bob ignores 1 INVITE",
        "Bob answers every BYE with 500",
        "Bob supports 100rel",
        "Bob reboots",
        "Alice calls Bob directly",
        "Bob has ignored 1 INVITE",
        "Bob answers the call",
        "Alice hangs up",
        "Alice receives 500 to BYE",
    ];
    let lossy = [
        "Alice registers",
        "Bob registers",
        "Alice drops 100% of packets",
        "wait 50 ms",
        "Alice behaves again",
        "Alice calls Bob",
        "Bob answers the call",
        "Alice hangs up",
    ];
    let bench = Bench::new()
        .with("changed.feature", &feature(&changed))
        .with("lossy.feature", &feature(&lossy));
    bench
        .run("test changed.feature lossy.feature")
        .expect(0, &["2 passed"]);
}

#[test]
fn what_is_lost_of_the_media_is_seen() {
    let steps = [
        "Bob drops 50% of RTP packets with seed 3",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob receives audio for 1 second",
        "Bob loses at most 10%",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    let told = [
        "of its RTP, expected at most 10%",
        "on purpose: Bob drops 50% of RTP packets with seed 3",
    ];
    bench.run("test f.feature").expect(1, &told);
}

#[test]
fn the_server_keeps_texts_if_it_is_told_so() {
    let steps = [
        "Bob registers",
        "Bob unregisters",
        "Alice sends message \"later\" to Bob",
        "the message is kept",
        "Bob registers",
        "Bob receives message \"later\"",
        "Bob does not receive message \"later\" within 50 ms",
    ];
    let odd = [
        "Bob registers",
        "Alice sends message \"now\" to Bob that expires after 1500 ms",
    ];
    let shown = [
        "Alice sends message \"now\" to Bob",
        "Bob does not receive message \"now\" within 2 seconds",
    ];
    let expired = ["Bob has received 1 expired message within 100 ms"];
    let kept = [
        "Bob registers",
        "Alice sends message \"now\" to Bob",
        "the message is kept",
    ];
    let bench = Bench::new()
        .with("gannet.toml", "[pbx.features]\nkeep_messages = true\n")
        .with("f.feature", &feature(&steps))
        .with("odd.feature", &feature(&odd))
        .with("shown.feature", &feature(&shown))
        .with("expired.feature", &feature(&expired))
        .with("kept.feature", &feature(&kept));
    bench.run("test f.feature").expect(0, &["1 passed"]);
    bench
        .run("test odd.feature shown.feature expired.feature kept.feature")
        .expect(
            1,
            &[
                "Expires counts whole seconds",
                "Bob received message \"now\"",
                "Bob has received 0 expired message(s), expected 1",
                "Alice expected 202 to MESSAGE and got 200",
                "4 scenarios: 3 failed, 1 timed out",
            ],
        );
}
