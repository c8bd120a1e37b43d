//! Texts and keywords.

use crate::dump::text::quoted;
use crate::model::Piece;
use crate::sipp::model::{Credentials, Keyword, Scenario, Text, VariableId};

/// A text in quotes; keywords stand as in the scenario.
pub(super) fn text(scenario: &Scenario, text: &Text) -> String {
    let pieces: String = text
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(bytes) => bytes.escape_ascii().to_string(),
            Piece::Slot(found) => keyword(scenario, found),
        })
        .collect();
    format!("\"{pieces}\"")
}

/// A text line by line, each in quotes.
pub(super) fn lines(scenario: &Scenario, text: &Text) -> Vec<String> {
    let mut out = Vec::new();
    let mut line = String::new();
    for piece in &text.pieces {
        match piece {
            Piece::Slot(found) => line.push_str(&keyword(scenario, found)),
            Piece::Bytes(bytes) => {
                for part in bytes.split_inclusive(|byte| *byte == b'\n') {
                    line.push_str(&part.escape_ascii().to_string());
                    if part.ends_with(b"\n") {
                        out.push(format!("\"{line}\""));
                        line.clear();
                    }
                }
            }
        }
    }
    if !line.is_empty() {
        out.push(format!("\"{line}\""));
    }
    out
}

/// The name of a variable after `$`.
pub(super) fn variable(scenario: &Scenario, id: VariableId) -> String {
    format!("${}", scenario.variables[id.index()].name)
}

fn keyword(scenario: &Scenario, keyword: &Keyword) -> String {
    match keyword {
        Keyword::Variable(id) => format!("[{}]", variable(scenario, *id)),
        Keyword::LastHeader { name, value_only } => {
            let value = if *value_only { " value" } else { "" };
            format!("[last {name}{value}]")
        }
        Keyword::Field(field) => {
            let line = field.line.as_ref().map_or_else(String::new, |line| {
                format!(" line {}", text(scenario, line))
            });
            format!(
                "[field {} of {}{line}]",
                field.column,
                scenario.files[field.file.index()]
            )
        }
        Keyword::File(name) => format!("[file {}]", text(scenario, name)),
        Keyword::Fill { variable: id, text } => {
            format!("[fill {} {}]", variable(scenario, *id), quoted(text))
        }
        Keyword::Authentication(found) => credentials(scenario, found),
        other => format!("[{other:?}]"),
    }
}

fn credentials(scenario: &Scenario, found: &Credentials) -> String {
    let parts = [
        ("username", &found.username),
        ("password", &found.password),
        ("aka_K", &found.aka_k),
        ("aka_OP", &found.aka_op),
        ("aka_AMF", &found.aka_amf),
    ];
    let shown: String = parts
        .iter()
        .filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some(format!(" {name} {}", text(scenario, value)))
        })
        .collect();
    format!("[authentication{shown}]")
}
