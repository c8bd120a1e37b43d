//! Channels that a call opens for itself.

use gannet_traffic::shard::PortKey;

use crate::bench::{Script, receive, section, send, wait};

const FIRST: PortKey = PortKey(100);
const SECOND: PortKey = PortKey(101);

const OPEN: &str = r#"<open args=""></open>"#;
const CLOSE: &str = "<close></close>";

/// A client on a channel of its own.
fn own(channel: &str, open: &str, on_answer: &str) -> String {
    section(
        "traffic",
        &[
            send(channel, "INVITE").opens().before(open).text(),
            receive(channel, "200 INVITE").after(on_answer).text(),
            send(channel, "ACK").before(OPEN).text(),
        ],
    )
}

#[test]
fn rows_of_open_and_close() {
    for (row, channel, open, dest) in [
        (
            "open args empty: the channel's own",
            "own",
            OPEN,
            "10.0.0.3:5060",
        ),
        (
            "open args",
            "own",
            r#"<open args="mode=client;dest=10.0.0.9:5999"></open>"#,
            "10.0.0.9:5999",
        ),
        ("TCP", "own-tcp", OPEN, "10.0.0.3:5060"),
    ] {
        let mut call = Script::new(&own(channel, open, CLOSE)).player();
        call.begin();
        assert_eq!(
            call.world.opened,
            [(FIRST, call.channel_of(channel), dest.to_owned())],
            "{row}"
        );
        // The call is suspended until it is open, with nothing done yet.
        assert_eq!(call.sent_names(), "", "{row}");
        call.connected(FIRST);
        let sent = call.sends("INVITE");
        assert_eq!(sent.way.port, FIRST, "{row}");
        assert_eq!(
            sent.way.to.map(|to| to.to_string()),
            (channel == "own").then(|| dest.to_owned()),
            "{row}"
        );
        // Closed by the answer; the ACK opens another one.
        answer(&mut call, channel, FIRST, "200");
        assert_eq!(call.world.closed, [FIRST], "{row}");
        call.connected(SECOND);
        assert_eq!(call.sends("ACK").way.port, SECOND, "{row}");
        assert_eq!(call.tally(), "traffic 1", "{row}");
        assert_eq!(call.world.closed, [FIRST, SECOND], "{row}");
    }
}

fn answer(call: &mut crate::bench::Player, channel: &str, port: PortKey, text: &str) {
    if channel == "own-tcp" {
        call.peer_by(port, text);
    } else {
        let id = "Call-ID: 1@me";
        let bytes = crate::bench::wire(&format!("SIP/2.0 {text} OK|{id}|CSeq: 1 INVITE"));
        call.datagram_to(port, crate::bench::PEER, &bytes);
    }
}

#[test]
fn close_has_no_effect_on_a_channel_of_the_whole_run_and_neither_has_open() {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .before(OPEN)
                .after(r#"<close name="x"></close>"#)
                .text(),
            receive("client", "200 INVITE").after(CLOSE).text(),
            send("client", "ACK").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().sends("INVITE");
    call.peer("200").sends("ACK");
    assert!(call.world.opened.is_empty() && call.world.closed.is_empty());
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn actions_before_a_send_are_done_once_though_it_waits_for_its_channel() {
    let traffic = own(
        "own-tcp",
        &format!("<inc-counter name=\"n\"></inc-counter>{OPEN}"),
        "",
    );
    let mut call = Script::new(&traffic).player();
    call.begin();
    call.connected(FIRST);
    // `n` counted by the call's own Call-ID, and by the action once.
    assert!(call.sends("INVITE").text().contains("Call-ID: 1@me"));
    call.peer_by(FIRST, "200").sends("ACK");
    call.begin();
    call.connected(SECOND);
    assert!(call.sends("INVITE").text().contains("Call-ID: 3@me"));
}

#[test]
fn rows_of_channels_that_do_not_open() {
    let script = Script::new(&own("own-tcp", OPEN, "")).param("call-open-timeout-ms", "500");
    let lost = "ConnectionLost { channel: ChannelId(6) }";

    let mut call = script.player();
    call.begin().closed(FIRST);
    assert_eq!(call.tally(), "failed 1", "refused");
    assert!(
        call.world.log.iter().any(|entry| entry.contains(lost)),
        "{:?}",
        call.world.log
    );

    let mut call = script.player();
    call.begin().pass_ms(499);
    assert_eq!(call.tally(), "open 1", "call-open-timeout-ms is not over");
    call.pass_ms(2);
    assert_eq!(call.tally(), "failed 1", "call-open-timeout-ms");
    assert_eq!(call.world.closed, [FIRST]);

    let mut call = script.player();
    call.begin().connected(FIRST).sends("INVITE");
    call.closed(FIRST);
    assert_eq!(
        call.tally(),
        "failed 1",
        "lost while the call waits for a message by it"
    );

    let without = section("traffic", &[send("own", "INVITE").opens().text()]);
    let mut call = Script::new(&without).player();
    call.begin();
    assert_eq!(call.tally(), "failed 1", "never opened");
    assert!(
        call.world.log.iter().any(|entry| entry.contains("NotOpen")),
        "{:?}",
        call.world.log
    );
}

#[test]
fn a_connection_that_is_lost_during_a_pause_fails_the_send_that_needs_it_or_is_opened_again() {
    for (before, expected) in [("", "failed 1"), (OPEN, "traffic 1")] {
        let traffic = section(
            "traffic",
            &[
                send("own-tcp", "INVITE").opens().before(OPEN).text(),
                wait(100),
                send("own-tcp", "BYE").before(before).text(),
            ],
        );
        let mut call = Script::new(&traffic).player();
        call.begin().connected(FIRST).sends("INVITE");
        call.closed(FIRST);
        assert_eq!(call.tally(), "open 1");
        call.pass_ms(101);
        if call.world.opened.len() == 2 {
            call.connected(SECOND).sends("BYE");
        }
        assert_eq!(call.tally(), expected, "{before}");
    }
}

#[test]
fn a_connection_that_is_lost_while_the_call_waits_for_another_channel_does_not_matter_yet() {
    let correlation = r#"<correlation><channel name="client"><command name="first"><post-action>
        <insert-in-map channel="client" entity="call-id"></insert-in-map></post-action></command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes("label=\"first\"")
                .text(),
            send("own-tcp", "OPTIONS").before(OPEN).text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&format!("{correlation}{traffic}")).player();
    call.begin().connected(FIRST);
    assert_eq!(call.sent_names(), "INVITE OPTIONS");
    call.closed(FIRST).peer("200|Call-ID: 1@me");
    assert_eq!(call.tally(), "traffic 1");
}
