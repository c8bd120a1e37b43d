//! Whom to call.

use gannet_sip::{Uri, UriError};

/// Whom a phone calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A full URI.
    Uri(Uri),
    /// A user or extension in the phone's own domain.
    User(String),
}

impl Destination {
    /// Reads `sip:`, `sips:` and `tel:` URIs; everything else is a user of the phone's domain.
    ///
    /// # Errors
    /// If it begins like a URI and is none.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let scheme = text
            .split_once(':')
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("sip" | "sips" | "tel") => Uri::parse(text).map(Self::Uri),
            _ => Ok(Self::User(text.to_owned())),
        }
    }
}

impl From<Uri> for Destination {
    fn from(uri: Uri) -> Self {
        Self::Uri(uri)
    }
}

/// How to call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Send INVITE without an offer; the offer comes in the 2xx (RFC 3264 5, RFC 3261 13.2.1).
    pub without_sdp: bool,
    /// From `sip:anonymous@anonymous.invalid` and `Privacy: id` (RFC 3323 4.1, RFC 3325 9.3).
    pub anonymous: bool,
    /// Send INVITE to the address of the URI, past the server of the phone.
    pub straight: bool,
    /// More header fields.
    pub headers: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_and_users_are_told_apart() {
        for text in ["sip:bob@biloxi.com", "SIPS:bob@biloxi.com", "tel:+1-212"] {
            assert!(
                matches!(Destination::parse(text), Ok(Destination::Uri(_))),
                "{text}"
            );
        }
        for text in ["1001", "*98", "bob"] {
            assert_eq!(
                Destination::parse(text),
                Ok(Destination::User(text.to_owned()))
            );
        }
        assert!(Destination::parse("sip:bob@").is_err());
    }
}
