//! DTMF keys, and how they stand in bodies of INFO: `application/dtmf-relay` and `application/dtmf`,
//! which no RFC defines and most devices have.

use std::fmt;
use std::time::{Duration, Instant};

use gannet_sip::Message;

/// Lines of signal and duration.
pub(crate) const DTMF_RELAY: &str = "application/dtmf-relay";
/// The key alone.
const DTMF: &str = "application/dtmf";

/// A key that came by INFO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InfoDigit {
    /// 0 to 9, `*`, `#`, A to D.
    pub key: char,
    /// Its length, if the body says it.
    pub length: Option<Duration>,
    /// When it came.
    pub at: Instant,
}

/// How a DTMF key travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DtmfWay {
    /// As a telephone-event (RFC 4733).
    Rfc4733,
    /// In the body of an INFO.
    Info,
    /// As tones in the audio (ITU-T Q.23).
    InBand,
}

impl fmt::Display for DtmfWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rfc4733 => "by RFC 4733",
            Self::Info => "by INFO",
            Self::InBand => "in-band",
        })
    }
}

/// A DTMF key that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedKey {
    /// 0 to 9, `*`, `#`, A to D.
    pub key: char,
    /// How it came.
    pub way: DtmfWay,
    /// When it began, or its INFO came.
    pub at: Instant,
}

/// The DTMF keys that a text names; letters may be small.
///
/// # Errors
/// With the first character that is no key.
pub fn dtmf_keys(text: &str) -> Result<Vec<char>, char> {
    let key_of = |written: char| {
        let key = written.to_ascii_uppercase();
        if is_key(key) { Ok(key) } else { Err(written) }
    };
    text.chars().map(key_of).collect()
}

/// Whether this is a key of a telephone.
fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')
}

/// The body that says a key.
pub(crate) fn relay_body(key: char, length: Duration) -> String {
    format!("Signal={key}\r\nDuration={}\r\n", length.as_millis())
}

/// The key of an INFO; `None` if its body is of another kind or says none.
pub(crate) fn read_digit(info: &Message, now: Instant) -> Option<InfoDigit> {
    let body = std::str::from_utf8(info.body()).ok()?;
    let content_type = info.content_type();
    if content_type.eq_ignore_ascii_case(DTMF) {
        return Some(InfoDigit {
            key: key_of(body.trim())?,
            length: None,
            at: now,
        });
    }
    if !content_type.eq_ignore_ascii_case(DTMF_RELAY) {
        return None;
    }
    let value = |name: &str| {
        body.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let length = value("Duration").and_then(|text| text.parse().ok());
    Some(InfoDigit {
        key: key_of(value("Signal")?)?,
        length: length.map(Duration::from_millis),
        at: now,
    })
}

/// A key by its sign, or by its number as telephone-event has it (RFC 4733 3.2): some devices write
/// 10 for the star.
fn key_of(text: &str) -> Option<char> {
    let mut characters = text.chars();
    if let (Some(key), None) = (characters.next(), characters.next()) {
        return Some(key.to_ascii_uppercase()).filter(|key| is_key(*key));
    }
    let number: usize = text.parse().ok()?;
    "0123456789*#ABCD".chars().nth(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &str) -> Option<(char, Option<u64>)> {
        let text = format!(
            "INFO sip:a SIP/2.0\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let digit = read_digit(&Message::parse(text.into_bytes()), Instant::now())?;
        let length = digit.length.map(|length| length.as_millis() as u64);
        Some((digit.key, length))
    }

    #[test]
    fn keys_of_both_kinds_are_read() {
        for (content_type, body, expected) in [
            (
                DTMF_RELAY,
                "Signal=5\r\nDuration=160\r\n",
                Some(('5', Some(160))),
            ),
            (
                DTMF_RELAY,
                "Signal= #\nDuration= 100",
                Some(('#', Some(100))),
            ),
            (DTMF_RELAY, "signal=10\r\n", Some(('*', None))),
            (DTMF_RELAY, "Signal=d\r\n", Some(('D', None))),
            (DTMF_RELAY, "Signal=16\r\n", None),
            (DTMF_RELAY, "Duration=160\r\n", None),
            ("application/dtmf", "7", Some(('7', None))),
            ("application/dtmf", "hook", None),
            ("text/plain", "5", None),
        ] {
            assert_eq!(read(content_type, body), expected, "{body:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let body = relay_body('*', Duration::from_millis(120));
        assert_eq!(read(DTMF_RELAY, &body), Some(('*', Some(120))));
    }
}
