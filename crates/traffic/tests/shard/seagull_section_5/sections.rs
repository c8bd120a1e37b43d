//! Sections, the order of commands, and the stopwatch.

use gannet_events::traffic::{Command, Phase};

use crate::bench::{MS, Script, client, receive, section, send, server, wait};

fn init_of_client() -> String {
    section(
        "init",
        &[
            send("client", "REGISTER").opens().text(),
            receive("client", "200 REGISTER").text(),
        ],
    )
}

#[test]
fn the_init_section_runs_once_before_all_calls() {
    let sections = format!("{}{}", init_of_client(), client(&[]));
    let mut calls = Script::new(&sections).param("call-rate", "10").player();
    calls.sends("REGISTER");
    calls.pass_ms(1_000);
    assert_eq!(
        (calls.phase(), calls.sent_names().as_str()),
        (Phase::Init, "")
    );
    calls.peer("200");
    assert_eq!(
        (calls.phase(), calls.tally().as_str()),
        (Phase::Running, "init 1")
    );
    // What was missed while the init section ran is not made up.
    calls.pass_ms(250);
    assert_eq!(calls.sent_names(), "INVITE INVITE INVITE");
}

#[test]
fn a_server_takes_its_init_section_once_and_then_its_traffic() {
    let init = section(
        "init",
        &[
            receive("server", "REGISTER").text(),
            wait(100),
            send("server", "200 REGISTER").text(),
        ],
    );
    let mut server = Script::new(&format!("{init}{}", server(&[]))).player();
    server.peer("INVITE|Call-ID: early");
    assert_eq!(server.tally(), "unexpected 1");
    server.peer("REGISTER|Call-ID: 1");
    server.peer("REGISTER|Call-ID: 2");
    assert_eq!(server.tally(), "open 1, unexpected 2");
    server.pass_ms(100).sends("200");
    assert_eq!(
        (server.phase(), server.tally().as_str()),
        (Phase::Running, "init 1, unexpected 2")
    );
    server.peer("INVITE|Call-ID: 3").sends("200");
}

#[test]
fn rows_of_how_an_init_section_ends() {
    const DEFAULT: &str = r#"<default behaviour="B"><receive channel="client"><message><![CDATA[SIP/2.0 486 Busy
        Call-ID: 0]]></message></receive></default>"#;
    let abort = section("abort", &[send("client", "OPTIONS").text()]);
    for (row, more, message, phase, expected) in [
        ("well", "", "200", Phase::Running, "init 1"),
        (
            "by an unexpected message",
            "",
            "500",
            Phase::Ended,
            "failed 1, unexpected 1",
        ),
        (
            "by the abort section",
            abort.as_str(),
            "500",
            Phase::Running,
            "abort 1, unexpected 1",
        ),
        (
            "by a default section",
            &DEFAULT.replace('B', "success"),
            "486",
            Phase::Running,
            "default 1, unexpected 1",
        ),
        (
            "by a default section that ignores",
            &DEFAULT.replace('B', "ignore"),
            "486",
            Phase::Running,
            "unexpected 1",
        ),
        (
            "by a default section that fails",
            &DEFAULT.replace('B', "failed"),
            "486",
            Phase::Ended,
            "failed 1, unexpected 1",
        ),
    ] {
        let sections = format!("{}{more}{}", init_of_client(), client(&[]));
        let mut calls = Script::new(&sections).player();
        calls.sends("REGISTER");
        calls.peer(message);
        calls.pass_ms(1);
        assert_eq!(calls.tally(), expected, "{row}");
        assert_eq!(calls.phase(), phase, "{row}");
    }
}

#[test]
fn an_init_section_that_is_skipped_goes_on_beside_the_traffic_and_its_failure_ends_nothing() {
    let sections = format!("{}{}", init_of_client(), client(&[]));
    let mut calls = Script::new(&sections).param("call-rate", "10").player();
    calls.sends("REGISTER");
    calls.command(Command::ForceInit);
    calls.peer("500").pass_ms(100);
    assert_eq!(calls.phase(), Phase::Running);
    calls.sends("INVITE");
}

#[test]
fn sends_in_a_row_go_out_in_their_order_and_at_once() {
    let mut call = Script::new(&server(&[
        send("server", "180 INVITE").text(),
        send("server", "183 INVITE").text(),
    ]))
    .player();
    call.peer("INVITE");
    assert_eq!(call.sent_names(), "180 183 200");
}

#[test]
fn pauses_count_from_the_last_message_or_the_end_of_the_last_pause() {
    let ring = [
        wait(100),
        wait(50),
        send("server", "180 INVITE").text(),
        wait(0),
        send("server", "183 INVITE").text(),
        wait(30),
    ];
    let mut call = Script::new(&server(&ring)).player();
    call.peer("INVITE").pass_ms(1_000);
    let times: Vec<u64> = std::iter::from_fn(|| call.next_sent())
        .map(|sent| sent.at_ns / MS)
        .collect();
    assert_eq!(times, [150, 150, 180]);
    // A turn that comes late shortens no pause that follows a send, and makes the next one in a row up.
    let mut call = Script::new(&server(&ring)).player();
    call.peer("INVITE");
    call.world.now_ns = 120 * MS;
    call.turn();
    call.pass_ms(880);
    assert_eq!(call.sent_ms(), [150, 150, 180]);
}

#[test]
fn a_pause_before_the_first_command() {
    // A client waits first; for a call that begins with a message the pause has no meaning.
    let traffic = section(
        "traffic",
        &[
            wait(40),
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.begin().pass_ms(39);
    assert_eq!(call.sent_names(), "");
    call.pass_ms(1).sends("INVITE");

    let traffic = section(
        "traffic",
        &[
            wait(40),
            receive("server", "INVITE").text(),
            send("server", "200 INVITE").text(),
        ],
    );
    let mut call = Script::new(&traffic).player();
    call.peer("INVITE").sends("200");
    assert_eq!(call.tally(), "traffic 1");
}

#[test]
fn rows_of_the_stopwatch() {
    const START: &str = "<start-timer></start-timer>";
    const STOP: &str = "<stop-timer></stop-timer>";
    for (row, on_send, on_receive, on_later, expected) in [
        (
            "start-timer: the time of the last message; stop-timer: to the last message",
            START,
            STOP,
            "",
            vec![30],
        ),
        (
            "stop-timer without start-timer measures nothing",
            "",
            STOP,
            "",
            vec![],
        ),
        (
            "stop-timer twice measures twice from the same start",
            START,
            STOP,
            STOP,
            vec![30, 80],
        ),
        (
            "start-timer twice: from the second",
            START,
            START,
            STOP,
            vec![50],
        ),
    ] {
        let traffic = section(
            "traffic",
            &[
                send("client", "INVITE").opens().after(on_send).text(),
                receive("client", "180 INVITE").after(on_receive).text(),
                receive("client", "200 INVITE").after(on_later).text(),
            ],
        );
        let mut call = Script::new(&traffic).player();
        call.begin().sends("INVITE");
        call.pass_ms(30).peer("180");
        call.pass_ms(50).peer("200");
        let measured: Vec<u64> = call
            .measures()
            .iter()
            .map(|measure| measure.time_ns / MS)
            .collect();
        assert_eq!(measured, expected, "{row}");
        assert_eq!(call.tally(), "traffic 1");
    }
}
