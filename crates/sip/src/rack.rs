//! RAck (RFC 3262 7.2).

use std::fmt;

use crate::cseq::CSeq;
use crate::field_error::FieldError;

/// Which reliable provisional response a PRACK acknowledges.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RAck {
    /// The RSeq number of the response.
    pub rseq: u32,
    /// The CSeq of the response.
    pub cseq: CSeq,
}

impl RAck {
    /// Reads the value.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let error = |expected| FieldError::syntax("RAck", expected, text);
        let (rseq, cseq) = text
            .trim()
            .split_once(|c: char| c.is_ascii_whitespace())
            .ok_or_else(|| error("two numbers and a method"))?;
        if !rseq.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error("two numbers and a method"));
        }
        let rseq = rseq.parse().map_err(|_| error("a number below 2^32"))?;
        let cseq = CSeq::parse(cseq).map_err(|_| error("two numbers and a method"))?;
        Ok(Self { rseq, cseq })
    }
}

impl fmt::Display for RAck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rseq, self.cseq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::Method;

    #[test]
    fn the_numbers_and_the_method_are_read_and_written() {
        let read = RAck::parse(" 776656 \r\n 1 INVITE").expect("valid");
        let cseq = CSeq {
            number: 1,
            method: Method::Invite,
        };
        assert_eq!((read.rseq, &read.cseq), (776_656, &cseq));
        assert_eq!(read.to_string(), "776656 1 INVITE");
        for text in [
            "",
            "1",
            "1 2",
            "1 INVITE",
            "x 1 INVITE",
            "1 1 INVITE x",
            "-1 1 INVITE",
            "4294967296 1 INVITE",
        ] {
            assert!(RAck::parse(text).is_err(), "{text}");
        }
    }
}
