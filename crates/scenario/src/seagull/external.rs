//! External data: a table from which each call takes a line.
//!
//! ```text
//! # name    ; age
//! "string"  ; "number" ;
//! "alice"   ; "42"     ;
//! ```
//!
//! Lines that are blank or begin with `#` or `//` are skipped. The first other line names the types
//! `string`, `number`, `signed`, `number64` and `signed64`. A field is a value in double quotes
//! (`\"` is a quote), blanks, `;`; the last one has its `;` too. What follows the last field of a line
//! is not looked at. A byte order mark at the beginning is passed over. `0x..` is hexadecimal: octets for a string, a value for a number.
//!
//! Unlike in Seagull a value with `\"` keeps its length, and the last line can be drawn at random.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::xml::Encoding;
use crate::model::DataTable;

/// The lines of a file of external data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalData {
    /// The types of the columns.
    pub types: Vec<ColumnType>,
    /// All values, one after the other.
    bytes: Vec<u8>,
    /// Where each value ends in `bytes`, line after line.
    ends: Vec<usize>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Octets.
    String,
    /// 0 to 2³²-1.
    Number,
    /// -2³¹ to 2³¹-1.
    Signed,
    /// 0 to 2⁶⁴-1.
    Number64,
    /// -2⁶³ to 2⁶³-1.
    Signed64,
}

impl ExternalData {
    /// Reads a file; `None` if there are errors. Numbers are kept as decimal digits.
    pub fn read(
        source: &SourceFile,
        encoding: Encoding,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let mut reader = Reader {
            source,
            encoding,
            diagnostics,
            errors: 0,
            fields: Vec::new(),
            value: String::new(),
            data: Self {
                types: Vec::new(),
                bytes: Vec::new(),
                ends: Vec::new(),
            },
        };
        reader.file();
        (reader.errors == 0).then_some(reader.data)
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.types.len()
    }

    /// The values of a line, from 0.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.columns()).map(move |column| self.value(row, column))
    }
}

impl DataTable for ExternalData {
    fn rows(&self) -> usize {
        self.ends.len() / self.columns()
    }

    #[inline]
    fn value(&self, row: usize, column: usize) -> &[u8] {
        let at = row * self.types.len() + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[start..self.ends[at]]
    }
}

impl ColumnType {
    const NAMES: [(&str, Self); 5] = [
        ("string", Self::String),
        ("number", Self::Number),
        ("signed", Self::Signed),
        ("number64", Self::Number64),
        ("signed64", Self::Signed64),
    ];

    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Signed => "signed",
            Self::Number64 => "number64",
            Self::Signed64 => "signed64",
        }
    }

    /// Smallest and largest number.
    fn limits(self) -> (i128, i128) {
        match self {
            Self::String | Self::Number => (0, u32::MAX.into()),
            Self::Signed => (i32::MIN.into(), i32::MAX.into()),
            Self::Number64 => (0, u64::MAX.into()),
            Self::Signed64 => (i64::MIN.into(), i64::MAX.into()),
        }
    }
}

/// Errors of one file that are told.
const ERRORS_MAX: usize = 100;

struct Reader<'a> {
    source: &'a SourceFile,
    encoding: Encoding,
    diagnostics: &'a mut Diagnostics,
    errors: usize,
    /// Where the values of the line at hand stand, without their quotes.
    fields: Vec<Range<usize>>,
    /// The value at hand, quotes decoded.
    value: String,
    data: ExternalData,
}

impl Reader<'_> {
    fn file(&mut self) {
        for number in 1..=self.source.line_count() {
            let line = self.source.line_range(number).unwrap_or_default();
            let mut text = &self.source.text()[line.clone()];
            if number == 1 {
                text = text.strip_prefix(self.byte_order_mark()).unwrap_or(text);
            }
            let shown = text.trim_ascii_start();
            if shown.is_empty() || shown.starts_with('#') || shown.starts_with("//") {
                continue;
            }
            let start = line.end - shown.len();
            let end = self.split(start..line.end);
            if self.data.types.is_empty() {
                self.types(start..line.end, end);
                // Without types nothing can be said about the other lines.
                if self.errors > 0 {
                    return;
                }
            } else {
                self.row(start..line.end, end);
            }
            if self.errors >= ERRORS_MAX {
                self.diagnostics.push(Diagnostic::error(
                    "data-errors",
                    format!("{ERRORS_MAX} errors: the rest of the file is not read"),
                    line.end..line.end,
                ));
                return;
            }
        }
        let end = self.source.text().len();
        if self.data.types.is_empty() {
            self.error(
                Diagnostic::error("data-types", "there is no line of types", end..end)
                    .with_help("the first line holds, for example, \"string\";\"number\";"),
            );
        } else if self.data.ends.is_empty() && self.errors == 0 {
            self.error(Diagnostic::error(
                "data-empty",
                "there is no line of data after the types",
                end..end,
            ));
        }
    }

    /// The octets EF BB BF, which some programs put before UTF-8, as they stand in the text.
    fn byte_order_mark(&self) -> &'static str {
        match self.encoding {
            Encoding::Utf8 => "\u{feff}",
            Encoding::Bytes => "\u{ef}\u{bb}\u{bf}",
        }
    }

    /// Finds the fields of a line; gives where that ends.
    fn split(&mut self, line: Range<usize>) -> usize {
        let bytes = &self.source.text().as_bytes()[..line.end];
        let after_blanks = |from: usize| {
            let blanks = bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
            from + blanks
        };
        self.fields.clear();
        let mut at = line.start;
        while bytes.get(at) == Some(&b'"') {
            let Some(quote) = closing_quote(bytes, at + 1) else {
                break;
            };
            let semicolon = after_blanks(quote + 1);
            if bytes.get(semicolon) != Some(&b';') {
                break;
            }
            self.fields.push(at + 1..quote);
            at = after_blanks(semicolon + 1);
        }
        at
    }

    fn types(&mut self, line: Range<usize>, end: usize) {
        if self.fields.is_empty() || end < line.end {
            let wrong = if end < line.end { end..line.end } else { line };
            self.error(
                Diagnostic::error("data-types", "this is not a line of types", wrong)
                    .with_label("expected a type in quotes and `;`")
                    .with_help("for example \"string\";\"number\";"),
            );
        }
        for field in self.fields.clone() {
            let text = self.source.text()[field.clone()].trim_ascii();
            let found = ColumnType::NAMES.iter().find(|(name, _)| *name == text);
            if let Some((_, column)) = found {
                self.data.types.push(*column);
            } else {
                let names = ColumnType::NAMES.map(|(name, _)| name);
                self.error(
                    Diagnostic::error("data-types", format!("unknown type `{text}`"), field)
                        .with_label(format!("expected one of {}", names.join(", ")))
                        .with_suggestions(&nearest(text, names, 1)),
                );
            }
        }
    }

    fn row(&mut self, line: Range<usize>, end: usize) {
        let (expected, received) = (self.data.types.len(), self.fields.len());
        if expected != received {
            let message = format!("this line has {received} fields in place of {expected}");
            let stopped = received < expected && end < line.end;
            let diagnostic = if stopped {
                let label = match self.source.text().as_bytes()[end] {
                    b'"' => "a field ends with a quote and `;`",
                    _ => "expected a value in quotes",
                };
                Diagnostic::error("data-fields", message, end..line.end).with_label(label)
            } else {
                Diagnostic::error("data-fields", message, line)
            };
            self.error(diagnostic.with_help(
                "every field is a value in quotes and `;`; a quote within it is written `\\\"`",
            ));
            return;
        }
        for column in 0..expected {
            let field = self.fields[column].clone();
            let raw = &self.source.text()[field.clone()];
            self.value.clear();
            unescape(raw, &mut self.value);
            match self.data.types[column] {
                ColumnType::String => self.string(),
                number => self.number(number, field),
            }
            self.data.ends.push(self.data.bytes.len());
        }
    }

    fn string(&mut self) {
        let octets = self
            .value
            .strip_prefix("0x")
            .and_then(|digits| hex_octets(digits.as_bytes()));
        match (octets, self.encoding) {
            (Some(octets), _) => self.data.bytes.extend(octets),
            (None, Encoding::Utf8) => self.data.bytes.extend_from_slice(self.value.as_bytes()),
            (None, encoding) => self.data.bytes.extend(encoding.bytes(&self.value)),
        }
    }

    fn number(&mut self, column: ColumnType, field: Range<usize>) {
        let text = self.value.trim_ascii();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let size = match digits.strip_prefix("0x") {
            Some(hex) if hex.starts_with(|c: char| c.is_ascii_hexdigit()) => {
                u64::from_str_radix(hex, 16).ok()
            }
            None if digits.starts_with(|c: char| c.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        let (min, max) = column.limits();
        let number = size
            .map(|size| {
                if negative {
                    -i128::from(size)
                } else {
                    size.into()
                }
            })
            .filter(|number| (min..=max).contains(number));
        if let Some(number) = number {
            self.data
                .bytes
                .extend_from_slice(number.to_string().as_bytes());
        } else {
            let name = column.name();
            self.error(
                Diagnostic::error("data-number", format!("this is not a {name}"), field)
                    .with_label(format!("a {name} is from {min} to {max}")),
            );
        }
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        self.errors += 1;
        if self.errors <= ERRORS_MAX {
            self.diagnostics.push(diagnostic);
        }
    }
}

/// The next quote without a backslash before it.
fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut start = from;
    loop {
        let quote = start + memchr::memchr(b'"', &bytes[start..])?;
        if quote == from || bytes[quote - 1] != b'\\' {
            return Some(quote);
        }
        start = quote + 1;
    }
}

fn unescape(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find("\\\"") {
        out.push_str(&rest[..at]);
        out.push('"');
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
}

/// The octets of hexadecimal digits; `None` if there are none or others. The first one of an odd
/// number of digits is an octet of its own.
fn hex_octets(digits: &[u8]) -> Option<impl Iterator<Item = u8>> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let value = |digit: u8| (digit as char).to_digit(16).unwrap_or_default() as u8;
    let (odd, pairs) = digits.split_at(digits.len() % 2);
    let first = odd.iter().map(move |digit| value(*digit));
    let others = pairs
        .chunks_exact(2)
        .map(move |pair| value(pair[0]) << 4 | value(pair[1]));
    Some(first.chain(others))
}
