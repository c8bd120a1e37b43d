//! Labels and the jumps to them.

use std::collections::HashMap;
use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use crate::sipp::model::{LabelTarget, Step};

/// The labels of a list of steps.
#[derive(Debug, Default)]
pub(super) struct Labels {
    known: HashMap<String, (LabelTarget, Range<usize>)>,
    /// Names of labels that steps name, in the order of [`LabelTarget`]s given out by `refer`.
    wanted: Vec<(String, Range<usize>)>,
}

impl Labels {
    /// A label before the step of that index. Where the other one is, if there is one of that name.
    pub(super) fn add(
        &mut self,
        name: &str,
        step: LabelTarget,
        place: Range<usize>,
    ) -> Result<(), Range<usize>> {
        if let Some((_, other)) = self.known.get(name) {
            return Err(other.clone());
        }
        self.known.insert(name.to_owned(), (step, place));
        Ok(())
    }

    pub(super) fn target(&self, name: &str) -> Option<LabelTarget> {
        self.known.get(name).map(|(step, _)| *step)
    }

    /// A jump to the label of that name: a number that stands for it until `resolve`.
    pub(super) fn refer(&mut self, name: &str, place: Range<usize>) -> LabelTarget {
        self.wanted.push((name.to_owned(), place));
        self.wanted.len() - 1
    }

    /// Puts the steps in the place of the names, and tells of labels that are not there.
    pub(super) fn resolve(&self, steps: &mut [Step], diagnostics: &mut Diagnostics) {
        for step in steps {
            let jump = step.jump.as_mut().map(|jump| &mut jump.to);
            for target in jump.into_iter().chain(step.on_timeout.as_mut()) {
                let (name, place) = &self.wanted[*target];
                *target = self.target(name).unwrap_or_else(|| {
                    diagnostics.push(self.unknown(name, place.clone()));
                    0
                });
            }
        }
    }

    fn unknown(&self, name: &str, place: Range<usize>) -> Diagnostic {
        let mut names: Vec<&String> = self.known.keys().collect();
        names.sort();
        let near = nearest(name, names, 3);
        let diagnostic = Diagnostic::error(
            "unknown-label",
            format!("there is no label `{name}`"),
            place,
        );
        if near.is_empty() {
            diagnostic.with_help(format!("a label is written <label id=\"{name}\"/>"))
        } else {
            diagnostic.with_suggestions(&near)
        }
    }
}
