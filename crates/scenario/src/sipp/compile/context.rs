//! What is known of a scenario while it is compiled.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use super::names::{NAMES_MAX, Timers, Variables, name_fault};
use super::transactions::Transactions;
use crate::sipp::model::{CounterId, FileId, Scope, Text, VariableId};
use crate::sipp::options::{InjectionInfo, Options};
use crate::sipp::text::{Mapped, Names, compile};
use crate::sipp::xml::{unescaped_twice, value};
use crate::xml::{Attribute, Encoding};

/// The name of the first injection file when none is known.
const FIRST_FILE: &str = "the first injection file";

/// A scenario that is being compiled.
pub(super) struct Context<'a> {
    pub(super) source: &'a str,
    pub(super) encoding: Encoding,
    pub(super) options: &'a Options,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) variables: Variables,
    pub(super) timers: Timers,
    pub(super) counters: Vec<String>,
    pub(super) transactions: Transactions,
    /// The injection files: those of the options, or those that are named.
    pub(super) files: Vec<InjectionInfo>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        source: &'a str,
        encoding: Encoding,
        options: &'a Options,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let mut variables = Variables::default();
        let global = options.globals.iter().map(|name| (name, Scope::Global));
        let user = options
            .user_variables
            .iter()
            .map(|name| (name, Scope::User));
        for (name, scope) in global.chain(user) {
            variables.add(name, scope, None);
        }
        Self {
            source,
            encoding,
            options,
            diagnostics,
            variables,
            timers: Timers::default(),
            counters: Vec::new(),
            transactions: Transactions::default(),
            files: options.injection.clone().unwrap_or_default(),
        }
    }

    /// An error at a place.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: Range<usize>,
    ) {
        self.tell(Diagnostic::error(code, message, place));
    }

    /// A warning at a place.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: Range<usize>,
    ) {
        self.tell(Diagnostic::warning(code, message, place));
    }

    /// The value of an attribute, entities decoded once.
    pub(super) fn value(&self, attribute: &Attribute) -> Mapped {
        value(self.source, attribute.value_span.clone())
    }

    /// The value of an attribute as SIPp has most texts: entities decoded twice.
    pub(super) fn value_twice(&self, attribute: &Attribute) -> Mapped {
        unescaped_twice(&self.value(attribute))
    }

    /// The template of a text.
    pub(super) fn text(&mut self, text: &Mapped) -> Text {
        compile(text, self)
    }

    /// The template of an attribute that may have keywords.
    pub(super) fn attribute_text(&mut self, attribute: &Attribute) -> Text {
        let text = self.value_twice(attribute);
        self.text(&text)
    }

    /// The variable that an attribute names.
    pub(super) fn attribute_variable(&mut self, attribute: &Attribute) -> Option<VariableId> {
        self.variable(&attribute.value, attribute.value_span.clone())
    }

    /// The variables that an attribute names, divided by commas.
    pub(super) fn attribute_variables(&mut self, attribute: &Attribute) -> Vec<Option<VariableId>> {
        self.listed(attribute)
            .into_iter()
            .map(|(name, place)| self.variable(&name, place))
            .collect()
    }

    /// The names in an attribute, divided by commas, with their places.
    pub(super) fn listed(&self, attribute: &Attribute) -> Vec<(String, Range<usize>)> {
        let list = self.value(attribute);
        let mut at = 0;
        list.text()
            .split(',')
            .map(|name| {
                let start = at;
                at += name.len() + 1;
                (name.to_owned(), list.span(start..start + name.len()))
            })
            .collect()
    }

    /// The counter that an attribute names.
    pub(super) fn counter(&mut self, attribute: &Attribute) -> Option<CounterId> {
        let name = &attribute.value;
        if let Some(fault) = name_fault(name) {
            self.error(
                "bad-name",
                format!("the name of a counter {fault}"),
                attribute.value_span.clone(),
            );
            return None;
        }
        let at = self.counters.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| {
            self.counters.push(name.clone());
            self.counters.len() - 1
        });
        u16::try_from(at).ok().map(CounterId)
    }

    /// The injection file that an action names in the attribute `file`.
    pub(super) fn action_file(&mut self, attribute: &Attribute) -> Option<(FileId, InjectionInfo)> {
        let text = self.attribute_text(attribute);
        let place = attribute.value_span.clone();
        let Some(bytes) = text.as_fixed() else {
            self.error(
                "bad-file",
                "the name of an injection file must be known before the run",
                place,
            );
            return None;
        };
        let name = String::from_utf8_lossy(bytes).into_owned();
        let id = self.file(Some(&name), None, place)?;
        Some((id, self.files[id.index()].clone()))
    }

    fn known_file(&mut self, name: Option<&str>) -> Option<usize> {
        let found = match name {
            None => Some(self.options.default_file).filter(|at| *at < self.files.len()),
            Some(name) => self
                .files
                .iter()
                .position(|file| file.name == name)
                .or_else(|| self.files.iter().position(|file| file.base_name() == name)),
        };
        if found.is_some() || self.options.injection.is_some() {
            return found;
        }
        self.files.push(InjectionInfo {
            name: name.unwrap_or(FIRST_FILE).to_owned(),
            is_indexed: true,
            ..InjectionInfo::default()
        });
        Some(self.files.len() - 1)
    }
}

impl Names for Context<'_> {
    fn bytes(&self, text: &str) -> Vec<u8> {
        self.encoding.bytes(text)
    }

    fn variable(&mut self, name: &str, place: Range<usize>) -> Option<VariableId> {
        if let Some(fault) = name_fault(name) {
            self.error("bad-name", format!("the name of a variable {fault}"), place);
            return None;
        }
        if let Some(at) = self.variables.find(name) {
            return Some(self.variables.used(at));
        }
        let added = self.variables.add(name, Scope::Call, Some(place.clone()));
        if added.is_none() {
            self.error(
                "too-many",
                format!("more than {NAMES_MAX} variables"),
                place,
            );
        }
        added
    }

    fn has_variable(&self, name: &str) -> bool {
        self.variables.find(name).is_some()
    }

    fn file(
        &mut self,
        name: Option<&str>,
        column: Option<usize>,
        place: Range<usize>,
    ) -> Option<FileId> {
        let Some(at) = self.known_file(name) else {
            let diagnostic = match name {
                None => Diagnostic::error("no-injection-file", "there is no injection file", place),
                Some(name) => Diagnostic::error(
                    "unknown-file",
                    format!("there is no injection file `{name}`"),
                    place,
                )
                .with_suggestions(&nearest(
                    name,
                    self.files.iter().map(InjectionInfo::base_name),
                    3,
                )),
            };
            self.tell(diagnostic.with_help("injection files are named with -inf"));
            return None;
        };
        let file = &self.files[at];
        if let (Some(column), Some(columns)) = (column, file.columns)
            && column >= columns
        {
            let message = format!(
                "no line of {} has a field {column}: it is empty",
                file.base_name()
            );
            let help = match columns {
                0 | 1 => "it has only field 0".to_owned(),
                _ => format!("it has the fields 0 to {}", columns - 1),
            };
            self.tell(Diagnostic::warning("missing-field", message, place).with_help(help));
        }
        u16::try_from(at).ok().map(FileId)
    }

    fn keys(&self) -> &[(String, String)] {
        &self.options.keys
    }

    fn more_keys(&self) -> bool {
        self.options.more_keys
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
