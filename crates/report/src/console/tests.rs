use std::time::{Duration, Instant};

use gannet_events::RunEvent;

use super::*;
use crate::sample;
use crate::sink::EventSink;
use crate::text;

fn shown(events: &[RunEvent], options: ConsoleOptions) -> String {
    let mut bytes = Vec::new();
    let mut console = Console::new(&mut bytes, options);
    for event in events {
        console.on_event(event);
    }
    console.finish().unwrap();
    drop(console);
    String::from_utf8(bytes).unwrap()
}

#[test]
fn whole_run() {
    insta::assert_snapshot!(shown(&sample::whole_run(), ConsoleOptions::default()));
}

#[test]
fn whole_run_in_colour() {
    let options = ConsoleOptions {
        colour: true,
        ..ConsoleOptions::default()
    };
    let text = shown(&sample::whole_run(), options).replace('\u{1b}', "ESC");
    insta::assert_snapshot!(text);
}

#[test]
fn narrow() {
    let options = ConsoleOptions {
        width: Some(44),
        ..ConsoleOptions::default()
    };
    insta::assert_snapshot!(shown(&sample::run(2, vec![sample::failing()]), options));
}

#[test]
fn quiet() {
    let options = ConsoleOptions {
        verbosity: Verbosity::Quiet,
        ..ConsoleOptions::default()
    };
    insta::assert_snapshot!(shown(&sample::whole_run(), options));
}

#[test]
fn verbose() {
    let options = ConsoleOptions {
        verbosity: Verbosity::Verbose,
        ..ConsoleOptions::default()
    };
    insta::assert_snapshot!(shown(&sample::run(1, vec![sample::passing()]), options));
}

#[test]
fn nothing_executed() {
    let events = sample::run(1, vec![sample::skipped()]);
    insta::assert_snapshot!(shown(&events, ConsoleOptions::default()));
}

#[test]
fn a_run_that_broke_off_says_so() {
    let mut events = sample::run(2, vec![sample::passing(), sample::failing()]);
    events.truncate(events.len() - 2);
    let text = shown(&events, ConsoleOptions::default());
    assert!(text.contains("The run broke off"), "{text}");
    assert!(
        text.contains("not finished: features/alice.feature:12  Bob answers"),
        "{text}"
    );
}

#[test]
fn one_scenario_is_printed_as_it_goes_and_reads_the_same() {
    let alone = shown(
        &sample::run(1, vec![sample::failing()]),
        ConsoleOptions::default(),
    );
    let among = shown(
        &sample::run(2, vec![sample::failing()]),
        ConsoleOptions::default(),
    );
    assert_eq!(alone.replace("1 scenario, 2", "2 scenarios, 2"), among);
}

#[test]
fn steps_of_parallel_scenarios_do_not_mix() {
    let mut first = sample::passing();
    let end = first.pop().unwrap();
    let events = sample::run(2, vec![first, sample::failing(), vec![end]]);
    let text = shown(&events, ConsoleOptions::default());
    let failing = text.find("Scenario: Bob answers").unwrap();
    let passing = text.find("Scenario: Alice calls Bob").unwrap();
    assert!(failing < passing, "{text}");
    assert_eq!(text.matches("Feature: ").count(), 1);
    assert!(text[passing..].contains("talk for 10 seconds"), "{text}");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let text = shown(
        &sample::run(2, vec![sample::odd_names()]),
        ConsoleOptions::default(),
    );
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
}

#[test]
fn live_line_is_redrawn_ten_times_a_second_and_erased() {
    let options = ConsoleOptions {
        terminal: true,
        width: Some(60),
        ..ConsoleOptions::default()
    };
    let mut bytes = Vec::new();
    let mut console = Console::new(&mut bytes, options);
    console.on_event(&sample::run_started(2));
    let mut events = sample::passing();
    let end = events.pop().unwrap();
    for event in &events {
        console.on_event(event);
    }
    let start = Instant::now();
    for tick in 0..100 {
        console.tick(start + Duration::from_millis(tick * 30));
    }
    console.on_event(&end);
    console.finish().unwrap();
    drop(console);
    let text = String::from_utf8(bytes).unwrap();
    let erase = "\r\u{1b}[2K";
    // 2,970 ms at 30 ms a tick: due at every fourth tick, and erased once by the scenario's end.
    assert_eq!(text.matches(erase).count(), 26, "{text:?}");
    let (_, after) = text.rsplit_once(erase).unwrap();
    assert!(after.starts_with("\nFeature: "), "{after:?}");
    let line = text.split(erase).nth(20).unwrap();
    assert_eq!(
        line,
        "2s 0 of 2 done, 1 running: [Alice calls Bob 2s: And Alice …"
    );
    assert!(text::width(line) < 60);
}

#[test]
fn without_a_terminal_there_is_no_live_line() {
    let mut bytes = Vec::new();
    let mut console = Console::new(&mut bytes, ConsoleOptions::default());
    console.on_event(&sample::run_started(2));
    for event in &sample::failing()[..4] {
        console.on_event(event);
    }
    console.tick(Instant::now());
    drop(console);
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "2 scenarios, 2 left out by the selection, against embedded PBX at 127.0.0.1:5060\n"
    );
}
