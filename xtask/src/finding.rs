//! One thing that is wrong, and where.

use std::fmt;

/// A broken rule at a place in the workspace; shown as `file:line: message (check)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path below the workspace root, with `/` between its parts.
    pub(crate) path: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// The name by which a waiver can name the check.
    pub(crate) check: &'static str,
    /// What is wrong and what to do instead.
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn new(
        check: &'static str,
        path: &str,
        line: usize,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            line,
            check,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} ({})",
            self.path, self.line, self.message, self.check
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_place_and_message() {
        let finding = Finding::new("sleep", "crates/a/src/b.rs", 7, "a test sleeps");
        assert_eq!(
            finding.to_string(),
            "crates/a/src/b.rs:7: a test sleeps (sleep)"
        );
    }
}
