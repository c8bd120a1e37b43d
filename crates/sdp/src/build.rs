//! Building a description line by line.

use std::fmt::{self, Write as _};

use crate::attribute::Direction;
use crate::description::SessionDescription;
use crate::line::{LINES_USUAL, Line, LineEnd};
use crate::value::{Connection, MediaLine, Origin};

/// Octets that most lines have room in.
const LINE_USUAL: usize = 48;

/// Appends lines in the order of the calls and checks nothing, so that a wrong
/// description can be built on purpose.
#[derive(Debug, Clone, Default)]
pub struct SessionBuilder {
    lines: Vec<Line>,
}

impl SessionBuilder {
    /// Starts with `v=0`.
    pub fn new() -> Self {
        let lines = Vec::with_capacity(LINES_USUAL);
        Self { lines }.line('v', 0)
    }

    /// Starts with nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Appends `<kind>=<value>`.
    pub fn line(mut self, kind: char, value: impl fmt::Display) -> Self {
        let mut line = String::with_capacity(LINE_USUAL);
        // Writing into a string cannot fail.
        line.extend([kind, '=']);
        let _ = write!(line, "{value}");
        self.lines.push(Line::of_text(line, LineEnd::CrLf));
        self
    }

    /// Appends `<kind>=` and these pieces.
    fn pieces(mut self, kind: char, pieces: &[&str]) -> Self {
        let mut line = String::with_capacity(2 + pieces.iter().map(|it| it.len()).sum::<usize>());
        line.extend([kind, '=']);
        line.extend(pieces.iter().copied());
        self.lines.push(Line::of_text(line, LineEnd::CrLf));
        self
    }

    /// Appends a line of any form.
    pub fn raw(mut self, line: Line) -> Self {
        self.lines.push(line);
        self
    }

    /// Appends an `o=` line.
    pub fn origin(self, origin: &Origin) -> Self {
        self.line('o', origin)
    }

    /// Appends an `s=` line.
    pub fn name(self, name: &str) -> Self {
        self.pieces('s', &[name])
    }

    /// Appends a `c=` line.
    pub fn connection(self, connection: &Connection) -> Self {
        self.line('c', connection)
    }

    /// Appends `t=0 0`, the time of a session without bounds (RFC 8866 5.9).
    pub fn unbounded_time(self) -> Self {
        self.pieces('t', &["0 0"])
    }

    /// Appends an `m=` line; the calls that follow belong to it.
    pub fn media(self, media: &MediaLine) -> Self {
        self.line('m', media)
    }

    /// Appends `a=<name>`.
    pub fn property(self, name: &str) -> Self {
        self.pieces('a', &[name])
    }

    /// Appends `a=<name>:<value>`.
    pub fn attribute(self, name: &str, value: impl fmt::Display) -> Self {
        self.line('a', format_args!("{name}:{value}"))
    }

    /// Appends the attribute of a direction.
    pub fn direction(self, direction: Direction) -> Self {
        self.property(direction.as_str())
    }

    /// The description.
    pub fn build(self) -> SessionDescription {
        SessionDescription::from_lines(self.lines)
    }
}
