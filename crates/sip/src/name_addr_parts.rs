//! A `name-addr` or `addr-spec` taken apart in place.

use crate::field_error::FieldError;
use crate::lex::{self, Blanks as _};
use crate::octets::find;
use crate::uri_parts::UriParts;

/// The parts of a value; nothing is copied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameAddrParts<'a> {
    /// The display name as written, quotes included.
    pub(crate) display: Option<&'a str>,
    pub(crate) uri: UriParts<'a>,
    /// The parameters of the header field.
    pub(crate) params: &'a str,
    pub(crate) bracketed: bool,
}

impl<'a> NameAddrParts<'a> {
    /// Reads one value; see [`NameAddr::parse`](crate::NameAddr::parse).
    pub(crate) fn split(field: &'static str, text: &'a str) -> Result<Self, FieldError> {
        let text = text.trim_blanks();
        let uri =
            |text| UriParts::split(text).map_err(|_| FieldError::syntax(field, "a URI", text));
        let Some(open) = find_open_bracket(text) else {
            let (address, params) = lex::cut(text, b';').unwrap_or((text, ""));
            return Ok(Self {
                display: None,
                uri: uri(address.trim_blanks_end())?,
                params,
                bracketed: false,
            });
        };
        let inside = &text[open + 1..];
        let close = find(b'>', inside.as_bytes(), 0)
            .ok_or_else(|| FieldError::syntax(field, "'>' after the URI", text))?;
        let display = text[..open].trim_blanks();
        if !display.is_empty() && !is_display_name(display) {
            return Err(FieldError::syntax(field, "a display name", display));
        }
        let after = inside[close + 1..].trim_blanks_start();
        if !after.is_empty() && !after.starts_with(';') {
            return Err(FieldError::syntax(field, "';' or the end", after));
        }
        Ok(Self {
            display: (!display.is_empty()).then_some(display),
            uri: uri(&inside[..close])?,
            params: after,
            bracketed: true,
        })
    }
}

/// The `<` that opens the URI: the first outside a quoted display name.
fn find_open_bracket(text: &str) -> Option<usize> {
    let first = find(b'<', text.as_bytes(), 0)?;
    if find(b'"', &text.as_bytes()[..first], 0).is_none() {
        return Some(first);
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// A quoted string, or tokens with blanks between (RFC 3261 25.1 display-name). Characters outside
/// ASCII are let through: RFC 3261 wants them quoted, phones often do not.
fn is_display_name(text: &str) -> bool {
    if text.starts_with('"') {
        return text.len() > 1 && text.ends_with('"');
    }
    text.bytes()
        .all(|byte| lex::is_token_char(byte) || byte >= 0x80 || b" \t\r\n".contains(&byte))
}
