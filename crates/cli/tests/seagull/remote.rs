//! Remote control by `curl`, while calls are made (SEAGULL.md 12).

use crate::harness::{
    CALLEE, Conf, Control, Folder, Player, caller_waiting, free_port, options, until,
};

/// A client with remote control that calls a server.
struct Scene {
    client: Player,
    server: Player,
    control: Control,
    _folder: Folder,
}

impl Scene {
    /// `None` without `curl`.
    fn start(rate: u64) -> Option<Self> {
        let (port, control_port) = (free_port(), free_port());
        let control = Control::at(control_port)?;
        let conf = Conf::client(port)
            .param("call-rate", rate)
            .param("max-simultaneous-calls", 5000)
            .statistics("client");
        let server_conf = Conf::server(port)
            .param("max-simultaneous-calls", 5000)
            .statistics("server");
        let folder = Folder::new()
            .with("client", &conf, &caller_waiting(10))
            .with("server", &server_conf, CALLEE);
        let server = folder.run("server", "").ready();
        let arguments = format!("{} -ctrl 127.0.0.1:{control_port}", options("client"));
        let client = folder.play("client", &arguments).ready();
        Some(Self {
            client,
            server,
            control,
            _folder: folder,
        })
    }

    /// Calls that begin in a second, measured over `seconds`.
    fn rate_over(&self, seconds: f64) -> f64 {
        let (before, begun) = self.calls_at();
        until("time to pass", || {
            (self.calls_at().1 >= begun + seconds).then_some(())
        });
        let (calls, now) = self.calls_at();
        (calls - before) / (now - begun)
    }

    /// Waits until that many calls begin in a second: an order is obeyed a little later.
    #[track_caller]
    fn until_rate(&self, expected: f64) {
        until(&format!("{expected} calls/s"), || {
            let is_near = (self.rate_over(1.0) - expected).abs() < expected * 0.2;
            is_near.then_some(())
        });
    }

    /// Calls begun, and seconds of the run, as of one moment.
    fn calls_at(&self) -> (f64, f64) {
        let counters = self.control.counters();
        let time: Vec<f64> = counters["elapsed_time"]
            .split(':')
            .map(|part| part.parse().unwrap())
            .collect();
        let seconds = time[0] * 3600.0 + time[1] * 60.0 + time[2] + time[3] / 1000.0;
        (counters["outgoing_calls"].parse().unwrap(), seconds)
    }

    #[track_caller]
    fn end(mut self) {
        self.control.order("stop");
        self.client.wait().expect(0, &[" 0 failed"]);
        self.server.stop();
        self.server.wait().expect(0, &[" 0 failed"]);
    }
}

#[test]
fn counters_are_those_of_the_run() {
    let Some(scene) = Scene::start(100) else {
        return;
    };
    scene.control.until_calls(50);
    let (code, body) = scene.control.ask("GET", "counters/all");
    assert_eq!(code, 200);
    let names: Vec<&str> = body
        .split_terminator("\r\n")
        .map(|line| line.split('=').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "elapsed_time",
            "real_instant_call_rate_s",
            "incoming_calls",
            "outgoing_calls",
            "successful_calls",
            "failed_calls",
            "msg_recv_s",
            "msg_sent_s",
        ]
    );
    scene.until_rate(100.0);
    // Three messages each way in a call.
    let sent = scene.control.counter("msg_sent_s");
    assert!((200.0..=320.0).contains(&sent), "{sent}");
    assert_eq!(scene.control.counter("failed_calls") as u64, 0);
    let view = "2#sip#cmd-seagull-protocol#1#Traffic#";
    assert_eq!(
        scene.control.ask("GET", "data/view"),
        (200, view.to_owned())
    );
    for (method, path) in [
        ("POST", "command/stop"),
        ("GET", "command/resume"),
        ("GET", "command/rate"),
        ("GET", "command/rate?value=x"),
        ("GET", "nothing"),
        ("PUT", "counters/all"),
    ] {
        let answer = scene.control.ask(method, path);
        assert_eq!(
            answer,
            (400, "Command Success".to_owned()),
            "{method} {path}"
        );
    }
    scene.end();
}

#[test]
fn the_rate_is_set_increased_decreased_and_scaled() {
    let Some(scene) = Scene::start(20) else {
        return;
    };
    scene.control.order("rate?value=300");
    scene.until_rate(300.0);
    scene.control.order("scale?value=100");
    scene.control.order("increase");
    scene.until_rate(400.0);
    scene.control.order("decrease");
    scene.control.order("decrease");
    scene.control.order("decrease");
    scene.until_rate(100.0);
    scene.end();
}

#[test]
fn a_ramp_rises_step_by_step() {
    let Some(scene) = Scene::start(0) else {
        return;
    };
    scene.control.order("ramp?value=400&duration=4");
    let first = scene.rate_over(1.0);
    until("the ramp to end", || {
        (scene.rate_over(0.5) > 350.0).then_some(())
    });
    assert!(
        first < 250.0,
        "{first} calls/s in the first second of the ramp"
    );
    scene.until_rate(400.0);
    scene.control.order("ramp?value=50&duration=0");
    scene.until_rate(50.0);
    scene.end();
}

#[test]
fn pause_and_burst() {
    let Some(scene) = Scene::start(200) else {
        return;
    };
    scene.control.until_calls(20);
    scene.control.order("pause");
    until("the pause", || (scene.rate_over(0.5) == 0.0).then_some(()));
    let (paused, _) = scene.calls_at();
    scene.control.order("pause");
    scene.until_rate(200.0);
    assert!(scene.calls_at().0 > paused);
    scene.control.order("pause");
    until("another pause", || {
        (scene.rate_over(2.0) == 0.0).then_some(())
    });
    let (paused, at) = scene.calls_at();
    scene.control.order("burst");
    // Those of two seconds at least, which would take two seconds if they were not made up for.
    until("the missed calls", || {
        (scene.calls_at().0 >= paused + 400.0).then_some(())
    });
    let took = scene.calls_at().1 - at;
    assert!(took < 1.8, "400 calls took {took} s after a burst");
    scene.end();
}
