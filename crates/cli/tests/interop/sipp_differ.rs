//! `interop/sipp/differ`: what is on the wire, with SIPp and with gannet in each role.

use std::time::Duration;

use crate::harness::{Process, Site};

/// Some of its pairs that need little time; with the last, SIPp 3.6.1 and gannet are known to differ.
const PAIRS: [&str; 5] = [
    "auth_of_body",
    "call_plain",
    "cseq_numbers",
    "multipart",
    "field_table_of_windows",
];
const LIMIT: Duration = Duration::from_mins(2);

#[test]
fn pairs_are_the_same_on_the_wire() {
    let Some(site) = Site::open("pairs_are_the_same_on_the_wire", &["sipp", "python3"]) else {
        return;
    };
    let output = site.file("differ.out");
    let finished = Process::run(Site::interop("sipp/differ"), &output, LIMIT, |command| {
        let gannet = format!("{} sipp", env!("CARGO_BIN_EXE_gannet"));
        command.args(["--gannet", &gannet, "--no-times"]);
        command.args(PAIRS.iter().flat_map(|pair| ["--only", pair]));
        command.arg(Site::interop("sipp/pairs"));
    });
    assert_eq!(finished.code, Some(0), "{}", finished.output);
    let same = finished.output.matches("5 same").count();
    assert_eq!(same, 3, "{}", finished.output);
    let is_known = finished.output.contains("(departure: table-cr)");
    assert!(is_known, "{}", finished.output);
}

#[test]
fn known_departures_explain_what_they_say_and_nothing_else() {
    let name = "known_departures_explain_what_they_say_and_nothing_else";
    let Some(site) = Site::open(name, &["python3"]) else {
        return;
    };
    let output = site.file("test_differ.out");
    let finished = Process::run(Site::interop("sipp/test_differ.py"), &output, LIMIT, |_| {});
    assert_eq!(finished.code, Some(0), "{}", finished.output);
}
