//! `<scenario>` as a whole.

use gannet_diag::{Diagnostic, Diagnostics};

use super::counters::counters;
use super::labels::Labels;
use super::names::Names;
use super::rules;
use super::section::Draft;
use super::surroundings::Surroundings;
use crate::attributes::{misplaced, unknown};
use crate::model::{Counter, KeySource, Section, SectionKind};
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::{Attribute, Element};

/// What a scenario file says. With errors in it, it is not to be played.
#[derive(Debug)]
pub(in crate::seagull) struct Compiled {
    pub(in crate::seagull) counters: Vec<Counter>,
    pub(in crate::seagull) variables: Vec<String>,
    pub(in crate::seagull) sections: Vec<Section>,
    /// For each channel, what finds the call of a received message.
    pub(in crate::seagull) lookup: Vec<Vec<KeySource>>,
}

/// The state of a compilation.
pub(super) struct Compiler<'a> {
    pub(super) file: TextFile<'a>,
    pub(super) around: &'a Surroundings<'a>,
    /// There is a `<correlation>`.
    pub(super) correlated: bool,
    pub(super) names: Names,
    pub(super) labels: Labels,
    pub(super) diagnostics: &'a mut Diagnostics,
}

const SECTIONS: [&str; 6] = [
    "counter",
    "correlation",
    "init",
    "traffic",
    "abort",
    "default",
];

/// Default sections that a scenario can have; each is looked at for every unexpected message.
const DEFAULTS_MAX: usize = 1000;

/// The children of `<scenario>`.
#[derive(Default)]
struct Parts<'e> {
    counters: Vec<&'e Element>,
    correlation: Option<&'e Element>,
    init: Option<&'e Element>,
    traffic: Option<&'e Element>,
    abort: Option<&'e Element>,
    defaults: Vec<&'e Element>,
}

/// Compiles a `<scenario>`.
pub(in crate::seagull) fn compile(
    root: &Element,
    file: TextFile<'_>,
    around: &Surroundings<'_>,
    diagnostics: &mut Diagnostics,
) -> Compiled {
    let parts = parts(root, diagnostics);
    let mut compiler = Compiler {
        file,
        around,
        correlated: parts
            .correlation
            .is_some_and(|found| !found.children.is_empty()),
        names: Names::new(root),
        labels: Labels::default(),
        diagnostics,
    };
    compiler.run(&parts)
}

impl Compiler<'_> {
    fn run(&mut self, parts: &Parts<'_>) -> Compiled {
        for element in &parts.counters {
            counters(element, &mut self.names, self.diagnostics);
        }
        // Seagull's order; a correlation comes last there. One that stands before the sections in
        // the file names its variables first here, which only makes more files right.
        let sections: Vec<(SectionKind, &Element)> = [
            parts.init.map(|element| (SectionKind::Init, element)),
            parts.traffic.map(|element| (SectionKind::Traffic, element)),
            parts.abort.map(|element| (SectionKind::Abort, element)),
        ]
        .into_iter()
        .flatten()
        .chain(
            (0..)
                .zip(&parts.defaults)
                .map(|(number, element)| (SectionKind::Default(number), *element)),
        )
        .collect();
        if let Some(correlation) = parts.correlation
            && parts
                .traffic
                .is_some_and(|traffic| correlation.span.start < traffic.span.start)
        {
            self.names.declare_all(correlation, self.diagnostics);
        }
        for (index, (_, element)) in sections.iter().enumerate() {
            self.labels
                .add(index, element, self.file.source, self.diagnostics);
        }
        let mut drafts: Vec<Draft> = (0..)
            .zip(&sections)
            .map(|(index, (kind, element))| self.section(index, *kind, element))
            .collect();
        let mut lookup = vec![vec![KeySource::Session]; self.around.channels.len()];
        if let Some(correlation) = parts.correlation {
            self.correlation(correlation, &mut drafts, &mut lookup);
        }
        self.names.judge_restores(self.diagnostics);
        rules::same_start(&drafts, self.diagnostics);
        Compiled {
            sections: drafts.into_iter().map(|draft| self.finish(draft)).collect(),
            counters: std::mem::take(&mut self.names.counters),
            variables: std::mem::take(&mut self.names.variables),
            lookup,
        }
    }

    /// The channel that an attribute names, or a complaint.
    pub(super) fn channel(&mut self, attribute: &Attribute) -> Option<usize> {
        let channels = &self.around.channels;
        let found = channels
            .iter()
            .position(|channel| channel.name == attribute.value);
        if found.is_none() && self.around.channels_known {
            let names = channels.iter().map(|channel| &channel.name);
            self.diagnostics.push(
                unknown("unknown-channel", "there is no channel", attribute, names)
                    .with_help("channels are defined in the configuration"),
            );
        }
        found
    }
}

fn parts<'e>(root: &'e Element, diagnostics: &mut Diagnostics) -> Parts<'e> {
    let mut parts = Parts::default();
    for child in root.elements() {
        let slot = match child.name.as_str() {
            "counter" => {
                parts.counters.push(child);
                continue;
            }
            "default" => {
                if parts.defaults.len() == DEFAULTS_MAX {
                    diagnostics.push(Diagnostic::error(
                        "too-many",
                        format!("more than {DEFAULTS_MAX} `<default>`s"),
                        child.name_span.clone(),
                    ));
                    return parts;
                }
                parts.defaults.push(child);
                continue;
            }
            "correlation" => &mut parts.correlation,
            "init" => &mut parts.init,
            "traffic" => &mut parts.traffic,
            "abort" => &mut parts.abort,
            _ => {
                diagnostics.push(misplaced("unknown-section", child, &root.name, &SECTIONS));
                continue;
            }
        };
        if slot.is_some() {
            diagnostics.push(Diagnostic::error(
                "duplicate-section",
                format!("there is already a `<{}>`", child.name),
                child.name_span.clone(),
            ));
        } else {
            *slot = Some(child);
        }
    }
    if parts.traffic.is_none() {
        diagnostics.push(Diagnostic::error(
            "missing-section",
            "the scenario has no `<traffic>`, which says what a call does",
            root.name_span.clone(),
        ));
    }
    parts
}
