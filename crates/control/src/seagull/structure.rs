//! Titles of the tables.

use gannet_events::traffic::{Layout, SectionLayout, StepDirection};

use super::query::Table;
use super::table::{TRAFFIC_ROWS, cells};

/// The dictionary of remote control itself, which Seagull counts among the others.
pub(super) const CONTROL_PROTOCOL: &str = "cmd-seagull-protocol";

const PAIR: [&str; 2] = ["Periodic value", "Cumulative value"];
const MESSAGE_COLUMNS: [&str; 4] = [
    "Sent (periodic)",
    "Received (periodic)",
    "Sent (cumulative)",
    "Received (cumulative)",
];
const STEP_COLUMNS: [&str; 4] = ["Messages", "Retrans", "Timeout", "Unexp."];

/// How many dictionaries and their names, how many sections and their names.
pub(super) fn view(layout: &Layout) -> String {
    let protocols = protocols(layout);
    let sections: Vec<String> = layout
        .sections
        .iter()
        .map(|section| section.name.clone())
        .collect();
    let mut names = vec![protocols.len().to_string()];
    names.extend(protocols);
    names.push(sections.len().to_string());
    names.extend(sections);
    cells(&names)
}

/// The titles of a table; nothing if there is no such table.
pub(super) fn structure(layout: &Layout, table: Table) -> Option<String> {
    let (columns, rows): (&[&str], Vec<String>) = match table {
        Table::Traffic => (&PAIR, TRAFFIC_ROWS.map(String::from).to_vec()),
        Table::Timer => (&PAIR, timer_rows(layout)),
        Table::Protocol(index) => {
            let index = usize::try_from(index).ok()?;
            if index >= protocols(layout).len() {
                return None;
            }
            let known = layout.protocols.get(index);
            let rows = known.map(|protocol| protocol.messages.clone());
            (&MESSAGE_COLUMNS, rows.unwrap_or_default())
        }
        Table::Scenario(index) => {
            let section = layout.sections.get(usize::try_from(index).ok()?)?;
            (&STEP_COLUMNS, step_rows(section))
        }
    };
    let mut titles = vec![columns.len().to_string()];
    titles.extend(columns.iter().map(|column| (*column).to_owned()));
    titles.push(rows.len().to_string());
    titles.extend(rows);
    Some(format!("Start#{}", cells(&titles)))
}

/// The dictionaries with that of remote control.
pub(super) fn protocols(layout: &Layout) -> Vec<String> {
    let mut names: Vec<String> = layout
        .protocols
        .iter()
        .map(|protocol| protocol.name.clone())
        .collect();
    if !names.iter().any(|name| name == CONTROL_PROTOCOL) {
        names.push(CONTROL_PROTOCOL.to_owned());
    }
    names
}

fn timer_rows(layout: &Layout) -> Vec<String> {
    let bounds = &layout.response_bounds_ms;
    let mut rows = vec!["Response time".to_owned()];
    rows.extend(bounds.iter().map(|bound| format!("<{bound}")));
    rows.extend(bounds.last().map(|bound| format!(">={bound}")));
    rows
}

fn step_rows(section: &SectionLayout) -> Vec<String> {
    let row = |step: &gannet_events::traffic::StepLayout| match step.direction {
        StepDirection::Sent => format!("{} -->", step.name),
        StepDirection::Received => format!("{} <--", step.name),
        StepDirection::Pause => format!("[ {}]", step.name),
    };
    section.steps.iter().map(row).collect()
}
