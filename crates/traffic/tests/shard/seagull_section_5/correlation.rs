//! Correlation: several channels in one call.

use crate::bench::{Script, receive, section, send};

/// A server on `server` that asks another peer on `client` before it answers; what is correlated is told
/// by `commands` of the channel `client`.
fn relay(commands: &str) -> String {
    let correlation = format!(
        r#"<correlation>
          <channel name="server">
            <retrieve><search-in-map name="call-id"></search-in-map></retrieve>
            <command name="in"><post-action>
              <insert-in-map channel="server" name="default-session-id"></insert-in-map>
            </post-action></command>
          </channel>
          <channel name="client">
            <retrieve>
              <search-in-map name="other-id"></search-in-map>
              <search-in-map name="call-id"></search-in-map>
            </retrieve>
            {commands}
          </channel>
        </correlation>"#
    );
    let traffic = section(
        "traffic",
        &[
            receive("server", "INVITE")
                .attributes(r#"label="in""#)
                .text(),
            send("client", "OPTIONS")
                .attributes(r#"label="ask""#)
                .bare()
                .headers("Other-ID: o")
                .before(
                    r#"<set-value name="call-id" format="ask-$(id)"></set-value>
                  <set-value name="other-id" format="other-$(id)"></set-value>"#,
                )
                .after(r#"<store name="asked" entity="call-id"></store>"#)
                .text(),
            receive("client", "200 OPTIONS")
                .attributes(r#"label="told""#)
                .text(),
            send("server", "200 INVITE").text(),
        ],
    );
    format!("{correlation}{traffic}")
}

#[test]
fn rows_of_correlation() {
    const BY_FIELD: &str = r#"<command name="ask"><post-action>
        <insert-in-map channel="client" entity="call-id"></insert-in-map></post-action></command>"#;
    const BY_OTHER: &str = r#"<command name="ask"><post-action>
        <insert-in-map channel="client" entity="other-id"></insert-in-map></post-action></command>"#;
    for (row, commands, answer, expected) in [
        (
            "found by a key of the other channel",
            BY_FIELD,
            "200|Call-ID: ask-7",
            "traffic 1",
        ),
        (
            "a key belongs to its channel",
            BY_FIELD,
            "200|Call-ID: 7",
            "open 1, unexpected 1",
        ),
        (
            "the first listed field that is present decides",
            BY_OTHER,
            "200|Call-ID: x|Other-ID: other-7",
            "traffic 1",
        ),
        (
            "the next one is not tried if it is unknown",
            BY_FIELD,
            "200|Call-ID: ask-7|Other-ID: x",
            "open 1, unexpected 1",
        ),
        (
            "the next one is tried if it is absent",
            BY_FIELD,
            "200|Call-ID: ask-7",
            "traffic 1",
        ),
    ] {
        let mut call = Script::new(&relay(commands)).player();
        call.peer("INVITE|Call-ID: 7");
        let asked = call.sends("OPTIONS");
        assert_eq!(asked.way.port, call.port_of("client"), "{row}");
        call.on("client").peer(answer);
        assert_eq!(call.tally(), expected, "{row}");
        if expected == "traffic 1" {
            let told = call.sends("200");
            assert_eq!(told.way.port, call.port_of("server"), "{row}");
            assert!(told.text().contains("Call-ID: 7\r\n"), "{row}");
            // All keys of the call are gone, on both channels.
            call.peer(answer);
            call.on("server").peer("ACK|Call-ID: 7");
            assert_eq!(call.tally(), "traffic 1, unexpected 2", "{row}");
        }
    }
}

#[test]
fn actions_of_a_correlation_come_before_the_commands_own() {
    let correlation = r#"<correlation><channel name="client">
        <command name="first">
          <pre-action><log format="correlated before"></log></pre-action>
          <post-action><log format="correlated after"></log></post-action>
        </command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(r#"label="first""#)
                .before(r#"<log format="own before"></log>"#)
                .after(r#"<log format="own after"></log>"#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&format!("{correlation}{traffic}")).player();
    call.begin().sends("INVITE");
    assert_eq!(
        call.world.log,
        [
            "user correlated before",
            "user own before",
            "user correlated after",
            "user own after"
        ]
    );
    // The first command is labelled and inserts nothing itself: the dictionary's session id is inserted.
    call.peer("200");
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn a_message_on_another_channel_is_unexpected() {
    let mut call = Script::new(&relay(
        r#"<command name="ask"><post-action>
        <insert-in-map channel="client" entity="call-id"></insert-in-map></post-action></command>"#,
    ))
    .player();
    call.peer("INVITE|Call-ID: 7").sends("OPTIONS");
    // The 200 that is waited for, but by the channel of the INVITE.
    call.peer("200|Call-ID: 7");
    assert_eq!(call.tally(), "failed 1, unexpected 1");
}

#[test]
fn calls_are_found_by_their_connection() {
    let correlation = r#"<correlation><channel name="tcp-server">
        <retrieve><search-in-map name="session-method-open-id"></search-in-map></retrieve>
        <command name="first"><post-action>
          <insert-in-map channel="tcp-server" name="default-session-id"></insert-in-map>
        </post-action></command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            receive("tcp-server", "INVITE")
                .attributes(r#"label="first""#)
                .text(),
            send("tcp-server", "200 INVITE").text(),
            receive("tcp-server", "BYE").text(),
        ],
    );
    let script = Script::new(&format!("{correlation}{traffic}")).dictionary(
        r#"session-method="field" session-id="call-id""#,
        r#"session-method="open-id""#,
    );
    let mut calls = script.player();
    let (one, two) = (
        gannet_traffic::shard::PortKey(50),
        gannet_traffic::shard::PortKey(51),
    );
    calls
        .accepted("tcp-server", one)
        .accepted("tcp-server", two);
    calls
        .peer_by(one, "INVITE|Call-ID: 1")
        .peer_by(two, "INVITE|Call-ID: 2");
    assert_eq!(calls.sends("200").way.port, one);
    assert_eq!(calls.sends("200").way.port, two);
    calls.peer_by(two, "BYE|Call-ID: whatever");
    assert_eq!(calls.tally(), "open 1, traffic 1");
}
