//! Command line, exit codes and signals (SEAGULL.md 2).

use std::time::Instant;

use nix::sys::signal::Signal;

use crate::harness::{
    CALLEE, CALLER, Conf, Folder, Peer, Player, Pty, Statistics, caller_waiting, caller_with,
    free_port, options, poll, until,
};

/// A folder with a client of `port` as `client`.
fn client(port: u16, conf: impl FnOnce(Conf) -> Conf, scenario: &str) -> Folder {
    let conf = conf(Conf::client(port).statistics("client"));
    Folder::new().with("client", &conf, scenario)
}

#[test]
fn usage_and_what_is_wrong_go_to_standard_error() {
    let folder = Folder::new().with("a", &Conf::client(9), CALLER);
    let cases = [
        ("", "option -conf is missing"),
        ("-conf a", "option -scen is missing"),
        ("-conf a -scen b", "option -dico is missing"),
        ("-conf", "option -conf needs a value"),
        ("-cnof a", "unknown option -cnof, did you mean -conf?"),
        ("-conf a -scen b -dico c d", "unknown option d"),
    ];
    for (arguments, message) in cases {
        let ended = folder.play("a", arguments).wait();
        ended.expect(255, &[message, "usage: gannet seagull -conf FILE"]);
        assert_eq!(ended.out, "", "{arguments}");
    }
    let bad_letters = format!("{} -llevel EX", options("a"));
    folder
        .play("a", &bad_letters)
        .wait()
        .expect(255, &["-llevel", "X"]);
    for help in ["-help", "--help", "-conf x -help"] {
        let ended = folder.play("a", help).wait();
        ended.expect(0, &["usage: gannet seagull -conf FILE", "-rsptimelog FILE"]);
        assert_eq!(ended.err, "", "{help}");
    }
}

#[test]
fn calls_that_end_well_give_0() {
    let port = free_port();
    let folder = client(port, |conf| conf.calls(5, 100), CALLER).with(
        "server",
        &Conf::server(port).calls(5, 0).statistics("server"),
        CALLEE,
    );
    let mut server = folder.run("server", "").ready();
    let ended = folder.run("client", "").wait();
    ended.expect(0, &["5 successful, 0 failed"]);
    server.wait().expect(0, &["5 successful, 0 failed"]);
}

#[test]
fn a_call_that_fails_gives_1() {
    let peer = Peer::at(0);
    let folder = client(peer.port(), |conf| conf.calls(2, 100), CALLER);
    let mut client = folder.run("client", "");
    for status in ["486 Busy Here", "180 Ringing"] {
        let (invite, from) = peer.receive();
        peer.answer(&invite, status, from);
        if status.starts_with("180") {
            peer.answer(&invite, "200 OK", from);
            assert!(peer.receive().0.starts_with("ACK "));
            let (bye, from) = peer.receive();
            peer.answer(&bye, "200 OK", from);
        }
    }
    let ended = client.wait();
    ended.expect(
        1,
        &["1 successful, 1 failed", "1 other message came instead"],
    );
    let log = folder.log("client");
    let failed = "call failed at Traffic, step 2 (receive 180): another message came";
    assert!(log.contains(failed), "{log}");
}

#[test]
fn a_call_that_nobody_answers_gives_1() {
    let peer = Peer::at(0);
    let conf = |conf: Conf| conf.calls(1, 100).param("call-timeout-ms", 50);
    let ended = client(peer.port(), conf, CALLER).run("client", "").wait();
    ended.expect(1, &["0 successful, 1 failed, 1 timed out"]);
}

#[test]
fn a_timeout_that_the_abort_section_handles_gives_1() {
    let peer = Peer::at(0);
    let conf = |conf: Conf| {
        conf.calls(1, 100)
            .param("call-timeout-ms", 50)
            .param("call-timeout-behaviour-abort", true)
    };
    let abort = "<abort><send channel=\"one\"><action><restore name=\"ID\" entity=\"call-id\">\
                 </restore></action><message><![CDATA[CANCEL sip:callee@127.0.0.1 SIP/2.0\n\
                 Call-ID: 1]]></message></send></abort>";
    let folder = client(peer.port(), conf, &caller_with("SECTIONS", abort));
    folder
        .run("client", "")
        .wait()
        .expect(1, &["0 failed, 1 timed out"]);
    assert!(peer.receive().0.starts_with("INVITE "));
    let (cancel, _) = peer.receive();
    assert!(cancel.starts_with("CANCEL ") && cancel.contains("\r\nCall-ID: call-1@caller\r\n"));
}

#[test]
fn a_message_that_is_refused_at_the_end_gives_1() {
    let port = free_port();
    let conf = Conf::server(port).calls(1, 0).statistics("server");
    let folder = Folder::new().with("server", &conf, CALLEE);
    let mut server = folder.run("server", "").ready();
    let peer = Peer::at(0);
    let to = ([127, 0, 0, 1], port).into();
    let invite = |id: &str| {
        format!(
            "INVITE sip:callee@127.0.0.1 SIP/2.0\r\nVia: x\r\nFrom: x\r\nTo: x\r\nCall-ID: {id}\r\nContent-Length: 0\r\n\r\n"
        )
    };
    peer.send(invite("taken"), to);
    assert!(peer.receive().0.starts_with("SIP/2.0 180 "));
    assert!(peer.receive().0.starts_with("SIP/2.0 200 "));
    peer.send(invite("refused"), to);
    for method in ["ACK", "BYE"] {
        peer.send(invite("taken").replace("INVITE", method), to);
    }
    server
        .wait()
        .expect(1, &["1 successful, 0 failed, 1 refused"]);
}

/// A client with one call that lasts until somebody ends it, its peer having taken it.
fn long_call(peer: &Peer, more: &str) -> (Folder, Player) {
    let scenario = caller_waiting(600_000);
    let folder = client(peer.port(), |conf| conf.param("call-rate", 1), &scenario);
    let client = folder.run("client", more);
    let (invite, from) = peer.receive();
    peer.answer(&invite, "180 Ringing", from);
    peer.answer(&invite, "200 OK", from);
    assert!(peer.receive().0.starts_with("ACK "));
    (folder, client)
}

/// Waits until a first stop has been obeyed: no new call within a while in which some would begin.
fn until_no_new_call(peer: &Peer, client: &Player) {
    client.stop();
    while let Some((message, from)) = peer.receive_within(std::time::Duration::from_millis(1_500)) {
        peer.answer(&message, "180 Ringing", from);
        peer.answer(&message, "200 OK", from);
    }
}

#[test]
fn the_first_stop_waits_for_open_calls_and_the_second_does_not() {
    let peer = Peer::at(0);
    let (folder, mut client) = long_call(&peer, "");
    until_no_new_call(&peer, &client);
    assert!(client.is_running(), "the open call was not waited for");
    client.stop();
    // Open calls at a forced stop are not counted.
    client.wait().expect(0, &["0 failed, ", "still open"]);
    assert!(folder.log("client").contains("STOP"));
}

#[test]
fn ctrl_c_stops_once_a_second() {
    let peer = Peer::at(0);
    let (_folder, mut client) = long_call(&peer, "");
    let began = Instant::now();
    let mut sent = 0;
    let ended = poll(crate::harness::LIMIT, || {
        if !client.is_running() {
            return Some(());
        }
        client.signal(Signal::SIGINT);
        sent += 1;
        None
    });
    assert!(ended.is_some());
    client.wait().expect(0, &["still open"]);
    // The first counted at once; the next one only after a second, however many came between.
    assert!(began.elapsed().as_millis() >= 990, "{:?}", began.elapsed());
    assert!(sent > 10, "{sent}");
}

#[test]
fn a_third_stop_before_the_end_gives_255() {
    let peer = Peer::at(0);
    let scenario = caller_waiting(600_000);
    let folder = client(peer.port(), |conf| conf.param("call-rate", 1), &scenario);
    let terminal = Pty::open();
    let mut client = terminal.play(&folder, "client", &options("client")).ready();
    peer.receive();
    terminal.press("qqq");
    let ended = client.wait();
    // The second one may have been quicker.
    assert!(matches!(ended.code, Some(0 | 255)), "{ended:?}");
    assert!(folder.log("client").contains("STOP"));
}

#[test]
fn sigterm_ends_it_at_once() {
    let peer = Peer::at(0);
    let (folder, mut client) = long_call(&peer, "");
    client.signal(Signal::SIGTERM);
    // What a shell says of a process that the signal has ended; but its files are whole.
    client.wait().expect(143, &["1 still open"]);
    assert!(folder.log("client").contains("STOP"));
    assert_eq!(
        Statistics::read(&folder.log("client-stat")).last("CurrentCall"),
        1
    );
}

#[test]
fn a_reader_that_has_gone_does_not_end_the_run() {
    let port = free_port();
    let folder = client(port, |conf| conf.calls(3, 2).screens(), CALLER).with(
        "server",
        &Conf::server(port).calls(3, 0).statistics("server"),
        CALLEE,
    );
    let mut server = folder.run("server", "").ready();
    let mut command = std::process::Command::new("sh");
    let line = format!(
        "{} seagull {}; echo ended $? >&2",
        crate::harness::binary().display(),
        options("client")
    );
    command.args(["-c", &format!("( {line} ) | head -c 1")]);
    let mut shell = Player::spawn(&folder, "client", command, None);
    shell.wait();
    let err = until("the end behind the pipe", || {
        Some(shell.err()).filter(|err| err.contains("ended"))
    });
    assert!(
        err.contains("ended 0") && err.contains("3 successful"),
        "{err}"
    );
    server.wait().expect(0, &["3 successful"]);
}
