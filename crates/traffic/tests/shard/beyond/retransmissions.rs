//! What comes again is recognised, and answered as it was.

use crate::bench::{Player, Script, client, receive, section, send, server, wait};

fn absorbing(sections: &str) -> Script {
    Script::new(sections).param("absorb-retransmissions", "true")
}

#[test]
fn a_request_is_answered_by_the_last_response_to_it() {
    let ring = [send("server", "180 INVITE").text(), wait(100)];
    let mut call = absorbing(&server(&ring)).player();
    call.peer("INVITE").sends("180");
    call.peer("INVITE").sends("180");
    call.pass_ms(100).sends("200");
    let first = call.peer("INVITE").sends("200");
    let second = call.peer("INVITE").sends("200");
    assert_eq!(first.bytes, second.bytes);
    call.peer("ACK").peer("ACK").peer("INVITE").sends("200");
    call.peer("BYE").sends("200");
    assert_eq!(call.tally(), "traffic 1, absorbed 5");
    assert_eq!(call.figures().incoming_calls, 1);
    assert_eq!(call.figures().messages_sent, 7);
}

#[test]
fn a_request_that_has_no_answer_yet_is_passed_over() {
    let mut call = absorbing(&server(&[wait(100)])).player();
    call.peer("INVITE")
        .peer("INVITE")
        .pass_ms(50)
        .peer("INVITE");
    assert_eq!(
        (call.tally().as_str(), call.sent_names().as_str()),
        ("open 1, absorbed 2", "")
    );
    call.pass_ms(50).sends("200");
}

#[test]
fn responses_find_the_request_that_they_answer() {
    let traffic = section(
        "traffic",
        &[
            receive("server", "INVITE")
                .after(r#"<store name="invite" entity="cseq"></store>"#)
                .text(),
            send("server", "183 INVITE").text(),
            receive("server", "PRACK").text(),
            send("server", "200 PRACK").text(),
            send("server", "200 INVITE")
                .before(r#"<restore name="invite" entity="cseq"></restore>"#)
                .text(),
            receive("server", "ACK").text(),
        ],
    );
    let mut call = absorbing(&traffic).player();
    call.peer("INVITE").sends("183");
    call.peer("PRACK");
    assert_eq!(call.sent_names(), "200 200");
    let invite = call.peer("INVITE").sends("200").text();
    assert!(invite.contains("CSeq: 1 INVITE"), "{invite}");
    let prack = call.peer("PRACK").sends("200").text();
    assert!(prack.contains("CSeq: 5 PRACK"), "{prack}");
}

#[test]
fn a_2xx_is_answered_by_the_ack_on_the_way_of_the_invite() {
    let mut call = absorbing(&client(&[])).player();
    call.begin();
    let invite = call.sends("INVITE");
    call.peer("200|CSeq: 1 INVITE");
    let ack = call.sends("ACK");
    call.sends("BYE");
    let elsewhere = "10.9.9.9:5999".parse().expect("an address");
    call.peer_at(elsewhere, "200|CSeq: 1 INVITE");
    let again = call.sends("ACK");
    assert_eq!((again.bytes, again.way), (ack.bytes, invite.way));
    call.peer("200|CSeq: 9 BYE").peer("200|CSeq: 9 BYE");
    assert_eq!(call.sent_names(), "", "a BYE has no ACK");
    assert_eq!(call.tally(), "traffic 1, absorbed 2");
}

#[test]
fn a_failure_response_is_answered_by_its_ack_too() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "486 INVITE").text(),
            send("client", "ACK").text(),
            wait(100),
        ],
    );
    let mut call = absorbing(&traffic).player();
    call.begin().sends("INVITE");
    call.peer("486").sends("ACK");
    call.peer("486").sends("ACK");
    call.pass_ms(100).peer("486").sends("ACK");
    assert_eq!(call.tally(), "traffic 1, absorbed 2");
}

#[test]
fn after_its_end_a_call_answers_for_32_seconds() {
    let mut call = absorbing(&server(&[])).player();
    call.peer("INVITE").sends("200");
    call.peer("ACK").peer("BYE").sends("200");
    call.pass_ms(31_999).peer("BYE").sends("200");
    call.peer("INVITE").sends("200");
    assert_eq!(call.tally(), "traffic 1, absorbed 2");
    call.pass_ms(2).peer("BYE");
    assert_eq!(call.tally(), "traffic 1, unexpected 1, absorbed 2");
    call.peer("INVITE").sends("200");
    assert_eq!(call.tally(), "open 1, traffic 1, unexpected 1, absorbed 2");
}

#[test]
fn after_a_failure_too() {
    let mut call = absorbing(&server(&[])).player();
    call.peer("INVITE").sends("200");
    call.peer("INFO");
    assert_eq!(call.tally(), "failed 1, unexpected 1");
    call.peer("INVITE").sends("200");
    assert_eq!(call.tally(), "failed 1, unexpected 1, absorbed 1");
}

#[test]
fn another_message_for_a_call_that_is_over_is_nobodys_or_begins_a_call() {
    let mut calls = absorbing(&server(&[])).player();
    calls.peer("INVITE").peer("ACK").peer("BYE").sent_names();
    calls.peer("BYE|Subject: another");
    assert_eq!(calls.tally(), "traffic 1, unexpected 1");
    // The same Call-ID again, in a new call: the key changes hands.
    calls.peer("INVITE|Subject: another").sends("200");
    calls.peer("ACK").peer("BYE").sends("200");
    assert_eq!(calls.tally(), "traffic 2, unexpected 1");
    // The old call is forgotten at once, the new one in its time.
    calls.peer("INVITE");
    assert_eq!(calls.figures().incoming_calls, 3);
    calls.pass_ms(40_000);
    assert_eq!(calls.figures().calls_open, 1);
}

#[test]
fn what_comes_again_ends_no_retransmission_of_ours() {
    for attributes in ["retrans=\"500\"", "retrans=\"rfc3261\""] {
        let traffic = section(
            "traffic",
            &[
                send("client", "INVITE").opens().text(),
                receive("client", "200 INVITE").text(),
                send("client", "ACK").text(),
                send("client", "BYE").attributes(attributes).text(),
                receive("client", "200 BYE").text(),
            ],
        );
        let mut call = absorbing(&traffic)
            .param("retrans-enabled", "true")
            .param("max-retrans", "5")
            .player();
        call.begin().sends("INVITE");
        call.peer("200|CSeq: 1 INVITE");
        call.peer("200|CSeq: 1 INVITE").pass_ms(600);
        assert_eq!(call.sent_names(), "ACK BYE ACK BYE", "{attributes}");
        call.peer("200|CSeq: 9 BYE").pass_ms(10_000);
        assert_eq!(
            (call.sent_names().as_str(), call.tally().as_str()),
            ("", "traffic 1, absorbed 1")
        );
    }
}

#[test]
fn the_messages_of_many_calls_are_kept_apart() {
    let mut calls = absorbing(&server(&[])).player();
    let each = |calls: &mut Player, text: &str| {
        for id in 0..50 {
            calls.peer(&format!("{text}|Call-ID: {id}"));
        }
    };
    for text in ["INVITE", "INVITE", "ACK", "BYE", "INVITE", "BYE"] {
        each(&mut calls, text);
    }
    assert_eq!(calls.tally(), "traffic 50, absorbed 150");
    let answers = std::iter::from_fn(|| calls.next_sent()).count();
    assert_eq!(answers, 250);
}

#[test]
fn optional_and_skipped_messages_may_come_again() {
    let between = [receive("client", "180 INVITE")
        .attributes("optional=\"true\"")
        .text()];
    let mut call = absorbing(&client(&between))
        .param("skip-trying", "true")
        .player();
    call.begin().sends("INVITE");
    for message in ["100", "100", "180", "180", "100"] {
        call.peer(message);
    }
    call.peer("200").peer("180");
    assert_eq!(call.tally(), "open 1, absorbed 2, trying 3");
}

#[test]
fn every_message_that_goes_out_is_counted_by_its_type_and_told_at_level_m() {
    let script = absorbing(&server(&[])).param("answer-background", "INFO");
    let mut call = script.player_with(|settings| settings.levels.messages = true);
    call.peer("INVITE").peer("INVITE").peer("INFO");
    assert_eq!(call.sent_names(), "200 200 200");
    let sent: u64 = call.figures().protocols[0]
        .iter()
        .map(|counts| counts.sent)
        .sum();
    assert_eq!((sent, call.figures().messages_sent), (3, 3));
    let told = call
        .world
        .log
        .iter()
        .filter(|entry| *entry == "sent 200")
        .count();
    assert_eq!(told, 3);
}
