//! Seagull's example files, unchanged, with the option lists of its start scripts.

use nix::sys::signal::Signal;

use crate::harness::{FixedPorts, Folder, Peer, Player, Pty, Statistics, until};

/// As many calls as are played at least.
const CALLS: u64 = 10;

/// What a start script says after the command's name.
fn script(conf: &str, scenario: &str, log: &str) -> String {
    format!(
        "-conf ../config/{conf} -dico ../config/sip-dictionnary.xml -scen ../scenario/{scenario} \
         -log ../logs/{log} -llevel ET"
    )
}

fn server(folder: &Folder) -> Player {
    let options = script("conf.server.xml", "server.xml", "server.log");
    folder.play("server", &options).ready()
}

/// Ends `number-calls` calls of whatever configuration by itself.
fn limit_calls(folder: &Folder, conf: &str, calls: u64) {
    let param = |name: &str, value: u64| {
        format!("<define entity=\"traffic-param\" name=\"{name}\" value=\"{value}\"></define>\n")
    };
    let params = param("number-calls", calls) + &param("call-rate", 100);
    let end = format!("{params}</configuration>");
    folder.replace(&format!("config/{conf}"), "</configuration>", &end);
}

/// Reads a statistics file and checks that all calls of it ended well.
fn all_well(text: &str, direction: &str) -> u64 {
    let statistics = Statistics::read(text);
    let calls = statistics.last(&format!("{direction}(C)"));
    assert_eq!(statistics.last("TrafficSuccessfulCall(C)"), calls);
    for column in [
        "FailedCall(C)",
        "FailedRefused(C)",
        "FailedTimeout(C)",
        "UnexpectedMsg(C)",
        "CurrentCall",
    ] {
        assert_eq!(statistics.last(column), 0, "{column}");
    }
    calls
}

#[test]
fn client_and_server_play_until_q_is_pressed() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    calls_by_keyboard(&folder, "conf.client.xml", "client.xml");
}

#[test]
fn the_client_with_parameters_plays_until_q_is_pressed() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    calls_by_keyboard(&folder, "conf.client.param.xml", "client.param.xml");
}

fn calls_by_keyboard(folder: &Folder, conf: &str, scenario: &str) {
    let mut server = server(folder);
    let terminal = Pty::open();
    let options = script(conf, scenario, "client.log");
    let mut client = terminal.play(folder, "client", &options).ready();
    terminal.press("cset call-rate 100\n");
    until("ten calls on the screen", || {
        let screen = terminal.screen();
        let line = screen
            .lines()
            .find(|line| line.contains("Successful calls"))?;
        let successful: u64 = line.rsplit('|').nth(1)?.trim().parse().ok()?;
        (successful >= CALLS).then_some(())
    });
    terminal.press("q");
    client.wait().expect(0, &[" 0 failed"]);
    server.stop();
    server.wait().expect(0, &[" 0 failed"]);

    let calls = all_well(&folder.log("client-stat"), "OutgoingCall");
    assert!(calls >= CALLS, "{calls}");
    let taken = all_well(&folder.read("logs/server-stat.csv"), "IncomingCall");
    assert_eq!(taken, calls);
    log_is_complete(&folder.log("client"));
    // files-no-timestamp of the server's configuration.
    log_is_complete(&folder.read("logs/server.log"));
    let messages = folder.log("client-protocol-stat.sip-protocol");
    assert!(
        messages.starts_with("StartTime;LastResetTime;CurrentTime;"),
        "{messages}"
    );
    assert!(messages.contains(";INVITE received(P);INVITE received(C);INVITE sent(P);"));
    assert!(
        folder
            .names("logs")
            .contains(&"server-protocol-stat.sip-protocol.csv".to_owned())
    );
}

/// The lines of a log's beginning and end, each with its date.
fn log_is_complete(log: &str) {
    let first = log.lines().next().unwrap();
    let (date, rest) = first.split_at(23);
    assert!(
        date.bytes()
            .zip("2026-01-01.00:00:00.000".bytes())
            .all(|(is, form)| { is == form || is.is_ascii_digit() && form.is_ascii_digit() }),
        "{first}"
    );
    assert!(rest.starts_with("|A|"), "{first}");
    for part in ["START", "STOP"] {
        assert!(log.contains(part), "no {part} in {log}");
    }
    let failures = log.lines().filter(|line| line.contains("|E|"));
    assert_eq!(failures.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn ten_calls_and_no_more_are_played_with_number_calls() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    for (conf, scenario) in [
        ("conf.client.xml", "client.xml"),
        ("conf.client.param.xml", "client.param.xml"),
    ] {
        limit_calls(&folder, conf, CALLS);
        let mut server = server(&folder);
        let mut client = folder.play("client", &script(conf, scenario, "client.log"));
        client.wait().expect(0, &["10 successful, 0 failed"]);
        server.stop();
        server.wait().expect(0, &["10 successful, 0 failed"]);
        let taken = all_well(&folder.read("logs/server-stat.csv"), "IncomingCall");
        assert_eq!(taken, CALLS);
    }
}

#[test]
fn the_three_processes_of_the_correlation_play_until_they_are_stopped() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    let start = |name: &str, conf: &str, scenario: &str| {
        let options = script(conf, scenario, &format!("{name}.log"));
        folder.play(name, &options).ready()
    };
    let mut servers = [
        start("server-2", "conf.server.corr.2.xml", "server_corr_2.xml"),
        start("server-1", "conf.server.corr.1.xml", "server_corr_1.xml"),
    ];
    let terminal = Pty::open();
    let options = script("conf.client.corr.xml", "client_corr.xml", "client.log");
    let mut client = terminal.play(&folder, "client", &options).ready();
    terminal.press("cset call-rate 100\n");
    until("ten calls on the screen", || {
        let screen = terminal.screen();
        let line = screen
            .lines()
            .find(|line| line.contains("Successful calls"))?;
        let successful: u64 = line.rsplit('|').nth(1)?.trim().parse().ok()?;
        (successful >= CALLS).then_some(())
    });
    client.signal(Signal::SIGUSR1);
    client.wait().expect(0, &[" 0 failed"]);
    for server in &mut servers {
        server.stop();
    }
    for server in &mut servers {
        server.wait().expect(0, &[" 0 failed"]);
    }
    let names = folder.names("logs");
    let files = names.iter().filter(|name| name.starts_with("client-stat."));
    let counts: Vec<u64> = files
        .map(|name| {
            let text = folder.read(&format!("logs/{name}"));
            let incoming = Statistics::read(&text).last("IncomingCall(C)");
            let direction = if incoming > 0 {
                "IncomingCall"
            } else {
                "OutgoingCall"
            };
            all_well(&text, direction)
        })
        .collect();
    assert!(counts[0] >= CALLS, "{counts:?}");
    assert_eq!(counts, [counts[0]; 3]);
    for name in ["client", "server-1", "server-2"] {
        log_is_complete(&folder.log(name));
    }
}

#[test]
fn ten_correlated_calls_are_played_with_number_calls() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    let mut players = Vec::new();
    for (name, conf, scenario) in [
        ("server-2", "conf.server.corr.2.xml", "server_corr_2.xml"),
        ("server-1", "conf.server.corr.1.xml", "server_corr_1.xml"),
        ("client", "conf.client.corr.xml", "client_corr.xml"),
    ] {
        limit_calls(&folder, conf, CALLS);
        let options = script(conf, scenario, &format!("{name}.log"));
        let player = folder.play(name, &options);
        players.push(if name == "client" {
            player
        } else {
            player.ready()
        });
    }
    for player in players.iter_mut().rev() {
        player.wait().expect(0, &["10 successful, 0 failed"]);
    }
}

/// What the client's INVITE looks like on the wire.
fn invite(folder: &Folder, more: &str) -> String {
    let peer = Peer::at(5060);
    let options = script("conf.client.xml", "client.xml", "client.log");
    let mut client = folder.play("client", &format!("{options} {more}"));
    let (invite, from) = peer.receive();
    assert_eq!(from.to_string(), "127.0.0.1:5071");
    client.stop_by_force();
    invite
}

#[test]
fn line_ends_are_whole_unless_seagulls_own_are_asked_for() {
    let Some(folder) = Folder::of_fixtures() else {
        return;
    };
    let _ports = FixedPorts::take();
    let whole = invite(&folder, "");
    assert!(
        whole.starts_with("INVITE sip:seagull@127.0.0.1:5060 SIP/2.0\r\n"),
        "{whole}"
    );
    let bare = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
    assert_eq!(bare(&whole), 0, "{whole}");

    let exact = invite(&folder, "-exact");
    // Via, From and To are set with values that have no carriage return.
    assert_eq!(bare(&exact), 3, "{exact}");
    for name in ["Via:", "From:", "To:"] {
        let line = exact
            .split('\n')
            .find(|line| line.starts_with(name))
            .unwrap();
        assert!(!line.ends_with('\r'), "{line:?}");
    }
    assert_eq!(exact.replace("\r\n", "\n"), whole.replace("\r\n", "\n"));
}
