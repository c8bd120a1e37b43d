//! Messages of both directions, and how they are cut out of a stream.

use std::fmt;

use crate::error::FramingError;

/// The longest head, in octets.
pub const HEAD_MAX: usize = 64 * 1024;
/// The longest body, in octets.
pub const BODY_MAX: usize = 16 * 1024 * 1024;

/// A head of lines, and a body where a Content-Length announces one.
///
/// What a server sends has fields only. What a client sends begins with a line that is no field, the
/// command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    lines: Vec<String>,
    body: Option<String>,
}

impl Message {
    /// A message without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// A client's command.
    pub fn command(line: impl Into<String>) -> Self {
        Self {
            lines: vec![line.into()],
            body: None,
        }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.lines.push(format!("{name}: {value}"));
        self
    }

    /// Adds a body with its length.
    #[must_use]
    pub fn with_body(self, body: impl Into<String>) -> Self {
        let body = body.into();
        let mut message = self.with("Content-Length", body.len());
        message.body = Some(body);
        message
    }

    /// The first line: a client's command.
    pub fn first_line(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// The value of a field; its name counts in any case.
    pub fn field(&self, name: &str) -> Option<&str> {
        field(self.lines.iter().map(String::as_str), name)
    }

    /// What follows the head.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// What kind of message a server has sent: `auth/request`, `command/reply`, `api/response`, …
    pub fn content_type(&self) -> &str {
        self.field("Content-Type").unwrap_or_default()
    }

    /// The server's `Reply-Text`, without blanks around it.
    pub fn reply(&self) -> &str {
        self.field("Reply-Text").unwrap_or_default()
    }
}

/// The value of a field among lines.
pub(crate) fn field<'a>(mut lines: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    lines.find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })
}

impl fmt::Display for Message {
    /// As it crosses the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        writeln!(f)?;
        f.write_str(self.body.as_deref().unwrap_or_default())
    }
}

/// Cuts messages out of a stream of octets.
#[derive(Debug, Default)]
pub struct Decoder {
    octets: Vec<u8>,
    /// Up to here there is no end of a head.
    searched: usize,
}

impl Decoder {
    /// Takes what has been read.
    pub fn push(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// The next whole message; `None` until more has been read.
    ///
    /// # Errors
    /// If the stream is no event socket's; it can't be read on then.
    pub fn next_message(&mut self) -> Result<Option<Message>, FramingError> {
        self.skip_empty_lines();
        let Some((head, begin)) = self.head() else {
            if self.octets.len() > HEAD_MAX {
                return Err(FramingError::HeadTooLong { max: HEAD_MAX });
            }
            return Ok(None);
        };
        let lines: Vec<String> = head.lines().map(str::to_owned).collect();
        let length = match field(lines.iter().map(String::as_str), "Content-Length") {
            None => None,
            Some(text) => match text.parse::<usize>() {
                Ok(length) if length <= BODY_MAX => Some(length),
                _ => {
                    return Err(FramingError::Length {
                        max: BODY_MAX,
                        received: text.to_owned(),
                    });
                }
            },
        };
        let end = begin + length.unwrap_or_default();
        if self.octets.len() < end {
            return Ok(None);
        }
        let body = length.map(|_| String::from_utf8_lossy(&self.octets[begin..end]).into_owned());
        self.octets.drain(..end);
        self.searched = 0;
        Ok(Some(Message { lines, body }))
    }

    /// Empty lines between messages mean nothing: FreeSWITCH ends some bodies with one.
    fn skip_empty_lines(&mut self) {
        let empty = self
            .octets
            .iter()
            .take_while(|octet| matches!(octet, b'\r' | b'\n'))
            .count();
        if empty > 0 {
            self.octets.drain(..empty);
            self.searched = 0;
        }
    }

    /// The head without the empty line that ends it, and where the body begins.
    fn head(&mut self) -> Option<(String, usize)> {
        let from = self.searched.saturating_sub(3);
        for at in from..self.octets.len() {
            if self.octets[at] != b'\n' {
                continue;
            }
            let rest = &self.octets[at + 1..];
            let empty_line = match rest {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ => continue,
            };
            let head = self.octets[..at].trim_ascii_end();
            let head = String::from_utf8_lossy(head).into_owned();
            return Some((head, at + 1 + empty_line));
        }
        self.searched = self.octets.len();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(decoder: &mut Decoder) -> Vec<Message> {
        std::iter::from_fn(|| decoder.next_message().unwrap()).collect()
    }

    #[test]
    fn messages_are_cut_wherever_reads_end() {
        let text = "Content-Type: auth/request\n\n\
                    content-length: 4\nContent-Type: api/response\n\n+OK\n\n\
                    auth ClueCon\r\n\r\n";
        for size in 1..text.len() {
            let mut decoder = Decoder::default();
            let mut messages = Vec::new();
            for octets in text.as_bytes().chunks(size) {
                decoder.push(octets);
                messages.extend(all(&mut decoder));
            }
            assert_eq!(messages.len(), 3, "pieces of {size}");
            assert_eq!(messages[0].content_type(), "auth/request");
            assert_eq!(messages[0].body(), None);
            assert_eq!(messages[1].body(), Some("+OK\n"));
            assert_eq!(messages[2].first_line(), "auth ClueCon");
        }
    }

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let message = Message::new()
            .with("Content-Type", "api/response")
            .with_body("uuid,direction\n\n0 total.\n");
        let mut decoder = Decoder::default();
        decoder.push(message.to_string().as_bytes());
        assert_eq!(decoder.next_message().unwrap(), Some(message));
    }

    #[test]
    fn streams_of_something_else_end_in_an_error() {
        let mut decoder = Decoder::default();
        decoder.push(b"Content-Length: -1\n\n");
        let received = "-1".to_owned();
        let max = BODY_MAX;
        assert_eq!(
            decoder.next_message(),
            Err(FramingError::Length { max, received })
        );
        let mut decoder = Decoder::default();
        decoder.push(&vec![b'x'; HEAD_MAX + 1]);
        let max = HEAD_MAX;
        assert_eq!(
            decoder.next_message(),
            Err(FramingError::HeadTooLong { max })
        );
    }
}
