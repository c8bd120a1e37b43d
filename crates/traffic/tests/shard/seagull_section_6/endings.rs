//! How calls and runs end: abort sections, and the phases of stopping.

use gannet_events::traffic::{Command, Phase};

use crate::bench::{Script, client, receive, section, send};

#[test]
fn an_unexpected_message_during_the_abort_section_fails_the_call() {
    let abort = section(
        "abort",
        &[
            send("client", "BYE").text(),
            receive("client", "200 BYE").text(),
        ],
    );
    let mut call = Script::new(&format!("{abort}{}", client(&[]))).player();
    call.begin().sends("INVITE");
    call.peer("486").sends("BYE");
    call.peer("486");
    assert_eq!(call.tally(), "failed 1, unexpected 2");
}

#[test]
fn an_abort_section_behaviour() {
    for (behaviour, expected) in [
        ("", "abort 1, unexpected 1"),
        (" behaviour=\"success\"", "abort 1, unexpected 1"),
        (" behaviour=\"failed\"", "failed 1, unexpected 1"),
        (" behaviour=\"ignore\"", "unexpected 1"),
    ] {
        let abort = section(
            &format!("abort{behaviour}"),
            &[send("client", "BYE").text()],
        );
        let mut call = Script::new(&format!("{abort}{}", client(&[]))).player();
        call.begin().sends("INVITE");
        call.peer("486").sends("BYE");
        assert_eq!(call.tally(), expected);
    }
}

#[test]
fn an_abort_section_takes_over_a_call_whose_channel_is_being_opened() {
    let correlation = r#"<correlation><channel name="server"><command name="first"><post-action>
        <insert-in-map channel="server" entity="call-id"></insert-in-map></post-action></command></channel></correlation>"#;
    let traffic = section(
        "traffic",
        &[
            receive("server", "INVITE")
                .attributes(r#"label="first""#)
                .text(),
            send("own-tcp", "OPTIONS")
                .before(r#"<open args=""></open>"#)
                .text(),
        ],
    );
    let abort = section("abort", &[send("server", "500 INVITE").text()]);
    let mut call = Script::new(&format!("{correlation}{traffic}{abort}")).player();
    call.peer("INVITE|Call-ID: 1").peer("BYE|Call-ID: 1");
    assert_eq!(call.tally(), "abort 1, unexpected 1");
    call.sends("500");
    // What was being opened is closed with the call, and its news come to nobody.
    let port = call.world.opened[0].0;
    assert_eq!(call.world.closed, [port]);
    call.connected(port).closed(port);
    assert_eq!(call.sent_names(), "");
}

#[test]
fn stop_waits_for_open_calls_and_a_second_stop_or_quit_does_not() {
    for (command, phase) in [
        (Command::Stop, Phase::Stopping),
        (Command::Quit, Phase::Ended),
    ] {
        let mut calls = Script::new(&client(&[])).player();
        calls.begin();
        calls.command(command);
        assert_eq!(calls.phase(), phase);
        calls.pass_ms(10_000);
        assert_eq!(calls.phase(), phase);
        calls.command(Command::Stop);
        assert_eq!(calls.phase(), Phase::Ended);
        assert_eq!(
            calls.tally(),
            "open 1",
            "calls that are open then are not counted"
        );
    }
    let mut calls = Script::new(&client(&[])).player();
    calls.begin().sends("INVITE");
    calls.command(Command::Stop);
    calls.peer("200").sends("ACK");
    calls.sends("BYE");
    calls.peer("200");
    assert_eq!(
        (calls.phase(), calls.tally().as_str()),
        (Phase::Ended, "traffic 1")
    );
}
