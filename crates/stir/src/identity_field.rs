//! The header field Identity (RFC 8224 4).

use thiserror::Error;

use crate::token::{Token, TokenError};

/// A longer value is refused unread: real ones have about 1,000 octets.
pub const IDENTITY_OCTETS_MAX: usize = 16 * 1024;

/// One value of Identity: `token;info=<uri>;alg=ES256;ppt=shaken`.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityField {
    /// The token in full or compact form.
    pub token: Token,
    /// `info`: where the certificate is.
    pub info: Option<String>,
    /// `alg`.
    pub alg: Option<String>,
    /// `ppt`, without quotes.
    pub ppt: Option<String>,
}

/// Why a value is none of Identity.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldError {
    /// Longer than is read.
    #[error("the value has {octets} octets; more than {IDENTITY_OCTETS_MAX} are not read")]
    TooLarge {
        /// How long it is.
        octets: usize,
    },
    /// The token cannot be read.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// `info` is there, but not as `<URI>`.
    #[error("`info` is not a URI in angle brackets (RFC 8224 4.1)")]
    Info,
}

impl IdentityField {
    /// Reads one value.
    pub fn read(value: &str) -> Result<Self, FieldError> {
        let octets = value.len();
        if octets > IDENTITY_OCTETS_MAX {
            return Err(FieldError::TooLarge { octets });
        }
        let (token, params) = value.split_once(';').unwrap_or((value, ""));
        // Some senders fold long tokens; JWS itself has no blanks.
        let token: String = token.split_ascii_whitespace().collect();
        let params = pieces(params);
        let value_of = |name: &str| {
            let found = params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| *value)
        };
        let unquoted = |name| value_of(name).map(|value| value.trim_matches('"').to_owned());
        let info = value_of("info").map(|text| {
            let uri = text.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
            uri.map(|uri| uri.trim().to_owned()).ok_or(FieldError::Info)
        });
        let info = info.transpose()?;
        Ok(Self {
            token: Token::read(&token)?,
            info,
            alg: unquoted("alg"),
            ppt: unquoted("ppt"),
        })
    }
}

impl std::fmt::Display for IdentityField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.token)?;
        if let Some(info) = &self.info {
            write!(f, ";info=<{info}>")?;
        }
        if let Some(alg) = &self.alg {
            write!(f, ";alg={alg}")?;
        }
        match &self.ppt {
            Some(ppt) => write!(f, ";ppt={ppt}"),
            None => Ok(()),
        }
    }
}

/// Names and values of parameters; a semicolon in angle brackets or quotes belongs to the value.
fn pieces(text: &str) -> Vec<(&str, &str)> {
    let (mut bracket, mut quoted) = (false, false);
    let pieces = text.split(|c: char| {
        match c {
            '"' => quoted = !quoted,
            '<' if !quoted => bracket = true,
            '>' if !quoted => bracket = false,
            _ => {}
        }
        c == ';' && !bracket && !quoted
    });
    pieces
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_apart_and_written_back() {
        let text = "e30.e30.AAAA;info=<https://a.example/c;v=1.pem>;alg=ES256;ppt=shaken";
        let field = IdentityField::read(text).expect("a value");
        assert_eq!(field.info.as_deref(), Some("https://a.example/c;v=1.pem"));
        assert_eq!(field.to_string(), text);
        let quoted = text
            .replace("ppt=shaken", "ppt=\"shaken\"")
            .replace(';', " ; ");
        let quoted = quoted.replace("c ; v", "c;v");
        assert_eq!(IdentityField::read(&quoted), Ok(field));
    }

    #[test]
    fn the_compact_form_has_its_signature_alone() {
        let field = IdentityField::read("..AAAA;info=<u>").expect("a value");
        assert!(field.token.is_compact());
        assert_eq!(field.to_string(), "..AAAA;info=<u>");
    }

    #[test]
    fn what_is_wrong_has_a_name() {
        let huge = "a".repeat(IDENTITY_OCTETS_MAX + 1);
        for (text, expected) in [
            (huge.as_str(), "octets; more than"),
            ("", "3 parts with dots between them, not 1"),
            ("a.b", "3 parts with dots between them, not 2"),
            (".b.AAAA", "both header and claims"),
            ("a.b.!", "signature is not in base64url"),
            ("a.b.AAAA;info=u", "angle brackets"),
            ("a.b.AAAA;info", "angle brackets"),
        ] {
            let error = IdentityField::read(text).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
