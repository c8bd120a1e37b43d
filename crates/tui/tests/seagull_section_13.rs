//! SEAGULL.md section 13: keys and screens.

mod support;

use std::sync::Arc;
use std::time::Duration;

use chrono::FixedOffset;
use gannet_events::traffic::Command;
use gannet_tui::seagull::{
    COLUMNS, COMMAND_LENGTH_MAX, KeyAction, KeyReader, ROWS, Screen, Screens, Shown, State, draw,
};
use proptest::prelude::*;
use support::{layout, snapshot};

fn state() -> State {
    let shown = Shown {
        protocols: true,
        sections: true,
    };
    let offset = FixedOffset::east_opt(3600).expect("an hour is in range");
    State::new(Arc::new(layout()), shown, offset)
}

fn reader() -> KeyReader {
    KeyReader::new(state().screens().clone())
}

/// The last action of the bytes.
fn last(bytes: &[u8]) -> Option<KeyAction> {
    let mut reader = reader();
    let actions = bytes.iter().filter_map(|byte| reader.on(*byte));
    actions.last()
}

fn shown(state: &State) -> String {
    draw(state, &snapshot(12_000), Some(&snapshot(10_000))).replace("\r\n", "\n")
}

fn after(keys: &[u8]) -> String {
    let mut state = state();
    let mut reader = KeyReader::new(state.screens().clone());
    for action in keys.iter().filter_map(|key| reader.on(*key)) {
        state.apply(&action);
    }
    shown(&state)
}

#[test]
fn each_key_does_what_the_table_says() {
    let traffic = |command| Some(KeyAction::Traffic(command));
    let show = |screen| Some(KeyAction::Show(screen));
    let rows: [(&str, &[u8], Option<KeyAction>); 24] = [
        ("+", b"+", traffic(Command::RateUp)),
        ("-", b"-", traffic(Command::RateDown)),
        ("q", b"q", traffic(Command::Stop)),
        ("p", b"p", traffic(Command::PauseOrResume)),
        ("b", b"b", traffic(Command::Burst)),
        ("f skips init", b"f", traffic(Command::ForceInit)),
        ("d resets", b"d", traffic(Command::ResetCumulative)),
        ("a percent", b"a", Some(KeyAction::TogglePercent)),
        ("1", b"1", show(Screen::Traffic)),
        ("2", b"2", show(Screen::ResponseTimes)),
        ("3, a protocol", b"3", show(Screen::Protocol(0))),
        ("4, no second protocol", b"4", None),
        ("A, the first section", b"A", show(Screen::Section(0))),
        ("B, the second", b"B", show(Screen::Section(1))),
        ("C, no third", b"C", None),
        ("h", b"h", show(Screen::Help)),
        ("unknown", b"x", None),
        ("c", b"c", Some(KeyAction::Prompt(Some(String::new())))),
        ("an arrow is no section", b"\x1b[A", None),
        ("a function key", b"\x1bOA\x1b[15~", None),
        ("escape alone", b"\x1bq", traffic(Command::Stop)),
        (
            "keys after a line",
            b"cset call-rate 1\rq",
            traffic(Command::Stop),
        ),
        ("escape leaves a line", b"cse\x1bq", traffic(Command::Stop)),
        (
            "q in a line is a letter",
            b"cq",
            Some(KeyAction::Prompt(Some("q".into()))),
        ),
    ];
    for (row, bytes, expected) in rows {
        assert_eq!(last(bytes), expected, "{row}");
    }
}

#[test]
fn lines_after_c_set_one_thing() {
    let traffic = KeyAction::Traffic;
    let period = |seconds| KeyAction::SetDisplayPeriod(Duration::from_secs(seconds));
    let rows = [
        (
            "call-rate",
            "set call-rate 50\r",
            traffic(Command::SetRate(50.0)),
        ),
        (
            "burst-limit",
            "set burst-limit 9\n",
            traffic(Command::SetBurstLimit(9)),
        ),
        (
            "call-rate-scale",
            "set call-rate-scale 5\r",
            traffic(Command::SetScale(5.0)),
        ),
        ("display-period", "set display-period 2\r", period(2)),
        (
            "more than one blank",
            "  set   call-rate    50  \r",
            traffic(Command::SetRate(50.0)),
        ),
        (
            "corrected",
            "set call-rate 51\x7f\x080\r",
            traffic(Command::SetRate(0.0)),
        ),
        ("empty", "\r", KeyAction::Prompt(None)),
        ("only blanks", "   \r", KeyAction::Prompt(None)),
    ];
    for (row, line, expected) in rows {
        assert_eq!(last(format!("c{line}").as_bytes()), Some(expected), "{row}");
    }
    for line in [
        "set",
        "set call-rate",
        "set call-rate x",
        "set call-rate 1 2",
        "set call-rate -1",
        "set call-rate 99999999999999999999",
        "set display-period 0",
        "set number-calls 5",
        "get call-rate 5",
    ] {
        let action = last(format!("c{line}\r").as_bytes());
        assert!(
            matches!(action, Some(KeyAction::Refused(_))),
            "{line}: {action:?}"
        );
    }
}

#[test]
fn a_line_has_a_limit() {
    let mut line = b"cset call-rate 5".to_vec();
    line.extend([b' '; 2 * COMMAND_LENGTH_MAX]);
    line.push(b'\r');
    assert_eq!(last(&line), Some(KeyAction::Traffic(Command::SetRate(5.0))));
}

#[test]
fn optional_screens_have_keys_only_if_asked_for() {
    let screens = Screens::new(&layout(), Shown::default());
    assert_eq!(screens.of_key(b'3'), None);
    assert_eq!(screens.of_key(b'A'), None);
    assert_eq!(screens.of_key(b'1'), Some(Screen::Traffic));
}

#[test]
fn every_screen_has_80_columns_and_24_lines() {
    let keys: [&[u8]; 10] = [b"", b"1", b"2", b"2a", b"3", b"33", b"A", b"B", b"BB", b"h"];
    for keys in keys {
        let text = after(keys);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), ROWS + 1, "{keys:?}");
        for line in &lines[..ROWS] {
            assert_eq!(line.chars().count(), COLUMNS, "{keys:?}: {line}");
            assert!(line.starts_with('|') && line.ends_with('|'), "{line}");
        }
    }
}

#[test]
fn screen_1_is_traffic() {
    insta::assert_snapshot!(after(b""));
}

#[test]
fn screen_1_again_is_successful_calls_by_section() {
    insta::assert_snapshot!(after(b"1"));
    assert_eq!(after(b"11"), after(b""));
    assert_eq!(after(b"21"), after(b""));
}

#[test]
fn screen_2_is_response_times() {
    insta::assert_snapshot!(after(b"2"));
}

#[test]
fn key_a_adds_percentages() {
    insta::assert_snapshot!(after(b"a2"));
    assert_eq!(after(b"aa2"), after(b"2"));
}

#[test]
fn screen_3_is_a_protocol() {
    insta::assert_snapshot!(after(b"3"));
}

#[test]
fn screen_3_again_is_its_next_page() {
    insta::assert_snapshot!(after(b"33"));
    assert_eq!(after(b"333"), after(b"3"));
}

#[test]
fn screen_a_is_a_section() {
    insta::assert_snapshot!(after(b"A"));
}

#[test]
fn screen_h_is_help() {
    insta::assert_snapshot!(after(b"h"));
}

#[test]
fn the_command_line_stands_below_the_screen() {
    let text = after(b"cset call");
    let last = text.lines().last().unwrap_or_default();
    assert_eq!(last.trim_end(), "Command: set call");
    assert_eq!(
        after(b"cset call\x1b").lines().last().map(str::trim_end),
        Some("")
    );
    let refused = after(b"cset nonsense 1\r");
    assert!(refused.contains("| Last Error             | no \"nonsense\": call-rate"));
}

#[test]
fn cumulative_values_begin_at_the_reset() {
    let mut now = snapshot(12_000);
    now.reset = Duration::from_secs(10);
    now.at_reset = Some(Arc::new(snapshot(10_000).figures));
    let text = draw(&state(), &now, Some(&snapshot(11_000)));
    assert!(text.contains("| Outgoing calls         |      100                  |      200"));
    assert!(text.contains("| Elapsed Time           | 00:00:01:000              | 00:00:02:000"));
}

proptest! {
    #[test]
    fn no_keys_make_a_screen_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut state = state();
        let mut reader = KeyReader::new(state.screens().clone());
        for action in bytes.iter().filter_map(|byte| reader.on(*byte)) {
            state.apply(&action);
        }
        prop_assert_eq!(shown(&state).lines().count(), ROWS + 1);
    }
}
