//! Where the parts of a message lie in its bytes.

use memchr::memchr;
use smallvec::SmallVec;

use crate::header_name::HeaderName;
use crate::method::Method;
use crate::span::Span;
use crate::start_line::StartLine;

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
    /// What the start line is.
    pub(crate) kind: Kind,
    /// The header fields in order.
    marks: SmallVec<[Mark; 20]>,
    /// One past the last header line.
    header_end: u32,
    /// Everything after the empty line.
    pub body: Span,
    /// False when the bytes end before the empty line that closes the header.
    pub complete: bool,
}

/// [`Method::KNOWN`], once.
pub(crate) static METHODS: [Method; Method::KNOWN.len()] = Method::KNOWN;

/// What a start line is, for those who ask that of each message several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// Neither a request nor a response.
    #[default]
    Malformed,
    /// A response with this code.
    Status(u16),
    /// A request, with the place of its method in [`METHODS`].
    Request(Option<u8>),
}

impl Kind {
    fn of(start_line: &[u8]) -> Self {
        match StartLine::read(start_line) {
            StartLine::Request { method, .. } => {
                let known = METHODS.iter().position(|it| it.as_str() == method);
                Self::Request(known.map(|place| place as u8))
            }
            StartLine::Status { code, .. } => Self::Status(code),
            StartLine::Malformed(_) => Self::Malformed,
        }
    }
}

/// What is kept of a header field: eight bytes, because messages are kept by the hundred thousand.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Where the line starts; it ends where the next one starts.
    start: u32,
    id: HeaderName,
    /// Length of the name; [`FAR`] if it is to be looked for, like the two below.
    name_len: u8,
    /// From the start of the line to the value.
    to_value: u8,
    /// From the end of the value to the end of the line.
    behind_value: u8,
}

/// Does not fit into a [`Mark`].
const FAR: u8 = u8::MAX;

impl Layout {
    /// Finds all parts of the message in `bytes`. Never fails: what is not SIP simply has a strange
    /// start line or header fields without a name.
    ///
    /// Line ends may be CRLF or a bare LF; a line that begins with a blank continues the one before
    /// it (RFC 3261 7.3.1).
    pub fn scan(&mut self, bytes: &[u8]) {
        self.marks.clear();
        self.complete = false;
        let mut at = 0;
        while let Some(b'\r' | b'\n') = bytes.get(at) {
            at += 1;
        }
        let (content_end, next) = line_at(bytes, at);
        self.start_line = Span::new(at, content_end);
        self.kind = Kind::of(self.start_line.of(bytes));
        at = next;
        loop {
            let (mut content_end, mut next) = line_at(bytes, at);
            if content_end == at {
                self.complete = next > at;
                break;
            }
            while let Some(b' ' | b'\t') = bytes.get(next) {
                (content_end, next) = line_at(bytes, next);
            }
            let span = header_at(bytes, at, content_end, next);
            self.marks.push(Mark::of(&span));
            at = next;
        }
        self.header_end = at as u32;
        let (_, body_start) = line_at(bytes, at);
        self.body = Span::new(body_start, bytes.len());
    }

    /// The header fields in order. `bytes` are those that were scanned.
    pub fn headers<'a>(
        &'a self,
        bytes: &'a [u8],
    ) -> impl DoubleEndedIterator<Item = HeaderSpan> + 'a {
        (0..self.marks.len()).map(|index| self.header(index, bytes))
    }

    /// Those with this name.
    pub fn headers_named<'a>(
        &'a self,
        name: HeaderName,
        bytes: &'a [u8],
    ) -> impl DoubleEndedIterator<Item = HeaderSpan> + 'a {
        (0..self.marks.len())
            .filter(move |&index| self.marks[index].id == name)
            .map(|index| self.header(index, bytes))
    }

    /// How many there are with this name.
    pub fn count(&self, name: HeaderName) -> usize {
        self.marks.iter().filter(|mark| mark.id == name).count()
    }

    fn header(&self, index: usize, bytes: &[u8]) -> HeaderSpan {
        let mark = self.marks[index];
        let end = match self.marks.get(index + 1) {
            Some(next) => next.start,
            None => self.header_end,
        };
        if FAR == mark.name_len.max(mark.to_value).max(mark.behind_value) {
            return header_again(bytes, mark.start as usize, end as usize);
        }
        let start = mark.start;
        let span = |start, end| Span { start, end };
        HeaderSpan {
            id: mark.id,
            name: span(start, start + u32::from(mark.name_len)),
            value: span(
                start + u32::from(mark.to_value),
                end - u32::from(mark.behind_value),
            ),
            line: span(start, end),
        }
    }
}

impl Mark {
    fn of(header: &HeaderSpan) -> Self {
        let near = |length: u32| u8::try_from(length).unwrap_or(FAR);
        Self {
            start: header.line.start,
            id: header.id,
            name_len: near(header.name.end - header.line.start),
            to_value: near(header.value.start - header.line.start),
            behind_value: near(header.line.end - header.value.end),
        }
    }
}

/// The parts of a line that was found before.
fn header_again(bytes: &[u8], start: usize, next: usize) -> HeaderSpan {
    let line = &bytes[start..next];
    let content = line.strip_suffix(b"\n");
    let content = content.map_or(line, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    header_at(bytes, start, start + content.len(), next)
}

/// The end of the line's content and the start of the next line.
#[inline]
fn line_at(bytes: &[u8], at: usize) -> (usize, usize) {
    match memchr(b'\n', &bytes[at..]) {
        Some(offset) => {
            let line_feed = at + offset;
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
    let Some(offset) = bytes[start..end].iter().position(|&byte| byte == b':') else {
        return HeaderSpan {
            id: HeaderName::Other,
            name: Span::new(start, start),
            value: Span::new(start, end),
            line,
        };
    };
    let colon = start + offset;
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
            .headers(bytes)
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
    fn long_names_blanks_and_ends_are_found_again() {
        let (name, blanks) = ("X".repeat(300), " ".repeat(300));
        for (line, expected) in [
            (format!("{name}: v\r\n"), (name.as_str(), "v")),
            (format!("a:{blanks}v\n"), ("a", "v")),
            (format!("a: v{blanks}\r\n {blanks}\r\n"), ("a", "v")),
            (format!("{name}\r\n"), ("", name.as_str())),
            (format!("{name}: v\r"), (name.as_str(), "v")),
            (format!("{name}\r"), ("", &format!("{name}\r"))),
        ] {
            let text = format!("A b C\r\nb: 1\r\n{line}");
            let layout = scanned(text.as_bytes());
            let header = layout.headers(text.as_bytes()).nth(1).expect("a field");
            let of = |span: Span| &text[span.range()];
            assert_eq!((of(header.name), of(header.value)), expected, "{line:?}");
            assert_eq!(of(header.line), line);
        }
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
        for header in layout.headers(bytes) {
            whole.extend_from_slice(header.line.of(bytes));
        }
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(layout.body.of(bytes));
        assert_eq!(whole, bytes);
    }
}
