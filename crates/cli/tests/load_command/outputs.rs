//! What a run writes.

use crate::process::{
    ask, client_words, control_address, load, load_words, server, start, wait_for_calls,
};

#[test]
fn the_summary_can_be_json() {
    let (server, address) = server("--calls 4");
    let client = load(&client_words(&address, "--calls 4 --rate 100 --json"));
    assert_eq!(client.code, Some(0), "{}", client.err);
    let summary: serde_json::Value = serde_json::from_str(&client.out).unwrap();
    assert_eq!(summary["calls"]["successful"], 4);
    assert_eq!(summary["messages"]["sent"], 12);
    assert_eq!(summary["response_times"]["count"], 4);
    assert_eq!(summary["verdict"]["passed"], true);
    assert_eq!(summary["verdict"]["exit_code"], 0);
    assert!(client.err.contains("4 successful"), "{}", client.err);
    server.end().expect(0, &[]);
}

#[test]
fn the_table_has_a_line_each_second_and_one_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.csv");
    let (server, address) = server("");
    let options = format!("--rate 20 --duration 1500ms --stat {}", file.display());
    load(&client_words(&address, &options)).expect(0, &["passed"]);
    server.interrupt();
    server.end().expect(0, &[]);
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(lines[0][0], "elapsed_s");
    let begun = lines[0]
        .iter()
        .position(|name| *name == "calls_begun")
        .unwrap();
    let sum: u64 = lines[1..]
        .iter()
        .map(|line| line[begun].parse::<u64>().unwrap())
        .sum();
    assert!((29..=32).contains(&sum), "{text}");
}

#[test]
fn the_log_has_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.log");
    let (server, address) = server("--calls 1");
    let options = format!(
        "--calls 1 --log {} --log-level messages,verdicts",
        file.display()
    );
    load(&client_words(&address, &options)).expect(0, &["passed"]);
    server.end().expect(0, &[]);
    let text = std::fs::read_to_string(&file).unwrap();
    for part in [
        "START log",
        "Send [[INVITE",
        "Received [[180",
        "|V|",
        "STOP  log",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn remote_control_steers_a_run() {
    let (server, address) = server("");
    let control = control_address();
    let options = format!("--rate 0 --control {control}");
    let mut client = start(&load_words(&client_words(&address, &options)));
    client.wait_for("sending from");
    assert!(ask(control, "command/rate?value=100").starts_with("HTTP/1.1 200 OK"));
    wait_for_calls(control);
    assert!(ask(control, "command/stop").starts_with("HTTP/1.1 200 OK"));
    client.end().expect(0, &["0 failed", "passed"]);
    server.interrupt();
    server.end().expect(0, &["passed"]);
}

#[test]
fn a_folder_has_results_and_conditions_decide() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let (server, address) = server("");
    let options = format!("--calls 10 --rate 100 --out {}", out.display());
    load(&client_words(&address, &options)).expect(0, &["10 successful"]);
    let text = std::fs::read_to_string(out.join("results.json")).unwrap();
    let results: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(results["command"], "load");
    assert_eq!(results["figures"]["calls"]["successful"], 10);
    assert_eq!(results["figures"]["times"][0]["of"], "invite");
    assert_eq!(results["verdict"]["passed"], true);
    for name in ["report.html", "junit.xml", "series.csv", "steps.csv"] {
        assert!(out.join(name).is_file(), "{name}");
    }
    // Nobody is there: all calls fail.
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let nowhere = nobody.local_addr().unwrap().to_string();
    let words = |condition: &str| {
        let calls = "--calls 3 --rate 100 --timeout 300ms";
        let words = client_words(&nowhere, &format!("{calls} --out {}", out.display()));
        let mut words: Vec<String> = load_words(&words).iter().map(ToString::to_string).collect();
        words.extend(["--fail-if".to_owned(), condition.to_owned()]);
        words
    };
    let run = |condition: &str| {
        let words = words(condition);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        start(&words).end()
    };
    run("rate > 1000/s").expect(0, &["passed"]);
    run("failed > 50%").expect(1, &["failed is 100.000 %, 3 of 3"]);
    run("p99(nothing) > 1ms").expect(2, &["there are response, invite"]);
    let text = std::fs::read_to_string(out.join("results.json")).unwrap();
    assert!(
        text.contains("\"text\": \"INVITE "),
        "no example with its messages: {text}"
    );
    server.interrupt();
    server.end().expect(0, &[]);
}
