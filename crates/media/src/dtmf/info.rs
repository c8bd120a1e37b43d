//! DTMF keys in bodies of INFO: `application/dtmf-relay` and `application/dtmf`, which no RFC defines
//! and most devices have.

use std::time::Duration;

/// Lines of signal and duration.
const DTMF_RELAY: &str = "application/dtmf-relay";
/// The key alone.
const DTMF: &str = "application/dtmf";

/// A key that a body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InfoKey {
    /// 0 to 9, `*`, `#`, A to D.
    pub key: char,
    /// Its length, if the body says it.
    pub length: Option<Duration>,
}

/// Content type and body that say a key.
pub fn info_body(key: char, length: Duration) -> (&'static str, String) {
    let body = format!("Signal={key}\r\nDuration={}\r\n", length.as_millis());
    (DTMF_RELAY, body)
}

/// The same in the older form, which has the key alone.
pub fn plain_info_body(key: char) -> (&'static str, String) {
    (DTMF, key.to_string())
}

/// The key of an INFO; `None` if its body is of another kind or says none.
pub fn read_info_key(content_type: &str, body: &[u8]) -> Option<InfoKey> {
    let body = std::str::from_utf8(body).ok()?;
    if content_type.eq_ignore_ascii_case(DTMF) {
        return Some(InfoKey {
            key: key_of(body.trim())?,
            length: None,
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
    Some(InfoKey {
        key: key_of(value("Signal")?)?,
        length: length.map(Duration::from_millis),
    })
}

/// A key by its sign, or by its number as telephone-event has it (RFC 4733 3.2): some devices write
/// 10 for the star.
fn key_of(text: &str) -> Option<char> {
    let mut characters = text.chars();
    if let (Some(key), None) = (characters.next(), characters.next()) {
        let key = key.to_ascii_uppercase();
        return KEYS.contains(key).then_some(key);
    }
    let number: usize = text.parse().ok()?;
    KEYS.chars().nth(number)
}

/// The keys of a telephone in the order of their event codes (RFC 4733 3.2).
const KEYS: &str = "0123456789*#ABCD";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &str) -> Option<(char, Option<u64>)> {
        let read = read_info_key(content_type, body.as_bytes())?;
        Some((
            read.key,
            read.length.map(|length| length.as_millis() as u64),
        ))
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
            ("Application/DTMF-Relay", "signal=10\r\n", Some(('*', None))),
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
        let (content_type, body) = info_body('*', Duration::from_millis(120));
        assert_eq!(read(content_type, &body), Some(('*', Some(120))));
    }
}
