//! `gannet check` for SIP messages.

use std::path::Path;

use anyhow::Context;
use gannet_diag::{Diagnostic, Severity, SourceFile};
use gannet_sip::Message;
use gannet_sip::{Severity as Weight, check as deviations};

use super::check::Found;
use crate::problem::{Problem, tell_diagnostics};
use crate::terminal::Terminal;

/// Whether the first line is a start line: `… SIP/2.0`, or `SIP/2.0 …`.
pub(super) fn looks_like_sip(bytes: &[u8]) -> bool {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end();
    line.starts_with("SIP/")
        || line
            .rsplit(' ')
            .next()
            .is_some_and(|word| word.starts_with("SIP/"))
}

/// Shows every deviation of the message in the file from RFC 3261.
pub(super) fn check(path: &Path, terminal: Terminal, found: &mut Found) -> Result<(), Problem> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("cannot read `{}`", path.display()))
        .map_err(Problem::input)?;
    // Other bytes than text are shown as one replacement character each, to keep their places.
    let (text, places) = printable(&bytes);
    let source = SourceFile::new(path.display().to_string(), text);
    let message = Message::parse(bytes);
    let end = source.text().len();
    let place = |offset: usize| places.get(offset).copied().unwrap_or(end);
    let diagnostics: Vec<_> = deviations(&message)
        .into_iter()
        .map(|deviation| {
            let severity = match deviation.severity {
                Weight::Error => Severity::Error,
                Weight::Warning => Severity::Warning,
            };
            found.add(severity);
            let span = deviation.span.map_or(end..end, |span| {
                place(span.range().start)..place(span.range().end)
            });
            Diagnostic::new(severity, "rfc", deviation.message, span)
                .with_label(format!("{} {}", deviation.rfc, deviation.section))
        })
        .collect();
    tell_diagnostics(&source, &diagnostics, terminal);
    Ok(())
}

/// The bytes as text, and where each byte is in it.
fn printable(bytes: &[u8]) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(bytes.len());
    let mut places = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            places.extend(std::iter::repeat_n(text.len(), character.len_utf8()));
            text.push(character);
        }
        for _ in chunk.invalid() {
            places.push(text.len());
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    (text, places)
}
