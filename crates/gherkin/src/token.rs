use std::fmt;

/// Kinds of line, with the names that the official parser gives them in its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all there is to say")]
pub enum TokenKind {
    Eof,
    Empty,
    Comment,
    TagLine,
    FeatureLine,
    RuleLine,
    BackgroundLine,
    ScenarioLine,
    ExamplesLine,
    StepLine,
    DocStringSeparator,
    TableRow,
    Language,
    Other,
}

impl TokenKind {
    /// The name for people, `None` for what nobody forgets to write.
    pub fn described(self) -> Option<&'static str> {
        match self {
            Self::Eof | Self::Empty | Self::Comment | Self::Language => None,
            Self::TagLine => Some("tags"),
            Self::FeatureLine => Some("a feature"),
            Self::RuleLine => Some("a rule"),
            Self::BackgroundLine => Some("a background"),
            Self::ScenarioLine => Some("a scenario"),
            Self::ExamplesLine => Some("examples"),
            Self::StepLine => Some("a step"),
            Self::DocStringSeparator => Some("the delimiter of a doc string"),
            Self::TableRow => Some("a table row"),
            Self::Other => Some("more text"),
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eof => "#EOF",
            Self::Empty => "#Empty",
            Self::Comment => "#Comment",
            Self::TagLine => "#TagLine",
            Self::FeatureLine => "#FeatureLine",
            Self::RuleLine => "#RuleLine",
            Self::BackgroundLine => "#BackgroundLine",
            Self::ScenarioLine => "#ScenarioLine",
            Self::ExamplesLine => "#ExamplesLine",
            Self::StepLine => "#StepLine",
            Self::DocStringSeparator => "#DocStringSeparator",
            Self::TableRow => "#TableRow",
            Self::Language => "#Language",
            Self::Other => "#Other",
        })
    }
}
