mod state;

use gannet_diag::{Diagnostic, Diagnostics};

use crate::ast::{DocString, GherkinDocument, IdGenerator};
use crate::builder::Builder;
use crate::dialect::Dialect;
use crate::error::{ParseError, ParseErrorKind};
use crate::line::{Line, lines};
use crate::matcher::Matcher;
use crate::suspicion::suspicion;
use crate::token::TokenKind;
use state::{Arguments, Part, State};

/// Errors after which a file is given up; by then it is no Gherkin.
pub const ERRORS_MAX: usize = 50;

/// How Gherkin is written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Syntax {
    /// `*.feature`.
    #[default]
    Plain,
    /// `*.feature.md`: headings are Markdown headers, steps list items, tags code spans; all else
    /// is prose.
    Markdown,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseResult {
    /// All that was understood; whole only if there are no errors.
    pub document: GherkinDocument,
    /// Every error, in the order in which the official parser finds them.
    pub errors: Vec<ParseError>,
    /// Lines that are allowed, but hardly meant: prose that looks like a misspelt keyword.
    pub warnings: Vec<Diagnostic>,
}

impl ParseResult {
    /// The document if it is whole, else the errors.
    pub fn into_result(self) -> Result<GherkinDocument, Vec<ParseError>> {
        if self.errors.is_empty() {
            Ok(self.document)
        } else {
            Err(self.errors)
        }
    }

    /// Errors and warnings, ordered by place.
    pub fn diagnostics(&self) -> Diagnostics {
        let errors = self.errors.iter().map(ParseError::to_diagnostic);
        let mut all: Diagnostics = errors.chain(self.warnings.iter().cloned()).collect();
        all.sort();
        all
    }
}

/// Parses the text of a `*.feature` file, numbering its nodes from 0.
pub fn parse(text: &str) -> ParseResult {
    parse_with(text, Syntax::Plain, &mut IdGenerator::new())
}

/// Parses a text, taking the numbers of its nodes from `ids`.
pub fn parse_with(text: &str, syntax: Syntax, ids: &mut IdGenerator) -> ParseResult {
    let lines = lines(text);
    let mut parser = Parser {
        lines: &lines,
        matcher: Matcher::new(syntax, Dialect::english()),
        builder: Builder::new(ids),
        state: State::Start,
        doc_string: None,
        warnings: Vec::new(),
    };
    for index in 0..lines.len() {
        parser.line(index);
        if parser.builder.error_count() >= ERRORS_MAX {
            break;
        }
    }
    if parser.builder.error_count() < ERRORS_MAX {
        parser.end_of_file(text.len());
    }
    let (document, errors) = parser.builder.finish();
    let warnings = parser.warnings;
    ParseResult {
        document,
        errors,
        warnings,
    }
}

/// Line in, state and builder changed: every state has an ordered list of the kinds of line that
/// it accepts ([`State::expected`]), and a line is the first of them that it can be read as. A line
/// that is none of them is an error and leaves the state as it was.
struct Parser<'a, 'g> {
    lines: &'a [Line<'a>],
    matcher: Matcher,
    builder: Builder<'g>,
    state: State,
    doc_string: Option<OpenDocString>,
    warnings: Vec<Diagnostic>,
}

struct OpenDocString {
    doc_string: DocString,
    /// Characters before the opening delimiter, removed from every line.
    indent: usize,
    has_lines: bool,
}

impl<'a> Parser<'a, '_> {
    fn line(&mut self, index: usize) {
        let line = self.lines[index];
        let expected = self.state.expected();
        if expected.iter().any(|&kind| self.accept(kind, &line, index)) {
            return;
        }
        self.builder.error(ParseError {
            kind: ParseErrorKind::UnexpectedLine {
                expected,
                received: line.trimmed.trim_end().to_owned(),
                language: self.matcher.dialect.code,
            },
            line: line.number,
            column: Some(line.indent + 1),
            span: line.span(),
        });
    }

    fn end_of_file(&mut self, text_len: usize) {
        self.builder.close_rule();
        let expected = self.state.expected();
        if !expected.contains(&TokenKind::Eof) {
            self.builder.error(ParseError {
                kind: ParseErrorKind::UnexpectedEof { expected },
                line: self.lines.len() + 1,
                column: None,
                span: text_len..text_len,
            });
        }
    }

    /// Reads the line as `kind` if it can be that.
    fn accept(&mut self, kind: TokenKind, line: &Line<'a>, index: usize) -> bool {
        match kind {
            TokenKind::Eof => false,
            TokenKind::Empty => {
                let is_empty = self.matcher.is_empty(line);
                if is_empty {
                    self.describe("");
                }
                is_empty
            }
            TokenKind::Comment => {
                let comment = self.matcher.comment(line);
                comment
                    .map(|comment| self.builder.comment(comment))
                    .is_some()
            }
            TokenKind::Other => {
                if self.doc_string.is_some() {
                    self.doc_string_line(line);
                } else {
                    self.describe(line.text);
                    let steps_fit = self.state.expected().contains(&TokenKind::StepLine);
                    let rest = &self.lines[index + 1..];
                    self.warnings
                        .extend(suspicion(line, rest, steps_fit, &self.matcher));
                }
                true
            }
            TokenKind::Language => self.language(line),
            TokenKind::TagLine => self.tag_line(line, index),
            TokenKind::StepLine => self.step(line),
            TokenKind::DocStringSeparator if self.doc_string.is_some() => self.doc_string_end(line),
            TokenKind::DocStringSeparator => self.doc_string_start(line),
            TokenKind::TableRow => self.table_row(line),
            TokenKind::FeatureLine
            | TokenKind::RuleLine
            | TokenKind::BackgroundLine
            | TokenKind::ScenarioLine
            | TokenKind::ExamplesLine => self.title(kind, line),
        }
    }

    fn describe(&mut self, text: &str) {
        if let State::Heading(_) = self.state {
            self.builder.description(text);
        }
    }

    fn language(&mut self, line: &Line<'_>) -> bool {
        let Some(code) = self.matcher.language(line) else {
            return false;
        };
        let Some(dialect) = Dialect::by_code(code) else {
            self.builder.error(ParseError {
                kind: ParseErrorKind::UnsupportedLanguage {
                    language: code.to_owned(),
                },
                line: line.number,
                column: Some(line.indent + 1),
                span: line.span(),
            });
            return false;
        };
        self.matcher.dialect = dialect;
        self.state = State::AfterLanguage;
        true
    }

    fn tag_line(&mut self, line: &Line<'_>, index: usize) -> bool {
        let Some(items) = self.matcher.tags(line) else {
            return false;
        };
        match self.state {
            State::Start | State::AfterLanguage => self.state = State::FeatureTags,
            State::FeatureTags | State::RuleTags | State::ScenarioTags | State::ExamplesTags => {}
            State::Heading(Part::Scenario | Part::Examples)
            | State::Step(Part::Scenario, _)
            | State::ExamplesTable => self.open_tags(self.tagged(index, true)),
            _ => self.open_tags(self.tagged(index, false)),
        }
        for tag in items.malformed {
            self.builder.error(ParseError {
                line: tag.location.line,
                column: Some(tag.location.column),
                span: tag.span,
                kind: ParseErrorKind::WhitespaceInTag { tag: tag.name },
            });
        }
        self.builder.tags(items.tags);
        true
    }

    fn open_tags(&mut self, state: State) {
        match state {
            State::ExamplesTags => self.builder.close_examples(),
            State::ScenarioTags => self.builder.close_scenario(),
            _ => self.builder.close_rule(),
        }
        self.state = state;
    }

    /// Whose tags a tag line has: the next line that is neither tags nor comment nor empty tells.
    /// Runs once for a block of tag lines, so the whole stays linear.
    fn tagged(&self, index: usize, in_scenario: bool) -> State {
        let passed = [TokenKind::Empty, TokenKind::Comment, TokenKind::TagLine];
        let next = self.lines[index + 1..]
            .iter()
            .find(|line| !passed.iter().any(|&kind| self.matcher.matches(kind, line)));
        match next {
            Some(line) if in_scenario && self.matcher.matches(TokenKind::ExamplesLine, line) => {
                State::ExamplesTags
            }
            Some(line) if self.matcher.matches(TokenKind::ScenarioLine, line) => {
                State::ScenarioTags
            }
            _ => State::RuleTags,
        }
    }

    fn title(&mut self, kind: TokenKind, line: &Line<'_>) -> bool {
        let Some(title) = self.matcher.title(kind, line) else {
            return false;
        };
        self.state = State::Heading(match kind {
            TokenKind::FeatureLine => {
                self.matcher.feature_seen = true;
                self.builder.feature(&title, self.matcher.dialect.code);
                Part::Feature
            }
            TokenKind::RuleLine => {
                self.builder.rule(&title);
                Part::Rule
            }
            TokenKind::BackgroundLine => {
                self.builder.background(&title);
                Part::Background
            }
            TokenKind::ExamplesLine => {
                self.builder.examples(&title);
                Part::Examples
            }
            _ => {
                self.builder.scenario(&title);
                Part::Scenario
            }
        });
        true
    }

    fn step(&mut self, line: &Line<'_>) -> bool {
        let Some(step) = self.matcher.step(line) else {
            return false;
        };
        self.builder.step(step);
        self.state = State::Step(self.state.part(), Arguments::TableOrDocString);
        true
    }

    fn table_row(&mut self, line: &Line<'_>) -> bool {
        let Some(cells) = self.matcher.cells(line) else {
            return false;
        };
        if let State::Step(part, arguments) = self.state {
            self.builder.step_row(line, cells);
            self.state = State::Step(part, arguments.in_table());
        } else {
            self.builder.examples_row(line, cells);
            self.state = State::ExamplesTable;
        }
        true
    }

    fn doc_string_start(&mut self, line: &Line<'_>) -> bool {
        let Some(doc_string) = self.matcher.doc_string_start(line) else {
            return false;
        };
        self.builder.close_step_table();
        self.doc_string = Some(OpenDocString {
            doc_string,
            indent: line.indent,
            has_lines: false,
        });
        if let State::Step(part, arguments) = self.state {
            self.state = State::DocString(part, arguments.after_doc_string());
        }
        true
    }

    fn doc_string_line(&mut self, line: &Line<'_>) {
        let Some(open) = &mut self.doc_string else {
            return;
        };
        if std::mem::replace(&mut open.has_lines, true) {
            open.doc_string.content.push('\n');
        }
        let text = line.outdented(open.indent);
        let escaped = match open.doc_string.delimiter {
            "\"\"\"" => "\\\"\\\"\\\"",
            "```" => "\\`\\`\\`",
            _ => {
                open.doc_string.content.push_str(text);
                return;
            }
        };
        open.doc_string
            .content
            .push_str(&text.replace(escaped, open.doc_string.delimiter));
    }

    fn doc_string_end(&mut self, line: &Line<'_>) -> bool {
        let closes = |open: &OpenDocString| line.trimmed.starts_with(open.doc_string.delimiter);
        let Some(mut open) = self.doc_string.take_if(|open| closes(open)) else {
            return false;
        };
        let delimiter = &line.trimmed[..open.doc_string.delimiter.len()];
        open.doc_string.span.end = line.span_of(delimiter).end;
        self.builder.doc_string(open.doc_string);
        if let State::DocString(part, arguments) = self.state {
            self.state = State::Step(part, arguments);
        }
        true
    }
}
