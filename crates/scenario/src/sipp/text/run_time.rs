//! Texts that come up while a scenario is played.

use std::ops::Range;

use gannet_diag::{Diagnostic, Severity};

use super::keyword::credentials;
use super::{Mapped, Names, compile};
use crate::sipp::model::{Credentials, FileId, Scenario, Text, VariableId};

/// Why a text could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} in `{}`", .text.escape_ascii())]
pub struct TextError {
    /// What is wrong.
    pub problem: String,
    /// The text.
    pub text: Vec<u8>,
}

/// Compiles a text of a played scenario, for example one from the command line. `keys` are the
/// values of `-key`. Line ends become CRLF.
///
/// # Errors
///
/// The first keyword, variable or injection file that does not exist.
pub fn compile_text(
    text: &[u8],
    scenario: &Scenario,
    keys: &[(String, String)],
) -> Result<Text, TextError> {
    with_names(text, scenario, keys, |mapped, names| compile(mapped, names))
}

impl Credentials {
    /// Looks for `[authentication ...]` in the value of a cell: where it stands, brackets included,
    /// and what it says. `None` if there is none.
    ///
    /// # Errors
    ///
    /// A parameter with a keyword that does not exist.
    pub fn find(
        cell: &[u8],
        scenario: &Scenario,
        keys: &[(String, String)],
    ) -> Result<Option<(Range<usize>, Self)>, TextError> {
        let Some(start) = memchr::memmem::find(cell, b"[authentication") else {
            return Ok(None);
        };
        let end = closing(&cell[start..]).map_or(cell.len(), |length| start + length + 1);
        let inner = &cell[start + 1..end];
        let inner = inner.strip_suffix(b"]").unwrap_or(inner);
        let found = with_names(inner, scenario, keys, |mapped, names| {
            credentials(mapped, names)
        })?;
        Ok(Some((start..end, found)))
    }
}

/// The bracket that closes; those in quotes do not.
fn closing(text: &[u8]) -> Option<usize> {
    let mut in_quotes = false;
    text.iter().position(|byte| {
        in_quotes ^= *byte == b'"';
        *byte == b']' && !in_quotes
    })
}

fn with_names<T>(
    text: &[u8],
    scenario: &Scenario,
    keys: &[(String, String)],
    read: impl FnOnce(&Mapped, &mut RunTime<'_>) -> T,
) -> Result<T, TextError> {
    let (source, encoding) = crate::xml::source_from_bytes("", text);
    let mapped = Mapped::of(source.text(), 0..source.text().len());
    let mut names = RunTime {
        encoding,
        scenario,
        keys,
        problem: None,
    };
    let read = read(&mapped, &mut names);
    match names.problem {
        None => Ok(read),
        Some(problem) => Err(TextError {
            problem,
            text: text.to_vec(),
        }),
    }
}

struct RunTime<'a> {
    encoding: crate::xml::Encoding,
    scenario: &'a Scenario,
    keys: &'a [(String, String)],
    /// The first problem.
    problem: Option<String>,
}

impl Names for RunTime<'_> {
    fn bytes(&self, text: &str) -> Vec<u8> {
        self.encoding.bytes(text)
    }

    fn variable(&mut self, name: &str, place: Range<usize>) -> Option<VariableId> {
        let found = self.scenario.variable(name);
        if found.is_none() {
            self.tell(Diagnostic::error(
                "unknown-variable",
                format!("there is no variable `{name}`"),
                place,
            ));
        }
        found
    }

    fn has_variable(&self, name: &str) -> bool {
        self.scenario.variable(name).is_some()
    }

    fn file(
        &mut self,
        name: Option<&str>,
        _column: Option<usize>,
        place: Range<usize>,
    ) -> Option<FileId> {
        let found = match name {
            None => (!self.scenario.files.is_empty()).then_some(0),
            Some(name) => self.scenario.files.iter().position(|file| file == name),
        };
        if found.is_none() {
            let name = name.unwrap_or("for [field0]");
            self.tell(Diagnostic::error(
                "unknown-file",
                format!("there is no injection file {name}"),
                place,
            ));
        }
        found.and_then(|at| u16::try_from(at).ok()).map(FileId)
    }

    fn keys(&self) -> &[(String, String)] {
        self.keys
    }

    fn more_keys(&self) -> bool {
        false
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        if diagnostic.severity == Severity::Error && self.problem.is_none() {
            self.problem = Some(diagnostic.message);
        }
    }
}
