//! `init-args` and `open-args`: keys and values in one attribute.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use crate::seagull::xml::Attribute;

/// The keys and values of an attribute, `key=value` with `;` between.
///
/// As in Seagull, a value is what stands between the first `key=` anywhere in the text and the next
/// `;`.
pub(super) struct Arguments<'a> {
    text: &'a str,
    attribute: &'a Attribute,
    /// Places in the value are places in the file: the value has no escapes.
    verbatim: bool,
}

/// A value and where it stands.
pub(super) struct Argument<'a> {
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(source: &SourceFile, attribute: &'a Attribute) -> Self {
        Self {
            text: &attribute.value,
            attribute,
            verbatim: source.text().get(attribute.value_span.clone())
                == Some(attribute.value.as_str()),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Argument<'a>> {
        let mut from = 0;
        loop {
            let at = from + self.text[from..].find(key)?;
            let start = at + key.len();
            if let Some(value) = self.text[start..].strip_prefix('=') {
                let value = value.split(';').next().unwrap_or(value);
                let blanks = value.len() - value.trim_ascii_start().len();
                let text = value.trim_ascii();
                let start = start + 1 + blanks;
                return Some(Argument {
                    text,
                    span: self.span(start..start + text.len()),
                });
            }
            from = start;
        }
    }

    /// The value of a key as a number of bytes, milliseconds or the like.
    pub(super) fn number(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
        let argument = self.get(key)?;
        let number = argument.text.parse().ok();
        if number.is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "bad-number",
                    format!("`{key}` takes a number"),
                    argument.span,
                )
                .with_label("not a number"),
            );
        }
        number
    }

    /// Tells about keys that are not among `known`.
    pub(super) fn check_keys(&self, known: &[&str], diagnostics: &mut Diagnostics) {
        let mut start = 0;
        for part in self.text.split(';') {
            let blanks = part.len() - part.trim_ascii_start().len();
            let shown = part.trim_ascii();
            let at = start + blanks;
            start += part.len() + 1;
            let (key, has_value) = match shown.split_once('=') {
                Some((key, _)) => (key.trim_ascii_end(), true),
                None => (shown, false),
            };
            let problem = match (known.contains(&key), has_value) {
                (_, _) if shown.is_empty() => continue,
                (true, true) => continue,
                (true, false) => format!("`{key}` has no value"),
                (false, true) => format!("unknown key `{key}`"),
                (false, false) => "this is not `key=value`".to_owned(),
            };
            let end = at + if has_value { key.len() } else { shown.len() };
            diagnostics.push(
                Diagnostic::warning("unknown-key", problem, self.span(at..end))
                    .with_label("ignored")
                    .with_suggestions(&nearest(key, known, 3)),
            );
        }
    }

    /// The whole attribute.
    pub(super) fn whole(&self) -> Range<usize> {
        self.attribute.value_span.clone()
    }

    fn span(&self, within: Range<usize>) -> Range<usize> {
        let start = self.attribute.value_span.start;
        if self.verbatim {
            start + within.start..start + within.end
        } else {
            self.whole()
        }
    }
}
