//! Opening tags and their attributes.

use std::ops::Range;

use gannet_diag::Diagnostic;

use super::reader::Reader;
use super::value::{entity, value};
use crate::xml::{Attribute, Element};

/// What ends a name in a tag, beside blanks.
const NAME_ENDS: &[u8] = b"<>/=\"'?";

impl Reader<'_> {
    /// Goes over a name.
    pub(super) fn name(&mut self) -> Range<usize> {
        let start = self.at;
        let length = self.text[start..]
            .bytes()
            .position(|byte| byte.is_ascii_whitespace() || NAME_ENDS.contains(&byte))
            .unwrap_or(self.text.len() - start);
        self.at += length;
        start..self.at
    }

    pub(super) fn opening_tag(&mut self) {
        let start = self.at;
        self.at += 1;
        let name_span = self.name();
        let name = &self.text[name_span.clone()];
        if name.is_empty() {
            self.tell(
                Diagnostic::error(
                    "xml-tag",
                    "`<` without the name of an element",
                    start..start + 1,
                )
                .with_help("text belongs into `<![CDATA[ ... ]]>`"),
            );
            let end = self.find(b'>', start);
            let next = self.find(b'<', start + 1);
            self.at = if end < next { end + 1 } else { next };
            return;
        }
        let mut element = Element {
            name: name.to_owned(),
            name_span: name_span.clone(),
            span: start..self.at,
            attributes: Vec::new(),
            children: Vec::new(),
        };
        let is_empty = loop {
            self.skip_blanks();
            match self.text.as_bytes().get(self.at) {
                Some(b'>') => {
                    self.at += 1;
                    break false;
                }
                Some(b'/') if self.text[self.at..].starts_with("/>") => {
                    self.at += 2;
                    break true;
                }
                None | Some(b'<') => {
                    let message = format!("the tag `<{name}` has no `>`");
                    self.tell(
                        Diagnostic::error("xml-tag", message, name_span.clone())
                            .with_label("opened here"),
                    );
                    // One complaint is enough, whether it was meant to be closed or not.
                    let rest = self.text[self.at..].strip_prefix("</");
                    break !rest.is_some_and(|rest| rest.starts_with(name));
                }
                Some(b'=' | b'"' | b'\'' | b'?' | b'/') => self.stray_character(),
                Some(_) => {
                    if let Some(attribute) = self.attribute() {
                        self.add(&mut element, attribute);
                    }
                }
            }
        };
        element.span.end = self.at;
        self.opened(element, is_empty);
    }

    fn add(&mut self, element: &mut Element, attribute: Attribute) {
        if element.attribute(&attribute.name).is_some() {
            self.tell(Diagnostic::warning(
                "duplicate-attribute",
                format!("a second `{}`: the first one counts", attribute.name),
                attribute.name_span.clone(),
            ));
        }
        element.attributes.push(attribute);
    }

    fn stray_character(&mut self) {
        let at = self.at;
        self.at += 1;
        self.tell(
            Diagnostic::error(
                "xml-tag",
                "this character does not belong into a tag",
                at..at + 1,
            )
            .with_help("a tag looks like `<name attribute=\"value\">`"),
        );
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let name_span = self.name();
        let name = &self.text[name_span.clone()];
        self.skip_blanks();
        if !self.text[self.at..].starts_with('=') {
            self.tell(
                Diagnostic::error(
                    "xml-attribute",
                    format!("the attribute `{name}` has no value"),
                    name_span,
                )
                .with_help(format!("write {name}=\"value\"")),
            );
            return None;
        }
        self.at += 1;
        self.skip_blanks();
        let value_span = match self.text.as_bytes().get(self.at) {
            Some(quote @ (b'"' | b'\'')) => self.quoted(*quote),
            _ => self.unquoted(name, &name_span)?,
        };
        Some(Attribute {
            name: name.to_owned(),
            name_span,
            value: value(self.text, value_span.clone()).text().to_owned(),
            value_span,
        })
    }

    /// A value in quotes, which come next.
    fn quoted(&mut self, quote: u8) -> Range<usize> {
        let opener = self.at;
        let start = opener + 1;
        if let Some(end) = self.value_end(quote, start)
            && !self.ran_into_next_value(start, end)
        {
            self.at = end + 1;
            self.judge_value(start..end);
            return start..end;
        }
        self.tell(
            Diagnostic::error("xml-string", "this value never ends", opener..start)
                .with_label("the closing quote is missing")
                .with_help("a quote within a value is written `&quot;` or `\\\"`"),
        );
        let line_end = self.find(b'\n', start);
        let tag_end = self.find(b'>', start).min(line_end);
        let self_closing = self.text[start..tag_end].ends_with('/') && tag_end < line_end;
        self.at = tag_end - usize::from(self_closing);
        start..start + self.text[start..self.at].trim_ascii_end().len()
    }

    /// The closing quote of a value that starts at `from`.
    fn value_end(&self, quote: u8, mut from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let found = from + memchr::memchr2(quote, b'\\', bytes.get(from..)?)?;
            if bytes[found] == quote {
                return Some(found);
            }
            from = found + 1 + usize::from(matches!(bytes.get(found + 1), Some(b'\\' | b'"')));
        }
    }

    /// Whether what looks like a value is the text between two values, the first of which has no
    /// closing quote: it goes over lines, ends with `=` and something stands right behind it.
    fn ran_into_next_value(&self, start: usize, end: usize) -> bool {
        let value = &self.text[start..end];
        let next = self.text.as_bytes().get(end + 1);
        value.trim_ascii_end().ends_with('=')
            && value.contains('\n')
            && next.is_some_and(|next| !next.is_ascii_whitespace() && !matches!(next, b'>' | b'/'))
    }

    /// Tells of characters that XML has no room for in a value, and that are taken as they are.
    fn judge_value(&mut self, span: Range<usize>) {
        let value = &self.text[span.clone()];
        let raw = value.char_indices().find(|(at, character)| {
            *character == '<' || (*character == '&' && entity(&value[*at..], true).is_none())
        });
        let Some((at, character)) = raw else {
            return;
        };
        let written = if character == '<' { "&lt;" } else { "&amp;" };
        let at = span.start + at;
        self.tell(
            Diagnostic::warning(
                "xml-value",
                format!("a plain `{character}` in a value: many versions of SIPp refuse it"),
                at..at + 1,
            )
            .with_help(format!("write `{written}`")),
        );
    }

    /// Something else than a quote comes after `=`.
    fn unquoted(&mut self, name: &str, name_span: &Range<usize>) -> Option<Range<usize>> {
        let start = self.at;
        let length = self.text[start..]
            .bytes()
            .position(|byte| byte.is_ascii_whitespace() || b"<>\"".contains(&byte))
            .unwrap_or(self.text.len() - start);
        self.at += length;
        let span = start..self.at;
        let (message, shown) = if span.is_empty() {
            (
                format!("the attribute `{name}` has no value"),
                name_span.clone(),
            )
        } else {
            (format!("the value of `{name}` has no quotes"), span.clone())
        };
        self.tell(
            Diagnostic::error("xml-attribute", message, shown)
                .with_help(format!("write {name}=\"value\"")),
        );
        (!span.is_empty()).then_some(span)
    }
}
