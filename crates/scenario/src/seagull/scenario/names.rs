//! Counters and call variables.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use crate::attributes::{NAMES_MAX, unknown};
use crate::model::{Counter, CounterId, Slot, VariableId};
use crate::seagull::xml::{Attribute, Element};

/// Actions whose `name` makes a call variable.
const NAMING: [&str; 6] = [
    "store",
    "restore",
    "restore-from-external",
    "inc-var",
    "set-bit",
    "set-new-session-id",
];

/// The names of a scenario. A variable exists once an action has named it.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) counters: Vec<Counter>,
    pub(super) variables: Vec<String>,
    ids: HashMap<String, VariableId>,
    /// Variables that something is written to.
    stored: HashSet<VariableId>,
    /// Where variables are restored.
    restored: Vec<(VariableId, Range<usize>)>,
    /// Where the file names each variable first; for complaints about names that come too early.
    first_named: HashMap<String, usize>,
}

impl Names {
    /// No names yet; `root` is looked through for those that will come.
    pub(super) fn new(root: &Element) -> Self {
        let mut names = Self::default();
        names.survey(root);
        names
    }

    fn survey(&mut self, element: &Element) {
        for child in element.elements() {
            if NAMING.contains(&child.name.as_str())
                && let Some(name) = child.attribute("name")
            {
                let place = name.value_span.start;
                let first = self.first_named.entry(name.value.clone()).or_insert(place);
                *first = place.min(*first);
            }
            self.survey(child);
        }
    }

    /// The variables that the actions in `element` name exist from now on.
    pub(super) fn declare_all(&mut self, element: &Element, diagnostics: &mut Diagnostics) {
        for child in element.elements() {
            if NAMING.contains(&child.name.as_str())
                && let Some(name) = child.attribute("name")
            {
                self.declare(name, diagnostics);
            }
            self.declare_all(child, diagnostics);
        }
    }

    /// The counter of that name.
    pub(super) fn counter(&self, name: &str) -> Option<CounterId> {
        let at = self.counters.iter().position(|c| c.name == name)?;
        Some(CounterId(at as u16))
    }

    /// The counter that an attribute names, or a complaint.
    pub(super) fn required_counter(
        &self,
        attribute: &Attribute,
        diagnostics: &mut Diagnostics,
    ) -> Option<CounterId> {
        let found = self.counter(&attribute.value);
        if found.is_none() {
            let names = self.counters.iter().map(|counter| &counter.name);
            diagnostics.push(
                unknown("unknown-counter", "there is no counter", attribute, names)
                    .with_help("counters are defined with `<counterdef>` in `<counter>`"),
            );
        }
        found
    }

    /// What fills `$(name)`: a counter, else a variable.
    pub(super) fn slot(&self, name: &str) -> Option<Slot> {
        self.counter(name)
            .map(Slot::Counter)
            .or_else(|| self.variable(name).map(Slot::Variable))
    }

    /// The variable of that name, if it exists by now.
    pub(super) fn variable(&self, name: &str) -> Option<VariableId> {
        self.ids.get(name).copied()
    }

    /// The variable, which exists from now on.
    pub(super) fn declare(
        &mut self,
        attribute: &Attribute,
        diagnostics: &mut Diagnostics,
    ) -> VariableId {
        if let Some(id) = self.variable(&attribute.value) {
            return id;
        }
        let Ok(index) = u16::try_from(self.variables.len()) else {
            diagnostics.push(Diagnostic::error(
                "too-many",
                format!("more than {NAMES_MAX} variables"),
                attribute.value_span.clone(),
            ));
            return VariableId(0);
        };
        let id = VariableId(index);
        self.variables.push(attribute.value.clone());
        self.ids.insert(attribute.value.clone(), id);
        id
    }

    /// The variable that something is stored in.
    pub(super) fn store(
        &mut self,
        attribute: &Attribute,
        diagnostics: &mut Diagnostics,
    ) -> VariableId {
        let id = self.declare(attribute, diagnostics);
        self.stored.insert(id);
        id
    }

    /// The variable that something is restored from.
    pub(super) fn restore(
        &mut self,
        attribute: &Attribute,
        diagnostics: &mut Diagnostics,
    ) -> VariableId {
        let id = self.declare(attribute, diagnostics);
        self.restored.push((id, attribute.value_span.clone()));
        id
    }

    /// The complaint about a name that is neither a counter nor a variable by now.
    pub(super) fn unknown_name(
        &self,
        name: &str,
        place: Range<usize>,
        source: &SourceFile,
    ) -> Diagnostic {
        if let Some(first) = self.first_named.get(name) {
            let line = source.position(*first).line;
            return Diagnostic::error(
                "variable-too-early",
                format!("no value can be in the variable `{name}` here"),
                place,
            )
            .with_help(format!(
                "it is named first in line {line}, by an action that comes later"
            ));
        }
        let counters = self.counters.iter().map(|counter| counter.name.as_str());
        let variables = self.first_named.keys().map(String::as_str);
        Diagnostic::error(
            "unknown-variable",
            format!("there is neither a counter nor a variable `{name}`"),
            place,
        )
        .with_suggestions(&nearest(name, counters.chain(variables), 3))
        .with_help("a variable exists once an action names it, for example `store`")
    }

    /// Tells restores that must fail because nothing is ever stored.
    pub(super) fn judge_restores(&self, diagnostics: &mut Diagnostics) {
        for (variable, place) in &self.restored {
            if self.stored.contains(variable) {
                continue;
            }
            let name = &self.variables[variable.index()];
            let stored = self.stored.iter().map(|id| &self.variables[id.index()]);
            diagnostics.push(
                Diagnostic::warning(
                    "never-stored",
                    format!("nothing is ever stored in `{name}`: restoring it fails the call"),
                    place.clone(),
                )
                .with_suggestions(&nearest(name, stored, 3)),
            );
        }
    }
}
