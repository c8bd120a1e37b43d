//! Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::bench::{Bench, binary, feature};

#[test]
fn the_results_of_an_interrupted_run_are_kept() {
    let first = feature(&["Alice uses generic phone", "pause for 50 seconds"]);
    let bench = Bench::new().with("f.feature", &first);
    let mut child = Command::new(binary())
        .args(["test", "f.feature", "--out", "results"])
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Alice uses generic phone") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended by itself");
    }
    interrupt(child.id());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(1), "{rest}");
    assert!(rest.contains("1 interrupted"), "{rest}");
    let results = bench.read("results/results.json");
    assert!(results.contains("\"status\": \"interrupted\""), "{results}");
    assert!(bench.read("results/junit.xml").contains("interrupted"));
}

#[test]
fn the_server_ends_with_a_summary() {
    let mut child = Command::new(binary())
        .args(["pbx", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on 127.0.0.1:"), "{line}");
    interrupt(child.id());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(rest.starts_with("0 calls"), "{rest}");
}

/// What Ctrl-C sends.
fn interrupt(process: u32) {
    let sent = Command::new("kill")
        .args(["-INT", &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
