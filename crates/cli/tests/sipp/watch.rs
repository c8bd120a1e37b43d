//! Folder, conditions, ladders and live page of a run.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::harness::{Folder, Page, Player, answer, behind, free_port, sum, until};

/// A caller with the live page, and its callee.
fn pair(folder: &Folder, options: &str) -> (Player, Player, Page) {
    let at = free_port();
    let callee = folder
        .run("callee", &format!("-sn uas -i 127.0.0.1 -p {at}"))
        .listening(at);
    let caller = folder.run(
        "caller",
        &format!("-sn uac -i 127.0.0.1 -http 127.0.0.1:0 {options} 127.0.0.1:{at}"),
    );
    let page = until("the live page", || Page::of(&folder.read("caller.err")));
    (callee, caller, page)
}

fn gannet(folder: &Folder, words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gannet"))
        .args(words)
        .current_dir(folder.root())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.code().unwrap(), text)
}

#[test]
fn the_figures_of_a_run_are_the_same_on_every_face() {
    let folder = Folder::new();
    let (_callee, mut caller, page) = pair(&folder, "-r 100 -out run -trace_stat -stf stat.csv");
    until("some calls", || {
        (page.state()["figures"]["calls"]["successful"].as_u64()? > 20).then_some(())
    });
    assert_eq!(page.order(r#"{"action":"pause"}"#).status, 202);
    // From here on nothing changes.
    let state = until("a pause without open calls", || {
        let state = page.state();
        let figures = &state["figures"];
        (figures["phase"] == "paused" && figures["calls"]["open"] == 0).then_some(state)
    });
    let event = page.event();
    let metrics = page.get("/metrics").body;
    let live = page.get("/report").body;
    assert_eq!(page.order(r#"{"action":"stop"}"#).status, 202);
    let ended = caller.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let results: Value = serde_json::from_str(&folder.read("run/results.json")).unwrap();
    let report = folder.read("run/report.html");
    let junit = folder.read("run/junit.xml");
    let series = folder.read("run/series.csv");
    for (path, column) in [
        ("calls.begun", "begun"),
        ("calls.successful", "successful"),
        ("calls.failed", "failed"),
        ("messages.sent", "sent"),
        ("messages.received", "received"),
        ("messages.retransmissions", "retransmissions"),
    ] {
        let (group, name) = path.split_once('.').unwrap();
        let count = results["figures"][group][name].as_u64().unwrap();
        assert_eq!(state["figures"][group][name], count, "page, {path}");
        assert_eq!(event["figures"][group][name], count, "event, {path}");
        assert_eq!(sum(&series, column), count, "series.csv, {path}");
        for html in [&report, &live] {
            let shown = behind(html, &format!("data-figure=\"{path}\">"), '<');
            assert_eq!(shown, count.to_string(), "report, {path}");
        }
        let property = behind(&junit, &format!("name=\"{path}\" value=\""), '"');
        assert_eq!(property, count.to_string(), "junit.xml, {path}");
        let metric = match path {
            "messages.retransmissions" => "gannet_retransmissions_total".to_owned(),
            _ => format!("gannet_{group}_{name}_total"),
        };
        let metric = behind(
            &metrics,
            &format!("\n{metric}{{scenario=\"Caller\"}} "),
            '\n',
        );
        assert_eq!(metric, count.to_string(), "metrics, {path}");
    }
    let calls = &results["figures"]["calls"];
    let successful = calls["successful"].as_u64().unwrap();
    assert!(successful > 20);
    assert_eq!(ended.figure("Successful call"), successful, "the screen");
    assert_eq!(ended.figure("Failed call"), 0);
    let steps = results["figures"]["steps"].as_array().unwrap();
    let messages: u64 = steps
        .iter()
        .map(|step| step["messages"].as_u64().unwrap())
        .sum();
    assert_eq!(sum(&folder.read("run/steps.csv"), "messages"), messages);

    percentiles_are_the_same(&folder, &results, &state, &metrics);
}

/// Of the first kind of response times, on all faces.
fn percentiles_are_the_same(folder: &Folder, results: &Value, state: &Value, metrics: &str) {
    let report = folder.read("run/report.html");
    let junit = folder.read("run/junit.xml");
    let times = folder.read("run/response-times.csv");
    let response = &results["figures"]["times"][0];
    assert_eq!(response["of"], "invite");
    assert_eq!(response["count"], results["figures"]["calls"]["successful"]);
    let p99 = &response["p99_ms"];
    assert_eq!(state["figures"]["times"][0]["p99_ms"], *p99);
    assert_eq!(
        behind(&report, "data-figure=\"times.1.p99_ms\">", '<'),
        p99.to_string()
    );
    assert_eq!(
        behind(&junit, "name=\"times.1.p99_ms\" value=\"", '"'),
        p99.to_string()
    );
    let line = times.lines().nth(1).unwrap();
    assert_eq!(line.split(',').nth(8).unwrap(), p99.to_string());
    let metric = behind(
        metrics,
        "name=\"1\",of=\"invite\",quantile=\"0.99\"} ",
        '\n',
    );
    let seconds: f64 = metric.parse().unwrap();
    assert!((seconds * 1e3 - p99.as_f64().unwrap()).abs() < 1e-6);
}

#[test]
fn a_run_that_is_killed_leaves_whole_results() {
    let folder = Folder::new();
    let (_callee, mut caller, _page) = pair(&folder, "-r 200 -out run");
    until("three seconds in the folder", || {
        (folder.read("run/series.csv").lines().count() > 3).then_some(())
    });
    caller.signal(Signal::SIGKILL);
    assert_eq!(caller.wait().code, None);
    let results: Value = serde_json::from_str(&folder.read("run/results.json")).unwrap();
    assert_eq!(results["verdict"], Value::Null);
    let begun = results["figures"]["calls"]["begun"].as_u64().unwrap();
    assert!(begun > 100, "{begun}");
    // A line of the table comes first; the process may have ended between the two.
    let series = folder.read("run/series.csv");
    let shorter = series.trim_end().rsplit_once('\n').unwrap().0;
    assert!(
        [sum(&series, "begun"), sum(shorter, "begun")].contains(&begun),
        "{series}"
    );
    for name in ["report.html", "junit.xml"] {
        let text = folder.read(&format!("run/{name}"));
        assert!(text.trim_end().ends_with(['>']), "{name} is cut");
    }
    assert!(folder.read("run/junit.xml").contains("the run broke off"));
    let (code, text) = gannet(&folder, &["report", "run"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = gannet(&folder, &["report", "run", "--fail-if", "calls > 100"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("the run has no verdict"), "{text}");
}

/// A callee that is busy, and a caller with these options.
fn busy(folder: &Folder, options: &[&str]) -> (i32, String) {
    let at = free_port();
    let busy = format!(
        "<scenario name=\"busy\"><recv request=\"INVITE\"/>{}<recv request=\"ACK\"/></scenario>",
        answer("486 Busy Here")
    );
    std::fs::write(folder.path("busy.xml"), busy).unwrap();
    let _callee = folder
        .run("callee", &format!("-sf busy.xml -i 127.0.0.1 -p {at}"))
        .listening(at);
    let target = format!("127.0.0.1:{at}");
    let words = [
        "sipp",
        "-sn",
        "uac",
        "-i",
        "127.0.0.1",
        "-m",
        "5",
        "-r",
        "100",
        &target,
    ];
    gannet(folder, &[&words[..], options].concat())
}

#[test]
fn conditions_decide_the_exit_code_and_failed_calls_are_shown() {
    let folder = Folder::new();
    let (code, text) = busy(&folder, &["-fail_if", "failed > 100%", "-out", "run"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = busy(
        &folder,
        &["-fail_if", "failed >= 100%", "-fail_if", "rate < 0.001"],
    );
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("failed: failed >= 100%: failed is 100.000 %, 5 of 5"),
        "{text}"
    );
    assert!(!text.contains("failed: rate"), "{text}");

    let report = folder.read("run/report.html");
    for part in [
        "<svg class=\"ladder\"",
        "486 Busy Here (INVITE)",
        "unexpected message",
    ] {
        assert!(report.contains(part), "no {part} in {report}");
    }
    let (code, text) = gannet(&folder, &["ladder", "run"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(text.matches("486 Busy Here (INVITE)").count(), 3, "{text}");
    let (_, list) = gannet(&folder, &["ladder", "run/failures.pcapng", "--list"]);
    let call = list.lines().next().unwrap();
    let words = [
        "ladder",
        "run/failures.pcapng",
        "--call",
        call,
        "--svg",
        "-",
    ];
    let (code, text) = gannet(&folder, &words);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.starts_with("<svg ") && text.contains("486 Busy Here"),
        "{text}"
    );
}

#[test]
fn conditions_are_checked_before_anything_is_sent() {
    let folder = Folder::new();
    let (code, text) = busy(
        &folder,
        &["-fail_if", "faild > 1", "-fail_if", "failed > 5ms"],
    );
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("did you mean `failed`?"), "{text}");
    assert!(text.contains("\n  faild > 1\n  ^^^^^"), "{text}");
    assert!(text.contains("failed > 5ms\n            ^^"), "{text}");
    let (code, text) = busy(&folder, &["-fail_if", "p99(bye) > 2ms"]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("there are 1, invite, call\n  p99(bye) > 2ms\n      ^^^"),
        "{text}"
    );
    assert!(!text.contains("Successful call"), "a run began: {text}");
}

#[test]
fn a_message_log_is_drawn_with_what_was_sent_again() {
    let folder = Folder::new();
    // Nobody answers: the INVITE is sent again.
    let at = free_port();
    let silent = std::net::UdpSocket::bind(("127.0.0.1", at)).unwrap();
    let target = format!("127.0.0.1:{at}");
    let words = [
        "sipp",
        "-sn",
        "uac",
        "-i",
        "127.0.0.1",
        "-m",
        "1",
        "-max_invite_retrans",
        "1",
        "-trace_msg",
        "-message_file",
        "log",
        &target,
    ];
    let (code, text) = gannet(&folder, &words);
    assert_eq!(code, 1, "{text}");
    drop(silent);
    let (code, text) = gannet(&folder, &["ladder", "log"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("INVITE (SDP), again"), "{text}");
    let (code, text) = gannet(&folder, &["ladder", "caller.nothing"]);
    assert_eq!(code, 2, "{text}");
    std::fs::write(folder.path("text"), "what is this").unwrap();
    let (code, text) = gannet(&folder, &["ladder", "text"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("neither a capture"), "{text}");
}

#[test]
fn whoever_may_not_ask_is_refused_and_the_calls_go_on() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(4_096)), hard).unwrap();
    let folder = Folder::new();
    let (_callee, mut caller, page) = pair(&folder, "-r 50 -http_token secret");
    assert_eq!(page.query, "?token=secret");
    let refused = Page {
        query: String::new(),
        ..page
    };
    for path in ["/", "/api/state", "/api/events", "/metrics", "/report"] {
        assert_eq!(refused.get(path).status, 401, "{path}");
    }
    assert_eq!(refused.order(r#"{"action":"stop"}"#).status, 401);
    for broken in [
        "{",
        "[1]",
        r#"{"action":"rate","rate":-5}"#,
        r#"{"action":"boom"}"#,
    ] {
        assert_eq!(page.order(broken).status, 400, "{broken}");
    }
    assert_eq!(page.order(&"x".repeat(100_000)).status, 413);
    assert_eq!(page.get("/nothing").status, 404);
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    assert!([0, 400, 414, 431].contains(&page.ask(&long).status));
    let form = "POST /api/control?token=secret HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(page.ask(form).status, 415);
    assert_eq!(page.ask("\u{1}\u{2}\r\n\r\n").status, 400);

    // A thousand that begin a request and do not end it.
    let before = page.state()["figures"]["calls"]["successful"]
        .as_u64()
        .unwrap();
    let slow: Vec<TcpStream> = (0..1_000)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(page.address).ok()?;
            stream
                .write_all(b"GET /api/state HTTP/1.1\r\nHost: ")
                .ok()?;
            Some(stream)
        })
        .collect();
    assert!(slow.len() > 500, "{} connections", slow.len());
    drop(slow);
    let state = until("more calls", || {
        let answer = page.get("/api/state");
        let state: Value = serde_json::from_str(&answer.body).ok()?;
        let successful = state["figures"]["calls"]["successful"].as_u64()?;
        (successful > before + 50).then_some(state)
    });
    assert_eq!(state["figures"]["calls"]["failed"], 0);
    assert_eq!(state["figures"]["rate_wanted"], 50.0);
    assert_eq!(page.order(r#"{"action":"stop"}"#).status, 202);
    let ended = caller.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_rate_is_set_and_climbs_by_orders_of_the_page() {
    let folder = Folder::new();
    let (_callee, mut caller, page) = pair(&folder, "-r 5");
    let rate = |wanted: f64| {
        until("the rate", || {
            let state = page.state();
            (state["figures"]["rate_wanted"] == wanted).then_some(())
        });
    };
    assert_eq!(page.order(r#"{"action":"rate","rate":40}"#).status, 202);
    rate(40.0);
    assert_eq!(
        page.order(r#"{"action":"ramp","to":60,"over_s":0.5}"#)
            .status,
        202
    );
    rate(60.0);
    assert_eq!(page.order(r#"{"action":"pause"}"#).status, 202);
    until("a pause", || {
        (page.state()["figures"]["phase"] == "paused").then_some(())
    });
    assert_eq!(page.order(r#"{"action":"pause"}"#).status, 202);
    assert_eq!(page.order(r#"{"action":"resume"}"#).status, 202);
    until("no pause", || {
        (page.state()["figures"]["phase"] == "running").then_some(())
    });
    assert_eq!(page.order(r#"{"action":"stop"}"#).status, 202);
    assert_eq!(caller.wait().code, Some(0));
}
