//! What a sentence says beside its fixed words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_gherkin::PickleStepType;
use regex::Regex;

use super::definition::{StepDefinition, StepFuture};
use super::parameter::ParameterKind;
use super::registry::Argument;
use super::values::{Codes, MessagePattern, parse_time};
use crate::world::World;

/// The keyword of a step. It never changes what a step does, but a `Given` may find that there is
/// nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// As written, in the language of the feature.
    pub written: String,
    /// What it means, `And` and `But` resolved.
    pub meaning: PickleStepType,
}

/// A table below a step whose first row names the columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table of these rows.
    pub fn new(rows: Vec<Vec<String>>) -> Self {
        Self { rows }
    }

    /// All rows, the first included.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        self.rows.first().map_or(&[], Vec::as_slice)
    }

    /// The rows below the header, each with its cells by column name.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().skip(1).map(|cells| Record {
            header: self.header(),
            cells,
        })
    }
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    header: &'a [String],
    cells: &'a [String],
}

impl<'a> Record<'a> {
    /// The cell of that column; `None` if there is no such column or the cell is empty.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        let index = self.header.iter().position(|name| name == column)?;
        let cell = self.cells.get(index)?;
        (!cell.is_empty()).then_some(cell.as_str())
    }

    /// Column names and cells.
    pub fn cells(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.header.iter().map(String::as_str);
        names.zip(self.cells.iter().map(String::as_str))
    }
}

/// The arguments of one step, variables filled in. Positions count the parameters of the pattern
/// from 0.
#[derive(Debug, Clone)]
pub struct Arguments {
    pub(crate) sentence: String,
    pub(crate) keyword: Keyword,
    pub(crate) values: Vec<Argument>,
    pub(crate) within: Option<Duration>,
    pub(crate) table: Option<Table>,
    pub(crate) doc_string: Option<String>,
    pub(crate) folder: PathBuf,
    pub(crate) condition: Option<Box<Condition>>,
    pub(crate) nested: Vec<Nested>,
}

/// A sentence of the doc string of `meanwhile:`.
#[derive(Debug, Clone)]
pub struct Nested {
    pub(crate) definition: StepDefinition,
    pub(crate) arguments: Arguments,
}

impl Nested {
    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.arguments.sentence
    }

    /// Carries it out.
    pub fn play(self, world: &mut World) -> StepFuture<'_> {
        (self.definition.run)(world, self.arguments)
    }
}

/// The sentence that stands in another one as its `{step}`.
#[derive(Debug, Clone)]
pub struct Condition {
    pub(crate) definition: StepDefinition,
    pub(crate) arguments: Arguments,
}

impl Condition {
    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.arguments.sentence
    }

    /// Looks once; a sentence that waits does so for `limit` at most.
    pub fn look<'a>(&self, world: &'a mut World, limit: Duration) -> StepFuture<'a> {
        let mut arguments = self.arguments.clone();
        if self.definition.takes_within {
            arguments.within = Some(limit);
        }
        (self.definition.run)(world, arguments)
    }
}

impl Arguments {
    /// The text of the step without keyword.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The sentences in its doc string, of `meanwhile:`.
    pub fn nested(&self) -> &[Nested] {
        &self.nested
    }

    /// The keyword.
    pub fn keyword(&self) -> &Keyword {
        &self.keyword
    }

    /// Whether the step is a `Given`.
    pub fn is_given(&self) -> bool {
        self.keyword.meaning == PickleStepType::Context
    }

    /// The value at `index` as text, whatever its kind, without quotes and slashes.
    pub fn text(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, None)?.text)
    }

    /// `{phone}`.
    pub fn phone(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Phone))?.text)
    }

    /// `{dest}`.
    pub fn dest(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Destination))?.text)
    }

    /// `{profile}`.
    pub fn profile(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Profile))?.text)
    }

    /// `{time}`.
    pub fn duration(&self, index: usize) -> Result<Duration, Failure> {
        self.read(index, ParameterKind::Time, parse_time)
    }

    /// `{n}`.
    pub fn integer(&self, index: usize) -> Result<u64, Failure> {
        self.read(index, ParameterKind::Integer, |text| text.parse().ok())
    }

    /// `{x}`.
    pub fn decimal(&self, index: usize) -> Result<f64, Failure> {
        self.read(index, ParameterKind::Decimal, |text| text.parse().ok())
    }

    /// `{code}`.
    pub fn codes(&self, index: usize) -> Result<Codes, Failure> {
        self.read(index, ParameterKind::Code, Codes::parse)
    }

    /// `{code}` where a single code is needed because it is to be sent.
    pub fn code(&self, index: usize) -> Result<u16, Failure> {
        self.codes(index)?.single().ok_or_else(|| {
            let text = &self.values[index].text;
            misuse(format!(
                "`{text}` is no single status code, as is needed here"
            ))
        })
    }

    /// `{method}`.
    pub fn method(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Method))?.text)
    }

    /// `{msg}`.
    pub fn message(&self, index: usize) -> Result<MessagePattern, Failure> {
        self.read(index, ParameterKind::Message, MessagePattern::parse)
    }

    /// `{hdr}`.
    pub fn header(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Header))?.text)
    }

    /// `{re}`; `\/` stands for a slash.
    pub fn regex(&self, index: usize) -> Result<Regex, Failure> {
        let text = &self.value(index, Some(ParameterKind::Regex))?.text;
        compile_regex(text)
            .map_err(|error| misuse(format!("`/{text}/` is no regular expression: {error}")))
    }

    /// `{file}`, relative to the folder of the feature.
    pub fn file(&self, index: usize) -> Result<PathBuf, Failure> {
        let text = &self.value(index, Some(ParameterKind::File))?.text;
        Ok(self.folder.join(text))
    }

    /// `{var}`: the name of a variable.
    pub fn var(&self, index: usize) -> Result<&str, Failure> {
        Ok(&self.value(index, Some(ParameterKind::Variable))?.text)
    }

    /// `{codecs}`: at least one.
    pub fn codecs(&self, index: usize) -> Result<Vec<&str>, Failure> {
        let text = &self.value(index, Some(ParameterKind::Codecs))?.text;
        Ok(text.split(',').map(str::trim).collect())
    }

    /// `{step}`.
    pub fn condition(&self) -> Result<&Condition, Failure> {
        self.condition
            .as_deref()
            .ok_or_else(|| our_fault("a step asked for a condition that is not there".to_owned()))
    }

    /// The time of ` within {time}`, if the sentence has it.
    pub fn within(&self) -> Option<Duration> {
        self.within
    }

    /// The table below the step, if there is one.
    pub fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// The table below the step.
    ///
    /// # Errors
    /// If there is none.
    pub fn needs_table(&self) -> Result<&Table, Failure> {
        self.table()
            .ok_or_else(|| misuse("this step needs a table below it".to_owned()))
    }

    /// The doc string below the step, if there is one.
    pub fn doc_string(&self) -> Option<&str> {
        self.doc_string.as_deref()
    }

    /// The folder of the feature: where relative files start.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn value(&self, index: usize, kind: Option<ParameterKind>) -> Result<&Argument, Failure> {
        let argument = self.values.get(index).ok_or_else(|| {
            our_fault(format!(
                "a step asked for its argument {index}, which is not there"
            ))
        })?;
        match kind {
            Some(kind) if kind != argument.kind => Err(our_fault(format!(
                "a step asked for argument {index} as {{{}}}, but it is {{{}}}",
                kind.name(),
                argument.kind.name()
            ))),
            _ => Ok(argument),
        }
    }

    fn read<T>(
        &self,
        index: usize,
        kind: ParameterKind,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let text = &self.value(index, Some(kind))?.text;
        read(text).ok_or_else(|| {
            misuse(format!(
                "`{text}` is not what stands here: {}",
                kind.about()
            ))
        })
    }
}

/// Compiles what stands between the slashes.
pub(crate) fn compile_regex(text: &str) -> Result<Regex, regex::Error> {
    Regex::new(&text.replace(r"\/", "/"))
}

fn misuse(summary: String) -> Failure {
    Failure::new(FailureClass::Misuse, summary)
}

fn our_fault(summary: String) -> Failure {
    Failure::new(FailureClass::Panic, summary)
}
