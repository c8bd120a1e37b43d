use std::ops::Range;

use memchr::memmem;

use super::body::{BodyLen, braces, decimal, element};
use crate::model::{BodyMethod, BodyParser, LineEnds, Protocol};

/// Longest header, in bytes, that is waited for on a stream.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Longest body, in bytes, that is waited for on a stream.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What stands at the start of received bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Complete {
        /// Start line and header fields, with the last field separator, without the body separator.
        header: Range<usize>,
        /// The body; empty if there is none.
        body: Range<usize>,
        /// Bytes of the whole message.
        total: usize,
    },
    /// The start of a message; more bytes are needed. Datagrams never give this.
    Incomplete,
    /// This many bytes are line breaks before a message (RFC 3261 7.5), or keep-alives
    /// (RFC 5626 3.5.1).
    Blank(usize),
    /// This many bytes are not a message and never will be.
    Garbage(usize),
}

impl Protocol {
    /// Looks at the bytes that have been received on a stream, the oldest first.
    ///
    /// A body whose length nothing tells is taken as empty (RFC 3261 18.3), so that the next
    /// message is found.
    pub fn frame_stream(&self, bytes: &[u8]) -> Frame {
        self.frame(bytes, true)
    }

    /// Looks at what is left of a datagram.
    ///
    /// A body whose length nothing tells reaches to the end. A datagram that ends before the end of
    /// the body is no message (RFC 3261 18.3). Bytes after a message are looked at as another one.
    pub fn frame_datagram(&self, bytes: &[u8]) -> Frame {
        self.frame(bytes, false)
    }

    fn frame(&self, bytes: &[u8], stream: bool) -> Frame {
        let blank = line_breaks(bytes);
        if blank > 0 {
            return Frame::Blank(blank);
        }
        let Some(header_end) = self.header_end(bytes) else {
            return if stream && bytes.len() <= HEADER_BYTES_MAX {
                Frame::Incomplete
            } else {
                Frame::Garbage(bytes.len())
            };
        };
        let body_start = header_end + self.body_separator.len();
        let rest = &bytes[body_start..];
        let body_len = match self.body_len(&bytes[..header_end], rest) {
            BodyLen::Known(len) if len <= rest.len() => len,
            BodyLen::Known(len) if stream && len <= BODY_BYTES_MAX => return Frame::Incomplete,
            BodyLen::More if stream && rest.len() <= BODY_BYTES_MAX => return Frame::Incomplete,
            BodyLen::More if !stream => rest.len(),
            BodyLen::Known(_) | BodyLen::More | BodyLen::Absurd => {
                // On a stream another message may come right after the header.
                return Frame::Garbage(if stream { body_start } else { bytes.len() });
            }
            BodyLen::Untold => {
                if stream {
                    0
                } else {
                    rest.len()
                }
            }
        };
        let total = body_start + body_len;
        Frame::Complete {
            header: 0..header_end,
            body: body_start..total,
            total,
        }
    }

    /// The end of the field separator that the body separator follows.
    fn header_end(&self, bytes: &[u8]) -> Option<usize> {
        let (field, body) = (&*self.field_separator, &*self.body_separator);
        let mut both = [0_u8; SEPARATORS_BYTES_MAX];
        let len = field.len() + body.len();
        if let Some(both) = both.get_mut(..len) {
            both[..field.len()].copy_from_slice(field);
            both[field.len()..].copy_from_slice(body);
            return memmem::find(bytes, both).map(|at| at + field.len());
        }
        memmem::find_iter(bytes, body).find(|at| bytes[..*at].ends_with(field))
    }

    fn body_len(&self, header: &[u8], rest: &[u8]) -> BodyLen {
        for method in &self.body_methods {
            match method {
                BodyMethod::Length(field) => {
                    let field = &self.fields[field.index()];
                    if let Some(range) = field.read_value(header, LineEnds::Kept) {
                        return decimal(&header[range]).map_or(BodyLen::Absurd, BodyLen::Known);
                    }
                    if rest.is_empty() {
                        return BodyLen::Known(0);
                    }
                }
                BodyMethod::Parser(BodyParser::Msrp) => return BodyLen::Known(rest.len()),
                BodyMethod::Parser(BodyParser::H248) => {
                    return braces(rest, usize::from(self.body_separator.contains(&b'{')));
                }
                BodyMethod::Parser(BodyParser::Xml) => {
                    let len = element(rest);
                    if !matches!(len, BodyLen::Untold) {
                        return len;
                    }
                }
            }
        }
        BodyLen::Untold
    }
}

/// Separators that are looked for as one; longer ones take a slower way.
const SEPARATORS_BYTES_MAX: usize = 32;

/// The number of carriage returns and line feeds at the start.
fn line_breaks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
}
