//! Texts to templates.

use std::ops::Range;

use gannet_diag::Diagnostic;

use super::keyword::keyword;
use super::{Mapped, Names};
use crate::sipp::model::{Keyword, MediaKind, Text};

/// The longest keyword, in bytes.
const KEYWORD_MAX: usize = 256;

/// Compiles a text: line ends become CRLF, `\xNN` a byte, and keywords slots.
pub(in crate::sipp) fn compile(text: &Mapped, names: &mut impl Names) -> Text {
    let mut scan = Scan {
        whole: text,
        at: 0,
        plain: String::new(),
        out: Text::default(),
        line: String::new(),
    };
    while let Some(character) = scan.rest().chars().next() {
        match character {
            '\\' if scan.rest()[1..].starts_with('x') => scan.byte(names),
            '\n' => {
                scan.at += 1;
                scan.plain.push_str("\r\n");
                scan.line.clear();
            }
            '[' => scan.bracket(names),
            _ => {
                scan.at += character.len_utf8();
                scan.plain.push(character);
                scan.line.push(character);
            }
        }
    }
    scan.flush(names);
    scan.out
}

struct Scan<'t> {
    whole: &'t Mapped,
    at: usize,
    /// Characters that are not in the template yet.
    plain: String,
    out: Text,
    /// The line so far, without what keywords print.
    line: String,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.whole.text()[self.at..]
    }

    fn flush(&mut self, names: &impl Names) {
        self.out.push_bytes(&names.bytes(&self.plain));
        self.plain.clear();
    }

    /// `\x` and hexadecimal digits.
    fn byte(&mut self, names: &mut impl Names) {
        let start = self.at;
        let digits: Vec<u8> = self.rest()[2..]
            .chars()
            .take(2)
            .map_while(|digit| digit.to_digit(16))
            .map(|digit| digit as u8)
            .collect();
        let after = self.rest()[2 + digits.len()..].chars().next();
        let value = digits.iter().fold(0, |value, digit| value << 4 | digit);
        if !digits.is_empty() {
            self.flush(names);
            self.out.push_bytes(&[value]);
        }
        self.at += 2 + digits.len();
        if digits.len() < 2 {
            // SIPp loses the character at which it found that a digit is missing.
            self.at += after.map_or(0, char::len_utf8);
            let place = self.whole.span(start..self.at);
            names.tell(
                Diagnostic::warning(
                    "hex-byte",
                    "`\\x` needs two hexadecimal digits: the character after it is lost",
                    place,
                )
                .with_help("a byte is written like `\\x5b`"),
            );
        }
    }

    /// A bracket opens: a keyword, unless another bracket opens before it closes.
    fn bracket(&mut self, names: &mut impl Names) {
        let start = self.at;
        match brackets(self.rest()) {
            Brackets::Nested(inner) => {
                let plain = &self.whole.text()[start..start + inner];
                self.plain.push_str(plain);
                self.line.push_str(plain);
                self.at += inner;
                names.tell(
                    Diagnostic::warning(
                        "nested-keyword",
                        "this `[` is plain text: another one opens before its `]`",
                        self.whole.span(start..start + 1),
                    )
                    .with_help("quotes around a parameter's value may hold keywords"),
                );
            }
            Brackets::Open => {
                names.tell(
                    Diagnostic::error(
                        "bad-keyword",
                        "this keyword has no `]`",
                        self.whole.span(start..start + 1),
                    )
                    .with_help("a bracket that is plain text is written `\\x5b`"),
                );
                self.plain.push('[');
                self.at += 1;
            }
            Brackets::Closed(end) => {
                self.at += end + 1;
                self.keyword(start + 1..start + end, names);
            }
        }
    }

    fn keyword(&mut self, range: Range<usize>, names: &mut impl Names) {
        if range.is_empty() || range.len() > KEYWORD_MAX {
            let message = if range.is_empty() {
                "this keyword has no name".to_owned()
            } else {
                format!("this keyword is longer than {KEYWORD_MAX} bytes")
            };
            names.tell(
                Diagnostic::error(
                    "bad-keyword",
                    message,
                    self.whole.span(range.start - 1..range.end + 1),
                )
                .with_help("a bracket that is plain text is written `\\x5b`"),
            );
            return;
        }
        self.flush(names);
        let compiled = keyword(&self.whole.part(range), names);
        match compiled {
            Some(Compiled::Fixed(text)) => {
                self.line.push_str(&text);
                self.plain.push_str(&text);
            }
            Some(Compiled::Keyword(found)) => self.out.push_slot(self.with_media(found)),
            None => {}
        }
    }

    /// A port of media belongs to the media that its line names.
    fn with_media(&self, keyword: Keyword) -> Keyword {
        let named = [
            ("audio", MediaKind::Audio),
            ("image", MediaKind::Image),
            ("video", MediaKind::Video),
        ];
        let media = named
            .iter()
            .find(|(word, _)| self.line.contains(word))
            .map(|(_, media)| *media);
        match keyword {
            Keyword::MediaPort(by, _) => Keyword::MediaPort(by, media),
            Keyword::AutoMediaPort(by, _) => Keyword::AutoMediaPort(by, media),
            other => other,
        }
    }
}

/// What a keyword turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Compiled {
    /// A text that is known now.
    Fixed(String),
    /// What is known when the text is rendered.
    Keyword(Keyword),
}

enum Brackets {
    /// Where the bracket closes.
    Closed(usize),
    /// Where another bracket opens before.
    Nested(usize),
    /// It does not close.
    Open,
}

/// Looks for the end of the bracket at the start of a text. Brackets in quotes do not count.
fn brackets(text: &str) -> Brackets {
    let mut in_quotes = false;
    let mut nested = None;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'[' if !in_quotes => nested = nested.or(Some(at)),
            b']' if !in_quotes => {
                return nested.map_or(Brackets::Closed(at), Brackets::Nested);
            }
            _ => {}
        }
    }
    Brackets::Open
}
