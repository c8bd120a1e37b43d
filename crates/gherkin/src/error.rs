use std::fmt;
use std::ops::Range;

use gannet_diag::{Diagnostic, nearest};

use crate::dialect::Dialect;
use crate::token::TokenKind;

/// One place where a file is not Gherkin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("({line}:{}): {kind}", column.unwrap_or(0))]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; the end of the file has none.
    pub column: Option<usize>,
    /// The bytes that are wrong.
    pub span: Range<usize>,
}

/// What is wrong; displayed in the words of the official parser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// A line that may not stand here.
    #[error("expected: {}, got '{received}'", List(expected))]
    UnexpectedLine {
        /// Kinds of line that may stand here.
        expected: &'static [TokenKind],
        /// The line, trimmed.
        received: String,
        /// Code of the language in force.
        language: &'static str,
    },
    /// The file ends where it may not.
    #[error("unexpected end of file, expected: {}", List(expected))]
    UnexpectedEof {
        /// Kinds of line that may stand here.
        expected: &'static [TokenKind],
    },
    /// A row is longer or shorter than the first of its table.
    #[error("inconsistent cell count within the table")]
    InconsistentCellCount {
        /// Cells of the first row.
        expected: usize,
        /// Cells of this row.
        received: usize,
    },
    /// `# language:` names no known language.
    #[error("Language not supported: {language}")]
    UnsupportedLanguage {
        /// The code as written.
        language: String,
    },
    /// Something between two tags is no tag.
    #[error("A tag may not contain whitespace")]
    WhitespaceInTag {
        /// The tag as written.
        tag: String,
    },
}

struct List<'a>(&'a [TokenKind]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, kind) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{kind}")?;
        }
        Ok(())
    }
}

impl ParseError {
    /// The error in Gannet's words, with advice.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let span = self.span.clone();
        match &self.kind {
            ParseErrorKind::UnexpectedLine {
                expected,
                received,
                language,
            } => {
                let diagnostic =
                    Diagnostic::error("unexpected-line", "this line does not belong here", span)
                        .with_label(format!("expected {}", alternatives(expected)));
                diagnostic.with_suggestions(&likely_keywords(expected, received, language))
            }
            ParseErrorKind::UnexpectedEof { expected } => {
                let diagnostic =
                    Diagnostic::error("unexpected-end", "the file ends too early", span)
                        .with_label(format!("expected {}", alternatives(expected)));
                if expected.contains(&TokenKind::DocStringSeparator) {
                    diagnostic.with_help("a doc string is opened, but never closed")
                } else {
                    diagnostic
                }
            }
            ParseErrorKind::InconsistentCellCount { expected, received } => Diagnostic::error(
                "uneven-table",
                "this row does not have as many cells as the first row of its table",
                span,
            )
            .with_label(format!("{received} instead of {expected}"))
            .with_help(r"every cell ends with `|`; write `\|` for a `|` within a cell"),
            ParseErrorKind::UnsupportedLanguage { language } => Diagnostic::error(
                "unknown-language",
                format!("no language `{language}`"),
                span,
            )
            .with_suggestions(&nearest(language, Dialect::all().iter().map(|d| d.code), 3)),
            ParseErrorKind::WhitespaceInTag { tag } => {
                Diagnostic::error("blank-in-tag", "a tag may not contain blanks", span)
                    .with_label(format!("`{tag}`"))
                    .with_help("start every tag with `@`, and a comment with ` #`")
            }
        }
    }
}

fn alternatives(expected: &[TokenKind]) -> String {
    let names: Vec<_> = expected
        .iter()
        .filter_map(|kind| kind.described())
        .collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// The keywords that the start of the line resembles.
fn likely_keywords(expected: &[TokenKind], received: &str, language: &str) -> Vec<String> {
    let Some(dialect) = Dialect::by_code(language) else {
        return Vec::new();
    };
    if let Some((head, _)) = received.split_once(':') {
        let titles: Vec<_> = expected
            .iter()
            .flat_map(|&kind| dialect.title_keywords(kind))
            .collect();
        return nearest(head, &titles, 1)
            .into_iter()
            .map(|keyword| keyword + ":")
            .collect();
    }
    if !expected.contains(&TokenKind::StepLine) {
        return Vec::new();
    }
    let word = received.split_whitespace().next().unwrap_or_default();
    let keywords = dialect.step_keywords.iter().map(|step| step.keyword.trim());
    nearest(word, keywords.filter(|keyword| *keyword != "*"), 1)
}

#[cfg(test)]
mod tests {
    use crate::parse;

    fn help(text: &str) -> String {
        let errors = parse(text).errors;
        errors
            .iter()
            .flat_map(|error| error.to_diagnostic().help)
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn misspelt_keywords_are_recognised() {
        let scenario = "Feature: x\nScenario: y\n  Given z\n";
        let cases = [
            ("Faeture: x\n".to_owned(), "did you mean `Feature:`?"),
            (
                format!("{scenario}Scenari: z\n"),
                "did you mean `Scenario:`?",
            ),
            (format!("{scenario}  Wehn z\n"), "did you mean `When`?"),
            ("# language: zh_CN\nFeature: x".to_owned(), "`zh-CN`"),
        ];
        for (text, expected) in cases {
            assert!(help(&text).contains(expected), "{text:?}: {}", help(&text));
        }
    }

    #[test]
    fn an_open_doc_string_is_named() {
        let text = "Feature: x\nScenario: y\n  Given z\n  \"\"\"\n  open";
        assert!(help(text).contains("never closed"));
    }

    #[test]
    fn spans_cover_what_is_wrong() {
        let cases = [
            ("Feature: x\n\n  @a b c #d\nScenario: y", "@a b c"),
            ("Feature: x\nScenario: y\n  Given z\n   wrong \n", "wrong"),
            (
                "Feature: x\nScenario: y\n  Given z\n | a |\n | b | c | \n",
                "| b | c |",
            ),
            ("# language: xx-yy\nFeature: x", "# language: xx-yy"),
            ("Feature: x\n@tag\n", ""),
        ];
        for (text, expected) in cases {
            let errors = parse(text).errors;
            assert_eq!(&text[errors[0].span.clone()], expected, "{errors:?}");
        }
    }
}
