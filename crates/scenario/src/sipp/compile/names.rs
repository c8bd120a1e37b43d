//! Variables and their scopes, response times, counters: what is named without being declared.

use std::ops::Range;

use gannet_diag::Diagnostic;

use crate::sipp::model::{Scope, Variable, VariableId};

/// How many names of one kind there may be: they are numbered in 16 bits.
pub(super) const NAMES_MAX: usize = 65_535;

/// The variables of a scenario, in the order in which they are first named.
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) all: Vec<Variable>,
    uses: Vec<Use>,
}

#[derive(Debug)]
struct Use {
    times: u32,
    /// Where it is first named; none for variables of other scenarios.
    first: Option<Range<usize>>,
}

impl Variables {
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|variable| variable.name == name)
    }

    /// Adds a variable that has not been there. `None` if there are too many.
    pub(super) fn add(
        &mut self,
        name: &str,
        scope: Scope,
        first: Option<Range<usize>>,
    ) -> Option<VariableId> {
        let id = u16::try_from(self.all.len()).ok()?;
        let number = self.all.iter().filter(|other| other.scope == scope).count();
        self.all.push(Variable {
            name: name.to_owned(),
            scope,
            number: u16::try_from(number).ok()?,
        });
        self.uses.push(Use { times: 1, first });
        Some(VariableId(id))
    }

    /// Counts one more use of a variable.
    pub(super) fn used(&mut self, at: usize) -> VariableId {
        self.uses[at].times = self.uses[at].times.saturating_add(1);
        // `add` gives out no number beyond.
        VariableId(u16::try_from(at).unwrap_or(u16::MAX))
    }

    /// The complaints about variables that are named only once.
    pub(super) fn unused(&self) -> impl Iterator<Item = Diagnostic> {
        let all = self.all.iter().zip(&self.uses).enumerate();
        all.filter_map(|(at, (variable, used))| {
            let place = used.first.clone()?;
            (used.times < 2 && variable.name != "_").then(|| self.unused_one(at, place))
        })
    }

    fn unused_one(&self, at: usize, place: Range<usize>) -> Diagnostic {
        let name = &self.all[at].name;
        let diagnostic = Diagnostic::error(
            "unused-variable",
            format!("the variable `{name}` is named only once"),
            place,
        );
        let others = self.all.iter().map(|other| &other.name);
        let near = gannet_diag::nearest(name, others.filter(|other| *other != name), 1);
        let diagnostic = diagnostic.with_suggestions(&near);
        if name.trim_ascii() == name {
            diagnostic.with_help(format!(
                "if that is meant: <Reference variables=\"{name}\"/>; `_` is for values that \
                 nobody needs"
            ))
        } else {
            diagnostic.with_help("blanks at a comma are part of the name")
        }
    }
}

/// What is wrong with the name of a variable, transaction or counter.
pub(super) fn name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.contains(['$', ',']) {
        Some("may not have `$` or `,` in it")
    } else {
        None
    }
}

/// The response times of a scenario.
#[derive(Debug, Default)]
pub(super) struct Timers {
    pub(super) names: Vec<String>,
    pub(super) bounds: Vec<Vec<u64>>,
    /// Where each is first started, and whether it is stopped.
    pub(super) started: Vec<Option<Range<usize>>>,
    pub(super) stopped: Vec<bool>,
}

impl Timers {
    /// The index of a response time, which may be a new one.
    pub(super) fn index(&mut self, name: &str) -> Option<u16> {
        let at = self.names.iter().position(|known| known == name);
        let at = at.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.bounds.push(Vec::new());
            self.started.push(None);
            self.stopped.push(false);
            self.names.len() - 1
        });
        u16::try_from(at).ok()
    }

    /// The complaints about response times that are started and never stopped.
    pub(super) fn never_stopped(&self) -> impl Iterator<Item = Diagnostic> {
        let all = self.names.iter().zip(&self.started).zip(&self.stopped);
        all.filter_map(|((name, started), stopped)| {
            let place = started.clone().filter(|_| !stopped)?;
            Some(
                Diagnostic::error(
                    "timer-never-stopped",
                    format!("the response time `{name}` is started and never stopped"),
                    place,
                )
                .with_help(format!("the message that ends it has rtd=\"{name}\"")),
            )
        })
    }
}
