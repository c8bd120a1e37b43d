//! What ends a command early, and how it is told.

use std::io::{self, Write};

use gannet_diag::{Diagnostic, Severity, SourceFile, render};
use gannet_events::ExitCode;

use crate::terminal::Terminal;

/// What ends a command early.
#[derive(Debug)]
pub(crate) struct Problem {
    code: ExitCode,
    error: anyhow::Error,
}

impl Problem {
    /// Bad input or usage.
    pub(crate) fn input(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: ExitCode::BadInput,
            error: error.into(),
        }
    }

    /// Something that the machine or the network refuses.
    pub(crate) fn environment(error: impl Into<anyhow::Error>) -> Self {
        Self {
            code: ExitCode::Environment,
            error: error.into(),
        }
    }

    /// There was nothing to do.
    pub(crate) fn nothing(message: String) -> Self {
        Self {
            code: ExitCode::NothingExecuted,
            error: anyhow::Error::msg(message),
        }
    }

    /// Writes the error with all its causes to standard error.
    pub(crate) fn show(&self, terminal: Terminal) -> ExitCode {
        let mut text = format!("{}: {}", label("error", terminal), self.error);
        for cause in self.error.chain().skip(1) {
            text.push_str("\n  because ");
            text.push_str(&cause.to_string().replace('\n', "\n  "));
        }
        tell(&text);
        self.code
    }
}

/// Writes to standard error; if nobody reads it, nobody needs it.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Shows what is wrong in a file.
pub(crate) fn tell_diagnostics(
    source: &SourceFile,
    diagnostics: &[Diagnostic],
    terminal: Terminal,
) {
    if !diagnostics.is_empty() {
        tell(&shown(source, diagnostics, terminal.error_colour));
    }
}

/// What is shown in full of one file: more is not read, and each one on a long line takes time.
const SHOWN_MAX: usize = 100;

/// The first errors and, if these leave room, warnings, in their order; then how many more there are.
fn shown(source: &SourceFile, diagnostics: &[Diagnostic], colour: bool) -> String {
    if diagnostics.len() <= SHOWN_MAX {
        return render(source, diagnostics, colour);
    }
    let is_error = |one: &Diagnostic| one.severity == Severity::Error;
    let errors = diagnostics.iter().filter(|one| is_error(one)).count();
    let warnings = diagnostics.len() - errors;
    let errors_shown = errors.min(SHOWN_MAX);
    let warnings_shown = warnings.min(SHOWN_MAX - errors_shown);
    let (mut errors_left, mut warnings_left) = (errors_shown, warnings_shown);
    let first: Vec<Diagnostic> = diagnostics
        .iter()
        .filter(|one| {
            let left = if is_error(one) {
                &mut errors_left
            } else {
                &mut warnings_left
            };
            let fits = *left > 0;
            *left = left.saturating_sub(1);
            fits
        })
        .cloned()
        .collect();
    let more: Vec<String> = [
        (errors - errors_shown, "error"),
        (warnings - warnings_shown, "warning"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, noun)| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} more {noun}{plural}")
    })
    .collect();
    format!(
        "{}\nand {} in this file\n",
        render(source, &first, colour),
        more.join(" and ")
    )
}

/// `error` or `warning`, in colour if there is any.
pub(crate) fn label(word: &str, terminal: Terminal) -> String {
    match (terminal.error_colour, word) {
        (true, "error") => "\u{1b}[1;31merror\u{1b}[0m".to_owned(),
        (true, _) => format!("\u{1b}[1;33m{word}\u{1b}[0m"),
        (false, _) => word.to_owned(),
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_can_be_read_is_counted() {
        let cases = [
            // warnings, errors after them, shown of both, the last line
            (60, 40, (60, 40), None),
            (61, 40, (60, 40), Some("and 1 more warning in this file")),
            (
                0,
                8_000,
                (0, 100),
                Some("and 7900 more errors in this file"),
            ),
            (
                2,
                101,
                (0, 100),
                Some("and 1 more error and 2 more warnings in this file"),
            ),
        ];
        let source = SourceFile::new("s.xml", "x".repeat(9_000));
        for (warnings, errors, expected, last) in cases {
            let all: Vec<Diagnostic> = (0..warnings)
                .map(|at| Diagnostic::warning("w", "odd", at..at + 1))
                .chain((0..errors).map(|at| Diagnostic::error("e", "wrong", at..at + 1)))
                .collect();
            let text = shown(&source, &all, false);
            let found = (
                text.matches("warning[w]").count(),
                text.matches("error[e]").count(),
            );
            assert_eq!(found, expected, "{text}");
            let end = text.trim_end().lines().next_back().unwrap_or_default();
            match last {
                Some(last) => assert_eq!(end, last),
                None => assert!(!text.contains("more"), "{text}"),
            }
        }
    }
}
