//! A screen as text.

use gannet_events::traffic::Snapshot;

use super::frame::COLUMNS;
use super::{Screen, State, help, protocol, response_times, scenario, traffic};

/// The screen of a moment: [`ROWS`](super::ROWS) lines and the command line, each with carriage
/// return and line feed. `earlier` is the snapshot that was drawn before, for periodic values.
pub fn draw(state: &State, now: &Snapshot, earlier: Option<&Snapshot>) -> String {
    let lines = match state.screen {
        Screen::Traffic if state.page == 0 => traffic::draw(state, now, earlier),
        Screen::Traffic => traffic::by_section(now, earlier),
        Screen::ResponseTimes => response_times::draw(state, now, earlier),
        Screen::Protocol(index) => protocol::draw(state, index, now, earlier),
        Screen::Section(index) => scenario::draw(state, index, now),
        Screen::Help => help::draw(state),
    };
    let prompt = match &state.prompt {
        Some(text) => format!("Command: {text}"),
        None => String::new(),
    };
    // Padded, so that nothing of the line before stays.
    let prompt = format!("{prompt:<width$.width$}", width = COLUMNS - 1);
    lines
        .into_iter()
        .chain([prompt])
        .flat_map(|line| [line, "\r\n".to_owned()])
        .collect()
}

/// How many pages the screen has that is shown.
pub(super) fn pages(state: &State) -> usize {
    match state.screen {
        Screen::Traffic => 2,
        Screen::ResponseTimes => 1,
        Screen::Protocol(index) => protocol::pages(state, index),
        Screen::Section(index) => scenario::pages(state, index),
        Screen::Help => help::pages(state),
    }
}
