//! Building messages: right ones easily, wrong ones too.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use bytes::Bytes;

use crate::header_name::HeaderName;
use crate::message::Message;
use crate::method::Method;
use crate::name_addr_parts::NameAddrParts;
use crate::params;
use crate::reason::reason_phrase;
use crate::start_line::StartLine;

/// Header lines that most messages have room in.
const LINES_USUAL: usize = 16;

/// Collects a start line, header fields and a body. It writes what it is given: nothing is checked,
/// nothing is added but Content-Length, and that only while [`ContentLength::Auto`] is set.
#[derive(Debug, Clone)]
pub struct MessageBuilder {
    start_line: Vec<u8>,
    lines: Vec<Line>,
    body: Bytes,
    content_length: ContentLength,
}

/// What Content-Length a built message gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentLength {
    /// The right one, in place if the field is there, else at the end.
    Auto,
    /// Only what the header lines say.
    AsWritten,
}

/// One header line of a message that is being built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The name as known to Gannet.
    pub id: HeaderName,
    /// The name as it will be written.
    pub name: Cow<'static, str>,
    /// The value as it will be written; the bytes of a raw line without its end if `raw`.
    pub value: Vec<u8>,
    /// Between name and value, `": "` in most messages.
    pub separator: Cow<'static, str>,
    /// True: only `value` is written.
    pub raw: bool,
}

impl Line {
    /// A line of the usual form.
    pub fn new(name: impl Into<FieldName>, value: impl Into<Vec<u8>>) -> Self {
        let FieldName { id, text } = name.into();
        Self {
            id,
            name: text,
            value: value.into(),
            separator: Cow::Borrowed(": "),
            raw: false,
        }
    }
}

/// A header field name for building: a known one or any text.
#[derive(Debug, Clone)]
pub struct FieldName {
    id: HeaderName,
    text: Cow<'static, str>,
}

impl From<HeaderName> for FieldName {
    fn from(id: HeaderName) -> Self {
        Self {
            id,
            text: Cow::Borrowed(id.as_str()),
        }
    }
}

impl From<&str> for FieldName {
    fn from(text: &str) -> Self {
        Self {
            id: HeaderName::from_bytes(text.as_bytes()),
            text: Cow::Owned(text.to_owned()),
        }
    }
}

impl From<String> for FieldName {
    fn from(text: String) -> Self {
        Self {
            id: HeaderName::from_bytes(text.as_bytes()),
            text: Cow::Owned(text),
        }
    }
}

impl MessageBuilder {
    /// A request with `SIP/2.0`.
    pub fn request(method: &Method, uri: impl fmt::Display) -> Self {
        Self::raw(written(format_args!("{method} {uri} SIP/2.0")))
    }

    /// A response; the phrase is that of RFC 3261 21 or its extension.
    pub fn response(code: u16) -> Self {
        Self::response_with_reason(code, reason_phrase(code))
    }

    /// A response with a phrase of one's own.
    pub fn response_with_reason(code: u16, reason: &str) -> Self {
        Self::raw(format!("SIP/2.0 {code} {reason}"))
    }

    /// Any start line at all.
    pub fn raw(start_line: impl Into<Vec<u8>>) -> Self {
        Self {
            start_line: start_line.into(),
            lines: Vec::with_capacity(LINES_USUAL),
            body: Bytes::new(),
            content_length: ContentLength::Auto,
        }
    }

    /// A builder that gives `message` back byte for byte, apart from bare-LF line ends, until it is
    /// changed.
    pub fn from_message(message: &Message) -> Self {
        let bytes = message.bytes();
        let lines = message
            .headers()
            .map(|header| {
                let without_end = |line: &'_ [u8]| {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    line.strip_suffix(b"\r").unwrap_or(line).to_vec()
                };
                Line {
                    id: header.id,
                    name: Cow::Owned(header.name_text().into_owned()),
                    value: without_end(header.line),
                    separator: Cow::Borrowed(""),
                    raw: true,
                }
            })
            .collect();
        Self {
            start_line: bytes[message.layout().start_line.range()].to_vec(),
            lines,
            body: bytes.slice(message.layout().body.range()),
            content_length: ContentLength::AsWritten,
        }
    }

    /// Appends a field.
    pub fn header(mut self, name: impl Into<FieldName>, value: impl Into<Vec<u8>>) -> Self {
        self.push(name, value);
        self
    }

    /// Appends a field.
    pub fn push(&mut self, name: impl Into<FieldName>, value: impl Into<Vec<u8>>) {
        self.lines.push(Line::new(name, value));
    }

    /// Appends a field with a value that is written here.
    pub fn push_value(&mut self, name: impl Into<FieldName>, value: impl fmt::Display) {
        self.push(name, written(format_args!("{value}")));
    }

    /// Puts a field before all others.
    pub fn push_front(&mut self, name: impl Into<FieldName>, value: impl Into<Vec<u8>>) {
        self.lines.insert(0, Line::new(name, value));
    }

    /// Appends a line exactly as given; the line end is added.
    pub fn raw_line(mut self, line: impl Into<Vec<u8>>) -> Self {
        let value = line.into();
        let name_end = value.iter().position(|&byte| byte == b':').unwrap_or(0);
        let id = HeaderName::from_bytes(value[..name_end].trim_ascii());
        let name = Cow::Owned(String::from_utf8_lossy(&value[..name_end]).into_owned());
        self.lines.push(Line {
            id,
            name,
            value,
            separator: Cow::Borrowed(""),
            raw: true,
        });
        self
    }

    /// Gives the first field of this name a new value and removes the others; appends it if there
    /// was none.
    pub fn set(&mut self, name: impl Into<FieldName>, value: impl Into<Vec<u8>>) {
        let line = Line::new(name, value);
        match self.lines.iter().position(|known| line.same_name(known)) {
            Some(at) => {
                let mut index = 0;
                self.lines.retain(|known| {
                    index += 1;
                    index - 1 == at || !line.same_name(known)
                });
                self.lines[at] = line;
            }
            None => self.lines.push(line),
        }
    }

    /// Removes every field of this name; true if there was one.
    pub fn remove(&mut self, name: impl Into<FieldName>) -> bool {
        let line = Line::new(name, Vec::new());
        let before = self.lines.len();
        self.lines.retain(|known| !line.same_name(known));
        self.lines.len() != before
    }

    /// True if a field of this name is there.
    pub fn has(&self, name: impl Into<FieldName>) -> bool {
        let line = Line::new(name, Vec::new());
        self.lines.iter().any(|known| line.same_name(known))
    }

    /// The start line.
    pub fn start_line_mut(&mut self) -> &mut Vec<u8> {
        &mut self.start_line
    }

    /// The header lines, for reordering and rewriting.
    pub fn lines_mut(&mut self) -> &mut Vec<Line> {
        &mut self.lines
    }

    /// Sets the body and, unless it is empty, Content-Type.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.set_body(content_type, body);
        self
    }

    /// Sets the body and, unless it is empty, Content-Type.
    pub fn set_body(&mut self, content_type: &str, body: impl Into<Bytes>) {
        self.body = body.into();
        if content_type.is_empty() {
            self.remove(HeaderName::ContentType);
        } else {
            self.set(HeaderName::ContentType, content_type);
        }
        self.content_length = ContentLength::Auto;
    }

    /// The Request-URI of a request; `None` for a response, or if the start line is no request line.
    pub fn request_uri_text(&self) -> Option<&str> {
        match StartLine::read(&self.start_line) {
            StartLine::Request { uri, .. } => Some(uri),
            _ => None,
        }
    }

    /// The value of the first field of this name, as it will be written.
    pub fn text(&self, name: HeaderName) -> Option<&str> {
        let line = self.lines.iter().find(|line| line.id == name)?;
        let text = std::str::from_utf8(&line.value).ok()?;
        if line.raw {
            return text.split_once(':').map(|(_, value)| value.trim());
        }
        Some(text)
    }

    /// The tag of From or To, as [`Message::tag`] gives it.
    pub fn tag(&self, name: HeaderName) -> Option<&str> {
        let parts = NameAddrParts::split(name.as_str(), self.text(name)?).ok()?;
        params::get(parts.params, "tag")
    }

    /// The body so far.
    pub const fn body_bytes(&self) -> &Bytes {
        &self.body
    }

    /// Chooses how Content-Length comes about.
    pub fn content_length(mut self, content_length: ContentLength) -> Self {
        self.content_length = content_length;
        self
    }

    /// Writes the message.
    pub fn build(&self) -> Bytes {
        let length = self.body.len().to_string();
        let mut size = 0;
        self.each_piece(&length, |piece| size += piece.len());
        // Messages are kept: no memory beyond their octets.
        let mut out = Vec::with_capacity(size);
        self.each_piece(&length, |piece| out.extend_from_slice(piece));
        out.into()
    }

    /// The pieces of the message in order. `length` is that of the body, as text.
    fn each_piece(&self, length: &str, mut take: impl FnMut(&[u8])) {
        const END: &[u8] = b"\r\n";
        take(&self.start_line);
        take(END);
        let auto = self.content_length == ContentLength::Auto;
        let mut length_written = false;
        for line in &self.lines {
            let is_length = auto && line.id == HeaderName::ContentLength;
            if is_length && length_written {
                continue;
            }
            if !line.raw || is_length {
                take(line.name.as_bytes());
                let separator = if line.raw { ": " } else { &line.separator };
                take(separator.as_bytes());
            }
            take(if is_length {
                length.as_bytes()
            } else {
                &line.value
            });
            take(END);
            length_written |= is_length;
        }
        if auto && !length_written {
            take(HeaderName::ContentLength.as_str().as_bytes());
            take(b": ");
            take(length.as_bytes());
            take(END);
        }
        take(END);
        take(&self.body);
    }

    /// Writes the message and reads it again.
    pub fn message(&self) -> Message {
        Message::parse(self.build())
    }
}

impl Line {
    fn same_name(&self, other: &Self) -> bool {
        match self.id {
            HeaderName::Other => self.name.eq_ignore_ascii_case(&other.name),
            known => known == other.id,
        }
    }
}

/// The text of a value, in room for what header fields usually have.
fn written(value: fmt::Arguments<'_>) -> String {
    const USUAL: usize = 96;
    let mut out = String::with_capacity(USUAL);
    // Writing into a string cannot fail.
    let _ = out.write_fmt(value);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_length_is_right_unless_told_otherwise() {
        let built = MessageBuilder::response(200)
            .header("X", "1")
            .body("a/b", "four")
            .build();
        assert_eq!(
            built,
            "SIP/2.0 200 OK\r\nX: 1\r\nContent-Type: a/b\r\nContent-Length: 4\r\n\r\nfour"
        );
        let wrong = MessageBuilder::raw("nonsense")
            .raw_line("l : 99")
            .content_length(ContentLength::AsWritten)
            .build();
        assert_eq!(wrong, "nonsense\r\nl : 99\r\n\r\n");
    }

    #[test]
    fn a_message_comes_back_byte_for_byte() {
        let bytes = "OPTIONS sip:a SIP/2.0\r\nvia  :x,\r\n y\r\nnocolon\r\nl:9\r\n\r\nbody";
        let message = Message::parse(bytes.as_bytes());
        assert_eq!(MessageBuilder::from_message(&message).build(), bytes);
    }

    #[test]
    fn set_replaces_the_first_and_removes_the_rest() {
        let mut builder = MessageBuilder::request(&Method::Bye, "sip:a")
            .header("v", "1")
            .header("X-a", "2")
            .header(HeaderName::Via, "3");
        builder.set("VIA", "4");
        assert!(builder.has("x-A"));
        assert!(builder.remove("x-a"));
        let expected = "BYE sip:a SIP/2.0\r\nVIA: 4\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(builder.build(), expected);
    }
}
