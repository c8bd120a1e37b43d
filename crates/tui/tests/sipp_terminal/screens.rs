//! Screens of a caller and of a callee.

use std::sync::Arc;

use gannet_events::sipp::{Layout, Snapshot};
use gannet_events::traffic::Phase;
use gannet_tui::sipp::{
    Beside, Displayed, Dumped, Facts, KeyAction, Moment, Screen, State, TwinRole, draw, dump,
    final_screens, screen_file,
};

use crate::support::{behind, beside, figures, snapshot, state, uac, uas, varied};

fn drawn(state: &State, now: &Snapshot, layout: &Layout) -> String {
    let moment = Moment {
        now,
        earlier: Some(&snapshot(layout, 10_000)),
        beside: &beside(),
    };
    draw(state, moment).replace("\r\n", "\n")
}

/// A screen after 12 seconds, the screen before after 10.
fn screen(layout: &Arc<Layout>, screen: Screen) -> String {
    let mut state = state(Arc::clone(layout));
    state.apply(&KeyAction::Show(screen));
    drawn(&state, &snapshot(layout, 12_000), layout)
}

fn last_line(state: &State, now: &Snapshot) -> String {
    let text = drawn(state, now, &uac());
    text.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_caller_sees_its_steps() {
    insta::assert_snapshot!(screen(&uac(), Screen::Scenario));
}

#[test]
fn a_callee_sees_its_steps() {
    insta::assert_snapshot!(screen(&uas(), Screen::Scenario));
}

#[test]
fn every_kind_of_step_has_a_line() {
    insta::assert_snapshot!(screen(&varied(), Screen::Scenario));
}

#[test]
fn calls_and_times_are_counted_in_two_columns() {
    insta::assert_snapshot!(screen(&varied(), Screen::Statistics));
}

#[test]
fn classes_are_those_of_the_first_timer_and_of_the_call_length() {
    insta::assert_snapshot!(screen(&uac(), Screen::Repartition));
}

#[test]
fn further_timers_have_screens_of_their_own() {
    let screens = [1, 2, 3].map(|timer| screen(&varied(), Screen::Further(timer)));
    insta::assert_snapshot!(screens.concat());
}

#[test]
fn actions_and_variables_are_listed() {
    insta::assert_snapshot!(screen(&uac(), Screen::Variables));
}

#[test]
fn circuits_are_a_map() {
    insta::assert_snapshot!(screen(&uac(), Screen::TdmMap));
}

#[test]
fn the_end_shows_steps_and_calls() {
    let layout = uac();
    let mut now = snapshot(&layout, 12_000);
    now.phase = Phase::Ended;
    now.figures.open = 0;
    let mut state = state(layout);
    state.set_error("not shown at the end");
    let moment = Moment {
        now: &now,
        earlier: Some(&now),
        beside: &Beside::default(),
    };
    insta::assert_snapshot!(final_screens(&state, moment));
}

#[test]
fn the_screen_file_has_all_screens_that_hold_something() {
    let layout = varied();
    let moment = Moment {
        now: &snapshot(&layout, 12_000),
        earlier: None,
        beside: &beside(),
    };
    let text = screen_file(&state(Arc::clone(&layout)), moment);
    let titles: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_suffix("[1-9]: Change Screen --"))
        .map(|line| line.trim_matches(['-', ' ']))
        .collect();
    assert_eq!(
        titles,
        [
            "Scenario Screen",
            "Statistics Screen",
            "Repartition Screen",
            "Repartition 2 Screen",
            "Repartition 3 Screen",
            "TDM map Screen"
        ]
    );
    assert!(!text.contains('\r'));
}

#[test]
fn users_stand_in_place_of_the_rate() {
    let layout = uac();
    let mut now = snapshot(&layout, 12_000);
    now.users = Some(25);
    let text = drawn(&state(Arc::clone(&layout)), &now, &layout);
    let lines: Vec<&str> = text.lines().skip(1).take(2).collect();
    assert_eq!(
        lines,
        [
            "     Users (length)   Port   Total-time  Total-calls  Remote-host",
            "          25 (0 ms)   5061      12.00 s         1200  127.0.0.1:5060(UDP)"
        ]
    );
}

#[test]
fn a_generator_that_is_too_slow_says_so() {
    let layout = uac();
    let mut now = snapshot(&layout, 12_000);
    let line = "  Generator saturated: 1234 calls begun late, 45 datagrams dropped\n";
    let state = state(Arc::clone(&layout));
    assert!(!drawn(&state, &now, &layout).contains("saturated"));
    now.figures.lag = behind();
    assert!(drawn(&state, &now, &layout).contains(line));
}

#[test]
fn another_scenario_is_shown_on_demand() {
    let layout = uac();
    let mut now = snapshot(&layout, 12_000);
    now.received = Some(figures(&uas(), 77));
    let mut state = state(Arc::clone(&layout)).with_received(uas());
    state.apply(&KeyAction::Display(Displayed::Received));
    let text = drawn(&state, &now, &layout);
    assert!(
        text.contains("  ----------> INVITE             77"),
        "{text}"
    );
    state.apply(&KeyAction::Display(Displayed::OutOfCall));
    let text = drawn(&state, &now, &layout);
    assert!(text.contains("Last Error: display: the run has no such scenario"));
    assert!(text.contains("  ----------> INVITE"));
    state.apply(&KeyAction::Display(Displayed::Main));
    assert!(drawn(&state, &now, &layout).contains("      INVITE ---------->"));
}

#[test]
fn hidden_steps_are_shown_on_demand() {
    let layout = varied();
    let mut state = state(Arc::clone(&layout));
    let now = snapshot(&layout, 12_000);
    let hidden = "         180 <----------";
    assert!(!drawn(&state, &now, &layout).contains(hidden));
    state.apply(&KeyAction::Hide(false));
    assert!(drawn(&state, &now, &layout).contains(hidden));
}

#[test]
fn the_last_line_says_what_the_run_does() {
    let mut now = snapshot(&uac(), 12_000);
    let state = state(uac());
    let rows = [
        (Phase::Running, "[q]: Stop"),
        (Phase::Paused, "Traffic Paused"),
        (Phase::Stopping, "Waiting for open calls"),
        (Phase::Ended, "Test Terminated"),
    ];
    for (phase, words) in rows {
        now.phase = phase;
        let line = last_line(&state, &now);
        assert!(line.contains(words), "{line}");
        assert_eq!(line.len(), 79);
    }
}

#[test]
fn a_side_with_a_twin_says_which() {
    let now = snapshot(&uac(), 12_000);
    let rows = [
        (TwinRole::ControllerA, "Controller A side "),
        (TwinRole::ControllerB, "Controller B side "),
        (TwinRole::ControllerAPassive, "Controller A side (passive)"),
        (TwinRole::Master, "Master side "),
        (TwinRole::MasterPassive, "Master side (passive)"),
        (TwinRole::Slave, "Slave side "),
    ];
    for (twin, words) in rows {
        let facts = Facts {
            twin: Some(twin),
            ..Facts::default()
        };
        let offset = chrono::FixedOffset::east_opt(0).expect("zero is in range");
        let line = last_line(&State::new(uac(), facts, offset), &now);
        assert!(line.contains(words), "{line}");
    }
}

#[test]
fn a_refused_command_and_a_prompt_stand_below() {
    let now = snapshot(&uac(), 12_000);
    let mut state = state(uac());
    state.apply(&KeyAction::Prompt(Some("set ra".into())));
    assert_eq!(last_line(&state, &now), "Command: set ra");
    state.apply(&KeyAction::Refused("x".repeat(70)));
    let text = drawn(&state, &now, &uac());
    assert!(text.contains(&format!("Last Error: {}...\n", "x".repeat(60))));
    assert!(!text.contains("Command:"));
}

#[test]
fn a_call_limit_that_is_hit_is_told() {
    let facts = Facts {
        calls_max: Some(1_200),
        ..Facts::default()
    };
    let offset = chrono::FixedOffset::east_opt(0).expect("zero is in range");
    let state = State::new(uac(), facts, offset);
    let text = drawn(&state, &snapshot(&uac(), 12_000), &uac());
    assert!(
        text.contains("  Call limit 1200 hit, 2.0 s period "),
        "{text}"
    );
}

#[test]
fn calls_and_variables_are_dumped() {
    let layout = uac();
    let mut now = snapshot(&layout, 12_000);
    now.figures.steps[6].paused_now = 5;
    let mut beside = beside();
    let state = state(layout);
    let lines = |what, beside: &Beside| {
        let moment = Moment {
            now: &now,
            earlier: None,
            beside,
        };
        dump(what, &state, moment)
    };
    assert_eq!(
        lines(Dumped::Tasks, &beside),
        [
            "20 open calls: 15 running, 5 paused",
            "5 in the pause of 0ms at step 6"
        ]
    );
    assert_eq!(lines(Dumped::Variables, &beside), ["$seen = 1.000000"]);
    beside.variables.clear();
    assert_eq!(lines(Dumped::Variables, &beside), ["no global variables"]);
}
