//! SEAGULL.md 7: timeouts.

use crate::bench::{Script, client, receive, section, send, server, wait};

fn script(more: &str, between: &[String]) -> Script {
    Script::new(&format!("{more}{}", client(between))).param("call-timeout-ms", "500")
}

#[test]
fn row_call_timeout_counts_since_the_last_message_and_fails_the_call() {
    let mut call = script("", &[receive("client", "180 INVITE").text()]).player();
    call.begin().sends("INVITE");
    call.pass_ms(400).peer("180").pass_ms(499);
    assert_eq!(call.tally(), "open 1");
    call.pass_ms(2);
    assert_eq!(call.tally(), "failed 1, timeout 1");
    let step = call.figures().sections[0][2];
    assert_eq!((step.timeouts, step.calls_failed), (1, 1));
    // The call is known no more.
    call.peer("200");
    assert_eq!(call.tally(), "failed 1, timeout 1, unexpected 1");
}

#[test]
fn row_call_timeout_in_receive_state_only() {
    // A pause that is longer than the timeout does not end the call, and what comes after it has its whole
    // time: the end of a pause counts like a message.
    let mut call = script("", &[wait(2_000)]).player();
    call.begin().sends("INVITE");
    call.pass_ms(2_499);
    assert_eq!(call.tally(), "open 1");
    call.pass_ms(2);
    assert_eq!(call.tally(), "failed 1, timeout 1");
}

#[test]
fn rows_of_timeouts_with_an_abort_section() {
    let abort = section("abort", &[send("client", "BYE").text()]);
    for (row, behaviour, more, expected, sent) in [
        (
            "an abort section is not used by default",
            "false",
            abort.as_str(),
            "failed 1, timeout 1",
            "",
        ),
        (
            "call-timeout-behaviour-abort: FailedTimeout, and no FailedCall",
            "true",
            &abort,
            "abort 1, timeout 1",
            "BYE",
        ),
        (
            "call-timeout-behaviour-abort without an abort section",
            "true",
            "",
            "failed 1, timeout 1",
            "",
        ),
    ] {
        let mut call = script(more, &[])
            .param("call-timeout-behaviour-abort", behaviour)
            .player();
        call.begin().sends("INVITE");
        call.pass_ms(1_000);
        assert_eq!(call.tally(), expected, "{row}");
        assert_eq!(call.sent_names(), sent, "{row}");
    }
}

#[test]
fn a_timeout_within_the_abort_section_fails_the_call() {
    let abort = section(
        "abort",
        &[
            send("client", "BYE").text(),
            receive("client", "200 BYE").text(),
        ],
    );
    let mut call = script(&abort, &[])
        .param("call-timeout-behaviour-abort", "true")
        .player();
    call.begin().sends("INVITE");
    call.pass_ms(600).sends("BYE");
    assert_eq!(call.tally(), "open 1, timeout 1");
    call.pass_ms(600);
    assert_eq!(call.tally(), "failed 1, timeout 2");
}

#[test]
fn row_without_call_timeout_a_stuck_call_stays_for_ever() {
    let mut call = Script::new(&client(&[])).player();
    call.begin();
    call.pass_ms(86_400_000 * 30);
    assert_eq!(call.tally(), "open 1");
}

#[test]
fn each_message_gives_the_call_its_whole_time_again() {
    let rings: Vec<String> = (0..5)
        .map(|_| receive("client", "180 INVITE").text())
        .collect();
    let mut call = script("", &rings).player();
    call.begin().sends("INVITE");
    for _ in 0..5 {
        call.pass_ms(499).peer("180");
    }
    assert_eq!(call.tally(), "open 1");
}

#[test]
fn a_server_has_timeouts_too_and_the_next_call_in_the_place_has_its_own() {
    let mut calls = Script::new(&server(&[]))
        .param("call-timeout-ms", "500")
        .player();
    calls.peer("INVITE|Call-ID: 1").pass_ms(300);
    calls.peer("ACK|Call-ID: 1").peer("BYE|Call-ID: 1");
    calls.peer("INVITE|Call-ID: 2").pass_ms(499);
    assert_eq!(calls.tally(), "open 1, traffic 1");
    calls.pass_ms(2);
    assert_eq!(calls.tally(), "traffic 1, failed 1, timeout 1");
}
