//! Requests answered and 100 passed over beside the scenario.

use crate::bench::{Script, client, receive, section, send, server, value_of};

const METHODS: &str = "INFO NOTIFY OPTIONS";

#[test]
fn rows_of_answers_in_the_background() {
    for method in METHODS.split(' ') {
        let script = Script::new(&server(&[])).param("answer-background", METHODS);
        let mut call = script.player();
        call.peer(&format!("{method}|Call-ID: nobody"));
        let answer = call.sends("200");
        assert_eq!(
            value_of(&answer.text(), "Call-ID"),
            Some("nobody"),
            "{method} of no call"
        );
        assert_eq!(
            value_of(&answer.text(), "CSeq"),
            Some(format!("5 {method}").as_str())
        );
        assert_eq!(call.tally(), "answered 1", "{method} of no call");

        let mut call = script.player();
        call.peer("INVITE").sends("200");
        call.peer(method).sends("200");
        call.peer("ACK").peer(method).sends("200");
        call.peer("BYE").sends("200");
        call.peer(method).sends("200");
        assert_eq!(
            call.tally(),
            "traffic 1, answered 3",
            "{method} of a call, and after it"
        );
    }
}

#[test]
fn what_the_scenario_waits_for_is_not_answered_beside_it() {
    let options = section(
        "traffic",
        &[
            receive("server", "OPTIONS").text(),
            send("server", "486 OPTIONS").text(),
        ],
    );
    let mut call = Script::new(&options)
        .param("answer-background", METHODS)
        .player();
    call.peer("OPTIONS").sends("486");
    assert_eq!(call.tally(), "traffic 1");

    let default = section(
        "default behaviour=\"return\"",
        &[
            receive("server", "INFO").text(),
            send("server", "486 INFO").text(),
        ],
    );
    let script =
        Script::new(&format!("{default}{}", server(&[]))).param("answer-background", METHODS);
    let mut call = script.player();
    call.peer("INVITE").sends("200");
    call.peer("INFO").sends("486");
    call.peer("INFO|Call-ID: nobody").sends("486");
    assert_eq!(call.tally(), "open 1, default 1");

    let default = default.replace(" behaviour=\"return\"", "");
    let script =
        Script::new(&format!("{default}{}", server(&[]))).param("answer-background", METHODS);
    let mut call = script.player();
    call.peer("INVITE").sends("200");
    call.peer("INFO").sends("486");
    assert_eq!(call.tally(), "default 1, unexpected 1");
}

#[test]
fn a_request_that_cannot_be_answered_is_unexpected() {
    let mut call = Script::new(&server(&[]))
        .param("answer-background", METHODS)
        .player();
    let bytes = crate::bench::wire("OPTIONS sip:x SIP/2.0|Call-ID: 1|CSeq: 1 OPTIONS");
    call.datagram(crate::bench::PEER, &bytes);
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("unexpected 1", "")
    );
}

#[test]
fn answers_go_on_while_no_calls_are_taken() {
    let mut calls = Script::new(&server(&[]))
        .param("answer-background", METHODS)
        .player();
    calls.peer("INVITE").sends("200");
    calls.command(gannet_events::traffic::Command::Stop);
    calls.peer("OPTIONS|Call-ID: 2").sends("200");
    assert_eq!(calls.tally(), "open 1, answered 1");
}

#[test]
fn rows_of_100_trying() {
    let ring = receive("client", "180 INVITE").text();
    for (row, skip, between, expected) in [
        (
            "not skipped",
            "false",
            ring.clone(),
            "failed 1, unexpected 1",
        ),
        ("skipped", "true", ring.clone(), "open 1, trying 1"),
        (
            "waited for",
            "true",
            receive("client", "100 INVITE").text() + &ring,
            "open 1",
        ),
    ] {
        let mut call = Script::new(&client(&[between]))
            .param("skip-trying", skip)
            .player();
        call.begin().sends("INVITE");
        call.peer("100");
        assert_eq!(call.tally(), expected, "{row}");
        if skip == "true" {
            call.peer("180").peer("200");
            assert_eq!(call.sent_names(), "ACK BYE", "{row}");
        }
    }
}

#[test]
fn a_100_ends_the_retransmission_of_the_invite_though_it_is_skipped() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes("retrans=\"rfc3261\"")
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).param("skip-trying", "true").player();
    call.begin().sends("INVITE");
    call.peer("100").pass_ms(40_000);
    assert_eq!(
        (call.sent_names().as_str(), call.tally().as_str()),
        ("", "open 1, trying 1")
    );
    call.peer("100|Call-ID: nobody");
    assert_eq!(call.tally(), "open 1, trying 2");
}
