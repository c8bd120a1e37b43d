//! Where the parts of a message that is kept lie in its bytes.

use std::sync::OnceLock;

use smallvec::SmallVec;

use crate::header_name::HeaderName;
use crate::layout::{Frame, HeaderSpan, header_again};
use crate::method::Method;
use crate::span::Span;
use crate::start_line::StartLine;

/// The positions of every part of one message, as [`crate::Layout`] has them, in a third of its memory.
#[derive(Debug, Clone, Default)]
pub struct CompactLayout {
    /// The start line without its line end. Empty lines before it are skipped (RFC 3261 7.5).
    pub start_line: Span,
    /// What the start line is.
    pub(crate) kind: Kind,
    /// The header fields in order.
    marks: SmallVec<[Mark; 20]>,
    /// The names among them, one bit each.
    names: [u64; 2],
    /// Where the tags of From and To are, once somebody has asked.
    pub(crate) tags: [OnceLock<Option<Span>>; 2],
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

impl CompactLayout {
    /// Finds all parts of the message in `bytes`, as [`crate::Layout::scan`] does.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut marks = SmallVec::new();
        let mut names = [0; 2];
        let frame = Frame::find(bytes, |header| {
            let (word, bit) = bit_of(header.id);
            names[word] |= bit;
            marks.push(Mark::of(&header));
        });
        Self {
            start_line: frame.start_line,
            kind: Kind::of(frame.start_line.of(bytes)),
            marks,
            names,
            tags: [const { OnceLock::new() }; 2],
            header_end: frame.header_end as u32,
            body: frame.body,
            complete: frame.complete,
        }
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
        self.named(name)
            .iter()
            .enumerate()
            .filter(move |(_, mark)| mark.id == name)
            .map(|(index, _)| self.header(index, bytes))
    }

    /// True if there is one with this name.
    pub const fn has(&self, name: HeaderName) -> bool {
        let (word, bit) = bit_of(name);
        self.names[word] & bit != 0
    }

    /// How many there are with this name.
    pub fn count(&self, name: HeaderName) -> usize {
        let named = self.named(name).iter();
        named.filter(|mark| mark.id == name).count()
    }

    /// All fields if one has this name, else none: most that are asked for are not there.
    fn named(&self, name: HeaderName) -> &[Mark] {
        if self.has(name) { &self.marks } else { &[] }
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

/// The place of a name in [`CompactLayout::names`].
const fn bit_of(name: HeaderName) -> (usize, u64) {
    const { assert!((HeaderName::Other as usize) < 128) };
    let place = name as usize;
    (place / 64, 1 << (place % 64))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Layout;

    #[test]
    fn it_says_the_same_as_the_layout_that_is_not_compact() {
        for bytes in [
            &b"\r\nINVITE sip:b SIP/2.0\r\nv  : a,\r\n b\r\nX-y:\r\nnocolon\r\nFrom:z \r\n\r\nbody"
                [..],
            b"A b C\r\nx: 1\r\n 2\r\ny:3\n\r\nrest",
            b"INVITE\r\nVia: x",
            b"",
        ] {
            let mut layout = Layout::default();
            layout.scan(bytes);
            let compact = CompactLayout::of(bytes);
            let headers: Vec<_> = compact.headers(bytes).collect();
            assert_eq!(headers[..], layout.headers[..]);
            assert_eq!(
                (compact.start_line, compact.body, compact.complete),
                (layout.start_line, layout.body, layout.complete)
            );
        }
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
            let layout = CompactLayout::of(text.as_bytes());
            let header = layout.headers(text.as_bytes()).nth(1).expect("a field");
            let of = |span: Span| &text[span.range()];
            assert_eq!((of(header.name), of(header.value)), expected, "{line:?}");
            assert_eq!(of(header.line), line);
        }
    }
}
