//! The log (SEAGULL.md 14).

use crate::harness::{CALLEE, CALLER, Conf, Folder, Peer, caller_with, free_port, until};

/// The log of one call of a client, with these options.
fn log_of_a_call(scenario: &str, more: &str) -> String {
    let port = free_port();
    let folder = Folder::new()
        .with("client", &Conf::client(port).calls(1, 100), scenario)
        .with("server", &Conf::server(port).statistics("server"), CALLEE);
    let _server = folder.run("server", "").ready();
    folder
        .run("client", more)
        .wait()
        .expect(0, &["1 successful"]);
    folder.log("client")
}

#[test]
fn messages_are_dumped_with_their_type() {
    let log = log_of_a_call(CALLER, "-llevel M");
    let lines: Vec<&str> = log.lines().collect();
    let begin = lines
        .iter()
        .position(|line| line.ends_with("|M|Send [[INVITE"));
    let begin = begin.unwrap_or_else(|| panic!("{log}"));
    let padding = " ".repeat(23);
    assert_eq!(
        lines[begin + 1],
        format!(
            "{padding}|M|[49 4e 56 49 54 45 20 73 69 70 3a 63 61 6c 6c 65 ] <=> [INVITE sip:calle]"
        )
    );
    let end = lines[begin..].iter().position(|line| line.ends_with("]]"));
    assert_eq!(lines[begin + end.unwrap()], format!("{padding}|M|]]"));
    for (direction, name, count) in [
        ("Send", "INVITE", 1),
        ("Send", "ACK", 1),
        ("Send", "BYE", 1),
        ("Received", "180", 1),
        ("Received", "200", 2),
    ] {
        let found = log.matches(&format!("|M|{direction} [[{name}\n")).count();
        assert_eq!(found, count, "{direction} {name} in {log}");
    }
    assert!(!log.contains("|B|"));
}

#[test]
fn buffers_are_dumped_with_their_size() {
    let log = log_of_a_call(CALLER, "-llevel B");
    assert_eq!(log.matches("|B|Buffer sent size [").count(), 3, "{log}");
    assert_eq!(log.matches("|B|Buffer received size [").count(), 3, "{log}");
    assert!(
        log.contains("|B|49 4e 56 49 54 45 20 73 69 70 3a 63 61 6c 6c 65 \n"),
        "{log}"
    );
    assert!(!log.contains("|M|"));
}

#[test]
fn verdicts_name_the_call_in_hexadecimal() {
    let log = log_of_a_call(CALLER, "-llevel V");
    // call-1@caller
    let verdict =
        "|V|Scenario Traffic passed call-id  [ 63 61 6c 6c 2d 31 40 63 61 6c 6c 65 72 ]\n";
    assert!(log.contains(verdict), "{log}");
}

#[test]
fn what_the_scenario_logs_is_cut_into_pieces() {
    let action = "<log format=\"call $(n) of this run, and whatever else there is to say\"></log>";
    let scenario = caller_with(
        "BEFORE",
        &format!("<inc-counter name=\"n\"></inc-counter>{action}"),
    );
    let log = log_of_a_call(&scenario, "-llevel U");
    assert!(
        log.contains("|U|[call 1 of this run, and whatever else there is t] \n"),
        "{log}"
    );
    assert!(
        log.contains(&format!("|U|[o say{}] \n", " ".repeat(43))),
        "{log}"
    );
    assert!(!log_of_a_call(&scenario, "").contains("whatever"));
}

#[test]
fn all_levels_none_and_lines_without_dates() {
    let log = log_of_a_call(CALLER, "-llevel A -notimelog");
    assert!(log.starts_with("|A|START log\n|A|PID ["), "{log}");
    for level in ["|M|", "|B|", "|V|"] {
        assert!(
            log.lines().any(|line| line.starts_with(level)),
            "no {level} in {log}"
        );
    }
    assert!(log.ends_with("|A|STOP  log\n"), "{log}");

    let peer = Peer::at(0);
    let conf = Conf::client(peer.port())
        .calls(1, 100)
        .param("call-timeout-ms", 20);
    let folder = Folder::new().with("a", &conf, CALLER);
    folder.run("a", "-llevel N").wait().expect(1, &["1 failed"]);
    assert!(!folder.log("a").contains("|E|"));
}

#[test]
fn without_a_file_the_log_is_standard_error() {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port())
        .calls(1, 100)
        .param("call-timeout-ms", 20);
    let folder = Folder::new().with("a", &conf, CALLER);
    let arguments = "-conf ../config/a.xml -dico ../config/sip.xml -scen ../scenario/a.xml";
    let ended = folder.play("a", arguments).wait();
    ended.expect(1, &["|A|START log", "|A|STOP  log", "1 failed"]);
    assert!(
        ended
            .err
            .contains("|E|call failed at Traffic, step 2 (receive 180): no message came")
    );
    // How the channels are opened, as configurations say it.
    let channel = format!(
        "| |channel [one]  [type=udp;mode=client;dest=127.0.0.1:{}]",
        peer.port()
    );
    assert!(ended.err.contains(&channel), "{}", ended.err);
}

#[test]
fn unexpected_messages_are_told_at_level_t() {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port()).calls(1, 100);
    let folder = Folder::new().with("a", &conf, CALLER);
    let mut client = folder.run("a", "");
    let (invite, from) = peer.receive();
    let stray = invite.replace("call-1@caller", "nobody@caller");
    peer.answer(&stray, "200 OK", from);
    peer.answer(&invite, "486 Busy Here", from);
    client.wait().expect(1, &["1 failed", "2 unexpected"]);
    let log = folder.log("a");
    assert!(
        log.contains("|T|Received unexpected message [200] that belongs to no call"),
        "{log}"
    );
    let failed = "|T|Received unexpected message [486] at Traffic, step 2 (receive 180)";
    assert!(log.contains(failed), "{log}");
}

#[test]
fn a_peer_that_is_not_there_is_told_once_a_second() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(100, 200)
        .param("call-timeout-ms", 20);
    let folder = Folder::new().with("a", &conf, CALLER);
    folder.run("a", "").wait().expect(1, &["100 failed"]);
    let log = folder.log("a");
    let told = format!("|E|127.0.0.1:{port} does not take datagrams: Connection refused");
    let count = log.matches(&told).count();
    assert!((1..=3).contains(&count), "{count} times: {log}");
}

#[test]
fn the_log_grows_while_the_run_goes_on() {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port())
        .param("call-rate", 20)
        .param("call-timeout-ms", 20);
    let folder = Folder::new().with("a", &conf, CALLER);
    let mut client = folder.run("a", "");
    until("a failed call in the log", || {
        let has_log = folder
            .names("logs")
            .iter()
            .any(|name| name.starts_with("a."));
        (has_log && folder.log("a").contains("|E|call failed")).then_some(())
    });
    assert!(client.is_running());
    client.stop();
    client.wait().expect(1, &[]);
}
