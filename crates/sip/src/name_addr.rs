//! `name-addr` and `addr-spec` with parameters: From, To, Contact, Route and their kin
//! (RFC 3261 20.10, 20.20, 20.34, 20.39).

use std::fmt;

use crate::field_error::FieldError;
use crate::lex;
use crate::name_addr_parts::NameAddrParts;
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
        let parts = NameAddrParts::split(field, text)?;
        Ok(Self {
            display: parts.display.map(str::to_owned),
            uri: parts.uri.to_uri(),
            params: Params::parse(parts.params),
            bracketed: parts.bracketed,
        })
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
