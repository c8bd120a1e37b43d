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
            "the scenario did not end within 0.1 s",
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

#[test]
fn sentences_about_sent_messages_look_at_sent_ones_and_the_others_at_received_ones() {
    let call = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice hangs up",
        "Alice has sent ACK",
        "Alice does not send CANCEL within 100 ms",
        "header Max-Forwards of INVITE sent by Alice has 1 value",
        "header Max-Forwards of INVITE sent by Alice is \"70\"",
        "the request URI of INVITE sent by Alice is \"sip:bob@gannet.test\"",
    ];
    let ordered = format!(
        "{}    * Alice sends these messages in order:\n      | message |\n      | ACK |\n      | BYE |\n",
        feature(&call[..3])
    );
    let lie = [
        "Alice calls Bob",
        "header Max-Forwards of INVITE received by Alice is \"70\"",
    ];
    let bench = Bench::new()
        .with("call.feature", &feature(&call))
        .with("ordered.feature", &ordered)
        .with("lie.feature", &feature(&lie));
    bench.run("test call.feature").expect(0, &["1 passed"]);
    bench
        .run("test lie.feature")
        .expect(1, &["Alice has not received INVITE"]);
    bench.run("test ordered.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_table_gives_phones_their_user_and_password() {
    let text = format!(
        "{}    * A calls 101\n    * C answers the call\n    * B is registered\n",
        feature(&["the following phones:"])
            + "      | name | user | password |\n      | A | 100 | x |\n\
               \x20     | B | 100 | x |\n      | C | 101 | y |\n"
    );
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn a_lifetime_that_no_header_can_hold_is_refused() {
    let steps = ["Alice registers with expires 99999999999"];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench
        .run("test f.feature")
        .expect(1, &["4294967295 seconds at most"]);
}

#[test]
fn a_setting_that_no_profile_has_is_shown_before_anything_is_sent() {
    let steps = ["Alice uses generic phone with incoming.dnd_code banana"];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    let run = bench.run("test f.feature");
    run.expect(2, &["found \"banana\"", "| incoming.dnd-code = \"banana\""]);
    run.lacks(&["\\n"]);
}

#[test]
fn who_hangs_up_ends_the_conversation_and_not_the_call_that_knocks() {
    let steps = [
        "Alice calls Bob",
        "Bob answers the call",
        "Carol calls Bob",
        "Bob rings",
        "Bob hangs up",
        "Alice receives BYE",
        "Bob is ringing",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature").expect(0, &["1 passed"]);
}
