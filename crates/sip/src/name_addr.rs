//! `name-addr` and `addr-spec` with parameters: From, To, Contact, Route and their kin
//! (RFC 3261 20.10, 20.20, 20.34, 20.39).

use std::fmt;

use crate::field_error::FieldError;
use crate::lex::{self, BLANKS};
use crate::params::Params;
use crate::uri::Uri;

/// A display name, a URI and header parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The display name as written, quotes included. `None` if there is none.
    pub display: Option<String>,
    /// The URI.
    pub uri: Uri,
    /// Parameters of the header field (not of the URI).
    pub params: Params,
    /// True when the URI stands in angle brackets.
    pub bracketed: bool,
}

impl NameAddr {
    /// The URI in angle brackets, nothing else.
    pub const fn new(uri: Uri) -> Self {
        Self {
            display: None,
            uri,
            params: Params::new(),
            bracketed: true,
        }
    }

    /// The same with a display name, quoted here.
    pub fn with_display(mut self, name: &str) -> Self {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        self.display = Some(format!("\"{escaped}\""));
        self
    }

    /// The same with a header parameter.
    pub fn with_param(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.set(name, value);
        self
    }

    /// Reads one value. `field` names the header field in errors.
    ///
    /// Without angle brackets everything after the first `;` is header parameters, also what looks
    /// like URI parameters (RFC 3261 20: "If the URI is not enclosed in angle brackets...").
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim_matches(BLANKS);
        let bad_uri = |found: &str| FieldError::syntax(field, "a URI", found);
        if let Some(open) = find_open_bracket(text) {
            let inside = &text[open + 1..];
            let close = inside
                .find('>')
                .ok_or_else(|| FieldError::syntax(field, "'>' after the URI", text))?;
            let display = text[..open].trim_matches(BLANKS);
            if !display.is_empty() && !is_display_name(display) {
                return Err(FieldError::syntax(field, "a display name", display));
            }
            let after = inside[close + 1..].trim_start_matches(BLANKS);
            if !after.is_empty() && !after.starts_with(';') {
                return Err(FieldError::syntax(field, "';' or the end", after));
            }
            Ok(Self {
                display: (!display.is_empty()).then(|| display.to_owned()),
                uri: Uri::parse(&inside[..close]).map_err(|_| bad_uri(&inside[..close]))?,
                params: Params::parse(after),
                bracketed: true,
            })
        } else {
            let (uri, params) = text.split_once(';').unwrap_or((text, ""));
            let uri = uri.trim_end_matches(BLANKS);
            Ok(Self {
                display: None,
                uri: Uri::parse(uri).map_err(|_| bad_uri(uri))?,
                params: Params::parse(params),
                bracketed: false,
            })
        }
    }

    /// The `tag` parameter (RFC 3261 19.3).
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// The display name without quotes and escapes.
    pub fn display_name(&self) -> Option<String> {
        self.display.as_deref().map(lex::unquote)
    }
}

/// The `<` that opens the URI: the first outside a quoted display name.
fn find_open_bracket(text: &str) -> Option<usize> {
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

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{display} ")?;
        }
        if self.bracketed {
            write!(f, "<{}>{}", self.uri, self.params)
        } else {
            write!(f, "{}{}", self.uri, self.params)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> NameAddr {
        NameAddr::parse("From", text).expect(text)
    }

    #[test]
    fn parameters_belong_to_the_uri_only_inside_brackets() {
        let inside = parsed("<sip:a@b;lr;tag=no>;tag=yes");
        assert_eq!(inside.tag(), Some("yes"));
        assert!(inside.uri.is_loose_router());
        let outside = parsed("sip:a@b;tag=yes");
        assert_eq!(outside.tag(), Some("yes"));
        assert!(outside.uri.params.is_empty());
    }

    #[test]
    fn display_names_may_be_quoted_tokens_or_absent() {
        let tricky = parsed(r#""A \"<x>\" , B" <sip:a@b>"#);
        assert_eq!(tricky.display_name().as_deref(), Some("A \"<x>\" , B"));
        assert_eq!(
            parsed("Alice Smith <sip:a@b>").display_name().as_deref(),
            Some("Alice Smith")
        );
        assert_eq!(parsed(" <sip:a@b> ").display, None);
        assert_eq!(parsed("caller<sip:a@b>").display.as_deref(), Some("caller"));
    }

    #[test]
    fn wrong_values_are_refused() {
        for text in [
            "",
            "<sip:a@b",
            "Bell, Alexander <sip:a@b>",
            "\"x <sip:a@b>",
            "<sip:a@b> x",
            "<>",
        ] {
            assert!(NameAddr::parse("From", text).is_err(), "{text}");
        }
    }

    #[test]
    fn printing_gives_back_what_was_read() {
        for text in ["\"A\" <sip:a@b>;tag=1", "sip:a@b;tag=2", "<sip:b;lr>"] {
            assert_eq!(parsed(text).to_string(), text);
        }
    }
}
