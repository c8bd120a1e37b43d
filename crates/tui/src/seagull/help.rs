//! The keys.

use super::State;
use super::frame::{COLUMNS, ROWS, filled, line, rule};
use super::protocol::next;

/// Keys that show no screen.
const KEYS: [(char, &str); 9] = [
    ('+', "more calls per second, by call-rate-scale"),
    ('-', "fewer calls per second, by call-rate-scale"),
    ('p', "pause; again: go on as if the run had just begun"),
    ('b', "go on after a pause, with the calls that were missed"),
    ('q', "stop when the open calls have ended; again: stop now"),
    ('f', "leave the init section and begin with traffic"),
    ('d', "cumulative values begin at zero"),
    ('a', "response times with or without percentages"),
    ('c', "type a command:"),
];
/// Commands of `c`.
const COMMANDS: [&str; 4] = [
    "set call-rate 50        50 calls per second",
    "set call-rate-scale 5   + and - change the rate by 5",
    "set burst-limit 100     at most 100 new calls in a second",
    "set display-period 2    a new screen every 2 seconds",
];
/// Lines of a page between title and last line.
const PAGE: usize = ROWS - 4;

pub(super) fn pages(state: &State) -> usize {
    entries(state).len().div_ceil(PAGE).max(1)
}

pub(super) fn draw(state: &State) -> Vec<String> {
    let dashes = rule(&[COLUMNS - 2]);
    let mut lines = vec![dashes.clone(), line("Key: what it does"), dashes];
    let page = entries(state).into_iter().skip(state.page * PAGE);
    lines.extend(page.take(PAGE).map(|entry| line(&entry)));
    filled(lines, &line(""), next(state, pages(state)))
}

fn entries(state: &State) -> Vec<String> {
    let screens = state.screens.described();
    let keys = KEYS.iter().map(|(key, text)| (*key, *text));
    let mut entries: Vec<String> = screens
        .chain(keys)
        .map(|(key, text)| format!("{key} : {text}"))
        .collect();
    entries.extend(COMMANDS.iter().map(|command| format!("      {command}")));
    entries
}
