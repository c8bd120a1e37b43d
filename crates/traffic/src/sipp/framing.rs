//! Where a message ends in a stream (RFC 3261 18.3).

use gannet_sip::{HeaderName, Layout};

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

/// Looks at the oldest bytes of a stream that were not taken yet; `layout` is that of the message if
/// there is one. Without a length there is no body.
pub(super) fn frame(bytes: &[u8], layout: &mut Layout) -> Frame {
    let blank = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n' | 0))
        .count();
    if blank > 0 {
        return Frame::Blank(blank);
    }
    layout.scan(bytes);
    if !layout.complete {
        return if bytes.len() > HEADER_BYTES_MAX {
            Frame::Garbage(bytes.len())
        } else {
            Frame::Incomplete
        };
    }
    let header = layout.body.start as usize;
    let length = layout
        .headers
        .iter()
        .find(|line| line.id == HeaderName::ContentLength);
    let body = match length.map(|line| content_length(&bytes[line.value.range()])) {
        None => 0,
        Some(Some(length)) if length <= BODY_BYTES_MAX => length,
        // Another message may come right after the header.
        Some(_) => return Frame::Garbage(header),
    };
    let end = header + body;
    if bytes.len() < end {
        return Frame::Incomplete;
    }
    layout.body.end = end as u32;
    Frame::Message(end)
}

/// The value of `Content-Length`; `None` if it is no number.
fn content_length(value: &[u8]) -> Option<usize> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0_usize, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
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
            ("A\r\nB: c\r\n\r", Frame::Incomplete),
        ] {
            let mut layout = Layout::default();
            let found = frame(bytes.as_bytes(), &mut layout);
            assert_eq!(found, expected, "{bytes:?}");
            if let Frame::Message(length) = found {
                assert_eq!(layout.body.end as usize, length, "{bytes:?}");
            }
        }
    }

    #[test]
    fn a_header_without_end_is_given_up() {
        let bytes = vec![b'x'; HEADER_BYTES_MAX + 1];
        let mut layout = Layout::default();
        assert_eq!(frame(&bytes, &mut layout), Frame::Garbage(bytes.len()));
    }
}
