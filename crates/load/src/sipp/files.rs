//! Reading the files that a command line names.

use std::sync::Arc;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile};
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::builtin::{BUILTINS, builtin};
use gannet_scenario::sipp::model::{Action, Scenario};
use gannet_scenario::sipp::{Options, load};
use gannet_traffic::sipp::Scenarios;

use super::arguments::{Arguments, Source};
use super::error::SippError;
use super::traffic::Media;

/// The files of a run, compiled.
#[derive(Debug)]
pub struct Files {
    /// Its scenarios.
    pub scenarios: Scenarios,
}

/// What came of reading files.
#[derive(Debug)]
pub struct Loaded {
    /// The files; `None` if one of them has an error.
    pub files: Option<Files>,
    /// What is wrong with each.
    pub diagnostics: Vec<(SourceFile, Diagnostics)>,
}

/// Reads and compiles the files of a command line.
///
/// # Errors
/// All that cannot be read.
pub fn read_files(arguments: &Arguments, media: &dyn Media) -> Result<Loaded, Vec<SippError>> {
    let mut errors = Vec::new();
    let sources = [
        Some(&arguments.scenario),
        arguments.received.as_ref(),
        arguments.out_of_call.as_ref(),
    ];
    let read = sources.map(|source| {
        let file = read(source?);
        file.map_err(|error| errors.push(error)).ok()
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut options = Options {
        keys: arguments.keys.clone(),
        ..Options::default()
    };
    let mut diagnostics = Vec::new();
    let mut compiled = read.map(|file| {
        let mut loaded = load(&file?, &options);
        if let Some(scenario) = &loaded.scenario {
            refuse_media(scenario, media, &mut loaded.diagnostics);
            options.globals = names_in(scenario, gannet_scenario::sipp::model::Scope::Global);
            options.user_variables = names_in(scenario, gannet_scenario::sipp::model::Scope::User);
        }
        let has_errors = loaded.diagnostics.has_errors();
        diagnostics.push((loaded.source, loaded.diagnostics));
        Some(loaded.scenario.filter(|_| !has_errors).map(Arc::new))
    });
    let is_whole = compiled.iter().flatten().all(Option::is_some);
    let [main, received, out_of_call] = &mut compiled;
    let take = |place: &mut Option<Option<Arc<Scenario>>>| place.take().flatten();
    let files = match take(main) {
        Some(main) if is_whole => Some(Files {
            scenarios: Scenarios {
                main,
                received: take(received),
                out_of_call: take(out_of_call),
            },
        }),
        _ => None,
    };
    Ok(Loaded { files, diagnostics })
}

fn read(source: &Source) -> Result<NamedBytes, SippError> {
    match source {
        Source::File(path) => {
            let bytes = std::fs::read(path).map_err(|source| SippError::Read {
                what: "scenario",
                path: path.clone(),
                source,
            })?;
            Ok(NamedBytes {
                name: path.clone(),
                bytes,
            })
        }
        Source::Builtin(name) => {
            let known = builtin(name).ok_or_else(|| unknown_builtin(name))?;
            Ok(NamedBytes {
                name: format!("{name} (built in)"),
                bytes: known.text.as_bytes().to_vec(),
            })
        }
    }
}

/// There is no built-in scenario of that name.
pub fn unknown_builtin(name: &str) -> SippError {
    let names = BUILTINS.map(|builtin| builtin.name);
    let near = gannet_diag::nearest(name, names, 1);
    let hint = match near.first() {
        Some(near) => format!("; did you mean {near}?"),
        None => format!("; there are {}", names.join(", ")),
    };
    SippError::Unfit(format!("there is no built-in scenario \"{name}\"{hint}"))
}

/// Names of the variables of a scope, in their order.
fn names_in(scenario: &Scenario, scope: gannet_scenario::sipp::model::Scope) -> Vec<String> {
    let mut of_scope: Vec<_> = scenario
        .variables
        .iter()
        .filter(|variable| variable.scope == scope)
        .collect();
    of_scope.sort_by_key(|variable| variable.number);
    of_scope
        .iter()
        .map(|variable| variable.name.clone())
        .collect()
}

/// What the media cannot do is an error where it is asked for.
fn refuse_media(scenario: &Scenario, media: &dyn Media, diagnostics: &mut Diagnostics) {
    for step in scenario.init.iter().chain(&scenario.steps) {
        for action in &step.actions {
            let refused = match action {
                Action::Media(action) => media.refuses(action),
                _ => None,
            };
            if let Some(why) = refused {
                let place = step.span.clone();
                diagnostics.push(Diagnostic::error("unsupported-media", why, place));
            }
        }
    }
}
