//! Message waiting: the bodies of message-summary (RFC 3842).

use std::fmt;

/// Counts of one message class: `new/old (new-urgent/old-urgent)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MessageCounts {
    /// New messages.
    pub new: u32,
    /// Old messages.
    pub old: u32,
    /// New urgent messages, if they are told apart.
    pub new_urgent: Option<u32>,
    /// Old urgent messages, if they are told apart.
    pub old_urgent: Option<u32>,
}

/// What a message-summary body says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageSummary {
    /// `Messages-Waiting`.
    pub waiting: bool,
    /// `Message-Account`, if it is there.
    pub account: Option<String>,
    /// Counts by message class, names as written (`Voice-Message`).
    pub counts: Vec<(String, MessageCounts)>,
}

impl MessageSummary {
    /// The counts of voice messages, zero if the body has none.
    pub fn voice(&self) -> MessageCounts {
        self.counts
            .iter()
            .find(|(class, _)| class.eq_ignore_ascii_case("voice-message"))
            .map_or_else(MessageCounts::default, |(_, counts)| *counts)
    }

    /// Reads a body of type `application/simple-message-summary`.
    ///
    /// # Errors
    /// If `Messages-Waiting` is missing or a line is not what RFC 3842 5.2 says. Lines after the
    /// first empty line are header fields of single messages and are passed over.
    pub fn parse(body: &[u8]) -> Result<Self, MwiError> {
        let text = std::str::from_utf8(body).map_err(|_| MwiError::NotUtf8)?;
        let mut summary = Self::default();
        let mut status = None;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            let line_number = index + 1;
            let (name, value) = line.split_once(':').ok_or_else(|| MwiError::NoColon {
                line: line_number,
                text: line.to_owned(),
            })?;
            let (name, value) = (name.trim(), value.trim());
            match name.to_ascii_lowercase().as_str() {
                "messages-waiting" => status = Some(read_status(line_number, value)?),
                "message-account" => summary.account = Some(value.to_owned()),
                _ => summary
                    .counts
                    .push((name.to_owned(), read_counts(line_number, value)?)),
            }
        }
        summary.waiting = status.ok_or(MwiError::NoStatus)?;
        Ok(summary)
    }
}

impl fmt::Display for MessageSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.waiting {
            "messages waiting"
        } else {
            "no messages waiting"
        })?;
        for (class, counts) in &self.counts {
            write!(f, ", {class} {} new {} old", counts.new, counts.old)?;
        }
        Ok(())
    }
}

/// Why a body is no message summary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MwiError {
    /// Not text.
    #[error("the message summary is not UTF-8")]
    NotUtf8,
    /// No `Messages-Waiting` line (RFC 3842 5.2).
    #[error("the message summary has no Messages-Waiting line")]
    NoStatus,
    /// A line without colon.
    #[error("line {line} of the message summary has no colon: \"{text}\"")]
    NoColon {
        /// The line, from 1.
        line: usize,
        /// Its text.
        text: String,
    },
    /// `Messages-Waiting` with another value.
    #[error("line {line} of the message summary: expected yes or no, received \"{found}\"")]
    Status {
        /// The line, from 1.
        line: usize,
        /// The value.
        found: String,
    },
    /// Counts that are none.
    #[error(
        "line {line} of the message summary: expected counts as in 2/8 (0/2), received \"{found}\""
    )]
    Counts {
        /// The line, from 1.
        line: usize,
        /// The value.
        found: String,
    },
}

fn read_status(line: usize, value: &str) -> Result<bool, MwiError> {
    match value.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(MwiError::Status {
            line,
            found: value.to_owned(),
        }),
    }
}

fn read_counts(line: usize, value: &str) -> Result<MessageCounts, MwiError> {
    counts(value).ok_or_else(|| MwiError::Counts {
        line,
        found: value.to_owned(),
    })
}

fn counts(value: &str) -> Option<MessageCounts> {
    let (plain, urgent) = match value.split_once('(') {
        Some((plain, urgent)) => (plain, Some(urgent.trim_end().strip_suffix(')')?)),
        None => (value, None),
    };
    let (new, old) = pair(plain)?;
    let urgent = urgent.map(|text| pair(text).ok_or(())).transpose().ok()?;
    Some(MessageCounts {
        new,
        old,
        new_urgent: urgent.map(|(new, _)| new),
        old_urgent: urgent.map(|(_, old)| old),
    })
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (new, old) = text.split_once('/')?;
    Some((new.trim().parse().ok()?, old.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_read() {
        // RFC 3842 3.5, example with urgent counts and message headers.
        let body = b"Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\n\
            Voice-Message: 2/8 (0/2)\r\n\r\nTo: <alice@atlanta.example.com>\r\nSubject: carpool\r\n";
        let summary = MessageSummary::parse(body).expect("valid");
        assert!(summary.waiting);
        assert_eq!(
            summary.account.as_deref(),
            Some("sip:alice@vmail.example.com")
        );
        let counts = MessageCounts {
            new: 2,
            old: 8,
            new_urgent: Some(0),
            old_urgent: Some(2),
        };
        assert_eq!(summary.voice(), counts);
    }

    #[test]
    fn case_spacing_and_line_ends_do_not_matter() {
        let summary = MessageSummary::parse(b"messages-waiting:NO\nvoice-message : 0 / 3\n");
        let summary = summary.expect("valid");
        assert!(!summary.waiting);
        assert_eq!(
            summary.voice(),
            MessageCounts {
                old: 3,
                ..MessageCounts::default()
            }
        );
        let bare = MessageSummary::parse(b"Messages-Waiting: yes").expect("valid");
        assert_eq!(bare.voice(), MessageCounts::default());
    }

    #[test]
    fn wrong_bodies_are_refused() {
        let cases: [(&[u8], MwiError); 5] = [
            (b"", MwiError::NoStatus),
            (b"\xff", MwiError::NotUtf8),
            (
                b"hello",
                MwiError::NoColon {
                    line: 1,
                    text: "hello".into(),
                },
            ),
            (
                b"Messages-Waiting: maybe",
                MwiError::Status {
                    line: 1,
                    found: "maybe".into(),
                },
            ),
            (
                b"Messages-Waiting: yes\r\nVoice-Message: many\r\n",
                MwiError::Counts {
                    line: 2,
                    found: "many".into(),
                },
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(MessageSummary::parse(body), Err(expected));
        }
        for counts in ["1/2 (3/4", "1/2 (3)", "1", "-1/2", "4294967296/0", "1/2/3"] {
            let body = format!("Messages-Waiting: yes\r\nVoice-Message: {counts}\r\n");
            assert!(MessageSummary::parse(body.as_bytes()).is_err(), "{counts}");
        }
    }
}
