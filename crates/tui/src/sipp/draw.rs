//! Screens as text.

use gannet_events::traffic::Phase;

use super::frame::{footer, title};
use super::{Moment, Screen, State, TwinRole};
use super::{repartition, scenario, statistics, tdm_map, variables};

/// The most characters that are shown of the latest error.
const ERROR_LENGTH: usize = 60;
/// Timers with a screen of their own beside the first.
const FURTHER_MAX: usize = 4;

/// The screen that is shown, and the command line; each line with carriage return and line feed.
pub fn draw(state: &State, moment: Moment<'_>) -> String {
    let mut lines = screen(state, state.screen, moment);
    if let Some(prompt) = &state.prompt {
        lines.push(format!("Command: {prompt}"));
    }
    joined(&lines, "\r\n")
}

/// What is printed when the run has ended: the steps and the calls.
pub fn final_screens(state: &State, moment: Moment<'_>) -> String {
    joined(
        &several(state, &[Screen::Scenario, Screen::Statistics], moment),
        "\n",
    )
}

/// What `-trace_screen` and the key `s` keep: all screens that hold something.
pub fn screen_file(state: &State, moment: Moment<'_>) -> String {
    let layout = state.layout();
    let further = layout.timers.len().saturating_sub(1).min(FURTHER_MAX);
    let mut screens = vec![Screen::Scenario, Screen::Statistics, Screen::Repartition];
    screens.extend((1..=further).map(Screen::Further));
    if moment.beside.circuits.is_some() {
        screens.push(Screen::TdmMap);
    }
    joined(&several(state, &screens, moment), "\n")
}

fn several(state: &State, screens: &[Screen], moment: Moment<'_>) -> Vec<String> {
    let screens = screens.iter();
    screens
        .flat_map(|shown| screen(state, *shown, moment))
        .collect()
}

fn screen(state: &State, shown: Screen, moment: Moment<'_>) -> Vec<String> {
    let name = match shown {
        Screen::Scenario => "Scenario".into(),
        Screen::Statistics => "Statistics".into(),
        Screen::Repartition => "Repartition".into(),
        Screen::Variables => "Variables".into(),
        Screen::TdmMap => "TDM map".into(),
        Screen::Further(timer) => format!("Repartition {}", timer + 1),
    };
    let mut lines = vec![title(&name)];
    lines.extend(match shown {
        Screen::Scenario => scenario::draw(state, moment),
        Screen::Statistics => statistics::draw(state, moment),
        Screen::Repartition => repartition::draw(state, moment.now),
        Screen::Variables => variables::draw(state, moment.beside),
        Screen::TdmMap => tdm_map::draw(moment.beside.circuits.as_ref()),
        Screen::Further(timer) => repartition::of_timer(state, moment.now, timer),
    });
    let ended = moment.now.phase == Phase::Ended;
    if !ended && !state.error.is_empty() {
        lines.push(last_error(&state.error));
    }
    lines.push(footer(below(state, moment.now.phase)));
    lines
}

fn last_error(text: &str) -> String {
    let text = text.lines().next().unwrap_or_default();
    let shown: String = text.chars().take(ERROR_LENGTH).collect();
    let more = if shown.len() < text.len() { "..." } else { "" };
    format!("Last Error: {shown}{more}")
}

/// The words of the last line.
fn below(state: &State, phase: Phase) -> &'static str {
    let running = match (state.facts.twin, state.layout().is_client) {
        (Some(TwinRole::ControllerA), _) => "3PCC - Controller A side",
        (Some(TwinRole::ControllerB), _) => "3PCC - Controller B side",
        (Some(TwinRole::ControllerAPassive), _) => "3PCC - Controller A side (passive)",
        (Some(TwinRole::Master), _) => "3PCC extended - Master side",
        (Some(TwinRole::MasterPassive), _) => "3PCC extended - Master side (passive)",
        (Some(TwinRole::Slave), _) => "3PCC extended - Slave side",
        (None, true) => "[+|-|*|/]: Rate ---- [q]: Stop ---- [p]: Pause ---- [c]: Command",
        (None, false) => "Server Mode",
    };
    match phase {
        Phase::Init | Phase::Running => running,
        Phase::Paused => "Traffic Paused: [p] goes on",
        Phase::Stopping => "Waiting for open calls: [q] again ends them",
        Phase::Ended => "Test Terminated",
    }
}

fn joined(lines: &[String], end: &str) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        text.push_str(end);
    }
    text
}
