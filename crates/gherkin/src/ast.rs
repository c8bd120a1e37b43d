//! The syntax tree of a feature file.

use std::ops::Range;

pub use gannet_diag::Position as Location;

/// Number of a node; unique among everything numbered by the same [`IdGenerator`].
pub type Id = u64;

/// Numbers nodes 0, 1, 2, …; use one generator for all files of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdGenerator {
    next: Id,
}

impl IdGenerator {
    /// Starts at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next number.
    pub fn next_id(&mut self) -> Id {
        let id = self.next;
        self.next += 1;
        id
    }
}

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GherkinDocument {
    /// The feature; a file of nothing but comments and empty lines has none.
    pub feature: Option<Feature>,
    /// Every comment, in the order of the file.
    pub comments: Vec<Comment>,
}

/// A comment line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Start of the line.
    pub location: Location,
    /// The line without its line break.
    pub span: Range<usize>,
    /// The line with its indentation and `#`.
    pub text: String,
}

/// What `Feature:`, `Rule:`, `Background:`, `Scenario:` and `Examples:` lines have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Where the keyword starts.
    pub location: Location,
    /// Keyword to end of name.
    pub span: Range<usize>,
    /// The keyword without the colon, in the language of the feature; empty for a Markdown
    /// document that has no feature header.
    pub keyword: &'static str,
    /// The text after the colon, trimmed.
    pub name: String,
    /// The lines between this heading and what follows, indentation kept, empty lines around them
    /// and comments removed.
    pub description: String,
}

/// A tag with its `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Number of the node.
    pub id: Id,
    /// Where the `@` is.
    pub location: Location,
    /// The bytes of the tag.
    pub span: Range<usize>,
    /// The tag with its `@`.
    pub name: String,
}

/// `Feature:` and everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Code of the language, `en` unless a `# language:` line says otherwise.
    pub language: &'static str,
    /// Tags above the heading.
    pub tags: Vec<Tag>,
    /// The `Feature:` line and its description.
    pub heading: Heading,
    /// Background first, then scenarios, then rules.
    pub children: Vec<FeatureChild>,
}

/// A direct part of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeatureChild {
    /// Steps before every scenario of the feature.
    Background(Background),
    /// A scenario or scenario outline.
    Scenario(Scenario),
    /// A group of scenarios.
    Rule(Rule),
}

/// `Rule:` and everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Number of the node.
    pub id: Id,
    /// Tags above the heading.
    pub tags: Vec<Tag>,
    /// The `Rule:` line and its description.
    pub heading: Heading,
    /// Background first, then scenarios.
    pub children: Vec<RuleChild>,
}

/// A direct part of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleChild {
    /// Steps before every scenario of the rule, after those of the feature's background.
    Background(Background),
    /// A scenario or scenario outline.
    Scenario(Scenario),
}

/// `Background:` and its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Background {
    /// Number of the node.
    pub id: Id,
    /// The `Background:` line and its description.
    pub heading: Heading,
    /// The steps.
    pub steps: Vec<Step>,
}

/// `Scenario:` or `Scenario Outline:` with its steps and examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Number of the node.
    pub id: Id,
    /// Tags above the heading.
    pub tags: Vec<Tag>,
    /// The `Scenario:` line and its description.
    pub heading: Heading,
    /// The steps.
    pub steps: Vec<Step>,
    /// Blocks of examples; a scenario that has one is an outline, whatever its keyword.
    pub examples: Vec<Examples>,
}

/// `Examples:` and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// Number of the node.
    pub id: Id,
    /// Tags above the heading.
    pub tags: Vec<Tag>,
    /// The `Examples:` line and its description.
    pub heading: Heading,
    /// Names of the placeholders; `None` if there is no table.
    pub table_header: Option<TableRow>,
    /// One row for each pickle.
    pub table_body: Vec<TableRow>,
}

/// What a step keyword means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKeywordType {
    /// `Given`.
    Context,
    /// `When`.
    Action,
    /// `Then`.
    Outcome,
    /// `And`, `But`: the same as the step before.
    Conjunction,
    /// `*`, and words that a language uses for more than one of the above.
    Unknown,
}

/// One step line with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Number of the node.
    pub id: Id,
    /// Where the keyword starts.
    pub location: Location,
    /// Keyword and text.
    pub span: Range<usize>,
    /// The text without the keyword.
    pub text_span: Range<usize>,
    /// The keyword as written, with the space that belongs to it in most languages.
    pub keyword: &'static str,
    /// What the keyword means.
    pub keyword_type: StepKeywordType,
    /// The text after the keyword, trimmed.
    pub text: String,
    /// The table below the step. A step may have a table and a doc string.
    pub data_table: Option<DataTable>,
    /// The doc string below the step.
    pub doc_string: Option<DocString>,
}

/// A table below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataTable {
    /// Where the first row starts.
    pub location: Location,
    /// The rows, all of the same length unless the parser reported an error.
    pub rows: Vec<TableRow>,
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Number of the node.
    pub id: Id,
    /// Where the first `|` is.
    pub location: Location,
    /// The row without indentation and trailing blanks.
    pub span: Range<usize>,
    /// The cells.
    pub cells: Vec<TableCell>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    /// Where the text of the cell starts.
    pub location: Location,
    /// The text of the cell as written.
    pub span: Range<usize>,
    /// The text, trimmed, with `\|`, `\\` and `\n` replaced by what they stand for.
    pub value: String,
}

/// A text below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocString {
    /// Where the opening delimiter is.
    pub location: Location,
    /// From the opening delimiter to the end of the closing one.
    pub span: Range<usize>,
    /// What follows the opening delimiter on its line, `None` if nothing does.
    pub media_type: Option<String>,
    /// The lines between the delimiters, the indentation of the opening one removed.
    pub content: String,
    /// `"""` or three backticks (four in Markdown).
    pub delimiter: &'static str,
}
