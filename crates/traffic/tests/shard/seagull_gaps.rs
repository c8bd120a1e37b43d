//! The three gaps that Seagull's manual admits (SEAGULL.md 16), each as it is there, where it fails the
//! call, and with what Gannet has for it, where the call completes.

use crate::bench::{Player, Script, client, receive, section, send, server};

const ABSORB: &str = "absorb-retransmissions";

#[test]
fn retransmission_in_reception_at_the_client() {
    let script = Script::new(&client(&[receive("client", "180 INVITE").text()]));
    let play = |mut call: Player| {
        call.begin().sends("INVITE");
        for message in ["180", "180", "200", "200"] {
            call.peer(message);
        }
        while call.next_sent().is_some() {}
        call.peer("200|CSeq: 9 BYE").peer("200|CSeq: 9 BYE");
        call.tally()
    };
    // The calls ends at the second 180, and the rest is nobody's.
    assert_eq!(play(script.player()), "failed 1, unexpected 5");
    assert_eq!(
        play(script.param(ABSORB, "true").player()),
        "traffic 1, absorbed 3"
    );
}

#[test]
fn retransmission_in_reception_at_the_server() {
    let script = Script::new(&server(&[send("server", "180 INVITE").text()]));
    let play = |mut call: Player| {
        for message in ["INVITE", "INVITE", "ACK", "ACK", "BYE", "BYE"] {
            call.peer(message);
        }
        (call.tally(), call.sent_names())
    };
    assert_eq!(
        play(script.player()),
        ("failed 1, unexpected 5".to_owned(), "180 200".to_owned())
    );
    // Each request that comes again is answered again.
    assert_eq!(
        play(script.param(ABSORB, "true").player()),
        (
            "traffic 1, absorbed 3".to_owned(),
            "180 200 200 200 200".to_owned()
        )
    );
}

#[test]
fn info_notify_and_options_within_a_call() {
    let script = Script::new(&client(&[receive("client", "180 INVITE").text()]));
    let in_background = script
        .clone()
        .param("answer-background", "INFO NOTIFY OPTIONS");
    let returning = ["INFO", "NOTIFY", "OPTIONS"]
        .map(|method| {
            section(
                "default behaviour=\"return\"",
                &[
                    receive("client", method).text(),
                    send("client", &format!("200 {method}")).text(),
                ],
            )
        })
        .concat();
    let by_sections = Script::new(&format!(
        "{returning}{}",
        client(&[receive("client", "180 INVITE").text()])
    ));
    let play = |mut call: Player| {
        call.begin().sends("INVITE");
        call.peer("INFO")
            .peer("180")
            .peer("NOTIFY")
            .peer("OPTIONS")
            .peer("200|CSeq: 1 INVITE");
        let answers = call.sent_names();
        call.peer("200|CSeq: 9 BYE");
        (answers, call.tally())
    };
    assert_eq!(
        play(script.player()),
        (String::new(), "failed 1, unexpected 6".to_owned())
    );
    assert_eq!(
        play(in_background.player()),
        (
            "200 200 200 ACK BYE".to_owned(),
            "traffic 1, answered 3".to_owned()
        )
    );
    assert_eq!(
        play(by_sections.player()),
        ("200 200 200 ACK BYE".to_owned(), "traffic 1".to_owned())
    );
}

#[test]
fn optional_responses() {
    let exact = [
        receive("client", "180 INVITE").text(),
        receive("client", "183 INVITE").text(),
    ];
    let optional = exact
        .clone()
        .map(|text| text.replacen("<receive ", "<receive optional=\"true\" ", 1));
    let play = |between: &[String], messages: &[&str]| {
        let mut call = Script::new(&client(between)).player();
        call.begin().sends("INVITE");
        for message in messages {
            call.peer(message);
        }
        call.sent_names();
        call.peer("200");
        call.tally()
    };
    for (row, messages) in [
        ("none of them", vec!["200"]),
        ("the first", vec!["180", "200"]),
        ("the second", vec!["183", "200"]),
        ("in the other order", vec!["183", "180", "200"]),
        ("one of them twice", vec!["180", "180", "183", "200"]),
    ] {
        let failed = play(&exact, &messages);
        assert!(failed.starts_with("failed 1"), "{row}: {failed}");
        assert_eq!(play(&optional, &messages), "traffic 1", "{row}");
    }
    for between in [&exact, &optional] {
        assert_eq!(play(between, &["180", "183", "200"]), "traffic 1");
    }
}
