//! How scenarios run: time-outs, retries, order, variables.

use crate::bench::{Bench, feature};

#[test]
fn a_failing_step_fails_the_run_and_skips_the_rest() {
    let bench = Bench::new().with("f.feature", &feature(&["fail", "wait 1 ms"]));
    bench.run("test f.feature").expect(
        1,
        &[
            "1 scenario: 1 failed",
            "2 steps: 1 failed, 1 skipped",
            "gannet test f.feature:2",
        ],
    );
}

#[test]
fn a_scenario_ends_at_its_time_out() {
    let slow = format!("@timeout.100ms\n{}", feature(&["pause for 50 seconds"]));
    let bench = Bench::new().with("f.feature", &slow);
    let run = bench.run("test f.feature");
    run.expect(
        1,
        &[
            "1 scenario: 1 timed out",
            "the time for the scenario is over",
        ],
    );
}

#[test]
fn a_scenario_is_tried_again_as_often_as_its_tag_says() {
    let stubborn = format!("@retry.2\n{}", feature(&["fail"]));
    let bench = Bench::new().with("f.feature", &stubborn);
    bench
        .run("test f.feature --json r.json")
        .expect(1, &["1 scenario: 1 failed"]);
    assert!(
        bench.read("r.json").contains("\"attempt\": 3"),
        "{}",
        bench.read("r.json")
    );
}

#[test]
fn after_a_failure_nothing_more_starts_if_asked() {
    let serial = |step: &str| format!("@serial\n{}", feature(&[step]));
    let bench = Bench::new()
        .with("a.feature", &serial("fail"))
        .with("b.feature", &serial("wait 1 ms"));
    let run = bench.run("test a.feature b.feature --fail-fast");
    run.expect(
        1,
        &[
            "an earlier scenario failed (--fail-fast)",
            "1 failed, 1 skipped",
        ],
    );
}

#[test]
fn variables_of_the_configuration_stand_for_words() {
    let bench = Bench::new()
        .with(
            "f.feature",
            &feature(&["wait ${little} ms", "wait ${tiem}"]),
        )
        .with("gannet.toml", "[variables]\nlittle = 1\ntime = \"2 ms\"\n");
    let parts = [
        "there is no variable `tiem`",
        "did you mean `time`?",
        "1 error",
    ];
    bench.run("test f.feature").expect(2, &parts);
}

#[test]
fn a_directive_that_cannot_be_read_is_a_fault() {
    let bench = Bench::new().with(
        "f.feature",
        &format!("@retry.often\n{}", feature(&["fail"])),
    );
    bench
        .run("test f.feature")
        .expect(2, &["`@retry.often` cannot be read", "f.feature:1:1"]);
}

#[test]
fn phones_of_one_name_do_not_meet_in_scenarios_that_run_at_once() {
    let scenario = "\n  Scenario: S\n    * Alice registers\n    * Bob registers\n    * Alice calls Bob\n    \
                    * Bob answers the phone\n    * Alice hangs up\n";
    let bench = Bench::new().with("f.feature", &format!("Feature: F\n{}", scenario.repeat(20)));
    bench
        .run("test f.feature")
        .expect(0, &["20 scenarios: 20 passed"]);
}
