//! What is going to be run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::directives::Directives;
use crate::config::UserConfig;
use crate::vocabulary::{Keyword, Matched, ParameterKind, Table};

/// Everything that is going to be run, in order.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The scenarios.
    pub scenarios: Vec<PlannedScenario>,
    /// How many scenarios were found but not selected.
    pub left_out: u32,
}

/// What the scenarios of a feature share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFeature {
    /// Its name.
    pub name: String,
    /// The file as the user named it.
    pub file: String,
    /// The line of its heading, from 1.
    pub line: u32,
    /// The folder of the file.
    pub folder: PathBuf,
}

/// A scenario that was selected.
#[derive(Debug, Clone)]
pub struct PlannedScenario {
    /// Its feature.
    pub feature: Arc<PlannedFeature>,
    /// The name of its rule.
    pub rule: Option<String>,
    /// Its name.
    pub name: String,
    /// The line of its heading or of its example row, from 1.
    pub line: u32,
    /// All its tags, each with its `@`.
    pub tags: Vec<String>,
    /// What the tags tell the runner.
    pub directives: Directives,
    /// Why it is not run, though it was selected.
    pub skipped: Option<String>,
    /// Its steps; of a skipped scenario without definitions.
    pub steps: Vec<BoundStep>,
    /// The configured users that it plays or calls: no other scenario uses them meanwhile.
    pub users: BTreeSet<String>,
    /// Users of imported files.
    pub imported: Arc<BTreeMap<String, UserConfig>>,
}

impl PlannedScenario {
    /// How long an attempt may take: as its tag or the configuration says, else as long as all its
    /// steps together.
    pub fn limit(&self, step: Duration, scenario: Option<Duration>) -> Duration {
        self.directives
            .timeout
            .or(scenario)
            .unwrap_or_else(|| self.steps.iter().map(|bound| bound.limit(step)).sum())
    }

    /// The names that its sentences give to phones.
    pub fn cast(&self) -> BTreeSet<String> {
        let matched = self.steps.iter().flat_map(BoundStep::meanings);
        let arguments = matched.flat_map(|matched| &matched.arguments);
        let named = arguments
            .filter(|argument| argument.kind == ParameterKind::Phone)
            .map(|argument| argument.text.clone());
        let tables = self.steps.iter().filter_map(|bound| bound.table.as_ref());
        let callers = tables.flat_map(|table| {
            table.records().flat_map(|record| {
                let cells = ["name", "caller", "callee"].map(|column| record.get(column));
                cells
                    .into_iter()
                    .flatten()
                    .filter(|cell| is_name(cell))
                    .map(str::to_owned)
            })
        });
        named.chain(callers).collect()
    }

    /// The phones that a sentence describes: they begin with that sentence and not before.
    pub fn described(&self) -> BTreeSet<String> {
        let describing = self.steps.iter().filter_map(|bound| {
            let matched = bound.matched.as_ref()?;
            let pattern = matched.definition.pattern;
            pattern
                .starts_with("{phone} uses {profile} phone")
                .then(|| &matched.arguments[0].text)
        });
        let tables = self.steps.iter().filter_map(|bound| bound.table.as_ref());
        let rows = tables.flat_map(|table| table.records().filter_map(|row| row.get("name")));
        describing.cloned().chain(rows.map(str::to_owned)).collect()
    }

    /// Whether a sentence puts a phone on IPv6: then the embedded server is there too.
    pub fn speaks_of_ipv6(&self) -> bool {
        let matched = self.steps.iter().flat_map(BoundStep::meanings);
        matched
            .map(|matched| matched.definition.pattern)
            .any(|text| text.ends_with("via IPv6"))
    }

    /// Whether a sentence compares what a phone hears with a file, or measures its delay: then phones
    /// keep the sound of their last seconds.
    pub fn compares_sound(&self) -> bool {
        let matched = self.steps.iter().flat_map(BoundStep::meanings);
        let mut patterns = matched.map(|matched| matched.definition.pattern);
        patterns.any(|text| text.contains("hears {file}") || text.contains("with a delay below"))
    }

    /// Whether a sentence speaks of voicemail: then the embedded server has it for every phone, and
    /// else refusals reach the caller as they are.
    pub fn speaks_of_voicemail(&self) -> bool {
        let matched = self.steps.iter().flat_map(BoundStep::meanings);
        matched.map(|matched| matched.definition).any(|definition| {
            definition.section == "Voicemail" || definition.pattern.contains("voicemail")
        })
    }
}

/// Whether a cell of a table names a phone, and not an extension, a URI or a service of the server.
fn is_name(cell: &str) -> bool {
    let service = ["echo", "music", "conference", "voicemail"].contains(&cell);
    cell.starts_with(char::is_alphabetic) && !cell.contains([':', '@']) && !service
}

/// A step and what it does.
#[derive(Debug, Clone)]
pub struct BoundStep {
    /// The keyword.
    pub keyword: Keyword,
    /// The text without keyword.
    pub text: String,
    /// The line, from 1.
    pub line: u32,
    /// The table below it.
    pub table: Option<Table>,
    /// The doc string below it.
    pub doc_string: Option<String>,
    /// What it does; `None` only in scenarios that are skipped.
    pub matched: Option<Matched>,
    /// The sentence that stands in this one as its `{step}`.
    pub condition: Option<Box<Self>>,
    /// The sentences of its doc string that are carried out at the same time, of `meanwhile:`.
    pub nested: Vec<Self>,
}

impl BoundStep {
    /// What the sentence means, and what those in it mean.
    pub fn meanings(&self) -> impl Iterator<Item = &Matched> {
        let inner = self.condition.as_deref().into_iter().chain(&self.nested);
        let inner = inner.filter_map(|inner| inner.matched.as_ref());
        self.matched.iter().chain(inner)
    }

    /// How long the step may take: `base` and all times that its sentence and its table name.
    pub fn limit(&self, base: Duration) -> Duration {
        let Some(matched) = &self.matched else {
            return base;
        };
        let named = matched
            .arguments
            .iter()
            .filter_map(|argument| crate::vocabulary::parse_time(&argument.text));
        let rows = self.table.iter().flat_map(Table::rows);
        let in_table = rows
            .flatten()
            .filter_map(|cell| crate::vocabulary::parse_time(cell));
        let within = matched.within.unwrap_or_default();
        let inner = self.condition.iter().map(|inner| inner.limit(base));
        let nested = self.nested.iter().map(|nested| nested.limit(base)).max();
        named.chain(in_table).chain(inner).chain(nested).fold(
            base.max(matched.definition.at_least) + within,
            Duration::saturating_add,
        )
    }
}
