//! Reading the files that a command line names.

use std::sync::Arc;

use gannet_diag::{Diagnostics, SourceFile};
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::builtin::{BUILTINS, builtin};
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::model::{Scenario, Scope};
use gannet_scenario::sipp::{InjectionInfo, Options, load};
use gannet_traffic::sipp::Scenarios;

use super::arguments::{Arguments, Source};
use super::error::SippError;
use super::fitness::judge_media;
use super::traffic::Media;

/// The files of a run, compiled.
#[derive(Debug)]
pub struct Files {
    /// Its scenarios.
    pub scenarios: Scenarios,
    /// Its injection files, in the order of the command line.
    pub injection: Vec<InjectionFile>,
}

/// What came of reading files.
#[derive(Debug)]
pub struct Loaded {
    /// The files; `None` if one of them has an error.
    pub files: Option<Files>,
    /// What is wrong with each.
    pub diagnostics: Vec<(SourceFile, Diagnostics)>,
    /// What is wrong with no place in a file: files that cannot be read, names that do not fit.
    pub errors: Vec<SippError>,
}

/// Reads and compiles the files of a command line; finds all that is wrong with them.
pub fn read_files(arguments: &Arguments, media: &dyn Media) -> Loaded {
    let mut errors = Vec::new();
    let mut diagnostics = Vec::new();
    let sources = [
        Some(&arguments.scenario),
        arguments.received.as_ref(),
        arguments.out_of_call.as_ref(),
    ];
    let is_named = sources.map(|source| source.is_some());
    let read = sources.map(|source| kept(read(source?), &mut errors));
    let is_read = is_named == read.each_ref().map(Option::is_some);
    let injection = &arguments.injection;
    let mut files = Vec::new();
    let mut infos = Vec::new();
    for path in injection.files.iter().chain(&injection.received_files) {
        let bytes = kept(read_file("injection file", path), &mut errors);
        let loaded = bytes.map(|bytes| InjectionFile::load(&bytes));
        infos.push(InjectionInfo {
            name: path.clone(),
            is_indexed: injection
                .indexes
                .iter()
                .any(|(name, _)| is_same(name, path)),
            ..InjectionInfo::default()
        });
        if let Some(loaded) = loaded {
            diagnostics.push((loaded.source, loaded.diagnostics));
            files.extend(loaded.file);
        }
    }
    if files.len() == infos.len() {
        errors.extend(build_indexes(&injection.indexes, &mut files));
        infos = files.iter().map(InjectionFile::info).collect();
    }
    let is_complete = files.len() == infos.len() && errors.is_empty();
    let options = Options {
        keys: arguments.keys.clone(),
        injection: Some(infos),
        ..Options::default()
    };
    let received_default = match injection.received_files[..] {
        [] => 0,
        [..] => injection.files.len(),
    };
    let default_files = [0, received_default, 0];
    let scenarios = compile((read, default_files), options, media, &mut diagnostics);
    if let Some(scenarios) = scenarios.as_ref().filter(|_| is_read) {
        errors.extend(check_globals(&arguments.globals, scenarios));
    }
    let is_complete = is_complete && errors.is_empty();
    let files = scenarios.filter(|_| is_complete).map(|scenarios| Files {
        scenarios,
        injection: files,
    });
    Loaded {
        files,
        diagnostics,
        errors,
    }
}

/// What was read; why not is kept.
fn kept<T>(result: Result<T, SippError>, errors: &mut Vec<SippError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// Two names of a file, one of them perhaps without its folder.
fn is_same(name: &str, other: &str) -> bool {
    let base = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    name == other || base(name) == base(other)
}

/// `-infindex`; gives what is wrong with it.
fn build_indexes(indexes: &[(String, usize)], files: &mut [InjectionFile]) -> Vec<SippError> {
    let mut faults = Vec::new();
    for (name, column) in indexes {
        let found = files.iter_mut().find(|file| is_same(file.name(), name));
        let fault = match found {
            None => format!("-infindex {name}: there is no such file; name it with -inf too"),
            Some(file) if *column >= file.columns() => format!(
                "-infindex {name} {column}: its columns are numbered from 0 to {}",
                file.columns() - 1
            ),
            Some(file) => {
                file.build_index(*column);
                continue;
            }
        };
        faults.push(SippError::Unfit(fault));
    }
    faults
}

/// `-set`; gives what is wrong with it.
fn check_globals(globals: &[(String, String)], of: &Scenarios) -> Vec<SippError> {
    let scenarios = [
        Some(&of.main),
        of.received.as_ref(),
        of.out_of_call.as_ref(),
    ];
    let names: Vec<String> = scenarios
        .into_iter()
        .flatten()
        .flat_map(|scenario| names_in(scenario, Scope::Global))
        .collect();
    let unknown = globals.iter().filter(|(name, _)| !names.contains(name));
    unknown
        .map(|(name, _)| {
            let hint = match gannet_diag::nearest(name, &names, 1).first() {
                Some(near) => format!("; did you mean {near}?"),
                None => String::new(),
            };
            SippError::Unfit(format!(
                "-set {name}: the scenario has no such variable in <Global>{hint}"
            ))
        })
        .collect()
}

/// The scenarios; `None` if one has an error.
fn compile(
    (read, default_files): ([Option<NamedBytes>; 3], [usize; 3]),
    mut options: Options,
    media: &dyn Media,
    diagnostics: &mut Vec<(SourceFile, Diagnostics)>,
) -> Option<Scenarios> {
    let mut default_files = default_files.into_iter();
    let mut compiled = read.map(|file| {
        options.default_file = default_files.next().unwrap_or_default();
        let mut loaded = load(&file?, &options);
        // Media and names of a scenario with errors are told of at once too.
        if let Some(scenario) = loaded.scenario.as_ref().or(loaded.draft.as_ref()) {
            judge_media(scenario, media, &mut loaded.diagnostics);
            loaded.diagnostics.sort();
            options.globals = names_in(scenario, Scope::Global);
            options.user_variables = names_in(scenario, Scope::User);
        }
        let has_errors = loaded.diagnostics.has_errors();
        diagnostics.push((loaded.source, loaded.diagnostics));
        Some(loaded.scenario.filter(|_| !has_errors).map(Arc::new))
    });
    if compiled.iter().flatten().any(Option::is_none) {
        return None;
    }
    let [main, received, out_of_call] = &mut compiled;
    let take = |place: &mut Option<Option<Arc<Scenario>>>| place.take().flatten();
    Some(Scenarios {
        main: take(main)?,
        received: take(received),
        out_of_call: take(out_of_call),
    })
}

fn read(source: &Source) -> Result<NamedBytes, SippError> {
    match source {
        Source::File(path) => read_file("scenario", path),
        Source::Builtin(name) => {
            let known = builtin(name).ok_or_else(|| unknown_builtin(name))?;
            Ok(NamedBytes {
                name: format!("{name} (built in)"),
                bytes: known.text.as_bytes().to_vec(),
            })
        }
    }
}

fn read_file(what: &'static str, path: &str) -> Result<NamedBytes, SippError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(NamedBytes {
            name: path.to_owned(),
            bytes,
        }),
        Err(source) => Err(SippError::Read {
            what,
            path: path.to_owned(),
            source,
        }),
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
fn names_in(scenario: &Scenario, scope: Scope) -> Vec<String> {
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
