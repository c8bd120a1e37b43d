//! Counters, variables, and the copies that actions work on.

use crate::bench::{Script, receive, section, send, value_of};

#[test]
fn actions_before_and_after_a_send() {
    // Before: on the call's copy, before it is encoded. After: on that copy as sent, with its length.
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .before(r#"<set-value name="subject" format="early"></set-value>"#)
                .body("o=x")
                .after(
                    r#"<store name="length" entity="content-length"></store>
                    <store name="subject" entity="subject"></store>
                    <set-value name="subject" format="late"></set-value>
                    <store name="late" entity="subject"></store>
                    <log format="$(length) $(subject) $(late)"></log>"#,
                )
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    let text = call.begin().sends("INVITE").text();
    assert_eq!(value_of(&text, "Subject"), Some("early"));
    assert!(
        call.world.log.contains(&"user 5 early late".to_owned()),
        "{:?}",
        call.world.log
    );
    // The scenario's own text is the same for the next call.
    let text = call.begin().sends("INVITE").text();
    assert_eq!(value_of(&text, "Call-ID"), Some("2@me"));
}

#[test]
fn rows_of_counters() {
    for (row, definition, values) in [
        (
            "behaviour: init by default",
            r#"min="0" max="2""#,
            [2, 1, 2, 1],
        ),
        (
            "behaviour=init",
            r#"min="0" max="2" behaviour="init""#,
            [2, 1, 2, 1],
        ),
        (
            "behaviour=min",
            r#"min="0" max="2" behaviour="min""#,
            [2, 0, 1, 2],
        ),
        (
            "behaviour=no_reset",
            r#"min="0" max="2" behaviour="no_reset""#,
            [2, 2, 2, 2],
        ),
        (
            "min defaults to init",
            r#"max="2" behaviour="min""#,
            [2, 1, 2, 1],
        ),
        ("max defaults to the highest number", "", [2, 3, 4, 5]),
    ] {
        let traffic = section(
            "traffic",
            &[
                send("client", "INVITE")
                    .opens()
                    .before(
                        r#"<inc-counter name="c"></inc-counter>
                        <set-value name="subject" format="$(c)"></set-value>"#,
                    )
                    .text(),
                receive("client", "200 INVITE").text(),
            ],
        );
        let counters = format!(
            r#"<counterdef name="n" init="0"></counterdef><counterdef name="c" init="1" {definition}></counterdef>"#
        );
        let mut calls = Script::new(&traffic).counters(&counters).player();
        // Global to the process: each call finds what the one before left.
        let found = values.map(|_| {
            let text = calls.begin().sends("INVITE").text();
            value_of(&text, "Subject").and_then(|value| value.parse().ok())
        });
        assert_eq!(found, values.map(Some), "{row}");
    }
}

#[test]
fn variables_belong_to_a_call_and_are_empty_in_the_next() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .before(r#"<inc-var name="v"></inc-var><set-value name="subject" format="$(v)"></set-value>"#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut calls = Script::new(&traffic).player();
    for _ in 0..3 {
        let text = calls.begin().sends("INVITE").text();
        assert_eq!(value_of(&text, "Subject"), Some("1"));
        calls.peer("200");
    }
    assert_eq!(calls.tally(), "traffic 3");
}

#[test]
fn with_exact_line_ends_a_value_has_its_carriage_return_and_a_line_may_lose_it() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE")
                .after(r#"<store name="v" entity="line"></store>"#)
                .text(),
            send("client", "ACK")
                .headers("X-Line: a")
                .before(r#"<restore name="v" entity="line"></restore>"#)
                .text(),
            send("client", "BYE")
                .headers("X-Line: a")
                .before(r#"<set-value name="line" format="b"></set-value>"#)
                .text(),
        ],
    );
    let mut call = Script::new(&traffic).exact().player();
    call.begin().sends("INVITE");
    call.peer("200|X-Line: tail");
    assert!(call.sends("ACK").text().contains("X-Line: tail\r\n"));
    assert!(
        call.sends("BYE")
            .text()
            .contains("X-Line: b\ncontent-length")
    );
}
