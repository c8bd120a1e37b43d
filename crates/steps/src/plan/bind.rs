//! From a sentence to the step that it means, with everything in it that can be checked at once.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use gannet_diag::{Diagnostic, nearest};
use gannet_gherkin::{PickleArgument, PickleStep, PickleTable};
use gannet_phone::ProfileError;

use super::arguments::is_media_file;
use super::model::BoundStep;
use super::scope::{Scope, variables_in};
use crate::config::UserConfig;
use crate::vocabulary::{
    Argument, Keyword, MatchError, Matched, ParameterKind, Table, compile_regex,
};
use crate::world::ServerChoice;

/// Binds the steps of one scenario, in order: what a step declares, later ones may use.
pub(super) struct Binder<'a, R> {
    pub(super) scope: &'a Scope<'a>,
    /// The text of the feature.
    pub(super) text: &'a str,
    /// The folder of the feature.
    pub(super) folder: &'a Path,
    pub(super) imported: &'a std::collections::BTreeMap<String, UserConfig>,
    pub(super) report: &'a mut R,
    /// Variables that steps store.
    pub(super) declared: BTreeSet<String>,
    /// Phones that tables describe.
    pub(super) described: BTreeSet<String>,
    /// Phones that sentences describe, by giving them a device profile.
    pub(super) introduced: BTreeSet<String>,
    /// Phones that sentences name and nothing describes, and where.
    pub(super) strangers: Vec<(String, Range<usize>)>,
    /// Addresses of the users that the scenario plays or calls.
    pub(super) users: BTreeSet<String>,
}

impl<R: FnMut(Diagnostic)> Binder<'_, R> {
    pub(super) fn bind(&mut self, step: &PickleStep) -> BoundStep {
        let mut bound = unbound(step, self.scope);
        self.check_variables(&bound, step);
        if let Some(table) = &bound.table {
            self.read_table(table, step);
        }
        bound.matched = self.find(&bound.text, bound.table.as_ref(), &step.text_span);
        bound.condition = self.bind_condition(&bound, step).map(Box::new);
        bound.nested = self.bind_nested(&bound, step);
        bound
    }

    /// What a sentence means, with everything in it checked. `span`: where it is written.
    pub(super) fn find(
        &mut self,
        sentence: &str,
        table: Option<&Table>,
        span: &Range<usize>,
    ) -> Option<Matched> {
        match self.scope.registry.find(sentence) {
            Ok(matched) => {
                let arguments = &matched.arguments;
                if arguments.iter().any(|it| it.kind == ParameterKind::Profile) {
                    let phones = arguments
                        .iter()
                        .filter(|argument| argument.kind == ParameterKind::Phone);
                    self.introduced
                        .extend(phones.map(|argument| argument.text.clone()));
                }
                self.check_override(&matched, span.clone());
                self.check_whole_table(&matched, table, span.clone());
                for argument in &matched.arguments {
                    let span = span_of(argument, sentence, span, self.text);
                    self.check(argument, span);
                }
                Some(matched)
            }
            Err(fault) => {
                self.report_unmatched(fault, span);
                None
            }
        }
    }

    fn report_unmatched(&mut self, fault: MatchError, span: &Range<usize>) {
        let report = match fault {
            MatchError::Undefined { nearest } => {
                let report =
                    Diagnostic::error("unknown-step", "no step is written like this", span.clone());
                if nearest.is_empty() {
                    report.with_help("`gannet steps` lists all steps, `gannet steps TEXT` searches")
                } else {
                    report.with_suggestions(&nearest)
                }
            }
            MatchError::Ambiguous { patterns } => {
                let report = Diagnostic::error(
                    "ambiguous-step",
                    "more than one step is written like this",
                    span.clone(),
                );
                let report = patterns.iter().fold(report, |report, pattern| {
                    report.with_help(format!("it may be: {pattern}"))
                });
                report.with_help("put names into quotes to tell them from words")
            }
        };
        (self.report)(report);
    }

    /// Told when all steps are bound. A scenario that describes phones may name others as well, but
    /// one whose name is nearly that of a described one is a slip of the pen: it would be a phone
    /// of its own, and the scenario could pass without testing what it says.
    pub(super) fn finish(&mut self) {
        let known: BTreeSet<&String> = self.introduced.union(&self.described).collect();
        for (name, span) in std::mem::take(&mut self.strangers) {
            if known.contains(&name) {
                continue;
            }
            let alike = known
                .iter()
                .filter(|known| letters(known) != letters(&name));
            let near = nearest(&name, alike, 3);
            if near.is_empty() {
                continue;
            }
            (self.report)(
                Diagnostic::error(
                    "unknown-phone",
                    format!("no sentence introduces the phone `{name}`"),
                    span,
                )
                .with_suggestions(&near)
                .with_help(format!(
                    "if it is another phone, say so: Given {name:?} uses generic phone"
                )),
            );
        }
    }

    /// Every `${NAME}` is a configured variable, which has been filled in already, or stored by an
    /// earlier step.
    fn check_variables(&mut self, bound: &BoundStep, step: &PickleStep) {
        let cells = bound
            .table
            .iter()
            .flat_map(|table| table.rows().iter().flatten());
        let texts = cells.chain(&bound.doc_string).chain([&bound.text]);
        let unknown: BTreeSet<&str> = texts
            .flat_map(|text| variables_in(text))
            .filter(|&name| !self.declared.contains(name))
            .collect();
        for name in unknown {
            let known = self.scope.config.variables.keys().chain(&self.declared);
            let near = nearest(name, known, 3);
            (self.report)(
                Diagnostic::error(
                    "unknown-variable",
                    format!("there is no variable `{name}`"),
                    step.span.clone(),
                )
                .with_help(
                    "set it under [variables] in gannet.toml, or store it in an earlier step",
                )
                .with_suggestions(&near),
            );
        }
    }

    fn check(&mut self, argument: &Argument, span: Range<usize>) {
        let text = argument.text.as_str();
        if !variables_in(text).is_empty() {
            return;
        }
        let is_name = matches!(
            argument.kind,
            ParameterKind::Phone | ParameterKind::Destination
        );
        if is_name && text.trim().is_empty() {
            (self.report)(
                Diagnostic::error("missing-name", "a name is missing", span)
                    .with_label("expected the name of a phone, an extension or a URI"),
            );
            return;
        }
        if is_name && is_media_file(text) {
            let help = "`gannet steps file` lists the sentences that take a file";
            (self.report)(
                Diagnostic::error(
                    "file-as-phone",
                    format!("`{text}` is a file, no phone"),
                    span,
                )
                .with_help(help),
            );
            return;
        }
        match argument.kind {
            ParameterKind::Phone => self.check_phone(text, span),
            ParameterKind::Destination => {
                self.note_user(text);
            }
            ParameterKind::Method | ParameterKind::Message => self.check_method(text, span),
            ParameterKind::Profile => self.check_profile(text, span),
            ParameterKind::File => self.check_file(text, span),
            ParameterKind::Variable => {
                self.declared.insert(text.to_owned());
            }
            ParameterKind::Regex => {
                if let Err(error) = compile_regex(text) {
                    let report =
                        Diagnostic::error("bad-regex", "this is no regular expression", span);
                    (self.report)(report.with_label(last_line(&error.to_string())));
                }
            }
            _ => {}
        }
    }

    fn check_phone(&mut self, name: &str, span: Range<usize>) {
        if self.note_user(name) || self.described.contains(name) {
            return;
        }
        let ServerChoice::Real(server) = self.scope.server else {
            self.strangers.push((name.to_owned(), span));
            return;
        };
        let users = self.scope.config.users.keys().chain(self.imported.keys());
        (self.report)(
            Diagnostic::error(
                "unknown-user",
                format!("server {} has no user for `{name}`", server.name),
                span,
            )
            .with_help(format!(
                "describe it in gannet.toml under [user.{name}], or with --user {name}=user:password"
            ))
            .with_suggestions(&nearest(name, users, 3)),
        );
    }

    /// Notes the user of that name as used; says whether there is one.
    fn note_user(&mut self, name: &str) -> bool {
        let user = self
            .imported
            .get(name)
            .or_else(|| self.scope.config.user(name));
        if let Some(user) = user {
            let domain = user.domain.as_deref().unwrap_or_default();
            self.users.insert(format!("{}@{domain}", user.user));
        }
        user.is_some()
    }

    fn check_profile(&mut self, name: &str, span: Range<usize>) {
        let Err(error) = self.scope.profiles.load(name) else {
            return;
        };
        let report = match error {
            ProfileError::Unknown { nearest, .. } => {
                let known: Vec<_> = self.scope.profiles.names().collect();
                let message = format!("there is no device profile `{name}`");
                Diagnostic::error("unknown-profile", message, span)
                    .with_suggestions(&nearest)
                    .with_help(format!("known: {}", known.join(", ")))
            }
            other => {
                let message = format!("the device profile `{name}` cannot be used");
                Diagnostic::error("bad-profile", message, span).with_help(other.to_string())
            }
        };
        (self.report)(report);
    }

    fn check_file(&mut self, name: &str, span: Range<usize>) {
        if find_file(name, self.folder, self.scope.config.media_folder.as_deref()).is_none() {
            let message = format!("there is no file `{name}`");
            let looked = self.folder.join(name);
            (self.report)(
                Diagnostic::error("missing-file", message, span)
                    .with_help(format!("looked for {}", looked.display())),
            );
        }
    }

    /// A column `name` describes phones, a column `profile` names device profiles.
    fn read_table(&mut self, table: &Table, step: &PickleStep) {
        let spans = cell_spans(step);
        let column = |name: &str| table.header().iter().position(|cell| cell == name);
        let (names, profiles) = (column("name"), column("profile"));
        for (row, cells) in table.rows().iter().enumerate().skip(1) {
            if let Some(name) = names.and_then(|column| cells.get(column)) {
                self.described.insert(name.clone());
                self.note_user(name);
            }
            if let Some(column) = profiles
                && let Some(profile) = cells.get(column)
                && !profile.is_empty()
                && variables_in(profile).is_empty()
            {
                let span = spans.and_then(|table| table.cell_spans.get(row)?.get(column));
                self.check_profile(profile, span.unwrap_or(&step.span).clone());
            }
        }
    }
}

/// The step with its words, not yet bound to anything.
pub(super) fn unbound(step: &PickleStep, scope: &Scope<'_>) -> BoundStep {
    let mut table = None;
    let mut doc_string = None;
    for argument in &step.arguments {
        match argument {
            PickleArgument::Table(read) => {
                let fill_row =
                    |row: &Vec<String>| row.iter().map(|cell| scope.fill(cell)).collect();
                table = Some(Table::new(read.rows.iter().map(fill_row).collect()));
            }
            PickleArgument::DocString(read) => doc_string = Some(scope.fill(&read.content)),
        }
    }
    BoundStep {
        keyword: Keyword {
            written: step.keyword.to_owned(),
            meaning: step.step_type,
        },
        text: scope.fill(&step.text),
        line: step.location.line as u32,
        table,
        doc_string,
        matched: None::<Matched>,
        condition: None,
        nested: Vec::new(),
    }
}

/// The file of that name beside the feature, or in the folder of media files.
pub(crate) fn find_file(name: &str, folder: &Path, media: Option<&Path>) -> Option<PathBuf> {
    let beside = Some(folder.join(name));
    let media = media.map(|media| media.join(name));
    beside.into_iter().chain(media).find(|path| path.is_file())
}

/// Where an argument is written: its own bytes if the sentence stands in the file as it is, else
/// (placeholders, variables) the whole sentence.
pub(super) fn span_of(
    argument: &Argument,
    sentence: &str,
    whole: &Range<usize>,
    text: &str,
) -> Range<usize> {
    if text.get(whole.clone()) == Some(sentence) {
        whole.start + argument.span.start..whole.start + argument.span.end
    } else {
        whole.clone()
    }
}

fn cell_spans(step: &PickleStep) -> Option<&PickleTable> {
    step.arguments.iter().find_map(|argument| match argument {
        PickleArgument::Table(table) => Some(table),
        PickleArgument::DocString(_) => None,
    })
}

/// A name without its digits: `phone1` and `phone2` are two phones.
fn letters(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Errors of the regex crate draw the pattern; what is wrong stands in the last line.
fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
