//! Sentences that change a call: hold, DTMF.

use crate::bench::{Bench, feature};

#[test]
fn a_call_is_held_and_resumed_by_either_side() {
    let steps = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice puts the call on hold",
        "Bob sees the call held",
        "Bob puts the call on hold",
        "Alice sees the call held",
        "Alice resumes the call",
        "Bob resumes the call",
        "Bob sees the call resumed",
        "Bob hears Alice",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn who_is_not_held_and_what_cannot_be_held_is_told() {
    let call = ["Alice calls Bob", "Bob answers the call"];
    let free = [call[0], call[1], "Bob sees the call held within 100 ms"];
    let held = [
        call[0],
        call[1],
        "Alice puts the call on hold",
        "Bob sees the call resumed within 100 ms",
    ];
    let over = [
        call[0],
        call[1],
        "Bob hangs up",
        "Alice is idle",
        "Alice puts the call on hold",
    ];
    let bench = Bench::new()
        .with("free.feature", &feature(&free))
        .with("held.feature", &feature(&held))
        .with("over.feature", &feature(&over));
    bench
        .run("test free.feature held.feature over.feature")
        .expect(
            1,
            &[
                "waited for the other side to hold the call; call 1 is answered",
                "waited for the other side to resume the call; call 1 is answered, on hold by the other side",
                "Alice has no open call; the last one",
                "3 scenarios: 1 failed, 2 timed out",
            ],
        );
}

#[test]
fn keys_arrive_in_order_by_each_way() {
    let steps = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice sends DTMF \"11#\" with 60 ms tones",
        "Bob receives DTMF \"11#\" by RFC 4733",
        "Bob sends DTMF \"2d\" by INFO",
        "Alice receives DTMF \"2\" by INFO",
        "Alice receives DTMF \"D\"",
        "Alice sends DTMF \"55*\" in-band",
        "Bob receives DTMF \"55*\" in-band",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn other_keys_and_no_keys_are_told() {
    let call = ["Alice calls Bob", "Bob answers the call"];
    let other = [
        call[0],
        call[1],
        "Alice sends DTMF \"123\" by INFO",
        "Bob receives DTMF \"124\"",
    ];
    let other_way = [
        call[0],
        call[1],
        "Alice sends DTMF \"1\" by INFO",
        "Bob receives DTMF \"1\" by RFC 4733 within 100 ms",
    ];
    let none = [call[0], call[1], "Alice sends DTMF \"1x\""];
    let unsupported = [
        "Alice uses generic phone with sdp.codecs \"['PCMA']\"",
        "Bob uses generic phone",
        call[0],
        call[1],
        "Alice sends DTMF \"1\" by RFC 4733",
    ];
    let bench = Bench::new()
        .with("other.feature", &feature(&other))
        .with("way.feature", &feature(&other_way))
        .with("none.feature", &feature(&none))
        .with("unsupported.feature", &feature(&unsupported));
    bench
        .run("test other.feature way.feature none.feature unsupported.feature")
        .expect(
            1,
            &[
                "Bob expected DTMF \"124\" and received \"123\"",
                "Bob expected DTMF \"1\" by RFC 4733 and received no key",
                "by INFO came \"1\"",
                "`x` is no DTMF key",
                "telephone-event was not agreed on",
                "4 scenarios: 4 failed",
            ],
        );
}
