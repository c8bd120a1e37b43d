use std::ops::Range;

use crate::ast::{
    DataTable, DocString, Examples, FeatureChild, GherkinDocument, Id, IdGenerator, Location,
    RuleChild, Scenario, Step, StepKeywordType, TableRow, Tag,
};

/// A scenario ready to be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickle {
    /// Number of the pickle.
    pub id: Id,
    /// The file, as the caller named it.
    pub uri: String,
    /// Where it comes from: the scenario, or the row of the examples.
    pub location: Location,
    /// Where the scenario's heading is; the same as `location` unless it is an outline.
    pub scenario_location: Location,
    /// The bytes of the scenario's heading.
    pub scenario_span: Range<usize>,
    /// Name with placeholders replaced.
    pub name: String,
    /// Code of the language.
    pub language: &'static str,
    /// Steps of the backgrounds and of the scenario; none if the scenario has none.
    pub steps: Vec<PickleStep>,
    /// Tags of the feature, the rule, the scenario and the examples, in this order.
    pub tags: Vec<PickleTag>,
    /// The scenario, then the row of the examples.
    pub ast_node_ids: Vec<Id>,
}

/// A step ready to be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleStep {
    /// Number of the step.
    pub id: Id,
    /// Text with placeholders replaced.
    pub text: String,
    /// What the keyword means, conjunctions resolved.
    pub step_type: PickleStepType,
    /// The keyword as written.
    pub keyword: &'static str,
    /// Table and doc string in the order of the file.
    pub arguments: Vec<PickleArgument>,
    /// Where the step is written.
    pub location: Location,
    /// The bytes of the step, keyword included.
    pub span: Range<usize>,
    /// The bytes of the step's text.
    pub text_span: Range<usize>,
    /// Where the row of the examples is that filled in the placeholders; `None` for steps of a
    /// background or of a plain scenario.
    pub examples_location: Option<Location>,
    /// The step, then the row of the examples.
    pub ast_node_ids: Vec<Id>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PickleStepType {
    /// Establishes a state (`Given`).
    Context,
    /// Does something (`When`).
    Action,
    /// Verifies something (`Then`).
    Outcome,
    /// The keywords do not tell.
    Unknown,
}

/// What is written below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickleArgument {
    /// A table.
    Table(PickleTable),
    /// A doc string.
    DocString(PickleDocString),
}

/// A table with placeholders replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleTable {
    /// Rows of cells.
    pub rows: Vec<Vec<String>>,
    /// Where the table is written.
    pub location: Location,
    /// The bytes of each cell as written.
    pub cell_spans: Vec<Vec<Range<usize>>>,
}

/// A doc string with placeholders replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleDocString {
    /// What follows the opening delimiter.
    pub media_type: Option<String>,
    /// The lines between the delimiters.
    pub content: String,
    /// Where the doc string is written.
    pub location: Location,
    /// The bytes from delimiter to delimiter.
    pub span: Range<usize>,
}

/// A tag that a pickle has or inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickleTag {
    /// The tag with its `@`.
    pub name: String,
    /// The tag in the document.
    pub ast_node_id: Id,
    /// The bytes of the tag.
    pub span: Range<usize>,
}

/// Compiles a document without errors into pickles, one for each scenario and for each row of
/// examples, in the order of the file. `ids` is the generator that numbered the document.
pub fn compile_pickles(
    document: &GherkinDocument,
    uri: &str,
    ids: &mut IdGenerator,
) -> Vec<Pickle> {
    let mut pickles = Vec::new();
    let Some(feature) = &document.feature else {
        return pickles;
    };
    let mut compiler = Compiler {
        uri,
        language: feature.language,
        ids,
        pickles: &mut pickles,
    };
    let feature_tags: Vec<&Tag> = feature.tags.iter().collect();
    let mut feature_background: Vec<&Step> = Vec::new();
    for child in &feature.children {
        match child {
            FeatureChild::Background(background) => feature_background.extend(&background.steps),
            FeatureChild::Scenario(scenario) => {
                compiler.scenario(scenario, &feature_tags, &feature_background);
            }
            FeatureChild::Rule(rule) => {
                let tags: Vec<&Tag> = feature_tags.iter().copied().chain(&rule.tags).collect();
                let mut background = feature_background.clone();
                for child in &rule.children {
                    match child {
                        RuleChild::Background(of_rule) => background.extend(&of_rule.steps),
                        RuleChild::Scenario(scenario) => {
                            compiler.scenario(scenario, &tags, &background);
                        }
                    }
                }
            }
        }
    }
    pickles
}

struct Compiler<'a> {
    uri: &'a str,
    language: &'static str,
    ids: &'a mut IdGenerator,
    pickles: &'a mut Vec<Pickle>,
}

impl Compiler<'_> {
    fn scenario(&mut self, scenario: &Scenario, inherited: &[&Tag], background: &[&Step]) {
        if scenario.examples.is_empty() {
            self.pickle(scenario, inherited, background, None);
        }
        for examples in &scenario.examples {
            let Some(header) = &examples.table_header else {
                continue;
            };
            for row in &examples.table_body {
                let filling = Filling {
                    examples,
                    header,
                    row,
                };
                self.pickle(scenario, inherited, background, Some(filling));
            }
        }
    }

    fn pickle(
        &mut self,
        scenario: &Scenario,
        inherited: &[&Tag],
        background: &[&Step],
        filling: Option<Filling<'_>>,
    ) {
        let mut steps = Vec::new();
        // A background alone is no test.
        if !scenario.steps.is_empty() {
            let mut last = PickleStepType::Unknown;
            for step in background {
                last = step_type(step, last);
                steps.push(self.step(step, last, None));
            }
            for step in &scenario.steps {
                last = step_type(step, last);
                steps.push(self.step(step, last, filling));
            }
        }
        let own = scenario.tags.iter();
        let of_examples = filling.iter().flat_map(|filling| &filling.examples.tags);
        let tags = inherited.iter().copied().chain(own).chain(of_examples);
        self.pickles.push(Pickle {
            id: self.ids.next_id(),
            uri: self.uri.to_owned(),
            location: filling.map_or(scenario.heading.location, |filling| filling.row.location),
            scenario_location: scenario.heading.location,
            scenario_span: scenario.heading.span.clone(),
            name: fill(&scenario.heading.name, filling),
            language: self.language,
            steps,
            tags: tags.map(pickle_tag).collect(),
            ast_node_ids: node_ids(scenario.id, filling),
        });
    }

    fn step(
        &mut self,
        step: &Step,
        step_type: PickleStepType,
        filling: Option<Filling<'_>>,
    ) -> PickleStep {
        PickleStep {
            id: self.ids.next_id(),
            text: fill(&step.text, filling),
            step_type,
            keyword: step.keyword,
            arguments: arguments(step, filling),
            location: step.location,
            span: step.span.clone(),
            text_span: step.text_span.clone(),
            examples_location: filling.map(|filling| filling.row.location),
            ast_node_ids: node_ids(step.id, filling),
        }
    }
}

/// The row of examples that an outline is filled with.
#[derive(Clone, Copy)]
struct Filling<'a> {
    examples: &'a Examples,
    header: &'a TableRow,
    row: &'a TableRow,
}

fn step_type(step: &Step, last: PickleStepType) -> PickleStepType {
    match step.keyword_type {
        StepKeywordType::Context => PickleStepType::Context,
        StepKeywordType::Action => PickleStepType::Action,
        StepKeywordType::Outcome => PickleStepType::Outcome,
        StepKeywordType::Conjunction => last,
        StepKeywordType::Unknown => PickleStepType::Unknown,
    }
}

fn node_ids(node: Id, filling: Option<Filling<'_>>) -> Vec<Id> {
    std::iter::once(node)
        .chain(filling.map(|filling| filling.row.id))
        .collect()
}

fn pickle_tag(tag: &Tag) -> PickleTag {
    PickleTag {
        name: tag.name.clone(),
        ast_node_id: tag.id,
        span: tag.span.clone(),
    }
}

fn arguments(step: &Step, filling: Option<Filling<'_>>) -> Vec<PickleArgument> {
    let table = step
        .data_table
        .as_ref()
        .map(|table| (table.location, table_of(table, filling)));
    let doc = step
        .doc_string
        .as_ref()
        .map(|doc| (doc.location, doc_string_of(doc, filling)));
    let mut arguments: Vec<_> = table.into_iter().chain(doc).collect();
    arguments.sort_by_key(|(location, _)| *location);
    arguments
        .into_iter()
        .map(|(_, argument)| argument)
        .collect()
}

fn table_of(table: &DataTable, filling: Option<Filling<'_>>) -> PickleArgument {
    let rows = table.rows.iter();
    PickleArgument::Table(PickleTable {
        rows: rows
            .clone()
            .map(|row| {
                row.cells
                    .iter()
                    .map(|cell| fill(&cell.value, filling))
                    .collect()
            })
            .collect(),
        location: table.location,
        cell_spans: rows
            .map(|row| row.cells.iter().map(|cell| cell.span.clone()).collect())
            .collect(),
    })
}

fn doc_string_of(doc: &DocString, filling: Option<Filling<'_>>) -> PickleArgument {
    PickleArgument::DocString(PickleDocString {
        media_type: doc
            .media_type
            .as_deref()
            .map(|media_type| fill(media_type, filling)),
        content: fill(&doc.content, filling),
        location: doc.location,
        span: doc.span.clone(),
    })
}

/// Replaces `<name>` by the cell below that name, one column after the other as the official
/// compiler does.
fn fill(text: &str, filling: Option<Filling<'_>>) -> String {
    let mut text = text.to_owned();
    let Some(Filling { header, row, .. }) = filling else {
        return text;
    };
    for (name, cell) in header.cells.iter().zip(&row.cells) {
        if !text.contains('<') {
            break;
        }
        text = text.replace(&format!("<{}>", name.value), &cell.value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::PickleStepType::{Context, Outcome, Unknown};
    use super::*;
    use crate::{Syntax, parse_with};

    fn pickles(text: &str) -> Vec<Pickle> {
        let mut ids = IdGenerator::new();
        let result = parse_with(text, Syntax::Plain, &mut ids);
        compile_pickles(&result.into_result().unwrap(), "x.feature", &mut ids)
    }

    #[test]
    fn steps_know_where_they_are_written() {
        let text = "Feature: x\n  Background:\n    Given b\n  Scenario Outline: <n>\n    When <n> calls\n    \
                    Examples:\n      | n |\n      | Bob |\n";
        let pickles = pickles(text);
        assert_eq!(pickles.len(), 1);
        let pickle = &pickles[0];
        assert_eq!((pickle.name.as_str(), pickle.location.line), ("Bob", 8));
        assert_eq!(pickle.scenario_location.line, 4);
        let places: Vec<_> = pickle
            .steps
            .iter()
            .map(|step| {
                let written = &text[step.text_span.clone()];
                (
                    step.text.as_str(),
                    written,
                    step.location.line,
                    step.examples_location,
                )
            })
            .collect();
        assert_eq!(
            places,
            [
                ("b", "b", 3, None),
                (
                    "Bob calls",
                    "<n> calls",
                    5,
                    Some(Location { line: 8, column: 7 })
                ),
            ]
        );
    }

    #[test]
    fn conjunctions_take_the_type_of_the_step_before() {
        let text = "Feature: x\n Scenario: y\n  And a\n  Given b\n  And c\n  Then d\n  But e\n  * f\n  And g\n";
        let types: Vec<_> = pickles(text)[0]
            .steps
            .iter()
            .map(|step| step.step_type)
            .collect();
        assert_eq!(
            types,
            [
                Unknown, Context, Context, Outcome, Outcome, Unknown, Unknown
            ]
        );
    }

    #[test]
    fn examples_without_rows_give_nothing() {
        let text = "Feature: x\n Scenario Outline: y\n  Given a\n  Examples:\n  | n |\n";
        assert!(pickles(text).is_empty());
    }
}
