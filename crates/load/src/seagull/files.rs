//! Reading the files that a command line names.

use std::path::Path;

use gannet_scenario::seagull::{Files, NamedBytes, external_file};
use thiserror::Error;

/// A file that cannot be read.
#[derive(Debug, Error)]
#[error("{what} {path} cannot be read: {source}")]
pub struct FileError {
    /// What it is for.
    pub what: &'static str,
    /// Its path as given.
    pub path: String,
    /// Why.
    pub source: std::io::Error,
}

/// Reads configuration, dictionaries, scenario, and the external data that the configuration names
/// (relative to the working folder, as Seagull does; if it is not there, beside the configuration).
///
/// # Errors
/// All files that cannot be read.
pub fn read_files(
    conf: &str,
    dictionaries: &[String],
    scenario: &str,
) -> Result<Files, Vec<FileError>> {
    let mut errors = Vec::new();
    let mut read = |what, path: &str| match std::fs::read(path) {
        Ok(bytes) => Some(NamedBytes {
            name: path.to_owned(),
            bytes,
        }),
        Err(source) => {
            errors.push(FileError {
                what,
                path: path.to_owned(),
                source,
            });
            None
        }
    };
    let conf_file = read("configuration", conf);
    let dictionary_files: Vec<_> = dictionaries
        .iter()
        .filter_map(|path| read("dictionary", path))
        .collect();
    let scenario_file = read("scenario", scenario);
    let external = conf_file
        .as_ref()
        .and_then(external_file)
        .and_then(|path| read("external data file", &beside(conf, &path)));
    match (conf_file, scenario_file) {
        (Some(conf), Some(scenario)) if errors.is_empty() => Ok(Files {
            conf,
            dictionaries: dictionary_files,
            scenario,
            external,
        }),
        _ => Err(errors),
    }
}

/// The path of a file that a configuration names: as written if it is there, else beside the
/// configuration.
pub(crate) fn beside(conf: &str, path: &str) -> String {
    if Path::new(path).exists() {
        return path.to_owned();
    }
    let beside = Path::new(conf)
        .parent()
        .map(|folder| folder.join(path))
        .filter(|beside| beside.exists());
    beside.map_or_else(
        || path.to_owned(),
        |beside| beside.to_string_lossy().into_owned(),
    )
}
