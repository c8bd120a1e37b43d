//! CSeq (RFC 3261 20.16).

use std::fmt;

use crate::field_error::FieldError;
use crate::lex;
use crate::method::Method;

/// Sequence number and method of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CSeq {
    /// The number; RFC 3261 8.1.1.5 wants it below 2^31.
    pub number: u32,
    /// The method.
    pub method: Method,
}

impl CSeq {
    /// Reads the value.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let error = |expected| FieldError::syntax("CSeq", expected, text);
        let mut words = text.split_ascii_whitespace();
        let number = words.next().unwrap_or("");
        let method = words.next().ok_or_else(|| error("a number and a method"))?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) || words.next().is_some() {
            return Err(error("a number and a method"));
        }
        if !lex::is_token(method) {
            return Err(error("a method"));
        }
        let number = number.parse().map_err(|_| error("a number below 2^32"))?;
        Ok(Self {
            number,
            method: Method::new(method),
        })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_methods_are_read() {
        let read = CSeq::parse("0009\r\n  INVITE").expect("valid");
        assert_eq!(
            read,
            CSeq {
                number: 9,
                method: Method::Invite
            }
        );
        for text in [
            "",
            "1",
            "INVITE 1",
            "1 INVITE x",
            "36893488147419103232 INVITE",
            "1 IN<VITE",
        ] {
            assert!(CSeq::parse(text).is_err(), "{text}");
        }
    }
}
