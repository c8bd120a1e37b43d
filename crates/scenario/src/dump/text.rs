//! Pieces of text.

use crate::model::{Piece, Scenario, Slot, Template};

/// Bytes in quotes, those that are not printable escaped.
pub(super) fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// A template in quotes; slots stand as `$(name)`.
pub(super) fn template(scenario: &Scenario, template: &Template) -> String {
    let pieces: String = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.escape_ascii().to_string(),
            Piece::Slot(Slot::Counter(counter)) => {
                format!("$({})", scenario.counters[counter.index()].name)
            }
            Piece::Slot(Slot::Variable(variable)) => {
                format!("$({})", scenario.variables[variable.index()])
            }
        })
        .collect();
    format!("\"{pieces}\"")
}

/// The lines of a template that has no slots, each in quotes; else the template.
pub(super) fn lines(scenario: &Scenario, text: &Template) -> Vec<String> {
    match text.as_fixed() {
        Some(bytes) => bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(quoted)
            .collect(),
        None => vec![template(scenario, text)],
    }
}
