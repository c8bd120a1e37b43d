//! Cells of the tables.

use gannet_events::traffic::{Figures, Layout, Period, Snapshot, clock_text};

use super::query::Table;
use super::structure::protocols;

/// The rows of the table of calls and messages.
pub(super) const TRAFFIC_ROWS: [&str; 13] = [
    "Elapsed Time",
    "Call rate (/s)",
    "Incoming calls",
    "Outgoing calls",
    "Msg Recv/s",
    "Msg Sent/s",
    "Unexpected msg",
    "Current calls",
    "Successful calls",
    "Failed calls",
    "Refused calls",
    "Aborted calls",
    "Timeout calls",
];

/// The cells of a table, row by row; nothing if there is no such table.
pub(super) fn data(
    layout: &Layout,
    table: Table,
    recent: &Period,
    now: &Snapshot,
) -> Option<String> {
    let whole = Period::cumulative(now);
    let values = match table {
        Table::Traffic => pairs(traffic(recent), traffic(&whole)),
        Table::Timer => pairs(timer(recent), timer(&whole)),
        Table::Protocol(index) => protocol(layout, index, recent, &whole)?,
        Table::Scenario(index) => steps(layout, index, &whole.figures)?,
    };
    Some(format!("Start#{}", cells(&values)))
}

/// Each cell with the sign that ends it.
pub(super) fn cells(values: &[String]) -> String {
    values
        .iter()
        .flat_map(|value| [value.as_str(), "#"])
        .collect()
}

fn pairs(recent: Vec<String>, whole: Vec<String>) -> Vec<String> {
    recent
        .into_iter()
        .zip(whole)
        .flat_map(|(recent, whole)| [recent, whole])
        .collect()
}

/// The column of [`TRAFFIC_ROWS`].
fn traffic(period: &Period) -> Vec<String> {
    let figures = &period.figures;
    let rate = |value: f32| format!("{value:.3}");
    vec![
        clock_text(period.elapsed),
        rate(period.call_rate()),
        figures.incoming_calls.to_string(),
        figures.outgoing_calls.to_string(),
        rate(period.per_second(figures.messages_received)),
        rate(period.per_second(figures.messages_sent)),
        figures.unexpected_messages.to_string(),
        figures.calls_open.to_string(),
        figures.calls_successful().to_string(),
        figures.failed.to_string(),
        figures.failed_refused.to_string(),
        figures.failed_aborted.to_string(),
        figures.failed_timeout.to_string(),
    ]
}

fn timer(period: &Period) -> Vec<String> {
    let times = &period.figures.response_times;
    let mut column = vec![clock_text(period.response_time())];
    if !times.bounds_ms().is_empty() {
        column.extend(times.classes().iter().map(ToString::to_string));
    }
    column
}

fn protocol(layout: &Layout, index: u64, recent: &Period, whole: &Period) -> Option<Vec<String>> {
    let index = usize::try_from(index).ok()?;
    if index >= protocols(layout).len() {
        return None;
    }
    let count = layout
        .protocols
        .get(index)
        .map_or(0, |protocol| protocol.messages.len());
    let figures = |period: &Period, message: usize| {
        let protocol = period.figures.protocols.get(index);
        let figures = protocol.and_then(|messages| messages.get(message));
        figures.copied().unwrap_or_default()
    };
    let row = |message: usize| {
        let (recent, whole) = (figures(recent, message), figures(whole, message));
        [recent.sent, recent.received, whole.sent, whole.received]
    };
    Some(
        (0..count)
            .flat_map(row)
            .map(|count| count.to_string())
            .collect(),
    )
}

fn steps(layout: &Layout, index: u64, figures: &Figures) -> Option<Vec<String>> {
    let index = usize::try_from(index).ok()?;
    let section = layout.sections.get(index)?;
    let row = |step: usize| {
        let counted = figures
            .sections
            .get(index)
            .and_then(|steps| steps.get(step));
        let step = counted.copied().unwrap_or_default();
        [
            step.messages,
            step.retransmissions,
            step.timeouts,
            step.unexpected,
        ]
    };
    Some(
        (0..section.steps.len())
            .flat_map(row)
            .map(|count| count.to_string())
            .collect(),
    )
}
