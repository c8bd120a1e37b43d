//! Steps of a section.

use gannet_events::traffic::{Period, Snapshot, StepDirection, StepFigures, StepLayout};

use super::State;
use super::frame::{filled, rule};
use super::protocol::next;

/// Steps of a page.
const PAGE: usize = 21;

pub(super) fn pages(state: &State, index: usize) -> usize {
    steps(state, index).len().div_ceil(PAGE).max(1)
}

pub(super) fn draw(state: &State, index: usize, now: &Snapshot) -> Vec<String> {
    let whole = Period::cumulative(now);
    let counted = whole.figures.sections.get(index);
    let title = state.layout.sections.get(index);
    let mut lines = vec![
        rule(&[26, 12, 12, 12, 12]),
        row(
            title.map_or("", |section| &section.name),
            &["Messages", "Retrans", "Timeout", "Unexp."].map(|title| format!("{title:<10}")),
        ),
    ];
    let page = steps(state, index).iter().enumerate();
    for (step, layout) in page.skip(state.page * PAGE).take(PAGE) {
        let figures = counted.and_then(|steps| steps.get(step));
        lines.push(step_row(layout, figures.copied().unwrap_or_default()));
    }
    filled(lines, &row("", &[""; 4]), next(state, pages(state, index)))
}

fn steps(state: &State, index: usize) -> &[StepLayout] {
    let section = state.layout.sections.get(index);
    section.map_or(&[], |section| &section.steps)
}

fn step_row(layout: &StepLayout, figures: StepFigures) -> String {
    let arrow = match layout.direction {
        StepDirection::Sent => "-->",
        StepDirection::Received => "<--",
        StepDirection::Pause => {
            let name = format!("{:>24}", format!("[ {}]", layout.name));
            return format!("| {name:<24.24} | {:<49} |", "");
        }
    };
    let name = format!("{:>20.20} {arrow}", layout.name);
    let counts = [
        figures.messages,
        figures.retransmissions,
        figures.timeouts,
        figures.unexpected,
    ];
    row(&name, &counts.map(|count| count.to_string()))
}

fn row(name: &str, values: &[impl AsRef<str>; 4]) -> String {
    let [messages, retransmissions, timeouts, unexpected] = values;
    format!(
        "| {name:<24.24} | {:>10} | {:>10} | {:>10} | {:>10} |",
        messages.as_ref(),
        retransmissions.as_ref(),
        timeouts.as_ref(),
        unexpected.as_ref()
    )
}
