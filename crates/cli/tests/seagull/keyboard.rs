//! Keys, through a pseudo-terminal (SEAGULL.md 13).

use crate::harness::{
    CALLEE, CALLER, Conf, Control, Folder, Peer, Player, Pty, caller_waiting, free_port, options,
    until,
};

/// A client on a terminal, with a server to call and remote control to look at what it does.
struct Scene {
    terminal: Pty,
    client: Player,
    server: Player,
    control: Control,
    _folder: Folder,
}

impl Scene {
    /// With calls at a rate, each of which lasts so long. `None` without `curl`.
    fn start(rate: u64, call_ms: u64) -> Option<Self> {
        let (port, control_port) = (free_port(), free_port());
        let control = Control::at(control_port)?;
        let conf = Conf::client(port)
            .param("call-rate", rate)
            .param("call-rate-scale", 7)
            .param("max-simultaneous-calls", 5000)
            .statistics("client")
            .screens();
        let server_conf = Conf::server(port)
            .param("max-simultaneous-calls", 5000)
            .statistics("server");
        let folder = Folder::new()
            .with("client", &conf, &caller_waiting(call_ms))
            .with("server", &server_conf, CALLEE);
        let server = folder.run("server", "").ready();
        let terminal = Pty::open();
        let arguments = format!("{} -ctrl 127.0.0.1:{control_port}", options("client"));
        let client = terminal.play(&folder, "client", &arguments).ready();
        Some(Self {
            terminal,
            client,
            server,
            control,
            _folder: folder,
        })
    }

    /// Calls begun by now.
    fn calls(&self) -> u64 {
        self.control.counter("outgoing_calls") as u64
    }

    /// Waits for a screen that says so.
    #[track_caller]
    fn until_wanted(&self, rate: u64) {
        self.terminal
            .until_shows(&format!("Wanted: {rate} calls/s"));
    }

    /// Ends both; all calls ended well.
    #[track_caller]
    fn end(mut self) {
        self.terminal.press("q");
        self.client.wait().expect(0, &[" 0 failed"]);
        self.server.stop();
        self.server.wait().expect(0, &[" 0 failed"]);
    }
}

#[test]
fn plus_and_minus_change_the_rate_by_the_scale() {
    let Some(scene) = Scene::start(10, 0) else {
        return;
    };
    scene.until_wanted(10);
    scene.terminal.press("+");
    scene.until_wanted(17);
    scene.terminal.press("++");
    scene.until_wanted(31);
    scene.terminal.press("-");
    scene.until_wanted(24);
    // Not below zero.
    scene.terminal.press("-----");
    scene.until_wanted(0);
    let calls = scene.calls();
    scene.terminal.press("+");
    scene.until_wanted(7);
    until("calls to begin again", || {
        (scene.calls() > calls).then_some(())
    });
    scene.end();
}

#[test]
fn a_command_line_sets_what_it_names() {
    let Some(scene) = Scene::start(10, 0) else {
        return;
    };
    scene.terminal.press("c");
    scene.terminal.until_shows("Command: ");
    // Seagull hangs on two blanks.
    scene.terminal.press("set call-rate  5");
    scene.terminal.until_shows("Command: set call-rate  5");
    scene.terminal.press("\r");
    scene.until_wanted(5);
    assert!(!scene.terminal.screen().contains("Command:"));
    // Keys go to the line while there is one: this is no q.
    scene.terminal.press("cset call-raqq\x7f\x7fte-scale 100\r");
    scene.terminal.press("+");
    scene.until_wanted(105);
    scene.terminal.press("cset burst-limit 1\r");
    scene.terminal.press("cset display-period 86400\r");
    scene.terminal.press("cset call-rate x\r");
    scene.terminal.until_shows("\"x\" is no whole number");
    scene.terminal.press("cset colour 5\r");
    scene.terminal.until_shows("no \"colour\"");
    scene.terminal.press("cnonsense\r");
    scene.terminal.until_shows("no command \"nonsense\"");
    scene.end();
}

#[test]
fn p_pauses_and_goes_on_and_b_makes_up_for_what_was_missed() {
    let Some(scene) = Scene::start(200, 0) else {
        return;
    };
    until("calls", || (scene.calls() > 20).then_some(()));
    scene.terminal.press("p");
    scene.terminal.until_shows("Paused");
    let paused = scene.calls();
    let at = elapsed_s(&scene.control);
    // A second and a half, in which 300 calls would begin.
    until("the pause to last", || {
        (elapsed_s(&scene.control) > at + 1.5).then_some(())
    });
    assert_eq!(scene.calls(), paused);
    scene.terminal.press("p");
    until("calls again", || (scene.calls() > paused).then_some(()));
    let (calls, now) = (scene.calls(), elapsed_s(&scene.control));
    let due = (now - at) * 200.0;
    assert!(
        ((calls - paused) as f64) < due - 100.0,
        "calls of the pause were made up for: {} of {due}",
        calls - paused
    );

    scene.terminal.press("p");
    until("another pause", || {
        let before = scene.calls();
        let at = elapsed_s(&scene.control);
        until("some time", || {
            (elapsed_s(&scene.control) > at + 0.3).then_some(())
        });
        (scene.calls() == before).then_some(())
    });
    let (paused, at) = (scene.calls(), elapsed_s(&scene.control));
    until("the pause to last", || {
        (elapsed_s(&scene.control) > at + 2.0).then_some(())
    });
    let pressed = elapsed_s(&scene.control);
    scene.terminal.press("b");
    // Those of two seconds, which would take two seconds if they were not made up for.
    until("the missed calls", || {
        (scene.calls() >= paused + 400).then_some(())
    });
    let took = elapsed_s(&scene.control) - pressed;
    assert!(took < 1.8, "400 calls took {took} s after a burst");
    scene.end();
}

/// `elapsed_time` in seconds.
fn elapsed_s(control: &Control) -> f64 {
    let text = control.counters()["elapsed_time"].clone();
    let numbers: Vec<f64> = text.split(':').map(|part| part.parse().unwrap()).collect();
    numbers[0] * 3600.0 + numbers[1] * 60.0 + numbers[2] + numbers[3] / 1000.0
}

#[test]
fn keys_choose_the_screen() {
    let Some(scene) = Scene::start(50, 0) else {
        return;
    };
    scene.terminal.until_shows("Successful calls");
    for (key, text) in [
        ("1", "Success traffic calls"),
        ("2", "Start/Stop timer repartition"),
        ("3", "INVITE"),
        ("A", "INVITE"),
        ("h", "these keys"),
        ("1", "Outgoing calls"),
    ] {
        scene.terminal.press(key);
        scene.terminal.until_shows(text);
    }
    scene.terminal.press("A");
    let screen = scene.terminal.until_shows("-->");
    for part in [
        "INVITE", "180", "BYE", "<--", "Messages", "Retrans", "Timeout", "Unexp.",
    ] {
        assert!(screen.contains(part), "no {part} in\n{screen}");
    }
    scene.terminal.press("2");
    let fastest = |screen: String| -> String {
        let line = screen.lines().find(|line| line.contains(" 0 ms <= n < "));
        line.unwrap_or_else(|| panic!("{screen}"))
            .trim_matches(['|', ' ', '\r'])
            .to_owned()
    };
    let count = fastest(scene.terminal.until_shows("Start/Stop timer repartition"));
    assert_eq!(count.matches(':').count(), 1, "{count}");
    scene.terminal.press("a");
    until("percentages", || {
        (fastest(scene.terminal.screen()).matches(':').count() == 2).then_some(())
    });
    for line in scene.terminal.screen().lines().take(24) {
        assert_eq!(line.trim_end_matches('\r').chars().count(), 80, "{line:?}");
    }
    scene.end();
}

#[test]
fn d_resets_the_cumulative_figures_of_the_screen() {
    let Some(scene) = Scene::start(100, 0) else {
        return;
    };
    let elapsed = |screen: &str| -> String {
        let line = screen
            .lines()
            .find(|line| line.contains("Elapsed Time"))
            .unwrap();
        line.rsplit('|').nth(1).unwrap().trim().to_owned()
    };
    until("two seconds on the screen", || {
        let screen = scene.terminal.screen();
        (screen.contains("Elapsed Time") && elapsed(&screen).as_str() > "00:00:02").then_some(())
    });
    scene.terminal.press("d");
    until("a younger count", || {
        (elapsed(&scene.terminal.screen()).as_str() < "00:00:02").then_some(())
    });
    // Files and remote control count from the start.
    assert!(elapsed_s(&scene.control) > 2.0);
    scene.end();
}

#[test]
fn f_leaves_the_init_section() {
    let (port, peer) = (free_port(), Peer::at(0));
    let init = "<init><send channel=\"two\"><message><![CDATA[INVITE sip:init@127.0.0.1 SIP/2.0\n\
                Call-ID: init]]></message></send><receive channel=\"two\"><message>\
                <![CDATA[SIP/2.0 200 OK\nCall-ID: init]]></message></receive></init>\n<traffic>";
    let other = format!("open-args=\"mode=client;dest=127.0.0.1:{}\"", peer.port());
    let conf = Conf::client(port)
        .channel("two", &other)
        .calls(2, 100)
        .statistics("client")
        .screens();
    let folder = Folder::new()
        .with("client", &conf, &CALLER.replace("<traffic>", init))
        .with("server", &Conf::server(port).statistics("server"), CALLEE);
    let mut server = folder.run("server", "").ready();
    let terminal = Pty::open();
    let mut client = terminal.play(&folder, "client", &options("client")).ready();
    let (invite, from) = peer.receive();
    assert!(invite.starts_with("INVITE sip:init@"), "{invite}");
    // Nothing but the call of the init section while it is not over.
    terminal.until_shows("Outgoing calls");
    assert_eq!(server_calls(&folder), 0);
    terminal.press("f");
    until("the calls of the traffic section", || {
        (server_calls(&folder) > 0).then_some(())
    });
    peer.send(
        "SIP/2.0 200 OK\r\nCall-ID: init\r\ncontent-length: 0\r\n\r\n",
        from,
    );
    client.wait().expect(0, &[" 0 failed"]);
    server.stop();
    server.wait().expect(0, &[" 0 failed"]);
}

fn server_calls(folder: &Folder) -> u64 {
    folder.counted("server", "IncomingCall(C)")
}

#[test]
fn the_terminal_is_left_as_it_was() {
    let Some(mut scene) = Scene::start(10, 0) else {
        return;
    };
    let fresh = Pty::open().settings();
    scene.until_wanted(10);
    assert_ne!(scene.terminal.settings().local_flags, fresh.local_flags);
    scene.terminal.press("q");
    scene.client.wait().expect(0, &[]);
    assert_eq!(scene.terminal.settings().local_flags, fresh.local_flags);
    assert_eq!(scene.terminal.settings().control_chars, fresh.control_chars);
    scene.server.stop();

    for (keys, signal) in [("qq", None), ("", Some(nix::sys::signal::Signal::SIGTERM))] {
        let Some(mut scene) = Scene::start(10, 600_000) else {
            return;
        };
        scene.until_wanted(10);
        scene.terminal.press(keys);
        if let Some(signal) = signal {
            scene.client.signal(signal);
        }
        scene.client.wait();
        assert_eq!(
            scene.terminal.settings().local_flags,
            fresh.local_flags,
            "{keys}"
        );
    }
}
