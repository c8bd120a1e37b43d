use std::ops::Range;

/// A text with the name under which it is shown, able to turn byte offsets into positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: String,
    text: String,
    /// Byte offset of the first byte of every line; never empty.
    line_starts: Vec<usize>,
}

/// A place in a [`SourceFile`] as people count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values; a tab is one), from 1.
    pub column: usize,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl SourceFile {
    /// Takes the text of the file that is shown as `name` (usually its path as the user gave it).
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self {
            name: name.into(),
            text,
            line_starts,
        }
    }

    /// The name under which the file is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of lines; a final line break starts one more, empty line.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The position of a byte offset. Offsets past the end mean the end, offsets within a
    /// character mean its start.
    pub fn position(&self, byte_offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(byte_offset);
        // The first line starts at 0, so at least one start is not greater than the offset.
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let line_start = self.line_starts[line - 1];
        Position {
            line,
            column: self.text[line_start..offset].chars().count() + 1,
        }
    }

    /// The byte offset of a position; lines and columns past the end mean the end of the file or
    /// of the line.
    pub fn offset(&self, position: Position) -> usize {
        let Some(range) = self.line_range(position.line) else {
            return self.text.len();
        };
        let line = &self.text[range.clone()];
        let within = line
            .char_indices()
            .nth(position.column.saturating_sub(1))
            .map_or(line.len(), |(at, _)| at);
        range.start + within
    }

    /// The bytes of a line (from 1) without its line break, `None` if there is no such line.
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |&next| next - 1);
        let text = &self.text[start..end];
        Some(start..start + text.strip_suffix('\r').unwrap_or(text).len())
    }

    /// The span with both ends moved into the text, onto character boundaries and into order.
    pub(crate) fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.ceil_char_boundary(span.end.min(self.text.len()));
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let file = SourceFile::new("f", "ab\r\n\u{e9}\tc\n");
        let cases = [
            (0, 1, 1),
            (2, 1, 3),
            (4, 2, 1),
            (5, 2, 1),
            (6, 2, 2),
            (7, 2, 3),
            (8, 2, 4),
            (9, 3, 1),
            (999, 3, 1),
        ];
        for (offset, line, column) in cases {
            assert_eq!(
                file.position(offset),
                Position { line, column },
                "offset {offset}"
            );
        }
    }

    #[test]
    fn offsets_are_the_inverse_of_positions() {
        let text = "ab\r\n\u{e9}\tc\n\nend";
        let file = SourceFile::new("f", text);
        for (offset, character) in text.char_indices() {
            if character != '\n' {
                assert_eq!(file.offset(file.position(offset)), offset);
            }
        }
        assert_eq!(
            file.offset(Position {
                line: 99,
                column: 1
            }),
            text.len()
        );
        assert_eq!(
            file.offset(Position {
                line: 1,
                column: 99
            }),
            2
        );
    }

    #[test]
    fn an_empty_file_has_one_empty_line() {
        let file = SourceFile::new("f", "");
        assert_eq!(file.line_count(), 1);
        assert_eq!(file.line_range(1), Some(0..0));
        assert_eq!(file.line_range(2), None);
        assert_eq!(file.line_range(0), None);
    }
}
