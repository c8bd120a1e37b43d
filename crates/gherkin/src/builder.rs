use crate::ast::{
    Background, Comment, DataTable, DocString, Examples, Feature, FeatureChild, GherkinDocument,
    Heading, IdGenerator, Rule, RuleChild, Scenario, Step, TableCell, TableRow, Tag,
};
use crate::error::{ParseError, ParseErrorKind};
use crate::line::Line;
use crate::matcher::{StepLine, Title};

/// Puts the document together.
///
/// The parser reports what it meets in the order of the file. At most one node of each kind is
/// open at a time; opening one closes those that cannot contain it. Nodes are numbered when they
/// close, children before parents and tags just before the node that they belong to, which is how
/// the official parser numbers them.
pub(crate) struct Builder<'g> {
    ids: &'g mut IdGenerator,
    errors: Vec<ParseError>,
    comments: Vec<Comment>,
    tags: Vec<Tag>,
    feature: Option<Feature>,
    rule: Option<Rule>,
    background: Option<Background>,
    scenario: Option<Scenario>,
    examples: Option<Examples>,
    /// Rows of the open examples, header first.
    examples_rows: Vec<TableRow>,
    step: Option<Step>,
    /// Rows of the open step's table while it can still grow.
    step_rows: Vec<TableRow>,
}

impl<'g> Builder<'g> {
    pub(crate) fn new(ids: &'g mut IdGenerator) -> Self {
        Self {
            ids,
            errors: Vec::new(),
            comments: Vec::new(),
            tags: Vec::new(),
            feature: None,
            rule: None,
            background: None,
            scenario: None,
            examples: None,
            examples_rows: Vec::new(),
            step: None,
            step_rows: Vec::new(),
        }
    }

    /// Reports an error once.
    pub(crate) fn error(&mut self, error: ParseError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    pub(crate) fn error_count(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn comment(&mut self, comment: Comment) {
        self.comments.push(comment);
    }

    /// Tags for the next heading.
    pub(crate) fn tags(&mut self, tags: Vec<Tag>) {
        self.tags.extend(tags);
    }

    pub(crate) fn feature(&mut self, title: &Title<'_>, language: &'static str) {
        let tags = std::mem::take(&mut self.tags);
        let heading = heading(title);
        self.feature = Some(Feature {
            language,
            tags,
            heading,
            children: Vec::new(),
        });
    }

    pub(crate) fn rule(&mut self, title: &Title<'_>) {
        self.close_rule();
        let tags = std::mem::take(&mut self.tags);
        self.rule = Some(Rule {
            id: 0,
            tags,
            heading: heading(title),
            children: Vec::new(),
        });
    }

    pub(crate) fn background(&mut self, title: &Title<'_>) {
        self.close_scenario();
        self.background = Some(Background {
            id: 0,
            heading: heading(title),
            steps: Vec::new(),
        });
    }

    pub(crate) fn scenario(&mut self, title: &Title<'_>) {
        self.close_scenario();
        self.scenario = Some(Scenario {
            id: 0,
            tags: std::mem::take(&mut self.tags),
            heading: heading(title),
            steps: Vec::new(),
            examples: Vec::new(),
        });
    }

    pub(crate) fn examples(&mut self, title: &Title<'_>) {
        self.close_examples();
        self.examples = Some(Examples {
            id: 0,
            tags: std::mem::take(&mut self.tags),
            heading: heading(title),
            table_header: None,
            table_body: Vec::new(),
        });
    }

    /// A line (empty ones too) below the last heading.
    pub(crate) fn description(&mut self, line: &str) {
        let heading = if let Some(examples) = &mut self.examples {
            &mut examples.heading
        } else if let Some(scenario) = &mut self.scenario {
            &mut scenario.heading
        } else if let Some(background) = &mut self.background {
            &mut background.heading
        } else if let Some(rule) = &mut self.rule {
            &mut rule.heading
        } else if let Some(feature) = &mut self.feature {
            &mut feature.heading
        } else {
            return;
        };
        // Empty lines before the description are dropped here, those after it on closing.
        if !line.is_empty() || !heading.description.is_empty() {
            heading.description.push_str(line);
            heading.description.push('\n');
        }
    }

    pub(crate) fn step(&mut self, step: StepLine<'_>) {
        self.close_step();
        self.step = Some(Step {
            id: 0,
            location: step.location,
            span: step.span,
            text_span: step.text_span,
            keyword: step.keyword,
            keyword_type: step.keyword_type,
            text: step.text.to_owned(),
            data_table: None,
            doc_string: None,
        });
    }

    pub(crate) fn step_row(&mut self, line: &Line<'_>, cells: Vec<TableCell>) {
        self.step_rows.push(row(line, cells));
    }

    pub(crate) fn examples_row(&mut self, line: &Line<'_>, cells: Vec<TableCell>) {
        self.examples_rows.push(row(line, cells));
    }

    /// A complete doc string of the open step.
    pub(crate) fn doc_string(&mut self, doc_string: DocString) {
        if let Some(step) = &mut self.step {
            step.doc_string = Some(doc_string);
        }
    }

    /// Ends the table of the open step.
    pub(crate) fn close_step_table(&mut self) {
        let rows = self.finish_rows(TableOf::Step);
        if let (Some(step), Some(first)) = (&mut self.step, rows.first()) {
            step.data_table = Some(DataTable {
                location: first.location,
                rows,
            });
        }
    }

    pub(crate) fn close_step(&mut self) {
        self.close_step_table();
        let Some(mut step) = self.step.take() else {
            return;
        };
        step.id = self.ids.next_id();
        if let Some(scenario) = &mut self.scenario {
            scenario.steps.push(step);
        } else if let Some(background) = &mut self.background {
            background.steps.push(step);
        }
    }

    pub(crate) fn close_examples(&mut self) {
        self.close_step();
        let rows = self.finish_rows(TableOf::Examples);
        let Some(mut examples) = self.examples.take() else {
            return;
        };
        let mut rows = rows.into_iter();
        examples.table_header = rows.next();
        examples.table_body = rows.collect();
        self.number_tags(&mut examples.tags);
        examples.id = self.ids.next_id();
        close_heading(&mut examples.heading);
        if let Some(scenario) = &mut self.scenario {
            scenario.examples.push(examples);
        }
    }

    /// Closes the open scenario or background.
    pub(crate) fn close_scenario(&mut self) {
        self.close_examples();
        if let Some(mut background) = self.background.take() {
            background.id = self.ids.next_id();
            close_heading(&mut background.heading);
            if let Some(rule) = &mut self.rule {
                rule.children.push(RuleChild::Background(background));
            } else if let Some(feature) = &mut self.feature {
                feature.children.push(FeatureChild::Background(background));
            }
        }
        if let Some(mut scenario) = self.scenario.take() {
            self.number_tags(&mut scenario.tags);
            scenario.id = self.ids.next_id();
            close_heading(&mut scenario.heading);
            if let Some(rule) = &mut self.rule {
                rule.children.push(RuleChild::Scenario(scenario));
            } else if let Some(feature) = &mut self.feature {
                feature.children.push(FeatureChild::Scenario(scenario));
            }
        }
    }

    pub(crate) fn close_rule(&mut self) {
        self.close_scenario();
        let Some(mut rule) = self.rule.take() else {
            return;
        };
        self.number_tags(&mut rule.tags);
        rule.id = self.ids.next_id();
        close_heading(&mut rule.heading);
        if let Some(feature) = &mut self.feature {
            feature.children.push(FeatureChild::Rule(rule));
        }
    }

    pub(crate) fn finish(mut self) -> (GherkinDocument, Vec<ParseError>) {
        self.close_rule();
        let mut feature = self.feature.take();
        if let Some(feature) = &mut feature {
            self.number_tags(&mut feature.tags);
            close_heading(&mut feature.heading);
        }
        (
            GherkinDocument {
                feature,
                comments: self.comments,
            },
            self.errors,
        )
    }

    fn number_tags(&mut self, tags: &mut [Tag]) {
        for tag in tags {
            tag.id = self.ids.next_id();
        }
    }

    /// Numbers the collected rows and reports the first that differs in length from the header.
    fn finish_rows(&mut self, table: TableOf) -> Vec<TableRow> {
        let mut rows = std::mem::take(match table {
            TableOf::Step => &mut self.step_rows,
            TableOf::Examples => &mut self.examples_rows,
        });
        for row in &mut rows {
            row.id = self.ids.next_id();
        }
        let expected = rows.first().map_or(0, |row| row.cells.len());
        if let Some(row) = rows.iter().find(|row| row.cells.len() != expected) {
            let received = row.cells.len();
            self.error(ParseError {
                kind: ParseErrorKind::InconsistentCellCount { expected, received },
                line: row.location.line,
                column: Some(row.location.column),
                span: row.span.clone(),
            });
        }
        rows
    }
}

#[derive(Clone, Copy)]
enum TableOf {
    Step,
    Examples,
}

fn heading(title: &Title<'_>) -> Heading {
    Heading {
        location: title.location,
        span: title.span.clone(),
        keyword: title.keyword,
        name: title.name.to_owned(),
        description: String::new(),
    }
}

fn close_heading(heading: &mut Heading) {
    let kept = heading.description.trim_end_matches('\n').len();
    heading.description.truncate(kept);
}

fn row(line: &Line<'_>, cells: Vec<TableCell>) -> TableRow {
    TableRow {
        id: 0,
        location: line.location(),
        span: line.span(),
        cells,
    }
}
