//! Statistics files (SEAGULL.md 15) and the names of files (SEAGULL.md 3).

use std::time::Duration;

use crate::harness::{
    CALLEE, CALLER, Conf, Folder, Peer, Player, Statistics, caller_with, free_port, poll, until,
};

const HEADER: &str = "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);Rate(P);\
    Rate(C);IncomingCall(P);IncomingCall(C);OutgoingCall(P);OutgoingCall(C);MsgRecvPerS(P);\
    MsgRecvPerS(C);MsgSendPerS(P);MsgSendPerS(C);UnexpectedMsg(P);UnexpectedMsg(C);CurrentCall;\
    InitSuccessfulCall(P);InitSuccessfulCall(C);TrafficSuccessfulCall(P);TrafficSuccessfulCall(C);\
    DefaultSuccessfulCall(P);DefaultSuccessfulCall(C);AbortSuccessfulCall(P);\
    AbortSuccessfulCall(C);FailedCall(P);FailedCall(C);FailedRefused(P);FailedRefused(C);\
    FailedAborted(P);FailedAborted(C);FailedTimeout(P);FailedTimeout(C);ResponseTime(P);\
    ResponseTime(C);ResponseTimeRepartition;<50;<75;<100;<150;<300;<5000;>=5000;\n";

/// A server beside a client that makes its calls and ends.
fn calls(folder: Folder, client: &Conf, port: u16) -> (Folder, Player) {
    let folder = folder.with("client", client, CALLER).with(
        "server",
        &Conf::server(port).statistics("server"),
        CALLEE,
    );
    let server = folder.run("server", "").ready();
    folder.run("client", "").wait().expect(0, &[" 0 failed"]);
    (folder, server)
}

#[test]
fn a_line_of_zeros_a_line_each_second_and_a_last_one() {
    let port = free_port();
    let conf = Conf::client(port).calls(25, 10).statistics("client");
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let text = folder.log("client-stat");
    assert!(text.starts_with(HEADER), "{text}");
    let statistics = Statistics::read(&text);
    // At the start, after one second and two, at the end.
    assert_eq!(statistics.lines.len(), 4, "{text}");
    assert_eq!(statistics.lines[0][3..34].join(";"), {
        let zeros = ["0"; 29].join(";");
        format!("00:00:00;00:00:00;{zeros}")
    });
    for (line, elapsed) in ["00:00:00", "00:00:01", "00:00:02"].into_iter().enumerate() {
        assert_eq!(statistics.cell(line, "ElapsedTime(C)"), elapsed);
    }
    for line in 1..=2 {
        assert_eq!(statistics.cell(line, "ElapsedTime(P)"), "00:00:01");
        let begun: u64 = statistics.cell(line, "OutgoingCall(P)").parse().unwrap();
        assert!((9..=12).contains(&begun), "{begun} calls in second {line}");
    }
    for column in ["OutgoingCall(C)", "TrafficSuccessfulCall(C)", "<50"] {
        assert_eq!(statistics.last(column), 25, "{column}");
    }
    assert_eq!(statistics.cell(3, "ResponseTimeRepartition"), "");
    for (line, cells) in statistics.lines.iter().enumerate() {
        for column in ["StartTime", "LastResetTime"] {
            assert_eq!(statistics.cell(line, column), cells[0], "{line}");
        }
    }
    assert!(
        statistics
            .cell(3, "ResponseTime(C)")
            .starts_with("00:00:00:0")
    );
}

#[test]
fn statistics_tick_while_nothing_happens() {
    let port = free_port();
    let folder = Folder::new().with("a", &Conf::server(port).statistics("a"), CALLEE);
    let mut server = folder.run("a", "").ready();
    until("a line of the third second", || {
        folder
            .log("a-stat")
            .contains(";00:00:01;00:00:03;")
            .then_some(())
    });
    let statistics = Statistics::read(&folder.log("a-stat"));
    let elapsed: Vec<&str> = (0..4)
        .map(|line| statistics.cell(line, "ElapsedTime(C)"))
        .collect();
    assert_eq!(elapsed, ["00:00:00", "00:00:01", "00:00:02", "00:00:03"]);
    server.stop();
    server.wait().expect(0, &[]);
}

#[test]
fn each_dictionary_has_a_file_of_its_messages() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(3, 100)
        .param("display-protocol-stat", true)
        .param("log-protocol-stat-period", 1)
        .param("log-protocol-stat-name", "all")
        .param("log-protocol-stat-file", "../logs/messages.csv");
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let text = folder.log("messages.sip");
    let names = ["INVITE", "ACK", "BYE", "CANCEL", "180", "200", "486"];
    let columns = names.map(|name| {
        format!("{name} received(P);{name} received(C);{name} sent(P);{name} sent(C);")
    });
    let times = "StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);";
    let header = format!("{times}{}\n", columns.concat());
    assert!(text.starts_with(&header), "{text}");
    let statistics = Statistics::read(&text);
    for (column, count) in [
        ("INVITE sent(C)", 3),
        ("ACK sent(C)", 3),
        ("BYE sent(C)", 3),
        ("180 received(C)", 3),
        ("200 received(C)", 6),
        ("200 sent(C)", 0),
        ("486 received(C)", 0),
    ] {
        assert_eq!(statistics.last(column), count, "{column}");
    }
}

#[test]
fn protocols_that_are_not_named_have_no_file() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(1, 100)
        .param("display-protocol-stat", true)
        .param("log-protocol-stat-period", 1)
        .param("log-protocol-stat-name", "other")
        .param("log-protocol-stat-file", "../logs/messages.csv");
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let names = folder.names("logs");
    assert!(
        !names.iter().any(|name| name.starts_with("messages")),
        "{names:?}"
    );
}

#[test]
fn every_response_time_is_in_the_data_log() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(7, 100)
        .param("data-log-file", "../logs/times.csv");
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let text = folder.log("times");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("time-ms;response-time-ms;"));
    let rows: Vec<Vec<f64>> = lines
        .map(|line| {
            let cells = line.strip_suffix(';').unwrap().split(';');
            cells.map(|cell| cell.parse().unwrap()).collect()
        })
        .collect();
    assert_eq!(rows.len(), 7, "{text}");
    assert!(rows.is_sorted_by(|a, b| a[0] <= b[0]), "{text}");
    for row in &rows {
        assert!(row.len() == 2 && row[1] > 0.0 && row[1] < 1_000.0, "{text}");
    }
}

#[test]
fn response_times_can_be_counted_by_the_millisecond() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(7, 100)
        .param("data-log-file", "../logs/times.csv")
        .param("data-log-rtdistrib", 100);
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let text = folder.log("times");
    for title in ["Dump Periodic;\n", "Dump Cumulative;\n"] {
        let (_, block) = text.split_once(title).unwrap_or_else(|| panic!("{text}"));
        let counts = block
            .lines()
            .take_while(|line| !line.starts_with("Dump"))
            .map(|line| line.split(';').nth(1).unwrap().parse::<u64>().unwrap());
        assert_eq!(counts.sum::<u64>(), 7, "{text}");
    }
}

#[test]
fn the_date_is_left_out_of_names_if_the_configuration_says_so() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(1, 100)
        .param("files-no-timestamp", true)
        .param("data-log-file", "../logs/times.csv")
        .param("display-protocol-stat", true)
        .param("log-protocol-stat-period", 1)
        .param("log-protocol-stat-name", "sip")
        .param("log-protocol-stat-file", "../logs/messages.csv")
        .statistics("client");
    let (folder, _server) = calls(Folder::new(), &conf, port);
    let names = folder.names("logs");
    for name in [
        "client-stat.csv",
        "client.log",
        "messages.sip.csv",
        "times.csv",
    ] {
        assert!(
            names.iter().any(|found| found == name),
            "no {name} in {names:?}"
        );
    }
}

#[test]
fn the_date_stands_in_the_name_and_in_no_folder() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(1, 100)
        .param("log-stat-period", 1)
        .param("log-stat-file", "./logs.d/a.csv")
        .param("log-file", "./logs.d/b.log");
    let folder = Folder::new();
    std::fs::create_dir(folder.path("run/logs.d")).unwrap();
    let (folder, _server) = calls(folder, &conf, port);
    let names = folder.names("run/logs.d");
    // `YYYY-MM-DD.HH-MM-SS.mmm`; log-file goes before -log.
    let is_stamped = |name: &String, begin: &str, end: &str| {
        let stamp = name
            .strip_prefix(begin)
            .and_then(|rest| rest.strip_suffix(end));
        stamp.is_some_and(|stamp| {
            stamp.len() == 23 && stamp.bytes().all(|byte| b"0123456789-.".contains(&byte))
        })
    };
    assert!(
        names.len() == 2
            && is_stamped(&names[0], "a.", ".csv")
            && is_stamped(&names[1], "b.", ".log"),
        "{names:?}"
    );
    assert!(
        !folder
            .names("logs")
            .iter()
            .any(|name| name.starts_with("client"))
    );
}

#[test]
fn screens_come_each_period_where_standard_output_is_no_terminal_too() {
    let port = free_port();
    let folder = Folder::new().with("a", &Conf::server(port).statistics("a").screens(), CALLEE);
    let mut server = folder.run("a", "").ready();
    until("two screens", || {
        (server.out().matches("Elapsed Time").count() >= 2).then_some(())
    });
    server.stop();
    let ended = server.wait();
    assert!(!ended.out.contains('\x1b'), "{}", ended.out);
    assert!(ended.out.contains("| Incoming calls "), "{}", ended.out);
}

#[test]
fn a_disk_that_is_full_is_told_and_calls_go_on() {
    let port = free_port();
    let conf = Conf::client(port)
        .calls(20, 10)
        .param("files-no-timestamp", true)
        .param("log-stat-period", 1)
        .param("log-stat-file", "/dev/full");
    let folder = Folder::new().with("client", &conf, CALLER).with(
        "server",
        &Conf::server(port).statistics("server"),
        CALLEE,
    );
    let _server = folder.run("server", "").ready();
    // The first line is told at once: the run does not begin.
    folder
        .run("client", "")
        .wait()
        .expect(255, &["/dev/full", "No space left on device"]);
    let log = Conf::client(port)
        .calls(3, 100)
        .param("files-no-timestamp", true)
        .param("log-file", "/dev/full");
    folder.write("config/client.xml", log.text());
    let ended = folder.run("client", "").wait();
    ended.expect(
        255,
        &[
            "the log cannot be written: No space left",
            "3 successful, 0 failed",
        ],
    );
}

#[test]
fn no_more_calls_than_may_be_open_at_once() {
    let peer = Peer::at(0);
    let conf = Conf::client(peer.port())
        .param("call-rate", 100)
        .param("max-simultaneous-calls", 3)
        .statistics("a");
    let folder = Folder::new().with("a", &conf, &caller_with("PAUSE", ""));
    let mut client = folder.run("a", "-llevel EW");
    let invites: Vec<_> = (0..3).map(|_| peer.receive()).collect();
    // Time for some thirty more.
    let more = poll(Duration::from_millis(300), || {
        peer.receive_within(Duration::from_millis(50))
    });
    assert_eq!(more, None);
    for (invite, from) in invites {
        assert!(invite.starts_with("INVITE "));
        peer.answer(&invite, "486 Busy Here", from);
    }
    assert!(peer.receive().0.starts_with("INVITE "));
    client.stop_by_force();
    assert!(
        folder
            .log("a")
            .contains("|W|No more call context available")
    );
}

#[test]
fn the_file_of_slow_responses_is_there_and_stays_empty() {
    let port = free_port();
    let folder = Folder::new()
        .with("client", &Conf::client(port).calls(1, 100), CALLER)
        .with("server", &Conf::server(port).statistics("server"), CALLEE);
    let _server = folder.run("server", "").ready();
    let options = "-rsptimelog ../logs/slow.csv -msgcheck -ctrldicopath /nowhere";
    folder
        .run("client", options)
        .wait()
        .expect(0, &["1 successful"]);
    assert_eq!(folder.log("slow"), "");
}
