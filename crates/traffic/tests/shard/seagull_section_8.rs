//! SEAGULL.md 8: messages that are sent again while nothing comes; and RFC 3261's way.

use crate::bench::{Player, Script, receive, section, send, wait};

/// A client that sends its INVITE again; time 0 is when it was sent first.
fn every(ms: u64, times: u32) -> Player {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(&format!("retrans=\"{ms}\""))
                .text(),
            receive("client", "200 INVITE").text(),
            wait(10_000),
        ],
    );
    Script::new(&traffic)
        .param("retrans-enabled", "true")
        .param("max-retrans", &times.to_string())
        .player()
}

fn times_of(call: &mut Player) -> Vec<u64> {
    let times = call.sent_ms();
    times.iter().map(|ms| ms - times[0]).collect()
}

#[test]
fn row_the_same_bytes_every_interval_one_time_more_than_max_retrans_then_failed_call() {
    let mut call = every(300, 2);
    call.begin().pass_ms(1_199);
    assert_eq!(call.tally(), "open 1");
    let bytes: Vec<Vec<u8>> = call
        .world
        .sent
        .iter()
        .map(|sent| sent.bytes.clone())
        .collect();
    assert!(bytes.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(times_of(&mut call), [0, 300, 600, 900]);
    call.pass_ms(2);
    assert_eq!(call.tally(), "failed 1");
    assert_eq!(call.figures().retransmissions_sent, 3);
    assert_eq!(
        call.figures().sections[0][0].retransmissions,
        3,
        "the Retrans column"
    );
    assert_eq!(call.figures().messages_sent, 4);
    call.pass_ms(10_000);
    assert_eq!(call.sent_names(), "");
}

#[test]
fn row_any_message_of_the_call_ends_it() {
    let mut call = every(300, 2);
    call.begin().pass_ms(350);
    assert_eq!(call.sent_names(), "INVITE INVITE");
    call.peer("200").pass_ms(9_000);
    assert_eq!(
        (call.sent_names().as_str(), call.tally().as_str()),
        ("", "open 1")
    );
}

#[test]
fn rows_without_retransmission() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(r#"retrans="100""#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().pass_ms(10_000);
    assert_eq!(
        (call.sent_names().as_str(), call.tally().as_str()),
        ("INVITE", "open 1"),
        "retrans-enabled is false"
    );

    let traffic = traffic.replace(" retrans=\"100\"", "");
    let mut call = Script::new(&traffic)
        .param("retrans-enabled", "true")
        .player();
    call.begin().pass_ms(10_000);
    assert_eq!(call.sent_names(), "INVITE", "no retrans attribute");
}

#[test]
fn an_abort_section_takes_over_when_nothing_comes() {
    let abort = section("abort", &[send("client", "BYE").text()]);
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(r#"retrans="100""#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&format!("{abort}{traffic}"))
        .param("retrans-enabled", "true")
        .player();
    call.begin().pass_ms(1_000);
    assert_eq!(
        (call.sent_names().as_str(), call.tally().as_str()),
        ("INVITE INVITE BYE", "abort 1")
    );
}

const RFC: &str = r#"retrans="rfc3261""#;

/// The times at which a message goes out that nothing answers, and what becomes of the call.
fn unanswered(channel: &str, what: &str) -> (Vec<u64>, String) {
    let traffic = section(
        "traffic",
        &[
            send(channel, what).opens().attributes(RFC).text(),
            receive(channel, "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.on(channel).begin().pass_ms(31_999);
    assert_eq!(call.tally(), "open 1");
    call.pass_ms(2);
    let times = times_of(&mut call);
    (times, call.tally())
}

#[test]
fn rfc3261_rows_of_requests_that_nothing_answers() {
    for (row, channel, what, times) in [
        // RFC 3261 17.1.1.2: doubling without end, and timer B.
        (
            "timers A and B",
            "client",
            "INVITE",
            vec![0, 500, 1_500, 3_500, 7_500, 15_500, 31_500],
        ),
        // RFC 3261 17.1.2.2: doubling up to T2, and timer F.
        (
            "timers E and F",
            "client",
            "BYE",
            vec![
                0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
            ],
        ),
        // On a reliable transport B and F only.
        ("timer B over TCP", "tcp-client", "INVITE", vec![0]),
        ("timer F over TCP", "tcp-client", "BYE", vec![0]),
    ] {
        assert_eq!(
            unanswered(channel, what),
            (times, "failed 1".to_owned()),
            "{row}"
        );
    }
}

#[test]
fn rfc3261_t1_and_t2_can_be_said() {
    let traffic = section(
        "traffic",
        &[
            send("client", "BYE")
                .opens()
                .attributes(r#"retrans="rfc3261" t1-ms="10" t2-ms="40""#)
                .text(),
            receive("client", "200 BYE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().pass_ms(200);
    assert_eq!(times_of(&mut call), [0, 10, 30, 70, 110, 150, 190]);
    call.pass_ms(441);
    assert_eq!(call.tally(), "failed 1");
}

#[test]
fn rfc3261_rows_of_what_ends_a_request() {
    for (row, what, message, sends_more) in [
        ("INVITE: a provisional response", "INVITE", "180", false),
        ("INVITE: a final response", "INVITE", "200", false),
        ("INVITE: a request does not", "INVITE", "INFO", true),
        (
            "INVITE: a response to another request does not",
            "INVITE",
            "200|CSeq: 7 OPTIONS",
            true,
        ),
        ("BYE: a final response", "BYE", "200", false),
        ("BYE: a provisional response does not", "BYE", "180", true),
        (
            "BYE: a response to the INVITE does not",
            "BYE",
            "200|CSeq: 1 INVITE",
            true,
        ),
    ] {
        let stay = r#"<check-value name="subject" branch_on="180" look_ahead="0" behaviour="error"></check-value>
            <check-value name="subject" branch_on="200" look_ahead="0" behaviour="error"></check-value>
            <check-value name="subject" branch_on="INFO" look_ahead="0" behaviour="error"></check-value>"#;
        let traffic = section(
            "traffic",
            &[
                send("client", what).opens().attributes(RFC).text(),
                receive("client", "486 INVITE").after(stay).text(),
            ],
        );
        let mut call = Script::new(&traffic).player();
        call.begin().sends(what);
        call.peer(message).pass_ms(600);
        assert_eq!(!call.sent_names().is_empty(), sends_more, "{row}");
        assert_eq!(call.tally(), "open 1", "{row}");
    }
}

#[test]
fn rfc3261_row_timer_e_is_t2_after_a_provisional_response() {
    let stay = r#"<check-value name="subject" branch_on="180" look_ahead="0" behaviour="error"></check-value>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "BYE").opens().attributes(RFC).text(),
            receive("client", "200 BYE").after(stay).text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().pass_ms(100).sends("BYE");
    call.peer("180").pass_ms(10_000);
    let times = call.sent_ms();
    let gaps: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!((times.len(), gaps), (3, vec![4_000, 4_000]));
    call.peer("200");
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn rfc3261_rows_of_responses() {
    for (row, channel, code, times) in [
        // RFC 3261 13.3.1.4 for 2xx, 17.2.1 for others.
        (
            "2xx until the ACK",
            "server",
            "200",
            vec![0, 500, 1_500, 3_500, 7_500],
        ),
        (
            "timer G",
            "server",
            "486",
            vec![0, 500, 1_500, 3_500, 7_500],
        ),
        ("a provisional response once", "server", "180", vec![0]),
        (
            "2xx over TCP too",
            "tcp-server",
            "200",
            vec![0, 500, 1_500, 3_500, 7_500],
        ),
        ("timer G not over TCP", "tcp-server", "486", vec![0]),
    ] {
        let traffic = section(
            "traffic",
            &[
                receive(channel, "INVITE").text(),
                send(channel, &format!("{code} INVITE"))
                    .attributes(RFC)
                    .text(),
                receive(channel, "ACK").text(),
            ],
        );
        let script = Script::new(&traffic);
        let invite = |call: &mut Player| {
            if channel == "server" {
                call.peer("INVITE|Call-ID: 1");
            } else {
                let port = gannet_traffic::shard::PortKey(50);
                call.accepted(channel, port)
                    .peer_by(port, "INVITE|Call-ID: 1");
            }
        };
        let mut call = script.player();
        invite(&mut call);
        call.pass_ms(10_000);
        assert_eq!(times_of(&mut call), times, "{row}");
        // Timer H.
        call.pass_ms(22_001);
        let expected = if code == "180" { "open 1" } else { "failed 1" };
        assert_eq!(call.tally(), expected, "{row}");

        let mut call = script.player();
        invite(&mut call);
        call.pass_ms(600).sent_names();
        if channel == "server" {
            call.peer("ACK");
        } else {
            call.peer_by(gannet_traffic::shard::PortKey(50), "ACK");
        }
        call.pass_ms(60_000);
        assert_eq!(
            (call.sent_names().as_str(), call.tally().as_str()),
            ("", "traffic 1"),
            "{row}"
        );
    }
}

#[test]
fn rfc3261_rows_of_what_is_never_sent_again() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE").text(),
            send("client", "ACK").attributes(RFC).text(),
            receive("client", "BYE").text(),
            send("client", "200 BYE").attributes(RFC).text(),
            wait(100_000),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().sends("INVITE");
    call.peer("200").pass_ms(10_000);
    assert_eq!(call.sent_names(), "ACK", "an ACK");
    call.peer("BYE").pass_ms(50_000);
    assert_eq!(
        call.sent_names(),
        "200",
        "a response to another request than INVITE"
    );
    assert_eq!(call.tally(), "open 1");
}

#[test]
fn the_end_of_a_call_ends_its_retransmissions_and_the_next_call_in_its_place_has_none() {
    let traffic = section(
        "traffic",
        &[
            send("client", "BYE").opens().attributes(RFC).text(),
            wait(700),
        ],
    );
    let mut calls = Script::new(&traffic).player();
    calls.begin().pass_ms(701);
    assert_eq!(
        (calls.sent_names().as_str(), calls.tally().as_str()),
        ("BYE BYE", "traffic 1")
    );
    calls.begin().pass_ms(400);
    assert_eq!(calls.sent_names(), "BYE");
}

#[test]
fn an_interval_beyond_all_time_harms_nothing() {
    for attributes in [
        r#"retrans="18446744073709551615""#,
        r#"retrans="rfc3261" t1-ms="9000000000000000000" t2-ms="18446744073709551615""#,
    ] {
        let traffic = section(
            "traffic",
            &[
                send("client", "BYE").opens().attributes(attributes).text(),
                receive("client", "200 BYE").text(),
            ],
        );
        let mut call = Script::new(&traffic)
            .param("retrans-enabled", "true")
            .param("max-retrans", "4294967295")
            .player();
        call.begin().pass_ms(1_000_000);
        assert_eq!(
            (call.sent_names().as_str(), call.tally().as_str()),
            ("BYE", "open 1")
        );
    }
}
