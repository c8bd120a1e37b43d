//! One finding of a check.

use std::fmt;

use crate::check::rule::Rule;
use crate::span::Span;

/// What follows from a deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The sender broke a rule; a receiver can go on, and RFC 3261 or RFC 4475 lets it.
    Warning,
    /// A request like this is to be refused, a response like this to be dropped.
    Error,
}

/// One place where a message departs from RFC 3261.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// The rule that is broken.
    pub rule: Rule,
    /// The document of the rule.
    pub rfc: &'static str,
    /// The section in it.
    pub section: &'static str,
    /// What follows.
    pub severity: Severity,
    /// The offending bytes; `None` for something that is not there.
    pub span: Option<Span>,
    /// What is wrong, as a lower-case fragment with what was found.
    pub message: String,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.message, self.rfc, self.section)
    }
}
