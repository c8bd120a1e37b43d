//! Where a message ends in a stream (RFC 3261 18.3).

use memchr::{memchr, memmem};

/// Longest header that is waited for, in bytes.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// Longest body that is waited for, in bytes.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What stands at the start of received bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message of that length.
    Message(usize),
    /// So many bytes keep the connection open (RFC 5626 3.5.1) or stand before a message.
    Blank(usize),
    /// More bytes are needed.
    Incomplete,
    /// So many bytes are no message and never will be.
    Garbage(usize),
}

/// Looks at the oldest bytes of a stream that were not taken yet. Without a length there is no body.
pub(super) fn frame(bytes: &[u8]) -> Frame {
    let blank = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n' | 0))
        .count();
    if blank > 0 {
        return Frame::Blank(blank);
    }
    let Some(end) = memmem::find(bytes, b"\r\n\r\n") else {
        return if bytes.len() > HEADER_BYTES_MAX {
            Frame::Garbage(bytes.len())
        } else {
            Frame::Incomplete
        };
    };
    let header = end + 4;
    let body = match content_length(&bytes[..end + 2]) {
        Length::None => 0,
        Length::Of(length) if length <= BODY_BYTES_MAX => length,
        // Another message may come right after the header.
        Length::Of(_) | Length::Absurd => return Frame::Garbage(header),
    };
    if bytes.len() < header + body {
        Frame::Incomplete
    } else {
        Frame::Message(header + body)
    }
}

enum Length {
    None,
    Of(usize),
    Absurd,
}

/// The value of `Content-Length`, or of its compact form `l`.
fn content_length(header: &[u8]) -> Length {
    let mut rest = header;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        let is_candidate = matches!(line.first(), Some(b'C' | b'c' | b'L' | b'l'));
        let Some(colon) = memchr(b':', line).filter(|_| is_candidate) else {
            continue;
        };
        let name = line[..colon].trim_ascii_end();
        if !name.eq_ignore_ascii_case(b"content-length") && !name.eq_ignore_ascii_case(b"l") {
            continue;
        }
        let value = line[colon + 1..].trim_ascii();
        return value
            .iter()
            .try_fold(0_usize, |sum, digit| {
                let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
                sum.checked_mul(10)?.checked_add(digit)
            })
            .filter(|_| !value.is_empty())
            .map_or(Length::Absurd, Length::Of);
    }
    Length::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_length_says() {
        for (bytes, expected) in [
            ("A\r\n\r\n", Frame::Message(5)),
            ("A\r\nl: 3\r\n\r\nabcdef", Frame::Message(14)),
            ("A\r\ncontent-LENGTH :  2 \r\n\r\nabX", Frame::Message(29)),
            ("A\r\nContent-Length: 4\r\n\r\nabc", Frame::Incomplete),
            ("A\r\nContent-Length: 4\r\n", Frame::Incomplete),
            ("A\r\nl: x\r\n\r\nB", Frame::Garbage(11)),
            ("A\r\nl:\r\n\r\nB", Frame::Garbage(9)),
            ("A\r\nl: 99999999\r\n\r\nB", Frame::Garbage(18)),
            (
                "A\r\nl: 99999999999999999999999\r\n\r\nB",
                Frame::Garbage(33),
            ),
            ("\r\n\r\n", Frame::Blank(4)),
            ("\0\0\0\0A", Frame::Blank(4)),
            ("", Frame::Incomplete),
        ] {
            assert_eq!(frame(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_header_without_end_is_given_up() {
        let bytes = vec![b'x'; HEADER_BYTES_MAX + 1];
        assert_eq!(frame(&bytes), Frame::Garbage(bytes.len()));
    }
}
