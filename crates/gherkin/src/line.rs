use std::ops::Range;

use crate::ast::{Location, TableCell, Tag};

/// One line of the file with its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// From 1.
    pub(crate) number: usize,
    /// Byte offset in the file.
    pub(crate) start: usize,
    /// Without the line break.
    pub(crate) text: &'a str,
    /// Without indentation.
    pub(crate) trimmed: &'a str,
    /// Characters before `trimmed`.
    pub(crate) indent: usize,
}

/// A tag line, taken apart.
pub(crate) struct TagItems {
    pub(crate) tags: Vec<Tag>,
    /// Tags with blanks in them.
    pub(crate) malformed: Vec<Tag>,
}

/// The lines of a text; a byte order mark is not part of the first.
pub(crate) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    let mut lines = Vec::new();
    for piece in text[start..].split_inclusive('\n') {
        let without_break = piece.strip_suffix('\n').unwrap_or(piece);
        let without_break = without_break.strip_suffix('\r').unwrap_or(without_break);
        lines.push(Line::new(lines.len() + 1, start, without_break));
        start += piece.len();
    }
    lines
}

impl<'a> Line<'a> {
    fn new(number: usize, start: usize, text: &'a str) -> Self {
        let trimmed = text.trim_start();
        let indent = text[..text.len() - trimmed.len()].chars().count();
        Self {
            number,
            start,
            text,
            trimmed,
            indent,
        }
    }

    /// Where the text of the line starts.
    pub(crate) fn location(&self) -> Location {
        Location {
            line: self.number,
            column: self.indent + 1,
        }
    }

    /// The bytes of the line without blanks at either end.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span_of(self.trimmed.trim_end())
    }

    /// Place in the file of a part of this line's text.
    pub(crate) fn span_of(&self, part: &str) -> Range<usize> {
        let start = self.start + (part.as_ptr() as usize - self.text.as_ptr() as usize);
        start..start + part.len()
    }

    /// Place of a part of this line's text.
    pub(crate) fn location_of(&self, part: &str) -> Location {
        let before = part.as_ptr() as usize - self.text.as_ptr() as usize;
        Location {
            line: self.number,
            column: self.text[..before].chars().count() + 1,
        }
    }

    /// The line without at most `indent` characters of its indentation: all of them or, if it is
    /// indented less, its whole indentation.
    pub(crate) fn outdented(&self, indent: usize) -> &'a str {
        if indent > self.indent {
            return self.trimmed;
        }
        let at = self
            .text
            .char_indices()
            .nth(indent)
            .map_or(self.text.len(), |(at, _)| at);
        &self.text[at..]
    }

    /// The cells of a table row; what stands before the first `|` and after the last is dropped.
    pub(crate) fn cells(&self) -> Vec<TableCell> {
        let row = self.trimmed.trim_end();
        let mut cells = Vec::new();
        let mut cell = CellText::default();
        let mut in_table = false;
        let mut column = self.indent;
        let row_start = self.span_of(row).start;
        let mut characters = row.char_indices();
        while let Some((at, character)) = characters.next() {
            column += 1;
            match character {
                '|' => {
                    if in_table {
                        cells.push(cell.finish(self.number, row_start));
                    }
                    in_table = true;
                    cell = CellText {
                        start: at + 1,
                        column: column + 1,
                        ..CellText::default()
                    };
                }
                '\\' => {
                    let escaped = characters.next();
                    column += usize::from(escaped.is_some());
                    match escaped.map(|(_, character)| character) {
                        Some('n') => cell.value.push('\n'),
                        Some(character @ ('|' | '\\')) => cell.value.push(character),
                        other => {
                            cell.value.push('\\');
                            cell.value.extend(other);
                        }
                    }
                    cell.end = at + 1 + escaped.map_or(0, |(_, character)| character.len_utf8());
                }
                character => cell.add(character, at),
            }
        }
        cells
    }

    /// The tags of a line that starts with `@`; a `#` after a blank starts a comment.
    pub(crate) fn tags(&self) -> TagItems {
        let content = self.without_comment().trim_end();
        let mut items = TagItems {
            tags: Vec::new(),
            malformed: Vec::new(),
        };
        let mut column = self.indent + 1;
        for item in content.split('@').skip(1) {
            let length = item.trim_end().len();
            let start = self.span_of(item).start - '@'.len_utf8();
            let tag = Tag {
                id: 0,
                location: Location {
                    line: self.number,
                    column,
                },
                span: start..start + '@'.len_utf8() + length,
                name: format!("@{}", item.trim()),
            };
            if tag.name.contains(char::is_whitespace) {
                items.malformed.push(tag);
            } else {
                items.tags.push(tag);
            }
            column += item.chars().count() + 1;
        }
        items
    }

    /// The tags between backticks, as Markdown has them.
    pub(crate) fn quoted_tags(&self) -> TagItems {
        let mut items = TagItems {
            tags: Vec::new(),
            malformed: Vec::new(),
        };
        let mut column = self.indent + 1;
        let mut rest = self.trimmed;
        while let Some(open) = rest.find("`@") {
            let Some(length) = rest[open + 1..].find('`') else {
                break;
            };
            let name = &rest[open + 1..open + 1 + length];
            column += rest[..=open].chars().count();
            let tag = Tag {
                id: 0,
                location: Location {
                    line: self.number,
                    column,
                },
                span: self.span_of(name),
                name: name.to_owned(),
            };
            // At least one character has to follow the `@`.
            if length > 1 {
                items.tags.push(tag);
            }
            column += name.chars().count() + 1;
            rest = &rest[open + length + 2..];
        }
        items
    }

    fn without_comment(&self) -> &'a str {
        let mut after_blank = false;
        for (at, character) in self.trimmed.char_indices() {
            if character == '#' && after_blank {
                return &self.trimmed[..at];
            }
            after_blank = character.is_whitespace();
        }
        self.trimmed
    }
}

/// A cell while it is read.
#[derive(Default)]
struct CellText {
    value: String,
    /// Byte offsets in the row of the text without blanks around it.
    start: usize,
    end: usize,
    column: usize,
}

impl CellText {
    fn add(&mut self, character: char, at: usize) {
        let end = at + character.len_utf8();
        if !character.is_whitespace() {
            self.end = end;
        } else if self.value.is_empty() {
            self.start = end;
            self.column += 1;
            return;
        }
        self.value.push(character);
    }

    fn finish(mut self, line: usize, row_start: usize) -> TableCell {
        // A line break can only come from an escape, so it was meant and stays.
        let kept = self
            .value
            .trim_end_matches(|c: char| c.is_whitespace() && c != '\n')
            .len();
        self.value.truncate(kept);
        TableCell {
            location: Location {
                line,
                column: self.column,
            },
            span: row_start + self.start..row_start + self.end.max(self.start),
            value: self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Value, column and source of every cell.
    type Shown = &'static [(&'static str, usize, &'static str)];

    fn cells(text: &str) -> Vec<(String, usize, String)> {
        let line = lines(text)[0];
        let cells = line.cells();
        let shown =
            |cell: TableCell| (cell.value, cell.location.column, text[cell.span].to_owned());
        cells.into_iter().map(shown).collect()
    }

    #[test]
    fn cells_are_unescaped_and_placed() {
        let cases: [(&str, Shown); 7] = [
            (" | a | bc|", &[("a", 4, "a"), ("bc", 8, "bc")]),
            ("||", &[("", 2, "")]),
            ("|   |x|", &[("", 5, ""), ("x", 6, "x")]),
            (r"| a\|b |c|", &[("a|b", 3, r"a\|b"), ("c", 9, "c")]),
            (r"| \d\\n \n |", &[("\\d\\n \n", 3, r"\d\\n \n")]),
            (
                "|\u{e9} |\u{1f4de}|",
                &[("\u{e9}", 2, "\u{e9}"), ("\u{1f4de}", 5, "\u{1f4de}")],
            ),
            (r"| a | \", &[("a", 3, "a")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected
                .iter()
                .map(|&(v, c, s)| (v.to_owned(), c, s.to_owned()))
                .collect();
            assert_eq!(cells(text), expected, "{text}");
        }
    }

    #[test]
    fn tags_end_at_a_comment() {
        let text = "  @a @b#c@d \t# @e";
        let items = lines(text)[0].tags();
        let found: Vec<_> = items
            .tags
            .iter()
            .map(|tag| {
                (
                    tag.name.as_str(),
                    tag.location.column,
                    &text[tag.span.clone()],
                )
            })
            .collect();
        assert_eq!(
            found,
            [("@a", 3, "@a"), ("@b#c", 6, "@b#c"), ("@d", 10, "@d")]
        );
        assert!(items.malformed.is_empty());
    }

    #[test]
    fn line_breaks_and_byte_order_mark_are_not_text() {
        let all = lines("\u{feff}a\r\n\r\n b");
        let shown: Vec<_> = all.iter().map(|line| (line.start, line.text)).collect();
        assert_eq!(shown, [(3, "a"), (6, ""), (8, " b")]);
        assert!(lines("").is_empty());
        assert_eq!(lines("\n").len(), 1);
    }
}
