//! The list that the checks write into.

use crate::check::deviation::{Deviation, Severity};
use crate::check::rule::Rule;
use crate::message::Message;
use crate::span::Span;

/// Longest piece of the message that is repeated in a deviation's text, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// Collects deviations of one message.
pub(super) struct Findings<'a> {
    pub(super) message: &'a Message,
    list: Vec<Deviation>,
}

impl<'a> Findings<'a> {
    pub(super) const fn new(message: &'a Message) -> Self {
        Self {
            message,
            list: Vec::new(),
        }
    }

    /// A deviation with the rule's own severity.
    pub(super) fn add(&mut self, rule: Rule, span: Option<Span>, message: impl Into<String>) {
        self.add_as(rule.severity(), rule, span, message);
    }

    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        rule: Rule,
        span: Option<Span>,
        message: impl Into<String>,
    ) {
        self.list.push(Deviation {
            rule,
            rfc: rule.rfc(),
            section: rule.section(),
            severity,
            span,
            message: message.into(),
        });
    }

    /// A deviation at a piece of the message's own bytes.
    pub(super) fn at(&mut self, rule: Rule, piece: &str, message: impl Into<String>) {
        let span = self.span_of(piece.as_bytes());
        self.add(rule, span, message);
    }

    /// Where `piece` lies in the message; `None` if it is not a slice of its bytes.
    pub(super) fn span_of(&self, piece: &[u8]) -> Option<Span> {
        let whole = self.message.bytes();
        let start = (piece.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
        (start + piece.len() <= whole.len()).then(|| Span::new(start, start + piece.len()))
    }

    pub(super) fn into_list(self) -> Vec<Deviation> {
        self.list
    }
}

/// A piece of the message as it may stand in a text: one line, control characters escaped, cut.
pub(super) fn shown(piece: &str) -> String {
    let mut out: String = piece
        .chars()
        .take(SHOWN_CHARS_MAX)
        .map(|character| match character {
            '\r' | '\n' | '\t' => ' ',
            other if other.is_control() => '\u{fffd}',
            other => other,
        })
        .collect();
    if piece.chars().nth(SHOWN_CHARS_MAX).is_some() {
        out.push_str("...");
    }
    out
}
