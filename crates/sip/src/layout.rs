//! Where the parts of a message lie in its bytes.

use smallvec::SmallVec;

use crate::header_name::HeaderName;
use crate::octets::find;
use crate::span::Span;

/// One header field: where its name, value and whole line (folds and line end included) are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderSpan {
    /// The name as known to Gannet.
    pub id: HeaderName,
    /// The name as written. Empty when the line has no colon.
    pub name: Span,
    /// The value without the white space around it; folds inside are kept.
    pub value: Span,
    /// The whole field with its line end.
    pub line: Span,
}

/// The positions of every part of one message. Reusable: [`Layout::scan`] keeps its memory.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The start line without its line end. Empty lines before it are skipped (RFC 3261 7.5).
    pub start_line: Span,
    /// The header fields in order.
    pub headers: SmallVec<[HeaderSpan; 20]>,
    /// Everything after the empty line.
    pub body: Span,
    /// False when the bytes end before the empty line that closes the header.
    pub complete: bool,
}

impl Layout {
    /// Finds all parts of the message in `bytes`. Never fails: what is not SIP simply has a strange
    /// start line or header fields without a name.
    ///
    /// Line ends may be CRLF or a bare LF; a line that begins with a blank continues the one before
    /// it (RFC 3261 7.3.1).
    pub fn scan(&mut self, bytes: &[u8]) {
        self.headers.clear();
        let frame = Frame::find(bytes, |header| self.headers.push(header));
        self.start_line = frame.start_line;
        self.body = frame.body;
        self.complete = frame.complete;
    }
}

/// What surrounds the header fields of a message.
pub(crate) struct Frame {
    pub(crate) start_line: Span,
    /// One past the last header line.
    pub(crate) header_end: usize,
    pub(crate) body: Span,
    pub(crate) complete: bool,
}

impl Frame {
    /// Finds it, and gives `found` each header field on the way.
    #[inline]
    pub(crate) fn find(bytes: &[u8], mut found: impl FnMut(HeaderSpan)) -> Self {
        let mut at = 0;
        while let Some(b'\r' | b'\n') = bytes.get(at) {
            at += 1;
        }
        let (content_end, next) = line_at(bytes, at);
        let start_line = Span::new(at, content_end);
        at = next;
        let complete = loop {
            let (mut content_end, mut next) = line_at(bytes, at);
            if content_end == at {
                break next > at;
            }
            while let Some(b' ' | b'\t') = bytes.get(next) {
                (content_end, next) = line_at(bytes, next);
            }
            found(header_at(bytes, at, content_end, next));
            at = next;
        };
        let (_, body_start) = line_at(bytes, at);
        Self {
            start_line,
            header_end: at,
            body: Span::new(body_start, bytes.len()),
            complete,
        }
    }
}

/// The parts of a line that was found before.
pub(crate) fn header_again(bytes: &[u8], start: usize, next: usize) -> HeaderSpan {
    let line = &bytes[start..next];
    let content = line.strip_suffix(b"\n");
    let content = content.map_or(line, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    header_at(bytes, start, start + content.len(), next)
}

/// The end of the line's content and the start of the next line.
#[inline]
fn line_at(bytes: &[u8], at: usize) -> (usize, usize) {
    match find(b'\n', bytes, at) {
        Some(line_feed) => {
            let end = if line_feed > at && bytes[line_feed - 1] == b'\r' {
                line_feed - 1
            } else {
                line_feed
            };
            (end, line_feed + 1)
        }
        None => (bytes.len(), bytes.len()),
    }
}

#[inline]
fn header_at(bytes: &[u8], start: usize, end: usize, next: usize) -> HeaderSpan {
    let line = Span::new(start, next);
    let Some(colon) = find(b':', &bytes[..end], start) else {
        return HeaderSpan {
            id: HeaderName::Other,
            name: Span::new(start, start),
            value: Span::new(start, end),
            line,
        };
    };
    let mut name_end = colon;
    while name_end > start && is_blank(bytes[name_end - 1]) {
        name_end -= 1;
    }
    let mut value_start = colon + 1;
    while value_start < end && is_blank(bytes[value_start]) {
        value_start += 1;
    }
    let mut value_end = end;
    while value_end > value_start && is_blank(bytes[value_end - 1]) {
        value_end -= 1;
    }
    HeaderSpan {
        id: HeaderName::from_bytes(&bytes[start..name_end]),
        name: Span::new(start, name_end),
        value: Span::new(value_start, value_end),
        line,
    }
}

#[inline]
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(bytes: &[u8]) -> Layout {
        let mut layout = Layout::default();
        layout.scan(bytes);
        layout
    }

    #[test]
    fn parts_are_found_with_folding_compact_names_and_odd_spacing() {
        let bytes =
            b"\r\nINVITE sip:b SIP/2.0\r\nv  : a,\r\n b\r\nX-y:\r\nnocolon\r\nFrom:z \r\n\r\nbody";
        let layout = scanned(bytes);
        let text = |span: Span| std::str::from_utf8(span.of(bytes)).expect("ascii");
        assert_eq!(text(layout.start_line), "INVITE sip:b SIP/2.0");
        let found: Vec<_> = layout
            .headers
            .iter()
            .map(|h| (h.id, text(h.name), text(h.value)))
            .collect();
        assert_eq!(
            found,
            [
                (HeaderName::Via, "v", "a,\r\n b"),
                (HeaderName::Other, "X-y", ""),
                (HeaderName::Other, "", "nocolon"),
                (HeaderName::From, "From", "z"),
            ]
        );
        assert_eq!(text(layout.body), "body");
        assert!(layout.complete);
    }

    #[test]
    fn cut_messages_are_reported_incomplete() {
        for bytes in [
            &b""[..],
            b"\r\n",
            b"INVITE",
            b"INVITE\r\nVia: x",
            b"INVITE\r\nVia: x\r\n",
        ] {
            let layout = scanned(bytes);
            assert!(!layout.complete, "{bytes:?}");
            assert!(layout.body.is_empty());
        }
        assert!(scanned(b"A\n\n").complete);
    }

    #[test]
    fn every_header_line_and_the_body_add_up_to_the_whole() {
        let bytes = b"A b C\r\nx: 1\r\n 2\r\ny:3\n\r\nrest";
        let layout = scanned(bytes);
        let mut whole = bytes[..layout.start_line.end as usize + 2].to_vec();
        for header in &layout.headers {
            whole.extend_from_slice(header.line.of(bytes));
        }
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(layout.body.of(bytes));
        assert_eq!(whole, bytes);
    }
}
