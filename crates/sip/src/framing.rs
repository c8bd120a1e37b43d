//! Cutting a byte stream into messages by Content-Length (RFC 3261 18.3) and keep-alives
//! (RFC 5626 3.5.1).

use bytes::{Bytes, BytesMut};
use memchr::memmem;
use thiserror::Error;

use crate::header_name::HeaderName;
use crate::message::Message;

/// Limits of a stream. What goes past them breaks the stream: there is no way to find the next
/// message again.
#[derive(Debug, Clone, Copy)]
pub struct FramingLimits {
    /// Longest start line with header, in bytes.
    pub header_bytes_max: usize,
    /// Longest body, in bytes.
    pub body_bytes_max: usize,
}

impl Default for FramingLimits {
    fn default() -> Self {
        Self {
            header_bytes_max: 64 * 1024,
            body_bytes_max: 1024 * 1024,
        }
    }
}

/// One thing found in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A whole message.
    Message(Bytes),
    /// CRLF CRLF between messages: the peer wants a single CRLF back.
    Ping,
    /// A single CRLF between messages: the answer to a ping. When a ping arrives cut in half its
    /// first CRLF is given out as a pong.
    Pong,
}

/// Why the stream cannot be read on. The connection must be closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FramingError {
    /// The header does not end within the limit.
    #[error("no end of header within {limit} bytes")]
    HeaderTooLong {
        /// The limit that was reached.
        limit: usize,
    },
    /// Over a stream every message needs Content-Length (RFC 3261 20.14).
    #[error("message without Content-Length on a stream: {start_line}")]
    NoContentLength {
        /// The first line of the message.
        start_line: String,
    },
    /// Content-Length is no number or too large.
    #[error("Content-Length \"{value}\" cannot be used (at most {limit})")]
    BadContentLength {
        /// The value as received.
        value: String,
        /// The largest body that is let in.
        limit: usize,
    },
}

/// Cuts a stream into frames. Feed with [`StreamFramer::push`], then take frames with
/// [`StreamFramer::next_frame`] until it gives `Ok(None)`; after an error it stays broken.
#[derive(Debug, Default)]
pub struct StreamFramer {
    limits: FramingLimits,
    buffer: BytesMut,
    /// How far the buffer has been searched for the end of the header, so that a header that comes
    /// byte by byte is not searched again and again.
    searched: usize,
    /// A single CRLF was just given out: a second one makes the pair a ping.
    after_pong: bool,
    /// Single CRLFs that answer pings of our own.
    pongs_expected: usize,
    broken: Option<FramingError>,
}

impl StreamFramer {
    /// An empty framer.
    pub fn new(limits: FramingLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// A ping was sent the other way: the next single CRLF is its answer, and no half of a ping.
    pub fn expect_pong(&mut self) {
        self.pongs_expected += 1;
    }

    /// Bytes that wait for the rest of their message.
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame; `Ok(None)` when more bytes are needed.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FramingError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let result = self.read_frame();
        if let Err(error) = &result {
            self.broken = Some(error.clone());
            self.buffer.clear();
        }
        result
    }

    fn read_frame(&mut self) -> Result<Option<Frame>, FramingError> {
        match &self.buffer[..] {
            [] | [b'\r'] | [b'\r', b'\n', b'\r'] => return Ok(None),
            [b'\r', b'\n', b'\r', b'\n', ..] => {
                let _ = self.buffer.split_to(4);
                return Ok(Some(Frame::Ping));
            }
            [b'\r', b'\n', ..] => {
                let _ = self.buffer.split_to(2);
                if self.pongs_expected > 0 {
                    self.pongs_expected -= 1;
                    self.after_pong = false;
                    return Ok(Some(Frame::Pong));
                }
                self.after_pong = !self.after_pong;
                return Ok(Some(if self.after_pong {
                    Frame::Pong
                } else {
                    Frame::Ping
                }));
            }
            _ => self.after_pong = false,
        }
        let from = self.searched.saturating_sub(3);
        let Some(header_end) = find_header_end(&self.buffer[from..]).map(|at| at + from) else {
            self.searched = self.buffer.len();
            let limit = self.limits.header_bytes_max;
            if self.buffer.len() > limit {
                return Err(FramingError::HeaderTooLong { limit });
            }
            return Ok(None);
        };
        let header = Message::parse(Bytes::copy_from_slice(&self.buffer[..header_end]));
        let total = header_end + self.body_length(&header)?;
        if self.buffer.len() < total {
            return Ok(None);
        }
        self.searched = 0;
        Ok(Some(Frame::Message(self.buffer.split_to(total).freeze())))
    }

    fn body_length(&self, header: &Message) -> Result<usize, FramingError> {
        let limit = self.limits.body_bytes_max;
        let Some(text) = header.text(HeaderName::ContentLength) else {
            let raw = &header.bytes()[header.layout().start_line.range()];
            let start_line = String::from_utf8_lossy(raw).into_owned();
            return Err(FramingError::NoContentLength { start_line });
        };
        match header.number(HeaderName::ContentLength) {
            Ok(length) if length as usize <= limit => Ok(length as usize),
            _ => Err(FramingError::BadContentLength {
                value: text.into_owned(),
                limit,
            }),
        }
    }
}

/// One past the empty line that ends the header, for CRLF and bare LF line ends.
fn find_header_end(bytes: &[u8]) -> Option<usize> {
    let strict = memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4);
    let bare = memmem::find(bytes, b"\n\n").map(|at| at + 2);
    match (strict, bare) {
        (Some(strict), Some(bare)) => Some(strict.min(bare)),
        (strict, bare) => strict.or(bare),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[u8] = b"A sip:b SIP/2.0\r\nl: 3\r\n\r\nxyz";
    const TWO: &[u8] = b"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

    fn frames(framer: &mut StreamFramer) -> Vec<Frame> {
        std::iter::from_fn(|| framer.next_frame().expect("an unbroken stream")).collect()
    }

    #[test]
    fn messages_come_whole_however_the_stream_is_cut() {
        let stream = [ONE, b"\r\n\r\n", TWO, b"\r\n", ONE].concat();
        let expected = [
            Frame::Message(Bytes::from_static(ONE)),
            Frame::Ping,
            Frame::Message(Bytes::from_static(TWO)),
            Frame::Pong,
            Frame::Message(Bytes::from_static(ONE)),
        ];
        for size in [1, 2, 3, 7, 1000] {
            let mut framer = StreamFramer::default();
            let mut found = Vec::new();
            for piece in stream.chunks(size) {
                framer.push(piece);
                found.extend(frames(&mut framer));
            }
            found.dedup_by(|ping, pong| {
                let cut_ping = (&*pong, &*ping) == (&Frame::Pong, &Frame::Ping);
                if cut_ping {
                    *pong = Frame::Ping;
                }
                cut_ping
            });
            assert_eq!(found, expected, "{size}");
        }
    }

    #[test]
    fn streams_that_cannot_be_cut_are_broken_for_good() {
        let cases: [&[u8]; 3] = [
            b"A sip:b SIP/2.0\r\nVia: x\r\n\r\n",
            b"A sip:b SIP/2.0\r\nContent-Length: nine\r\n\r\n",
            b"A sip:b SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n",
        ];
        for case in cases {
            let mut framer = StreamFramer::default();
            framer.push(case);
            assert!(framer.next_frame().is_err());
            framer.push(TWO);
            assert!(framer.next_frame().is_err());
        }
        let mut framer = StreamFramer::new(FramingLimits {
            header_bytes_max: 10,
            body_bytes_max: 1,
        });
        framer.push(b"AAAAAAAAAAAAAAAA");
        assert_eq!(
            framer.next_frame(),
            Err(FramingError::HeaderTooLong { limit: 10 })
        );
    }

    #[test]
    fn answers_to_pings_of_our_own_are_no_halves_of_pings() {
        let mut framer = StreamFramer::new(FramingLimits::default());
        for _ in 0..3 {
            framer.expect_pong();
            framer.push(b"\r\n");
            assert_eq!(framer.next_frame(), Ok(Some(Frame::Pong)));
        }
        framer.push(b"\r\n");
        assert_eq!(framer.next_frame(), Ok(Some(Frame::Pong)), "nobody asked");
        framer.push(b"\r\n");
        assert_eq!(framer.next_frame(), Ok(Some(Frame::Ping)), "cut in half");
    }
}
