//! The first line of a message (RFC 3261 7.1, 7.2).

use crate::lex;

/// The longest status code that is one: three digits (RFC 3261 7.2).
const STATUS_DIGITS: usize = 3;

/// The first line, taken apart as far as it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// A request line (RFC 3261 7.1).
    Request {
        /// The method.
        method: &'a str,
        /// The Request-URI, blanks inside included where the line has more than three words.
        uri: &'a str,
        /// `SIP/2.0`.
        version: &'a str,
    },
    /// A status line (RFC 3261 7.2).
    Status {
        /// `SIP/2.0`.
        version: &'a str,
        /// The code; 0 to 999 as far as three digits go.
        code: u16,
        /// The reason phrase, may be empty.
        reason: &'a str,
    },
    /// Neither: the raw line.
    Malformed(&'a [u8]),
}

impl<'a> StartLine<'a> {
    /// Takes the line apart; never fails.
    pub(crate) fn read(raw: &'a [u8]) -> Self {
        std::str::from_utf8(raw)
            .ok()
            .and_then(read)
            .unwrap_or(Self::Malformed(raw))
    }
}

fn read(line: &str) -> Option<StartLine<'_>> {
    let (first, rest) = lex::cut(line, b' ')?;
    let is_version = |word: &str| {
        word.get(..4)
            .is_some_and(|p| p.eq_ignore_ascii_case("SIP/"))
    };
    if is_version(first) {
        let (code, reason) = lex::cut(rest, b' ').unwrap_or((rest, ""));
        let digits = code.len() == STATUS_DIGITS && code.bytes().all(|b| b.is_ascii_digit());
        let code = digits.then(|| code.parse().ok()).flatten()?;
        return Some(StartLine::Status {
            version: first,
            code,
            reason,
        });
    }
    let (uri, version) = lex::cut_last(rest.trim_end_matches(' '), b' ')?;
    (is_version(version) && !first.is_empty()).then_some(StartLine::Request {
        method: first,
        uri,
        version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    #[test]
    fn status_lines_may_lack_a_reason() {
        let title = |text: &str| Message::parse(text.as_bytes().to_vec()).title();
        assert_eq!(
            title("SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n"),
            "200 OK (BYE)"
        );
        assert_eq!(title("SIP/2.0 100 \r\n\r\n"), "100 ");
        assert_eq!(title("SIP/2.0 100\r\n\r\n"), "100 ");
    }

    #[test]
    fn other_first_lines_are_malformed() {
        let lines = [
            "",
            "INVITE",
            "INVITE sip:a",
            "SIP/2.0 4294967301 Better",
            "\u{ff}",
            " sip:a SIP/2.0",
        ];
        for line in lines {
            let message = Message::parse(format!("{line}\r\n\r\n").into_bytes());
            assert!(
                matches!(message.start_line(), StartLine::Malformed(_)),
                "{line}"
            );
            assert_eq!(message.method(), None);
        }
    }
}
