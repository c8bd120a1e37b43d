//! Calls that are due shortly after each other.

use crate::bench::{MS, Script, section, send};

fn script(rate: &str) -> Script {
    let short = section("traffic", &[send("client", "BYE").opens().text()]);
    Script::new(&short)
        .param("call-rate", rate)
        .param("max-simultaneous-calls", "100000")
        .param("max-send", "100000")
}

#[test]
fn calls_of_one_millisecond_start_together() {
    let mut calls = script("10000").player();
    calls.pass_ms(100);
    // Those of the last millisecond may still wait.
    let begun = calls.figures().outgoing_calls;
    assert!((990..=1_001).contains(&begun), "{begun} calls");
    let mut turns: Vec<u64> = Vec::new();
    while let Some(sent) = calls.next_sent() {
        if turns.last() != Some(&sent.at_ns) {
            turns.push(sent.at_ns);
        }
    }
    assert!(turns.len() <= 101, "{} turns", turns.len());
    let gap = turns.windows(2).map(|pair| pair[1] - pair[0]).max();
    // No call waits longer than the grain: one is due every tenth of it.
    assert!(gap <= Some(MS + MS / 10), "{gap:?}");
}

#[test]
fn calls_further_apart_start_when_they_are_due() {
    let mut calls = script("400").player();
    let begun_ns = calls.now_ns();
    calls.pass_ms(10);
    let mut times_us = Vec::new();
    while let Some(sent) = calls.next_sent() {
        times_us.push((sent.at_ns - begun_ns) / 1_000);
    }
    // The rate is rounded up to the nanosecond.
    assert_eq!(times_us, [0, 2_500, 5_000, 7_500]);
}
