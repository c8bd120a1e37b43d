//! Scenarios and runs.

use std::time::Duration;

use gannet_events::{
    Difference, Failure, FailureClass, FeatureStarted, Heard, MediaReport, NearestMessage, Notice,
    NoticeLevel, RunEvent, RunFinished, RunStarted, Status, Tally,
};

use super::script::{START, Script, ms};
use super::wire::{Wire, busy, busy_call, request, response};

pub(super) fn talk() -> MediaReport {
    MediaReport {
        phone: "Alice".into(),
        call_id: Some("a1@alice".into()),
        codec: "PCMU/8000".into(),
        packets_sent: 500,
        packets_late: 2,
        packets_left_out: 0,
        lateness_max: Duration::from_micros(12_500),
        packets_received: 499,
        packets_lost: 1,
        packets_reordered: 0,
        jitter: Duration::from_micros(800),
        jitter_mean: Duration::from_micros(600),
        jitter_max: Duration::from_micros(1500),
        mos: Some(437),
        faults: vec!["gap: nothing came for 700 ms".into()],
        heard: vec![Heard {
            what: "tone 440 Hz".into(),
            start: ms(20),
            duration: ms(9_980),
        }],
    }
}

pub(crate) fn busy_failure() -> Failure {
    Failure::new(FailureClass::Timeout, "Bob's phone did not ring")
        .waiting_for("an INVITE at Bob that rings", ms(5_000))
        .of_phone("Bob")
        .in_call("a1@alice")
        .with_nearest(NearestMessage {
            bytes: busy().into(),
            differences: vec![Difference {
                what: "status code".into(),
                expected: "180".into(),
                received: "486".into(),
            }],
        })
}

const FILE: &str = "features/alice.feature";
const FEATURE: &str = "Alice Makes Calls";

/// A scenario that passes.
pub(crate) fn passing() -> Vec<RunEvent> {
    let wire = Wire::default()
        .sip(0, "Alice", "pbx", request("INVITE", "a1@alice", true))
        .sip(
            9,
            "pbx",
            "Alice",
            response("200 OK", "INVITE", "a1@alice", true),
        )
        .sip(10, "Alice", "pbx", request("ACK", "a1@alice", false))
        .rtp(30, "Alice", "pbx", 20)
        .records();
    Script::start(0, FILE, FEATURE, 3, "Alice calls Bob")
        .passed("Given ", "Alice uses Squirrel350 phone", 12)
        .passed("When ", "Alice calls Bob", 31)
        .passed("And ", "Alice and Bob talk for 10 seconds", 10_004)
        .end(Status::Passed, 10_051, false, wire)
}

/// A scenario that fails in its second step.
pub(crate) fn failing() -> Vec<RunEvent> {
    let skipped = || Status::Skipped("an earlier step failed".into());
    Script::start(1, FILE, FEATURE, 12, "Bob answers")
        .passed("When ", "Alice calls Bob", 31)
        .step(
            "Then ",
            "Bob answers the phone",
            5_000,
            Status::TimedOut,
            Some(busy_failure()),
        )
        .step(
            "And ",
            "Alice and Bob talk for 10 seconds",
            0,
            skipped(),
            None,
        )
        .step("Then ", "Bob hangs up the phone", 0, skipped(), None)
        .end(Status::TimedOut, 5_040, false, busy_call())
}

/// A scenario that is tagged `@skip`.
pub(crate) fn skipped() -> Vec<RunEvent> {
    Script::start(2, FILE, FEATURE, 20, "Bob sends a fax").end(
        Status::Skipped("tagged @skip".into()),
        0,
        false,
        [].into(),
    )
}

/// A scenario with a step that nobody knows.
pub(crate) fn undefined() -> Vec<RunEvent> {
    let failure = Failure::new(
        FailureClass::Undefined,
        "no step is known for \"Bob dances\"",
    )
    .detail("the nearest known steps:\n  {name} answers\n  {name} dials {number}");
    Script::start(3, FILE, FEATURE, 26, "Bob dances")
        .step("When ", "Bob dances", 0, Status::Undefined, Some(failure))
        .end(Status::Undefined, 0, false, [].into())
}

/// A scenario with names from all over the world and from an attacker.
pub(crate) fn odd_names() -> Vec<RunEvent> {
    Script::start(
        4,
        "features/日本 語.feature",
        "Zoë ruft \u{1b}[31mBöb\u{202e}",
        2,
        "電話をかける \u{7}😀",
    )
    .passed("前提", "「アリス」が電話を使う", 4)
    .end(Status::Passed, 4, false, [].into())
}

/// A scenario that passes when tried again.
fn flaky() -> Vec<RunEvent> {
    let file = "features/日本 語.feature";
    let (feature, name) = ("Zoë ruft \u{1b}[31mBöb\u{202e}", "second try");
    let failure = Failure::new(FailureClass::CallFailed, "the call was refused with 503");
    let first = Script::attempt(5, 1, file, feature, 8, name)
        .step("When ", "Zoë calls", 3, Status::Failed, Some(failure))
        .end(Status::Failed, 3, true, [].into());
    let second = Script::attempt(5, 2, file, feature, 8, name)
        .passed("When ", "Zoë calls", 3)
        .end(Status::Passed, 3, false, [].into());
    [first, second].concat()
}

pub(crate) fn run_started(selected: u32) -> RunEvent {
    RunEvent::RunStarted(RunStarted {
        at: START,
        version: "0.1.0".into(),
        server: "embedded PBX at 127.0.0.1:5060".into(),
        rerun_command: "gannet test".into(),
        selected,
        left_out: 2,
    })
}

/// A run of the given scenarios, with start and end.
pub(crate) fn run(selected: u32, scenarios: Vec<Vec<RunEvent>>) -> Vec<RunEvent> {
    let mut events = vec![run_started(selected)];
    events.extend(scenarios.into_iter().flatten());
    let mut tally = Tally::default();
    for event in &events {
        tally.on_event(event);
    }
    events.push(RunEvent::RunFinished(RunFinished {
        summary: tally.summary(),
        duration: ms(10_060),
    }));
    events
}

/// A run with one of everything.
pub(crate) fn whole_run() -> Vec<RunEvent> {
    let mut events = run(
        6,
        vec![
            odd_names(),
            flaky(),
            failing(),
            passing(),
            skipped(),
            undefined(),
        ],
    );
    events.insert(
        1,
        RunEvent::FeatureStarted(FeatureStarted {
            name: FEATURE.into(),
            file: FILE.into(),
            line: 1,
        }),
    );
    events.insert(
        2,
        RunEvent::Notice(Notice {
            scenario: None,
            level: NoticeLevel::Warning,
            text: "the clock of this machine was set back".into(),
        }),
    );
    events
}
