//! DTMF keys.

use std::fmt;
use std::time::{Duration, Instant};

use gannet_media::read_info_key;
use gannet_sip::Message;

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
    /// How long it lasted: of a telephone-event once its end has come, of an INFO if it says so, of a
    /// tone so far.
    pub length: Option<Duration>,
    /// How loud a telephone-event says that it is, in -dBm0.
    pub volume: Option<u8>,
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

/// The key of an INFO; `None` if its body is of another kind or says none.
pub(crate) fn read_digit(info: &Message, now: Instant) -> Option<InfoDigit> {
    let said = read_info_key(&info.content_type(), info.body())?;
    Some(InfoDigit {
        key: said.key,
        length: said.length,
        at: now,
    })
}
