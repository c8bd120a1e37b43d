use crate::token::TokenKind::{
    self, BackgroundLine, Comment, DocStringSeparator, Empty, Eof, ExamplesLine, FeatureLine,
    Language, Other, RuleLine, ScenarioLine, StepLine, TableRow, TagLine,
};

/// Where in the file the parser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Start,
    AfterLanguage,
    FeatureTags,
    RuleTags,
    ScenarioTags,
    ExamplesTags,
    /// Below a heading, before its first step or row: a description may stand here.
    Heading(Part),
    /// Below a step of a background or scenario.
    Step(Part, Arguments),
    /// Within a doc string; the arguments are those that the step may have after it.
    DocString(Part, Arguments),
    ExamplesTable,
}

/// Parts of a document that have a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Feature,
    Rule,
    Background,
    Scenario,
    Examples,
}

/// What may still follow a step: a table and a doc string in either order, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arguments {
    /// Nothing was there yet, or a table that can still grow.
    TableOrDocString,
    /// A table that can still grow below a doc string.
    TableAfterDocString,
    /// Both were there.
    Nothing,
    /// A table was there and can still grow, a doc string not.
    TableThenDocString,
}

impl Arguments {
    pub(super) fn in_table(self) -> Self {
        match self {
            Self::TableOrDocString => Self::TableThenDocString,
            other => other,
        }
    }

    pub(super) fn after_doc_string(self) -> Self {
        match self {
            Self::TableOrDocString => Self::TableAfterDocString,
            _ => Self::Nothing,
        }
    }
}

impl State {
    /// The kinds of line that may come next, in the order in which a line is tried as each of
    /// them and in which they are listed in messages.
    pub(super) fn expected(self) -> &'static [TokenKind] {
        match self {
            Self::Start => &[Eof, Language, TagLine, FeatureLine, Comment, Empty],
            Self::AfterLanguage | Self::FeatureTags => &[TagLine, FeatureLine, Comment, Empty],
            Self::RuleTags => &[TagLine, RuleLine, Comment, Empty],
            Self::ScenarioTags => &[TagLine, ScenarioLine, Comment, Empty],
            Self::ExamplesTags => &[TagLine, ExamplesLine, Comment, Empty],
            Self::Heading(part) => below_heading(part),
            Self::Step(Part::Scenario, arguments) => below_scenario_step(arguments),
            Self::Step(_, arguments) => below_background_step(arguments),
            Self::DocString(..) => &[DocStringSeparator, Other],
            Self::ExamplesTable => &[
                Eof,
                TableRow,
                TagLine,
                ExamplesLine,
                ScenarioLine,
                RuleLine,
                Comment,
                Empty,
            ],
        }
    }

    /// The part that a step read in this state belongs to.
    pub(super) fn part(self) -> Part {
        match self {
            Self::Heading(part) | Self::Step(part, _) | Self::DocString(part, _) => part,
            Self::Start | Self::AfterLanguage | Self::FeatureTags => Part::Feature,
            Self::RuleTags => Part::Rule,
            Self::ScenarioTags => Part::Scenario,
            Self::ExamplesTags | Self::ExamplesTable => Part::Examples,
        }
    }
}

fn below_heading(part: Part) -> &'static [TokenKind] {
    match part {
        Part::Feature | Part::Rule => &[
            Eof,
            Empty,
            Comment,
            BackgroundLine,
            TagLine,
            ScenarioLine,
            RuleLine,
            Other,
        ],
        Part::Background => &[
            Eof,
            Empty,
            Comment,
            StepLine,
            TagLine,
            ScenarioLine,
            RuleLine,
            Other,
        ],
        Part::Scenario => &[
            Eof,
            Empty,
            Comment,
            StepLine,
            TagLine,
            ExamplesLine,
            ScenarioLine,
            RuleLine,
            Other,
        ],
        Part::Examples => &[
            Eof,
            Empty,
            Comment,
            TableRow,
            TagLine,
            ExamplesLine,
            ScenarioLine,
            RuleLine,
            Other,
        ],
    }
}

fn below_background_step(arguments: Arguments) -> &'static [TokenKind] {
    match arguments {
        Arguments::TableOrDocString | Arguments::TableThenDocString => &[
            Eof,
            TableRow,
            DocStringSeparator,
            StepLine,
            TagLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
        Arguments::TableAfterDocString => &[
            Eof,
            TableRow,
            StepLine,
            TagLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
        Arguments::Nothing => &[
            Eof,
            StepLine,
            TagLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
    }
}

fn below_scenario_step(arguments: Arguments) -> &'static [TokenKind] {
    match arguments {
        Arguments::TableOrDocString | Arguments::TableThenDocString => &[
            Eof,
            TableRow,
            DocStringSeparator,
            StepLine,
            TagLine,
            ExamplesLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
        Arguments::TableAfterDocString => &[
            Eof,
            TableRow,
            StepLine,
            TagLine,
            ExamplesLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
        Arguments::Nothing => &[
            Eof,
            StepLine,
            TagLine,
            ExamplesLine,
            ScenarioLine,
            RuleLine,
            Comment,
            Empty,
        ],
    }
}
