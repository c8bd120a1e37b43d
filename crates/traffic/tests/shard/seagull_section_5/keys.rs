//! What a call is known by.

use crate::bench::{Script, receive, section, send};

#[test]
fn without_correlation_the_first_command_registers_the_session_after_its_own_actions() {
    let rename = r#"<set-value name="call-id" format="renamed"></set-value>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().after(rename).text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    for (id, expected) in [("renamed", "traffic 1"), ("1@me", "open 1, unexpected 1")] {
        let mut call = Script::new(&traffic).player();
        call.begin().sends("INVITE");
        call.peer(&format!("200|Call-ID: {id}"));
        assert_eq!(call.tally(), expected, "{id}");
    }
}

/// A client whose INVITE has also an `Other-ID: other`.
fn keyed(on_second: &str) -> String {
    section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .headers("Other-ID: other")
                .after(r#"<store name="other" entity="other-id"></store>"#)
                .text(),
            receive("client", "180 INVITE").after(on_second).text(),
            receive("client", "200 INVITE").text(),
        ],
    )
}

#[test]
fn rows_of_keys() {
    for (row, actions, by_old, by_other) in [
        ("no action", "", true, false),
        (
            "set-new-session-id: re-keyed to the field's value",
            r#"<set-new-session-id name="id" entity="other-id"></set-new-session-id>"#,
            false,
            true,
        ),
        (
            "set-new-session-id: variable and field are the same",
            r#"<set-new-session-id name="id" entity="call-id"></set-new-session-id>"#,
            true,
            false,
        ),
        (
            "insert-in-map channel name",
            r#"<insert-in-map channel="client" name="other"></insert-in-map>"#,
            true,
            true,
        ),
        (
            "insert-in-map channel entity",
            r#"<insert-in-map channel="client" entity="other-id"></insert-in-map>"#,
            true,
            true,
        ),
        (
            "insert-in-map channel name=default-session-id",
            r#"<insert-in-map channel="client" name="default-session-id"></insert-in-map>"#,
            true,
            false,
        ),
    ] {
        for (id, found) in [("1@me", by_old), ("other", by_other)] {
            let mut call = Script::new(&keyed(actions)).player();
            call.begin().sends("INVITE");
            call.peer("180|Other-ID: other");
            call.peer(&format!("200|Call-ID: {id}"));
            let expected = if found {
                "traffic 1"
            } else {
                "open 1, unexpected 1"
            };
            assert_eq!(call.tally(), expected, "{row}: {id}");
            // All keys are removed when the call ends.
            if found {
                call.peer(&format!("200|Call-ID: {id}"));
                assert_eq!(call.tally(), "traffic 1, unexpected 1", "{row}: {id}");
            }
        }
    }
}

#[test]
fn a_key_that_another_call_has_fails_the_new_call_and_leaves_the_other() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .before(r#"<set-value name="call-id" format="same"></set-value>"#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    for absorb in ["false", "true"] {
        let mut calls = Script::new(&traffic)
            .param("absorb-retransmissions", absorb)
            .player();
        calls.begin().begin();
        assert_eq!(calls.tally(), "open 1, failed 1");
        assert!(
            calls
                .world
                .log
                .iter()
                .any(|entry| entry.contains("KeyTaken"))
        );
        calls.peer("200|Call-ID: same");
        assert_eq!(calls.tally(), "traffic 1, failed 1");
        // A call that is over keeps no key from the next, even if it still answers retransmissions.
        calls.begin();
        calls.peer("200|Call-ID: same|Subject: another");
        assert_eq!(calls.tally(), "traffic 2, failed 1");
    }
}

#[test]
fn re_keying_to_the_key_of_a_call_that_is_over_takes_it_from_it() {
    let actions = r#"<set-new-session-id name="id" entity="other-id"></set-new-session-id>"#;
    let mut calls = Script::new(&keyed(actions))
        .param("absorb-retransmissions", "true")
        .player();
    for round in 1..=2 {
        calls.begin().sends("INVITE");
        calls.peer("180|Other-ID: taken");
        calls.peer(&format!("200|Call-ID: taken|Subject: {round}"));
        assert_eq!(calls.tally(), format!("traffic {round}"));
    }
}
