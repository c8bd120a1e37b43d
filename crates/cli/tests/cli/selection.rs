//! Which scenarios run.

use crate::bench::{Bench, feature};

const TWO: &str = "\
Feature: F
  @quick
  Scenario: first
    * wait 1 ms

  Scenario Outline: second <n>
    * wait <n> ms

    Examples:
      | n |
      | 1 |
      | 2 |
";

#[test]
fn no_scenario_selected_is_no_success() {
    let bench = Bench::new().with("f.feature", TWO);
    let none = "no scenario selected: 3 scenarios left out by tags, names or lines";
    bench.run("test f.feature --tags @slow").expect(4, &[none]);
    bench.run("test f.feature --name third").expect(4, &[none]);
    let parts = [
        none,
        "no scenario stands in line 1",
        "scenarios start in lines 3, 11, 12",
    ];
    bench.run("test f.feature:1").expect(4, &parts);
}

#[test]
fn a_feature_without_scenarios_is_no_success() {
    let bench = Bench::new().with("f.feature", "Feature: F\n");
    bench
        .run("test f.feature")
        .expect(4, &["the features have none"]);
}

#[test]
fn skipped_scenarios_alone_are_no_success() {
    let skipped = format!(
        "@skip\n{}",
        feature(&["an unknown sentence in a skipped scenario"])
    );
    let bench = Bench::new().with("f.feature", &skipped);
    let parts = [
        "skipped: tagged @skip",
        "nothing was executed: 1 scenario skipped",
    ];
    bench.run("test f.feature").expect(4, &parts);
}

#[test]
fn skipped_scenarios_run_when_asked_for() {
    let skipped = format!("@skip\n{}", feature(&["wait 1 ms"]));
    let bench = Bench::new().with("f.feature", &skipped);
    let run = bench.run("test f.feature --run-skipped");
    run.expect(0, &["1 scenario: 1 passed"]);
    let skipped = format!("@skip\n{}", feature(&["fail"]));
    let bench = Bench::new().with("f.feature", &skipped);
    let again = "gannet test --run-skipped f.feature:";
    bench
        .run("test --run-skipped f.feature")
        .expect(1, &[again]);
}

#[test]
fn a_scenario_without_steps_is_no_success() {
    let bench = Bench::new().with("f.feature", &feature(&[]));
    bench.run("test f.feature").expect(4, &["it has no steps"]);
}

#[test]
fn tags_names_and_lines_select() {
    let bench = Bench::new().with("f.feature", TWO);
    bench
        .run("test f.feature")
        .expect(0, &["3 scenarios: 3 passed"]);
    bench
        .run("test f.feature --tags @quick")
        .expect(0, &["1 scenario: 1 passed", "first"]);
    bench
        .run("test f.feature --name second.2")
        .expect(0, &["1 scenario: 1 passed"]);
    bench
        .run("test f.feature:4")
        .expect(0, &["first", "1 scenario: 1 passed"]);
    bench
        .run("test f.feature:7")
        .expect(0, &["2 scenarios: 2 passed"]);
    bench
        .run("test f.feature:12")
        .expect(0, &["second 2", "1 scenario: 1 passed"]);
}

#[test]
fn scenarios_that_need_what_the_server_lacks_are_skipped() {
    let needy = format!("@requires.fax\n{}", feature(&["fail"]));
    let easy = format!("@requires.voicemail\n{}", feature(&["wait 1 ms"]));
    let bench = Bench::new()
        .with("a.feature", &needy)
        .with("b.feature", &easy);
    let run = bench.run("test a.feature b.feature");
    run.expect(
        0,
        &["the embedded server has no `fax`", "1 passed, 1 skipped"],
    );
}
