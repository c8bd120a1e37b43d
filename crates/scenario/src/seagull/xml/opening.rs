//! Opening tags and their attributes.

use std::ops::Range;

use gannet_diag::Diagnostic;

use super::parser::Parser;
use super::{Attribute, Element, escapes};

/// What ends a name in a tag, beside blanks.
const NAME_ENDS: &[u8] = b"<>/=\"'?";

impl Parser<'_> {
    pub(super) fn opening_tag(&mut self, name_at: usize) {
        let start = self.scanner.at();
        self.scanner.go(name_at);
        let name = self.scanner.take_word(NAME_ENDS);
        let name_span = name_at..self.scanner.at();
        if name.is_empty() {
            self.error(
                Diagnostic::error(
                    "xml-tag",
                    "`<` without the name of an element",
                    start..start + 1,
                )
                .with_help("text belongs into `<![CDATA[ ... ]]>`"),
            );
            self.scanner.go(start + 1);
            self.skip_to_tag_end(start + 1);
            return;
        }
        self.check_name(name, &name_span);
        let mut element = Element {
            name: name.to_owned(),
            name_span: name_span.clone(),
            span: start..self.scanner.at(),
            attributes: Vec::new(),
            children: Vec::new(),
        };
        let mut empty = false;
        loop {
            self.skip_filler();
            let at = self.scanner.at();
            match self.scanner.byte() {
                Some(b'>') => {
                    self.scanner.take(b'>');
                    break;
                }
                Some(b'/') => {
                    self.scanner.take(b'/');
                    self.skip_filler();
                    empty = self.scanner.byte() == Some(b'>');
                    if !empty {
                        self.stray_character(at);
                    }
                }
                None | Some(b'<') => {
                    self.error(
                        Diagnostic::error(
                            "xml-tag",
                            format!("the tag `<{name}` has no `>`"),
                            name_span.clone(),
                        )
                        .with_label("opened here"),
                    );
                    break;
                }
                Some(b'=' | b'"' | b'\'' | b'?') => {
                    self.scanner.go(at + 1);
                    self.stray_character(at);
                }
                Some(_) => element.attributes.extend(self.attribute()),
            }
        }
        element.span.end = self.scanner.at();
        self.opened(element, empty);
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let start = self.scanner.at();
        let name = self.scanner.take_word(NAME_ENDS);
        let name_span = start..self.scanner.at();
        self.check_name(name, &name_span);
        self.skip_filler();
        if !self.scanner.take(b'=') {
            self.error(
                Diagnostic::error(
                    "xml-attribute",
                    format!("the attribute `{name}` has no value"),
                    name_span,
                )
                .with_help(format!("write {name}=\"value\"")),
            );
            return None;
        }
        self.skip_filler();
        let value_span = match self.scanner.byte() {
            Some(b'"') => self.quoted(),
            _ => self.unquoted(name, &name_span)?,
        };
        Some(Attribute {
            name: name.to_owned(),
            name_span,
            value: escapes::value(
                &self.scanner.text()[value_span.clone()],
                self.dialect.entities,
            ),
            value_span,
        })
    }

    /// A value in double quotes, which come next.
    fn quoted(&mut self) -> Range<usize> {
        let quote = self.scanner.at();
        let start = quote + 1;
        if let Some(end) = self.scanner.value_end(start)
            && !self.ran_into_next_value(start, end)
        {
            self.scanner.go(end + 1);
            return start..end;
        }
        self.error(
            Diagnostic::error("xml-string", "this value never ends", quote..start)
                .with_label("the closing quote is missing")
                .with_help("a quote within a value is written `\\\"`"),
        );
        let line_end = self.scanner.find(b'\n', start);
        let tag_end = self.scanner.find(b'>', start).min(line_end);
        self.scanner.go(tag_end);
        let value = self.scanner.text()[start..tag_end].trim_ascii_end();
        start..start + value.len()
    }

    /// Whether what looks like a value is the text between two values, the first of which has no
    /// closing quote: it goes over lines, ends with `=` and something stands right behind it.
    fn ran_into_next_value(&self, start: usize, end: usize) -> bool {
        let value = &self.scanner.text()[start..end];
        let next = self.scanner.text().as_bytes().get(end + 1);
        value.trim_ascii_end().ends_with('=')
            && value.contains('\n')
            && next.is_some_and(|next| !next.is_ascii_whitespace() && !matches!(next, b'>' | b'/'))
    }

    /// Something else than a double quote comes after `=`.
    fn unquoted(&mut self, name: &str, name_span: &Range<usize>) -> Option<Range<usize>> {
        let at = self.scanner.at();
        let (span, problem) = if self.scanner.take(b'\'') {
            let line_end = self.scanner.find(b'\n', at);
            let end = self.scanner.find(b'\'', at + 1).min(line_end);
            self.scanner.go(end);
            self.scanner.take(b'\'');
            (at + 1..end, "stands in single quotes")
        } else {
            self.scanner.take_word(b"<>\"");
            (at..self.scanner.at(), "has no quotes")
        };
        let shown = if span.is_empty() {
            name_span.clone()
        } else {
            span.clone()
        };
        let message = if span.is_empty() {
            format!("the attribute `{name}` has no value")
        } else {
            format!("the value of `{name}` {problem}")
        };
        self.error(
            Diagnostic::error("xml-attribute", message, shown)
                .with_help(format!("write {name}=\"value\"")),
        );
        (!span.is_empty()).then_some(span)
    }

    fn check_name(&mut self, name: &str, span: &Range<usize>) {
        let mut characters = name.chars();
        let good = characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if !good {
            self.error(
                Diagnostic::error("xml-name", "this is not a name", span.clone())
                    .with_help("names are a letter, then letters, digits, `_` and `-`"),
            );
        }
    }

    fn stray_character(&mut self, at: usize) {
        self.error(
            Diagnostic::error(
                "xml-tag",
                "this character does not belong into a tag",
                at..at + 1,
            )
            .with_help("a tag looks like `<name attribute=\"value\">`"),
        );
    }

    /// Goes to the next `<`, or after the next `>` if that comes first.
    fn skip_to_tag_end(&mut self, from: usize) {
        let next = self.scanner.find(b'<', from);
        let end = self.scanner.find(b'>', from);
        self.scanner.go(if end < next { end + 1 } else { next });
    }
}
