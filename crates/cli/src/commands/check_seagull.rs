//! `gannet check` for Seagull's files.

use gannet_scenario::seagull::{FileKind, LoadOptions, NamedBytes, Parts, check, external_file};

use super::check::Found;
use crate::problem::{tell, tell_diagnostics};
use crate::terminal::Terminal;

/// Seagull's files among the arguments.
#[derive(Debug, Default)]
pub(super) struct SeagullFiles {
    confs: Vec<NamedBytes>,
    dictionaries: Vec<NamedBytes>,
    scenarios: Vec<NamedBytes>,
}

impl SeagullFiles {
    pub(super) fn add(&mut self, kind: FileKind, file: NamedBytes) {
        match kind {
            FileKind::Configuration => self.confs.push(file),
            FileKind::Dictionary => self.dictionaries.push(file),
            FileKind::Scenario => self.scenarios.push(file),
        }
    }

    /// Checks them with each other if they are those of one run; else each with the dictionaries.
    pub(super) fn check(self, terminal: Terminal, found: &mut Found) {
        let Self {
            mut confs,
            dictionaries,
            mut scenarios,
        } = self;
        let sum = confs.len() + scenarios.len();
        if sum + dictionaries.len() == 0 {
            return;
        }
        if confs.len() <= 1 && scenarios.len() <= 1 {
            let parts = Parts {
                external: confs.first().and_then(external),
                conf: confs.pop(),
                dictionaries,
                scenario: scenarios.pop(),
            };
            told(&parts, terminal, found);
            say_what_is_missing(&parts);
            return;
        }
        // The dictionaries' own faults are told once.
        let alone = Parts {
            dictionaries: dictionaries.clone(),
            ..Parts::default()
        };
        told(&alone, terminal, found);
        for conf in confs {
            let parts = Parts {
                external: external(&conf),
                conf: Some(conf),
                ..Parts::default()
            };
            told(&parts, terminal, found);
        }
        for scenario in scenarios {
            let parts = Parts {
                dictionaries: dictionaries.clone(),
                scenario: Some(scenario),
                ..Parts::default()
            };
            told_of_scenario(&parts, terminal, found);
        }
        tell(
            "several configurations or scenarios: each was checked without the others; give one of \
             each to check them together",
        );
    }
}

fn external(conf: &NamedBytes) -> Option<NamedBytes> {
    let name = gannet_load::own::data_path(&conf.name, &external_file(conf)?);
    let bytes = std::fs::read(&name).ok()?;
    Some(NamedBytes { name, bytes })
}

fn told(parts: &Parts, terminal: Terminal, found: &mut Found) {
    for (source, diagnostics) in check(parts, &LoadOptions::default()) {
        tell_diagnostics(&source, diagnostics.as_slice(), terminal);
        found.add_all(&diagnostics);
    }
}

/// Only what is wrong with the scenario.
fn told_of_scenario(parts: &Parts, terminal: Terminal, found: &mut Found) {
    if let Some((source, diagnostics)) = check(parts, &LoadOptions::default()).pop() {
        tell_diagnostics(&source, diagnostics.as_slice(), terminal);
        found.add_all(&diagnostics);
    }
}

/// What the files could not be judged by.
fn say_what_is_missing(parts: &Parts) {
    let missing = parts.missing();
    let unchecked = match (&parts.conf, parts.dictionaries.is_empty(), &parts.scenario) {
        (Some(_), false, Some(_)) => return,
        (_, true, Some(_)) => "fields, message types and methods were not checked",
        (None, false, Some(_)) => "channels, parameters and data columns were not checked",
        (Some(_), true, None) => "the protocols of channels were not checked",
        _ => "what a scenario makes of it was not checked",
    };
    tell(&format!("without {}: {unchecked}", missing.join(" and ")));
}
