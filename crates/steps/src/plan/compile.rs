//! The whole way from files to the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use gannet_diag::{Diagnostic, Diagnostics, Severity, SourceFile};
use gannet_gherkin::ast::{Feature, FeatureChild, GherkinDocument, Id, IdGenerator, RuleChild};
use gannet_gherkin::{Pickle, Syntax, compile_pickles, parse_with};

use super::bind::{Binder, unbound};
use super::directives::Directives;
use super::imports;
use super::model::{Plan, PlannedFeature, PlannedScenario};
use super::scope::Scope;
use super::selection::Selection;
use super::source::{FeatureSource, SourceError};

/// What became of the files.
#[derive(Debug, Default)]
pub struct Compiled {
    /// What is going to be run; whole only without errors.
    pub plan: Plan,
    /// What is odd or wrong in each file, for files where something is.
    pub reports: Vec<FeatureReport>,
    /// Files that could not be read.
    pub unreadable: Vec<SourceError>,
}

/// What is odd or wrong in a file.
#[derive(Debug, Clone)]
pub struct FeatureReport {
    /// The file.
    pub source: SourceFile,
    /// Errors and warnings, by place.
    pub diagnostics: Diagnostics,
}

impl Compiled {
    /// Whether something must be put right before anything can run.
    pub fn has_errors(&self) -> bool {
        let faulty = |report: &FeatureReport| report.diagnostics.has_errors();
        !self.unreadable.is_empty() || self.reports.iter().any(faulty)
    }

    /// How many errors there are.
    pub fn error_count(&self) -> usize {
        let in_files = self
            .reports
            .iter()
            .flat_map(|report| report.diagnostics.iter());
        let errors = in_files.filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.count() + self.unreadable.len()
    }
}

/// Reads the files, selects scenarios, and binds every step of those that are going to run.
pub fn compile(sources: &[FeatureSource], selection: &Selection, scope: &Scope<'_>) -> Compiled {
    let mut compiled = Compiled::default();
    let mut ids = IdGenerator::new();
    for source in sources {
        let text = match source.read() {
            Ok(text) => text,
            Err(error) => {
                compiled.unreadable.push(error);
                continue;
            }
        };
        compile_one(source, text, selection, scope, &mut ids, &mut compiled);
    }
    compiled
}

fn compile_one(
    source: &FeatureSource,
    text: String,
    selection: &Selection,
    scope: &Scope<'_>,
    ids: &mut IdGenerator,
    compiled: &mut Compiled,
) {
    let file = source.path.display().to_string();
    let syntax = if source
        .path
        .extension()
        .is_some_and(|extension| extension == "md")
    {
        Syntax::Markdown
    } else {
        Syntax::Plain
    };
    let parsed = parse_with(&text, syntax, ids);
    let mut diagnostics = parsed.diagnostics();
    if parsed.errors.is_empty()
        && let Some(feature) = &parsed.document.feature
    {
        let mut report = |diagnostic: Diagnostic| {
            // A step of a background belongs to every scenario and is told about once.
            if !diagnostics.iter().any(|known| *known == diagnostic) {
                diagnostics.push(diagnostic);
            }
        };
        let pickles = compile_pickles(&parsed.document, &file, ids);
        check_lines(source, &pickles, &text, &mut report);
        let place = Place {
            feature: Arc::new(planned(feature, &file, &source.path)),
            rules: rules_of(&parsed.document),
            text: &text,
        };
        for pickle in &pickles {
            let lines = Some(&source.lines).filter(|lines| !lines.is_empty());
            if selection.wants(pickle, lines) {
                let scenario = plan_scenario(pickle, &place, (scope, selection), &mut report);
                compiled.plan.scenarios.push(scenario);
            } else {
                compiled.plan.left_out += 1;
            }
        }
    }
    if !diagnostics.is_empty() {
        diagnostics.sort();
        let source = SourceFile::new(file, text);
        compiled.reports.push(FeatureReport {
            source,
            diagnostics,
        });
    }
}

/// What the scenarios of a file share.
struct Place<'a> {
    feature: Arc<PlannedFeature>,
    rules: BTreeMap<Id, String>,
    text: &'a str,
}

fn plan_scenario(
    pickle: &Pickle,
    place: &Place<'_>,
    (scope, selection): (&Scope<'_>, &Selection),
    report: &mut impl FnMut(Diagnostic),
) -> PlannedScenario {
    let directives = Directives::read(&pickle.tags, report);
    let missing = directives
        .requires
        .iter()
        .find(|feature| !scope.server_has(feature));
    let skipped = if directives.skip && !selection.skipped {
        Some("tagged @skip".to_owned())
    } else if let Some(feature) = missing {
        Some(format!("{} has no `{feature}`", scope.server_name()))
    } else if pickle.steps.is_empty() {
        Some("it has no steps".to_owned())
    } else {
        None
    };
    let mut scenario = PlannedScenario {
        feature: Arc::clone(&place.feature),
        rule: pickle
            .ast_node_ids
            .iter()
            .find_map(|id| place.rules.get(id).cloned()),
        name: pickle.name.clone(),
        line: pickle.location.line as u32,
        tags: pickle.tags.iter().map(|tag| tag.name.clone()).collect(),
        directives,
        skipped,
        steps: Vec::new(),
        users: BTreeSet::new(),
        imported: Arc::default(),
    };
    if scenario.skipped.is_some() {
        let steps = pickle.steps.iter();
        scenario.steps = steps.map(|step| unbound(step, scope)).collect();
        return scenario;
    }
    let folder = &place.feature.folder;
    scenario.imported = imports::read(&scenario.directives, folder, report);
    let mut binder = Binder {
        scope,
        text: place.text,
        folder,
        imported: &scenario.imported,
        report,
        declared: BTreeSet::new(),
        described: BTreeSet::new(),
        introduced: BTreeSet::new(),
        strangers: Vec::new(),
        users: BTreeSet::new(),
    };
    scenario.steps = pickle.steps.iter().map(|step| binder.bind(step)).collect();
    binder.finish();
    scenario.users = binder.users;
    scenario
}

fn planned(feature: &Feature, file: &str, path: &Path) -> PlannedFeature {
    PlannedFeature {
        name: feature.heading.name.clone(),
        file: file.to_owned(),
        line: feature.heading.location.line as u32,
        folder: path.parent().unwrap_or(Path::new("")).to_path_buf(),
    }
}

/// The rule that each scenario stands in.
fn rules_of(document: &GherkinDocument) -> BTreeMap<Id, String> {
    let children = document
        .feature
        .iter()
        .flat_map(|feature| &feature.children);
    let rules = children.filter_map(|child| match child {
        FeatureChild::Rule(rule) => Some(rule),
        _ => None,
    });
    rules
        .flat_map(|rule| {
            rule.children.iter().filter_map(|child| match child {
                RuleChild::Scenario(scenario) => Some((scenario.id, rule.heading.name.clone())),
                RuleChild::Background(_) => None,
            })
        })
        .collect()
}

/// A line that was named but in which no scenario stands is told about.
fn check_lines(
    source: &FeatureSource,
    pickles: &[Pickle],
    text: &str,
    report: &mut impl FnMut(Diagnostic),
) {
    let lines = SourceFile::new("", text);
    for &line in &source.lines {
        let only = BTreeSet::from([line]);
        let unfiltered = Selection::default();
        if pickles
            .iter()
            .any(|pickle| unfiltered.wants(pickle, Some(&only)))
        {
            continue;
        }
        let span = lines.line_range(line).unwrap_or(text.len()..text.len());
        let starts: Vec<_> = pickles
            .iter()
            .map(|p| p.location.line.to_string())
            .collect();
        let warning = Diagnostic::warning(
            "no-scenario",
            format!("no scenario stands in line {line}"),
            span,
        );
        report(warning.with_help(format!("scenarios start in lines {}", starts.join(", "))));
    }
}
