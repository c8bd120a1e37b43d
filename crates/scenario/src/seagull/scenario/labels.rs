//! Labels of commands. One name space over all sections.

use std::collections::HashMap;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile};

use crate::seagull::xml::Element;

/// Where a label leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    /// Index of the section, in the order in which sections are compiled.
    pub(super) section: usize,
    /// Index of the command in its section.
    pub(super) step: usize,
    /// Byte offset in the file.
    place: usize,
}

/// All labels.
#[derive(Debug, Default)]
pub(super) struct Labels {
    labels: HashMap<String, Label>,
}

impl Labels {
    /// Adds the labels of a section.
    pub(super) fn add(
        &mut self,
        section: usize,
        element: &Element,
        source: &SourceFile,
        diagnostics: &mut Diagnostics,
    ) {
        for (step, command) in element.elements().enumerate() {
            let Some(label) = command.attribute("label") else {
                continue;
            };
            let place = label.value_span.start;
            if let Some(other) = self.labels.get(&label.value) {
                let line = source.position(other.place).line;
                diagnostics.push(
                    Diagnostic::error(
                        "duplicate-label",
                        format!("the label `{}` stands twice in the scenario", label.value),
                        label.value_span.clone(),
                    )
                    .with_help(format!("the other one is in line {line}")),
                );
                continue;
            }
            let found = Label {
                section,
                step,
                place,
            };
            self.labels.insert(label.value.clone(), found);
        }
    }

    /// Where a label leads.
    pub(super) fn get(&self, name: &str) -> Option<Label> {
        self.labels.get(name).copied()
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.labels.keys().map(String::as_str)
    }
}
