use std::ops::Range;

use crate::ast::{Comment, DocString, Location, StepKeywordType, TableCell};
use crate::dialect::Dialect;
use crate::line::{Line, TagItems};
use crate::parser::Syntax;
use crate::token::TokenKind;

/// Decides what a line is. Which of several readings counts is the parser's business.
pub(crate) struct Matcher {
    pub(crate) dialect: &'static Dialect,
    pub(crate) syntax: Syntax,
    /// Set once the feature is known; a Markdown document has a feature whatever it starts with.
    pub(crate) feature_seen: bool,
}

/// A heading, taken apart.
pub(crate) struct Title<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) name: &'a str,
    pub(crate) location: Location,
    pub(crate) span: Range<usize>,
}

/// A step line, taken apart.
pub(crate) struct StepLine<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) keyword_type: StepKeywordType,
    pub(crate) text: &'a str,
    pub(crate) text_span: Range<usize>,
    pub(crate) location: Location,
    pub(crate) span: Range<usize>,
}

impl Matcher {
    pub(crate) fn new(syntax: Syntax, dialect: &'static Dialect) -> Self {
        Self {
            dialect,
            syntax,
            feature_seen: false,
        }
    }

    /// Whether the line can be read as `kind`.
    pub(crate) fn matches(&self, kind: TokenKind, line: &Line<'_>) -> bool {
        match kind {
            TokenKind::Empty => self.is_empty(line),
            TokenKind::Comment => self.comment(line).is_some(),
            TokenKind::TagLine => self.tags(line).is_some(),
            TokenKind::StepLine => self.step(line).is_some(),
            TokenKind::TableRow => self.cells(line).is_some(),
            TokenKind::DocStringSeparator => self.doc_string_start(line).is_some(),
            TokenKind::Language => self.language(line).is_some(),
            TokenKind::Eof => false,
            TokenKind::Other => true,
            title => self.title(title, line).is_some(),
        }
    }

    pub(crate) fn is_empty(&self, line: &Line<'_>) -> bool {
        if line.trimmed.is_empty() {
            return true;
        }
        // In Markdown, all that is not Gherkin is of no consequence.
        self.syntax == Syntax::Markdown
            && [
                TokenKind::TagLine,
                TokenKind::FeatureLine,
                TokenKind::ScenarioLine,
                TokenKind::BackgroundLine,
                TokenKind::ExamplesLine,
                TokenKind::RuleLine,
                TokenKind::TableRow,
                TokenKind::DocStringSeparator,
                TokenKind::StepLine,
            ]
            .into_iter()
            .all(|kind| !self.matches(kind, line))
    }

    pub(crate) fn comment(&self, line: &Line<'_>) -> Option<Comment> {
        (self.syntax == Syntax::Plain && line.trimmed.starts_with('#')).then(|| Comment {
            location: Location {
                line: line.number,
                column: 1,
            },
            span: line.span_of(line.text),
            text: line.text.to_owned(),
        })
    }

    /// The code in a `# language: code` line, known or not.
    pub(crate) fn language<'a>(&self, line: &Line<'a>) -> Option<&'a str> {
        if self.syntax == Syntax::Markdown {
            return None;
        }
        let rest = line
            .trimmed
            .strip_prefix('#')?
            .trim_start()
            .strip_prefix("language")?;
        let code = rest.trim_start().strip_prefix(':')?.trim();
        let fits = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
        (!code.is_empty() && code.chars().all(fits)).then_some(code)
    }

    pub(crate) fn title<'a>(&self, kind: TokenKind, line: &Line<'a>) -> Option<Title<'a>> {
        let mut keywords = self.dialect.title_keywords(kind);
        let found = match self.syntax {
            Syntax::Plain => keywords.find_map(|keyword| title(line.trimmed, keyword)),
            Syntax::Markdown if kind == TokenKind::FeatureLine && self.feature_seen => None,
            Syntax::Markdown => {
                let rest = after_hashes(line.trimmed);
                rest.and_then(|rest| keywords.find_map(|keyword| title(rest, keyword)))
                    .or_else(|| {
                        let any = kind == TokenKind::FeatureLine && !line.trimmed.is_empty();
                        any.then(|| ("", line.trimmed, line.trimmed.trim_end()))
                    })
            }
        };
        let (keyword, from_keyword, name) = found?;
        Some(Title {
            keyword,
            name,
            location: line.location_of(from_keyword),
            span: line.span_of(from_keyword.trim_end()),
        })
    }

    pub(crate) fn step<'a>(&self, line: &Line<'a>) -> Option<StepLine<'a>> {
        let from_keyword = match self.syntax {
            Syntax::Plain => line.trimmed,
            Syntax::Markdown => line.trimmed.strip_prefix(['*', '+', '-'])?.trim_start(),
        };
        let fits = |step: &&crate::StepKeyword| {
            from_keyword.starts_with(step.keyword)
                // In Markdown the asterisk is a bullet.
                && (self.syntax == Syntax::Plain || step.keyword != "* ")
        };
        let step = self.dialect.step_keywords.iter().find(fits)?;
        let text = from_keyword[step.keyword.len()..].trim();
        Some(StepLine {
            keyword: step.keyword,
            keyword_type: step.keyword_type,
            text,
            text_span: line.span_of(text),
            location: line.location_of(from_keyword),
            span: line.span_of(from_keyword.trim_end()),
        })
    }

    pub(crate) fn tags(&self, line: &Line<'_>) -> Option<TagItems> {
        match self.syntax {
            Syntax::Plain => line.trimmed.starts_with('@').then(|| line.tags()),
            Syntax::Markdown => {
                let items = line.quoted_tags();
                (!items.tags.is_empty()).then_some(items)
            }
        }
    }

    pub(crate) fn cells(&self, line: &Line<'_>) -> Option<Vec<TableCell>> {
        if !line.trimmed.starts_with('|') {
            return None;
        }
        match self.syntax {
            Syntax::Plain => Some(line.cells()),
            Syntax::Markdown => {
                let cells = line.cells();
                // A table that is indented otherwise is one for the reader of the document.
                let is_ours = MARKDOWN_TABLE_INDENT.contains(&line.indent);
                (is_ours && !cells.iter().any(is_rule)).then_some(cells)
            }
        }
    }

    /// A doc string that this line opens, its content still missing.
    pub(crate) fn doc_string_start(&self, line: &Line<'_>) -> Option<DocString> {
        let separators: &[&str] = match self.syntax {
            Syntax::Plain => &["\"\"\"", "```"],
            Syntax::Markdown => &["\"\"\"", "````", "```"],
        };
        let delimiter = separators
            .iter()
            .find(|separator| line.trimmed.starts_with(**separator))?;
        let media_type = line.trimmed[delimiter.len()..].trim();
        Some(DocString {
            location: line.location(),
            span: line.span(),
            media_type: (!media_type.is_empty()).then(|| media_type.to_owned()),
            content: String::new(),
            delimiter,
        })
    }
}

/// Blanks before a table that belongs to a step in Markdown.
const MARKDOWN_TABLE_INDENT: std::ops::RangeInclusive<usize> = 2..=5;

/// The text from the keyword on and the name, if the text starts with this keyword and a colon.
fn title<'a>(text: &'a str, keyword: &'static str) -> Option<(&'static str, &'a str, &'a str)> {
    let name = text.strip_prefix(keyword)?.strip_prefix(':')?.trim();
    Some((keyword, text, name))
}

/// The text of a Markdown header of level 1 to 6.
fn after_hashes(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    let blank = rest.chars().next().filter(|c| c.is_whitespace())?;
    (1..=6).contains(&level).then(|| &rest[blank.len_utf8()..])
}

/// Whether a cell is part of the rule below the head of a Markdown table.
fn is_rule(cell: &TableCell) -> bool {
    let dashes = cell.value.strip_prefix(':').unwrap_or(&cell.value);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
}
