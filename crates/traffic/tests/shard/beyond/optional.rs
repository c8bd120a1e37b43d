//! Optional receives, receives of several messages, and the method in CSeq.

use crate::bench::{Script, client, receive, section, send, wait};

fn optional(what: &str, actions: &str) -> String {
    receive("client", what)
        .attributes("optional=\"true\"")
        .after(actions)
        .text()
}

#[test]
fn actions_of_an_optional_receive_are_done_when_its_message_comes_even_if_late() {
    let between = [
        optional("180 INVITE", r#"<log format="ringing"></log>"#),
        optional("183 INVITE", r#"<log format="progress"></log>"#),
    ];
    for (messages, expected) in [
        (vec!["180", "183"], vec!["user ringing", "user progress"]),
        (vec!["183", "180"], vec!["user progress", "user ringing"]),
        (vec!["183"], vec!["user progress"]),
        (vec![], vec![]),
    ] {
        let mut call = Script::new(&client(&between)).player();
        call.begin().sends("INVITE");
        for message in messages {
            call.peer(message);
        }
        assert_eq!(call.world.log, expected);
        call.peer("200");
        assert_eq!(call.sent_names(), "ACK BYE");
    }
}

#[test]
fn a_response_that_comes_when_the_call_has_gone_on_disturbs_nothing() {
    let between = [optional("180 INVITE", r#"<log format="ringing"></log>"#)];
    let traffic = client(&between).replace(
        "<send channel=\"client\">\n              <action><restore name=\"id\" entity=\"call-id\"></restore></action>\n              <message><![CDATA[BYE",
        &format!("{}<send channel=\"client\">\n<action><restore name=\"id\" entity=\"call-id\"></restore></action>\n<message><![CDATA[BYE", wait(100)),
    );
    assert!(traffic.contains("wait-ms"));
    let mut call = Script::new(&traffic)
        .param("call-timeout-ms", "500")
        .player();
    call.begin().sends("INVITE");
    call.peer("200").sends("ACK");
    // In the pause, which goes on as it was.
    call.pass_ms(60).peer("180").pass_ms(39);
    assert_eq!(call.sent_names(), "");
    call.pass_ms(1).sends("BYE");
    // While another message is waited for, whose time goes on too.
    call.pass_ms(400).peer("180");
    assert_eq!(call.tally(), "open 1");
    assert!(call.world.log.is_empty(), "nothing is done with it");
    assert_eq!(call.figures().sections[0][1].messages, 2);
    call.peer("200");
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn a_request_that_an_optional_receive_missed_is_unexpected() {
    let between = [receive("client", "INFO")
        .attributes("optional=\"true\"")
        .text()];
    let mut call = Script::new(&client(&between)).player();
    call.begin().sends("INVITE");
    call.peer("200").sends("ACK");
    call.peer("INFO");
    assert_eq!(call.tally(), "failed 1, unexpected 1");
}

#[test]
fn an_optional_message_that_comes_late_does_not_branch() {
    let branch = r#"<check-value name="subject" branch_on="180" look_ahead="4" behaviour="error"></check-value>"#;
    let between = [optional("180 INVITE", branch), optional("183 INVITE", "")];
    for (messages, sent) in [
        (["180", "183", "200"], "BYE"),
        (["183", "180", "200"], "ACK BYE"),
    ] {
        let mut call = Script::new(&client(&between)).player();
        call.begin().sends("INVITE");
        for message in messages {
            if call.world.sent.is_empty() {
                call.peer(message);
            }
        }
        assert_eq!(call.sent_names(), sent);
    }
}

#[test]
fn accept_takes_one_of_several_messages_and_may_lead_elsewhere() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE")
                .attributes(r#"accept="183 486=refused 500=end 180=again" label="again""#)
                .after(r#"<log format="taken"></log>"#)
                .text(),
            send("client", "ACK").text(),
            send("client", "BYE").text(),
            receive("client", "200 BYE")
                .attributes(r#"label="end""#)
                .text(),
            send("client", "ACK")
                .attributes(r#"label="refused""#)
                .headers("X-Line: refused")
                .text(),
        ],
    );
    for (row, messages, sent, expected) in [
        ("the scenario's own", vec!["200"], "ACK BYE", "open 1"),
        ("another one", vec!["183"], "ACK BYE", "open 1"),
        ("with a label ahead", vec!["486"], "ACK", "traffic 1"),
        (
            "with a label of a receive",
            vec!["500", "200"],
            "ACK",
            "traffic 1",
        ),
        (
            "with its own label, again and again",
            vec!["180", "180", "180", "200"],
            "ACK BYE",
            "open 1",
        ),
        ("not in the list", vec!["401"], "", "failed 1, unexpected 1"),
    ] {
        let mut call = Script::new(&traffic).player();
        call.begin().sends("INVITE");
        for message in &messages {
            call.peer(message);
        }
        assert_eq!(call.sent_names(), sent, "{row}");
        assert_eq!(call.tally(), expected, "{row}");
        if expected == "open 1" {
            assert_eq!(call.world.log.len(), messages.len(), "{row}");
        }
    }
}

#[test]
fn rows_of_cseq_method() {
    for (row, attributes, param, message, expected) in [
        (
            "not asked for",
            "",
            "false",
            "200|CSeq: 3 OPTIONS",
            "traffic 1",
        ),
        (
            "cseq-method, another one",
            r#"cseq-method="INVITE""#,
            "false",
            "200|CSeq: 3 OPTIONS",
            "failed 1, unexpected 1",
        ),
        (
            "cseq-method, the same",
            r#"cseq-method="INVITE""#,
            "false",
            "200|CSeq: 3 INVITE",
            "traffic 1",
        ),
        (
            "cseq-method, none",
            r#"cseq-method="INVITE""#,
            "false",
            "200|CSeq: 3",
            "failed 1, unexpected 1",
        ),
        (
            "match-cseq, another one",
            "",
            "true",
            "200|CSeq: 3 OPTIONS",
            "failed 1, unexpected 1",
        ),
        (
            "match-cseq, the same",
            "",
            "true",
            "200|CSeq: 3 INVITE",
            "traffic 1",
        ),
    ] {
        let traffic = section(
            "traffic",
            &[
                send("client", "INVITE").opens().text(),
                receive("client", "200 INVITE")
                    .attributes(attributes)
                    .text(),
            ],
        );
        let mut call = Script::new(&traffic).param("match-cseq", param).player();
        call.begin().sends("INVITE");
        call.peer(message);
        assert_eq!(call.tally(), expected, "{row}");
    }
}

#[test]
fn cseq_method_tells_the_responses_to_two_open_requests_apart() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            send("client", "OPTIONS").text(),
            receive("client", "200 OPTIONS")
                .attributes("optional=\"true\" cseq-method=\"OPTIONS\"")
                .text(),
            receive("client", "200 INVITE")
                .attributes("cseq-method=\"INVITE\"")
                .text(),
            send("client", "ACK").text(),
        ],
    );
    for messages in [
        ["200|CSeq: 5 OPTIONS", "200|CSeq: 1 INVITE"],
        ["200|CSeq: 1 INVITE", "200|CSeq: 5 OPTIONS"],
    ] {
        let mut call = Script::new(&traffic).player();
        call.begin();
        assert_eq!(call.sent_names(), "INVITE OPTIONS");
        call.peer(messages[0]);
        if messages[0].ends_with("INVITE") {
            call.sends("ACK");
        }
        call.peer(messages[1]);
        assert!(call.tally().starts_with("traffic 1"), "{}", call.tally());
    }
}

#[test]
fn a_default_section_that_begins_with_a_response_heeds_cseq_method() {
    let default = section(
        "default",
        &[receive("client", "200 OPTIONS")
            .attributes("cseq-method=\"OPTIONS\"")
            .text()],
    );
    let traffic = client(&[receive("client", "180 INVITE").text()]);
    for (message, expected) in [
        ("200|CSeq: 5 OPTIONS", "default 1, unexpected 1"),
        ("200|CSeq: 1 INVITE", "failed 1, unexpected 1"),
    ] {
        let mut call = Script::new(&format!("{default}{traffic}")).player();
        call.begin().sends("INVITE");
        call.peer(message);
        assert_eq!(call.tally(), expected, "{message}");
    }
}
