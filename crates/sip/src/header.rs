//! One header field as it was received.

use std::borrow::Cow;

use crate::header_name::HeaderName;
use crate::lex;

/// One header field of a message.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// The name as known to Gannet.
    pub id: HeaderName,
    /// The name as written; empty if the line had no colon.
    pub name: &'a [u8],
    /// The value, folds kept.
    pub value: &'a [u8],
    /// The whole field with its line end.
    pub line: &'a [u8],
}

impl<'a> Header<'a> {
    /// The value as text, if it is UTF-8.
    pub fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.value).ok()
    }

    /// The name as text; bytes that are not UTF-8 are replaced.
    pub fn name_text(&self) -> Cow<'a, str> {
        lex::lossy(self.name)
    }

    /// The value on one line: every fold becomes one blank (RFC 3261 7.3.1). Bytes that are not
    /// UTF-8 are replaced.
    pub fn unfolded(&self) -> Cow<'a, str> {
        let text = lex::lossy(self.value);
        if !text.contains(['\r', '\n']) {
            return text;
        }
        let lines: Vec<_> = text
            .split(['\r', '\n'])
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        Cow::Owned(lines.join(" "))
    }
}
