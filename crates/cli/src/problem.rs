//! What ends a command early, and how it is told.

use std::io::{self, Write};

use gannet_diag::{Diagnostic, SourceFile, render};
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
        tell(&render(source, diagnostics, terminal.error_colour));
    }
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
