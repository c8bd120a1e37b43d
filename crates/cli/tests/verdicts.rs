//! The verdict of a whole run: what passes, and what must not.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

/// A run in real time with ten seconds of talk, twice, on a machine that does other things too.
const RUN_LIMIT: std::time::Duration = std::time::Duration::from_mins(2);

#[test]
fn the_first_feature_of_the_readme_passes() {
    let feature = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/alice_calls.feature");
    let output = gannet_test(&feature);
    assert_eq!(output.status.code(), Some(0), "{}", console(&output));
    assert!(
        console(&output).contains("2 passed"),
        "{}",
        console(&output)
    );
}

#[test]
fn a_phone_that_is_not_heard_fails_its_call_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = "\
Feature: A talk of which one half is missing
  Scenario: Bob's microphone is off
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    When Alice calls Bob
    Then Bob answers the phone
    And Bob mutes
    And Alice and Bob talk for 2 seconds
";
    let output = gannet_test(&write(folder.path(), "muted.feature", text));
    assert_eq!(output.status.code(), Some(1), "{}", console(&output));
    let console = console(&output);
    for part in [
        "Alice and Bob talk for 2 seconds",
        "Alice",
        "did not hear Bob",
        "INVITE",
    ] {
        assert!(console.contains(part), "no `{part}`:\n{console}");
    }
}

fn gannet_test(feature: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gannet"))
        .arg("test")
        .arg(feature)
        .timeout(RUN_LIMIT)
        .output()
        .unwrap()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn console(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}
