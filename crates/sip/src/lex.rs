//! Small scanning helpers shared by the typed views: quoted strings, separators, tokens.

use std::borrow::Cow;

use crate::octets::{OctetSet, find};

/// The characters of `token` (RFC 3261 25.1).
static TOKEN: OctetSet = OctetSet::alphanumeric_and(b"-.!%*_+`'~");

/// Positions of `separator` outside quoted strings and angle brackets.
pub(crate) fn split_outside(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        if let Some(at) = find_outside(current, separator) {
            rest = Some(&current[at + 1..]);
            Some(&current[..at])
        } else {
            rest = None;
            Some(current)
        }
    })
}

/// The first `wanted` byte outside quoted strings and angle brackets.
pub(crate) fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    // Most texts have no such byte, or nothing in front of it that could hide it.
    let first = find(wanted, bytes, 0)?;
    if memchr::memchr2(b'"', b'<', &bytes[..first]).is_none() {
        return Some(first);
    }
    let (mut quoted, mut angle, mut at) = (false, false, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if quoted {
            match byte {
                b'\\' => at += 1,
                b'"' => quoted = false,
                _ => {}
            }
        } else if byte == wanted && !angle {
            return Some(at);
        } else {
            match byte {
                b'"' if !angle => quoted = true,
                b'<' => angle = true,
                b'>' => angle = false,
                _ => {}
            }
        }
        at += 1;
    }
    None
}

/// What stands before and behind the first such ASCII byte.
#[inline]
pub(crate) fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = find(separator, text.as_bytes(), 0)?;
    Some((&text[..at], &text[at + 1..]))
}

/// What stands before and behind the last such ASCII byte.
#[inline]
pub(crate) fn cut_last(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr::memrchr(separator, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// The bytes as text; those that are not UTF-8 are replaced.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// True for the characters of `token` (RFC 3261 25.1).
#[inline]
pub(crate) fn is_token_char(byte: u8) -> bool {
    TOKEN.has(byte)
}

/// True when `text` is a `token` (RFC 3261 25.1).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && TOKEN.has_all(text)
}

/// Removes the quotes of a quoted string and its backslash escapes; other text comes back as it is.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return text.to_owned();
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(character) = chars.next() {
        match character {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    out
}

/// White space of SIP, line ends of folds included.
pub(crate) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

#[inline]
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// [`BLANKS`] in and around a text, by octets: the patterns of `str` take it apart into characters.
pub(crate) trait Blanks {
    fn trim_blanks(&self) -> &Self;
    fn trim_blanks_start(&self) -> &Self;
    fn trim_blanks_end(&self) -> &Self;
    fn has_blanks(&self) -> bool;
    /// What stands before and behind the first of them.
    fn cut_at_blank(&self) -> Option<(&Self, &Self)>;
}

impl Blanks for str {
    #[inline]
    fn trim_blanks(&self) -> &Self {
        self.trim_blanks_end().trim_blanks_start()
    }

    #[inline]
    fn trim_blanks_start(&self) -> &Self {
        let blanks = self.bytes().take_while(|byte| is_blank(*byte));
        &self[blanks.count()..]
    }

    #[inline]
    fn trim_blanks_end(&self) -> &Self {
        let blanks = self.bytes().rev().take_while(|byte| is_blank(*byte));
        &self[..self.len() - blanks.count()]
    }

    #[inline]
    fn has_blanks(&self) -> bool {
        self.bytes().any(is_blank)
    }

    #[inline]
    fn cut_at_blank(&self) -> Option<(&Self, &Self)> {
        let at = self.bytes().position(is_blank)?;
        Some((&self[..at], &self[at + 1..]))
    }
}

/// Decodes `%HH` escapes; what is not a valid escape stays as it is.
pub(crate) fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let decoded = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = decoded {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// Decodes `%HH` escapes to text; bytes that are not UTF-8 are replaced.
pub(crate) fn unescape_text(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(String::from_utf8_lossy(&unescape(text)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_split() {
        let text = r#""a, \" b" <sip:x,y>;p=",", c"#;
        let parts: Vec<_> = split_outside(text, b',').collect();
        assert_eq!(parts, [r#""a, \" b" <sip:x,y>;p=",""#, " c"]);
        assert_eq!(split_outside("", b',').collect::<Vec<_>>(), [""]);
        assert_eq!(split_outside("\"open, \\", b',').count(), 1);
    }

    #[test]
    fn quotes_and_escapes_are_removed() {
        assert_eq!(unquote(r#""a \"b\" \\""#), r#"a "b" \"#);
        assert_eq!(unquote("plain"), "plain");
        assert_eq!(unescape("a%41%zz%4"), b"aA%zz%4");
    }
}
