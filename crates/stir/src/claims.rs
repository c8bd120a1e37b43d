//! Who calls whom, and how well that is known.

use std::fmt;

use gannet_sip::{Scheme, Uri};
use serde_json::{Value, json};

/// How well the signer knows its caller (RFC 8588 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attestation {
    /// Full: the signer knows the caller, who may use the number.
    A,
    /// Partial: the signer knows the caller, not whether the number is the caller's.
    B,
    /// Gateway: the signer knows only where the call came in.
    C,
}

impl Attestation {
    /// All three.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// Reads `A`, `B` or `C`.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The letter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

impl fmt::Display for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A party of a call in canonical form: a telephone number (RFC 8224 8.3) or a URI (RFC 8224 8.5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A number: digits, `#` and `*` alone.
    Tn(String),
    /// A URI without parameters.
    Uri(String),
}

impl Party {
    /// Who a URI speaks of: a number if it says so itself (`tel:`, `user=phone`) or if its user part is
    /// one to look at (RFC 8224 8.1, 8.2), else the URI.
    pub fn of_uri(uri: &Uri) -> Self {
        let user = uri.user_decoded().unwrap_or_default();
        // Of a local number's parameters only the digits are signed.
        let number = user.split(';').next().unwrap_or_default();
        let says_so = uri.scheme == Scheme::Tel
            || (uri.is_sip()
                && uri
                    .params
                    .get("user")
                    .is_some_and(|value| value.eq_ignore_ascii_case("phone")));
        match canonical_number(number) {
            Some(number) if says_so || looks_like_number(&user) => Self::Tn(number),
            _ => Self::Uri(canonical_uri(uri)),
        }
    }

    /// Reads a number or a URI, as people write them in commands.
    pub fn read(text: &str) -> Option<Self> {
        match Uri::parse(text) {
            Ok(uri) => Some(Self::of_uri(&uri)),
            Err(_) => canonical_number(text).map(Self::Tn),
        }
    }

    /// Whether a URI speaks of this party, whichever of its two forms the token has.
    pub fn is_meant_by(&self, uri: &Uri) -> bool {
        match self {
            Self::Tn(number) => {
                let user = uri.user_decoded().unwrap_or_default();
                let digits = user.split(';').next().and_then(canonical_number);
                digits.as_ref() == Some(number)
            }
            Self::Uri(text) => {
                *text == canonical_uri(uri)
                    || Uri::parse(text).is_ok_and(|own| canonical_uri(&own) == canonical_uri(uri))
            }
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Tn(number) => Some(number),
            Self::Uri(_) => None,
        }
    }

    /// `{"tn":"…"}` or `{"uri":"…"}`, as `orig` and `div` have it.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Tn(number) => json!({ "tn": number }),
            Self::Uri(uri) => json!({ "uri": uri }),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tn(text) | Self::Uri(text) => f.write_str(text),
        }
    }
}

/// A telephone number in canonical form (RFC 8224 8.3): the leading `+` and all visual separators are
/// gone, digits, `#` and `*` stay. `None` if anything else stands in it, or no digit. A number without
/// its country code stays without it: which one it would be only a dial plan knows.
pub fn canonical_number(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let mut number = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' | '#' | '*' => number.push(c),
            '-' | '.' | '(' | ')' | ' ' => {}
            _ => return None,
        }
    }
    number
        .contains(|c: char| c.is_ascii_digit())
        .then_some(number)
}

/// Whether a user part is a number without saying so: `+` and digits with separators between them.
fn looks_like_number(user: &str) -> bool {
    let digits = user.strip_prefix('+').unwrap_or(user);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '(')
        && canonical_number(digits).is_some()
}

/// The AOR of RFC 3261 10.3 step 5: no parameters, no header fields, no password, host in small letters
/// (RFC 8224 8.5).
fn canonical_uri(uri: &Uri) -> String {
    if !uri.is_sip() {
        return uri.to_string();
    }
    uri.to_aor().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(uri: &str) -> Party {
        Party::of_uri(&Uri::parse(uri).expect("a URI"))
    }

    #[test]
    fn numbers_lose_plus_and_separators() {
        let tn = |number: &str| Party::Tn(number.to_owned());
        for (uri, number) in [
            ("tel:+1-215-555-1212", "12155551212"),
            ("sip:+12155551212@example.com;user=phone", "12155551212"),
            ("sip:%2B1(215)555.1212@example.com", "12155551212"),
            ("sip:1001@example.com:5070", "1001"),
            ("tel:911;phone-context=+1", "911"),
            ("sip:*98@example.com;user=phone", "*98"),
        ] {
            assert_eq!(party(uri), tn(number), "{uri}");
        }
    }

    #[test]
    fn what_is_no_number_is_a_uri_without_parameters() {
        for (uri, canonical) in [
            (
                "sip:Alice@Example.COM:5070;transport=tcp",
                "sip:Alice@example.com",
            ),
            ("sips:bob@biloxi.com;user=phone", "sips:bob@biloxi.com"),
            ("sip:*98@example.com", "sip:*98@example.com"),
            ("sip:100trying@example.com", "sip:100trying@example.com"),
        ] {
            assert_eq!(party(uri), Party::Uri(canonical.to_owned()), "{uri}");
        }
    }

    #[test]
    fn a_claim_is_compared_in_the_form_it_has() {
        let uri = Uri::parse("sip:1001@example.com").expect("a URI");
        assert!(Party::Tn("1001".into()).is_meant_by(&uri));
        assert!(Party::Uri("sip:1001@EXAMPLE.com".into()).is_meant_by(&uri));
        assert!(!Party::Tn("1002".into()).is_meant_by(&uri));
        assert!(!Party::Uri("sips:1001@example.com".into()).is_meant_by(&uri));
    }

    #[test]
    fn no_digit_is_no_number() {
        for text in ["", "+", "#", "anonymous", "1 (2) 3x", "++1"] {
            assert_eq!(canonical_number(text), None, "{text}");
        }
    }
}
