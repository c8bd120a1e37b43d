//! Messages of a dictionary.

use gannet_events::traffic::{MessageFigures, Period, ProtocolLayout, Snapshot};

use super::State;
use super::frame::{filled, footer, rule};

/// Message types of a page.
const PAGE: usize = 19;

pub(super) fn pages(state: &State, index: usize) -> usize {
    messages(state, index).len().div_ceil(PAGE).max(1)
}

pub(super) fn draw(
    state: &State,
    index: usize,
    now: &Snapshot,
    earlier: Option<&Snapshot>,
) -> Vec<String> {
    let (period, whole) = (Period::between(earlier, now), Period::cumulative(now));
    let figures = |period: &Period, message: usize| -> MessageFigures {
        let protocol = period.figures.protocols.get(index);
        let counted = protocol.and_then(|messages| messages.get(message));
        counted.copied().unwrap_or_default()
    };
    let mut lines = vec![
        cross(),
        format!(
            "| {:<30} | {:^19} | {:^21} |",
            "", "Periodic value", "Cumulative value"
        ),
        row(
            name(state, index),
            &["sent", "received", "sent", "received"],
        ),
        cross(),
    ];
    let page = messages(state, index).iter().enumerate();
    for (message, name) in page.skip(state.page * PAGE).take(PAGE) {
        let (recent, all) = (figures(&period, message), figures(&whole, message));
        let counts = [recent.sent, recent.received, all.sent, all.received];
        lines.push(row(name, &counts.map(|count| count.to_string())));
    }
    filled(lines, &row("", &[""; 4]), next(state, pages(state, index)))
}

/// The last line of a screen with several pages.
pub(super) fn next(state: &State, pages: usize) -> String {
    let left = match (pages, state.screens.key_of(state.screen)) {
        (0 | 1, _) | (_, None) => String::new(),
        (_, Some(key)) => format!("Page {} of {pages}, next: key {key}", state.page + 1),
    };
    footer(&left, "Help: key h")
}

fn layout(state: &State, index: usize) -> Option<&ProtocolLayout> {
    state.layout.protocols.get(index)
}

fn messages(state: &State, index: usize) -> &[String] {
    layout(state, index).map_or(&[], |protocol| &protocol.messages)
}

fn name(state: &State, index: usize) -> &str {
    layout(state, index).map_or("", |protocol| &protocol.name)
}

fn cross() -> String {
    rule(&[32, 21, 23])
}

fn row(name: &str, values: &[impl AsRef<str>; 4]) -> String {
    let [sent, received, all_sent, all_received] = values;
    format!(
        "| {name:<30.30} | {:>8} | {:>8} | {:>9} | {:>9} |",
        sent.as_ref(),
        received.as_ref(),
        all_sent.as_ref(),
        all_received.as_ref()
    )
}
