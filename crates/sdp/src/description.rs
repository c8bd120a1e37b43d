//! A whole session description and its views.

use std::fmt;

use crate::attribute::{Attribute, Direction};
use crate::check::{self, Problem};
use crate::line::{Line, cut};
use crate::media::MediaDescription;
use crate::value::{Connection, Origin};

/// A session description: its lines, exactly as received or built.
///
/// Lines before the first `m=` belong to the session, each `m=` starts a media
/// description that reaches to the next one (RFC 8866 5).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SessionDescription {
    lines: Vec<Line>,
}

impl SessionDescription {
    /// Splits `input` into lines. Never fails; see [`Self::problems`].
    pub fn parse(input: &[u8]) -> Self {
        Self {
            lines: Line::split(input),
        }
    }

    /// A description of these lines.
    pub fn from_lines(lines: Vec<Line>) -> Self {
        Self { lines }
    }

    /// Every deviation from RFC 8866, in the order of the lines; what is
    /// missing altogether comes last.
    pub fn problems(&self) -> Vec<Problem> {
        check::problems(&self.lines)
    }

    /// The octets: of a parsed description, those that were parsed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out =
            Vec::with_capacity(self.lines.iter().map(|line| line.bytes().len() + 2).sum());
        for line in &self.lines {
            out.extend_from_slice(line.bytes());
            out.extend_from_slice(line.end().as_bytes());
        }
        out
    }

    /// All lines in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All lines, to be changed at will.
    pub fn lines_mut(&mut self) -> &mut Vec<Line> {
        &mut self.lines
    }

    /// Replaces the first line of type `kind`, if there is one.
    pub fn replace_first(&mut self, kind: char, value: &str) -> bool {
        match self.lines.iter_mut().find(|line| line.kind() == Some(kind)) {
            Some(line) => {
                *line = Line::raw(format!("{kind}={value}"), line.end());
                true
            }
            None => false,
        }
    }

    /// The `o=` line.
    pub fn origin(&self) -> Option<Origin> {
        self.session_value('o').and_then(Origin::parse)
    }

    /// The `s=` line.
    pub fn session_name(&self) -> Option<&str> {
        self.session_value('s')
    }

    /// The session's own `c=` line.
    pub fn connection(&self) -> Option<Connection> {
        self.session_value('c').and_then(Connection::parse)
    }

    /// The value of the first session line of a type.
    pub fn session_value(&self, kind: char) -> Option<&str> {
        self.session_lines()
            .iter()
            .find(|line| line.kind() == Some(kind))
            .map(Line::value)
    }

    /// The attributes of the session, without those of media descriptions.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        attributes(self.session_lines(), 1)
    }

    /// The first attribute of the session with this name.
    pub fn attribute(&self, name: &str) -> Option<Attribute<'_>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// The direction at session level, which media without one of their own
    /// inherit (RFC 8866 6.7).
    pub fn direction(&self) -> Option<Direction> {
        self.attributes()
            .find_map(|attribute| Direction::from_name(attribute.name))
    }

    /// The media descriptions in order, also those whose `m=` line is malformed.
    pub fn media(&self) -> impl Iterator<Item = MediaDescription<'_>> {
        let mut starts = self.media_starts().peekable();
        std::iter::from_fn(move || {
            let start = starts.next()?;
            let end = starts.peek().copied().unwrap_or(self.lines.len());
            let lines = &self.lines[start..end];
            Some(MediaDescription::new(self, lines, start + 1))
        })
    }

    /// The media description at `index`, from 0.
    pub fn media_at(&self, index: usize) -> Option<MediaDescription<'_>> {
        self.media().nth(index)
    }

    /// The first audio description that is not rejected.
    pub fn audio(&self) -> Option<MediaDescription<'_>> {
        self.media().find(|media| {
            let line = media.line_view();
            line.is_some_and(|line| line.kind == "audio" && line.port != 0)
        })
    }

    fn media_starts(&self) -> impl Iterator<Item = usize> {
        (0..self.lines.len()).filter(|&index| self.lines[index].kind() == Some('m'))
    }

    fn session_lines(&self) -> &[Line] {
        let end = self.media_starts().next().unwrap_or(self.lines.len());
        &self.lines[..end]
    }
}

impl fmt::Display for SessionDescription {
    /// The text; octets that are not UTF-8 show as U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

/// The attributes among `lines`, of which the first has number `first`.
pub(crate) fn attributes(lines: &[Line], first: usize) -> impl Iterator<Item = Attribute<'_>> {
    lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind() == Some('a'))
        .map(move |(index, line)| {
            let (name, value) = match cut(line.value(), b':') {
                Some((name, value)) => (name, Some(value)),
                None => (line.value(), None),
            };
            Attribute {
                name,
                value,
                line: first + index,
            }
        })
}
