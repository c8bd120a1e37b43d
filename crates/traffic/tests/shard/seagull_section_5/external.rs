//! External data.

use crate::bench::{Script, receive, section, send, value_of};

const DATA: &str = "\"string\";\"number\";\n\"alice\";\"7\";\n\"bob\";\"8\";\n\"carol\";\"9\";\n";

fn traffic(before: &str) -> String {
    section(
        "traffic",
        &[
            send("client", "INVITE").opens().before(before).text(),
            receive("client", "200 INVITE").text(),
        ],
    )
}

#[test]
fn rows_of_restore_from_external() {
    for (row, actions, expected) in [
        (
            "field and entity",
            r#"<restore-from-external field="0" entity="subject"></restore-from-external>"#,
            "alice",
        ),
        (
            "field and name",
            r#"<restore-from-external field="1" name="v"></restore-from-external>
            <set-value name="subject" format="[$(v)]"></set-value>"#,
            "[7]",
        ),
        (
            "entity begin end",
            r#"<restore-from-external field="0" entity="subject" begin="1" end="3"></restore-from-external>"#,
            "oal",
        ),
        (
            "begin end larger than the datum: shortened",
            r#"<restore-from-external field="1" entity="subject" begin="1" end="9"></restore-from-external>"#,
            "o7n",
        ),
        (
            "the line is picked once per call",
            r#"<restore-from-external field="0" name="a"></restore-from-external>
            <restore-from-external field="1" name="b"></restore-from-external>
            <restore-from-external field="0" name="c"></restore-from-external>
            <set-value name="subject" format="$(a)$(b)$(c)"></set-value>"#,
            "alice7alice",
        ),
    ] {
        let mut call = Script::new(&traffic(actions)).external(DATA).player();
        let text = call.begin().sends("INVITE").text();
        assert_eq!(value_of(&text, "Subject"), Some(expected), "{row}");
    }
}

#[test]
fn sequential_starts_at_the_first_line_and_wraps_and_random_reaches_all() {
    let actions = r#"<restore-from-external field="0" entity="subject"></restore-from-external>"#;
    let lines = |select: &str, calls: usize| -> Vec<String> {
        let mut player = Script::new(&traffic(actions))
            .external(DATA)
            .param("external-data-select", select)
            .param("max-simultaneous-calls", "1000")
            .player();
        (0..calls)
            .map(|_| {
                let text = player.begin().sends("INVITE").text();
                value_of(&text, "Subject").unwrap_or_default().to_owned()
            })
            .collect()
    };
    assert_eq!(
        lines("sequential", 5),
        ["alice", "bob", "carol", "alice", "bob"]
    );
    let drawn = lines("random", 200);
    for name in ["alice", "bob", "carol"] {
        let times = drawn.iter().filter(|found| *found == name).count();
        assert!((40..=95).contains(&times), "{name}: {times}");
    }
}
