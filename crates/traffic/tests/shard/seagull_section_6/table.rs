//! The rows of the table.

use gannet_events::traffic::{Command, Phase};

use crate::bench::{Player, Script, client, receive, section, send, server, wait};

const ON_INFO: &str =
    "<default behaviour=\"END\"><receive channel=\"CHANNEL\"><message><![CDATA[INFO sip:x SIP/2.0
    Call-ID: 0]]></message><action><store name=\"id\" entity=\"call-id\"></store></action></receive>
    <send channel=\"CHANNEL\"><action><restore name=\"id\" entity=\"call-id\"></restore></action>
    <message><![CDATA[SIP/2.0 200 Info
    Call-ID: 0
    CSeq: 5 INFO]]></message></send></default>";

fn on_info(channel: &str, end: &str) -> String {
    ON_INFO.replace("CHANNEL", channel).replace("END", end)
}

fn abort(channel: &str) -> String {
    section("abort", &[send(channel, "BYE").text()])
}

/// A row: the sections, what comes, and what is then counted, sent and logged.
struct Row {
    name: &'static str,
    sections: String,
    messages: &'static [&'static str],
    expected: &'static str,
    sent: &'static str,
    logged: &'static str,
}

fn server_row(
    name: &'static str,
    more: &str,
    messages: &'static [&'static str],
    (expected, sent, logged): (&'static str, &'static str, &'static str),
) -> Row {
    let sections = format!("{more}{}", server(&[]));
    Row {
        name,
        sections,
        messages,
        expected,
        sent,
        logged,
    }
}

#[test]
fn rows_of_messages_without_a_call() {
    let waits = section(
        "traffic",
        &[
            receive("server", "INVITE").text(),
            wait(100),
            send("server", "200 INVITE").text(),
        ],
    );
    let rows = [
        server_row(
            "unknown id, matches the first receive of traffic: a new incoming call",
            "",
            &["INVITE"],
            ("open 1", "200", ""),
        ),
        server_row(
            "unknown id, matches the first receive of a default section: a call of that section",
            &on_info("server", "success"),
            &["INFO"],
            ("default 1, unexpected 0", "200", "passed"),
        ),
        server_row(
            "unknown id, else: unexpected, dropped, no call fails",
            "",
            &["BYE", "200"],
            ("unexpected 2", "", "unexpected BYE without call"),
        ),
        server_row(
            "unknown id, type not in dictionary",
            "",
            &["MESSAGE"],
            ("unexpected 1", "", "unexpected MESSAGE without call"),
        ),
        Row {
            name: "a message without its type",
            sections: waits,
            messages: &["invite|Call-ID: 1"],
            expected: "malformed 1",
            sent: "",
            logged: "malformed",
        },
    ];
    for row in rows {
        play(&row, Script::new(&row.sections).player());
    }
}

fn play(row: &Row, mut call: Player) {
    for message in row.messages {
        call.peer(message);
    }
    let name = row.name;
    assert_eq!(
        call.tally(),
        row.expected.replace(", unexpected 0", ""),
        "{name}: {:?}",
        call.world.log
    );
    assert_eq!(call.sent_names(), row.sent, "{name}");
    assert!(
        call.world
            .log
            .iter()
            .any(|entry| entry.starts_with(row.logged))
            || row.logged.is_empty(),
        "{name}: {:?}",
        call.world.log
    );
}

#[test]
fn rows_of_messages_while_no_calls_are_taken() {
    for (row, command) in [
        ("unknown id while stopping", Command::Stop),
        ("unknown id while paused", Command::PauseOrResume),
    ] {
        let sections = format!("{}{}", on_info("server", "success"), server(&[]));
        let mut calls = Script::new(&sections).player();
        calls.peer("INVITE|Call-ID: 1").command(command);
        calls.peer("INVITE|Call-ID: 2").peer("INFO|Call-ID: 3");
        assert_eq!(calls.tally(), "open 1, refused 2", "{row}");
        // Ours: what would begin no call is no refused call. Seagull counts it as one.
        calls.peer("BYE|Call-ID: 4");
        assert_eq!(calls.tally(), "open 1, refused 2, unexpected 1", "{row}");
        // The call that is open goes on.
        calls.peer("ACK|Call-ID: 1").peer("BYE|Call-ID: 1");
        assert_eq!(calls.tally(), "traffic 1, refused 2, unexpected 1", "{row}");
    }
    let mut calls = Script::new(&server(&[]))
        .param("number-calls", "1")
        .player();
    calls.peer("INVITE|Call-ID: 1").peer("INVITE|Call-ID: 2");
    assert_eq!(calls.tally(), "open 1, refused 1", "number-calls reached");
    assert_eq!(calls.phase(), Phase::Stopping);
    calls.peer("ACK|Call-ID: 1").peer("BYE|Call-ID: 1");
    assert_eq!(calls.phase(), Phase::Ended);
}

#[test]
fn rows_of_no_free_context() {
    let mut calls = Script::new(&server(&[]))
        .param("max-simultaneous-calls", "2")
        .player();
    for id in 1..=3 {
        calls.peer(&format!("INVITE|Call-ID: {id}"));
    }
    assert_eq!(calls.tally(), "open 2, refused 1", "server: refused");
    assert!(calls.world.log.contains(&"no free call".to_owned()));

    let mut calls = Script::new(&client(&[]))
        .param("max-simultaneous-calls", "2")
        .param("call-rate", "100")
        .player();
    calls.pass_ms(100);
    assert_eq!(calls.tally(), "open 2", "client: nothing counted");
    let entries = calls
        .world
        .log
        .iter()
        .filter(|entry| *entry == "no free call")
        .count();
    assert_eq!(entries, 1, "told once, not in every turn");
}

/// A name, the sections beside the traffic (`abort`, or how a default section for INFO ends), what
/// comes, what is counted and sent then.
const OTHERS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "other type: FailedCall",
        "",
        "486",
        "failed 1, unexpected 1",
        "",
    ),
    (
        "a default section takes over",
        "success",
        "INFO",
        "default 1, unexpected 1",
        "200",
    ),
    (
        "a default section behaviour=failed",
        "failed",
        "INFO",
        "failed 1, unexpected 1",
        "200",
    ),
    (
        "a default section behaviour=ignore",
        "ignore",
        "INFO",
        "unexpected 1",
        "200",
    ),
    (
        "the abort section takes over",
        "abort",
        "486",
        "abort 1, unexpected 1",
        "BYE",
    ),
    (
        "a default section goes before the abort section",
        "success abort",
        "INFO",
        "default 1, unexpected 1",
        "200",
    ),
    (
        "no default section fits: the abort section",
        "success abort",
        "486",
        "abort 1, unexpected 1",
        "BYE",
    ),
    (
        "type not in dictionary",
        "",
        "MESSAGE",
        "failed 1, unexpected 1",
        "",
    ),
    (
        "type not in dictionary, with an abort section",
        "abort",
        "606",
        "abort 1, unexpected 1",
        "BYE",
    ),
];

#[test]
fn rows_of_other_messages_for_a_call() {
    for &(row, more, message, expected, sent) in OTHERS {
        let more: String = more
            .split_ascii_whitespace()
            .map(|word| match word {
                "abort" => abort("client"),
                end => on_info("client", end),
            })
            .collect();
        let between = [wait(100), receive("client", "180 INVITE").text()];
        let script = Script::new(&format!("{more}{}", client(&between)));
        for (receiving, state) in [(true, "while receiving"), (false, "while not receiving")] {
            let mut call = script.player();
            call.begin().sends("INVITE");
            if receiving {
                call.pass_ms(100);
            }
            call.peer(message);
            assert_eq!(call.tally(), expected, "{row} {state}");
            assert_eq!(call.sent_names(), sent, "{row} {state}");
            let entry = format!("unexpected {message} {state}");
            assert!(
                call.world.log.contains(&entry),
                "{row}: {:?}",
                call.world.log
            );
        }
    }
}

#[test]
fn the_first_default_section_that_fits_takes_over() {
    let second = on_info("client", "failed");
    let sections = format!("{}{second}{}", on_info("client", "success"), client(&[]));
    let mut call = Script::new(&sections).player();
    call.begin().sends("INVITE");
    call.peer("INFO");
    assert_eq!(call.tally(), "default 1, unexpected 1");
    assert_eq!(call.figures().sections[1][0].messages, 1);
}

#[test]
fn rows_of_retransmissions_which_are_simply_unexpected() {
    let mut call = Script::new(&client(&[receive("client", "180 INVITE").text()])).player();
    call.begin().sends("INVITE");
    call.peer("180").peer("180");
    assert_eq!(
        call.tally(),
        "failed 1, unexpected 1",
        "mid-call it kills the call"
    );

    let mut call = Script::new(&client(&[])).player();
    call.begin().sends("INVITE");
    call.peer("200").sends("ACK");
    call.sends("BYE");
    call.peer("200").peer("200");
    assert_eq!(
        call.tally(),
        "traffic 1, unexpected 1",
        "after the end it is unexpected only"
    );

    let mut calls = Script::new(&server(&[])).player();
    calls.peer("INVITE|Call-ID: 1").peer("INVITE|Call-ID: 1");
    assert_eq!(
        calls.tally(),
        "failed 1, unexpected 1",
        "a retransmitted INVITE fails the call"
    );
    calls.peer("INVITE|Call-ID: 1");
    assert_eq!(
        calls.tally(),
        "open 1, failed 1, unexpected 1",
        "and the third starts a new one"
    );
}

#[test]
fn row_wrong_channel() {
    let correlation = r#"<correlation><channel name="client"><command name="first">
        <post-action><insert-in-map channel="client" entity="call-id"></insert-in-map>
        <insert-in-map channel="server" entity="call-id"></insert-in-map></post-action>
        </command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(r#"label="first""#)
                .text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&format!("{correlation}{traffic}")).player();
    call.begin().sends("INVITE");
    call.on("server").peer("200");
    assert_eq!(call.tally(), "failed 1, unexpected 1");
}

#[test]
fn row_a_store_that_fails_on_the_first_message_fails_the_call_only() {
    // At log level V Seagull dies of it.
    let traffic = section(
        "traffic",
        &[
            receive("server", "INVITE")
                .after(r#"<store name="v" entity="other-id"></store>"#)
                .text(),
            send("server", "200 INVITE").text(),
        ],
    );
    let mut calls = Script::new(&traffic).player();
    calls.peer("INVITE|Call-ID: 1");
    assert_eq!(calls.tally(), "failed 1");
    calls.peer("INVITE|Call-ID: 2|Other-ID: x").sends("200");
    assert_eq!(calls.tally(), "traffic 1, failed 1");
}
