//! One line of a session description, as received.

/// Lines that most descriptions of one medium have room in.
pub(crate) const LINES_USUAL: usize = 16;

/// How a line was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LineEnd {
    /// CR LF, the only end that RFC 8866 5 lets a sender use.
    #[default]
    CrLf,
    /// A lone LF, which RFC 8866 5 asks parsers to accept.
    Lf,
    /// The text stopped without a line end.
    None,
}

impl LineEnd {
    /// The octets of this line end.
    pub fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::CrLf => b"\r\n",
            Self::Lf => b"\n",
            Self::None => b"",
        }
    }
}

/// One line: its octets without the line end, and the line end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    content: Content,
    end: LineEnd,
}

/// The octets of a line; what is text is known to be text, because it is looked at often.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Content {
    Text(String),
    /// Not UTF-8.
    Octets(Vec<u8>),
}

impl Line {
    /// A line of `<kind>=<value>` ended by CR LF.
    pub fn new(kind: char, value: &str) -> Self {
        Self::raw(format!("{kind}={value}"), LineEnd::CrLf)
    }

    /// A line of any octets, well-formed or not.
    pub fn raw(bytes: impl Into<Vec<u8>>, end: LineEnd) -> Self {
        let content = match String::from_utf8(bytes.into()) {
            Ok(text) => Content::Text(text),
            Err(error) => Content::Octets(error.into_bytes()),
        };
        Self { content, end }
    }

    /// The octets without the line end.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Octets(octets) => octets,
        }
    }

    /// The line end.
    pub fn end(&self) -> LineEnd {
        self.end
    }

    /// The type letter, if the line has the form `<letter>=…` (RFC 8866 5).
    pub fn kind(&self) -> Option<char> {
        match self.bytes() {
            [kind, b'=', ..] if kind.is_ascii_alphabetic() => Some(char::from(*kind)),
            _ => None,
        }
    }

    /// The octets after `<letter>=`, empty for a line of another form.
    pub fn value_bytes(&self) -> &[u8] {
        if self.kind().is_some() {
            &self.bytes()[2..]
        } else {
            &[]
        }
    }

    /// The value as text: all of it, or the part before the first octet that
    /// is not UTF-8.
    pub fn value(&self) -> &str {
        match &self.content {
            Content::Text(text) if self.kind().is_some() => &text[2..],
            Content::Text(_) => "",
            Content::Octets(_) => valid_prefix(self.value_bytes()),
        }
    }

    /// The whole line as text, cut before the first octet that is not UTF-8.
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            Content::Octets(octets) => valid_prefix(octets),
        }
    }

    /// A line of text, which need not be looked through for octets that are none.
    pub(crate) const fn of_text(text: String, end: LineEnd) -> Self {
        let content = Content::Text(text);
        Self { content, end }
    }

    pub(crate) fn split(input: &[u8]) -> Vec<Self> {
        let mut lines = Vec::with_capacity(LINES_USUAL);
        let mut rest = input;
        while !rest.is_empty() {
            let Some(at) = rest.iter().position(|&octet| octet == b'\n') else {
                lines.push(Self::raw(rest, LineEnd::None));
                break;
            };
            let (line, end) = match rest[..at].split_last() {
                Some((b'\r', before)) => (before, LineEnd::CrLf),
                _ => (&rest[..at], LineEnd::Lf),
            };
            lines.push(Self::raw(line, end));
            rest = &rest[at + 1..];
        }
        lines
    }
}

/// What stands before and behind the first such ASCII character. Lines are short: looking at each octet
/// is quicker than the patterns of `str`.
#[inline]
pub(crate) fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|octet| octet == separator)?;
    Some((&text[..at], &text[at + 1..]))
}

fn valid_prefix(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_utf8_keeps_its_octets_and_shows_its_valid_part() {
        let lines = Line::split(b"s=caf\xe9 bar\r\n");
        assert_eq!(lines[0].value(), "caf");
        assert_eq!(lines[0].value_bytes(), b"caf\xe9 bar");
    }

    #[test]
    fn line_ends_are_told_apart() {
        let ends: Vec<_> = Line::split(b"v=0\r\ns=-\n\r\na=x")
            .iter()
            .map(Line::end)
            .collect();
        assert_eq!(
            ends,
            [LineEnd::CrLf, LineEnd::Lf, LineEnd::CrLf, LineEnd::None]
        );
    }

    #[test]
    fn a_line_without_equals_sign_has_no_kind() {
        assert_eq!(Line::raw("hello", LineEnd::CrLf).kind(), None);
        assert_eq!(Line::raw("=x", LineEnd::CrLf).kind(), None);
        assert_eq!(Line::raw("", LineEnd::CrLf).value(), "");
    }
}
