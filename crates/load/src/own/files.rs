//! Telling files apart.

use std::path::{Path, PathBuf};

use gannet_scenario::seagull::{FileKind, Files, NamedBytes, external_file, kind_of};
use thiserror::Error;

use crate::seagull::beside;

/// Why there is nothing to play.
#[derive(Debug, Error)]
pub enum SortError {
    /// A file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        /// Its path as given.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is of SIPp.
    #[error("`{path}` is a scenario of SIPp: `gannet sipp -sf {path} HOST:PORT` plays it")]
    Sipp {
        /// Its path as given.
        path: String,
    },
    /// A file is a feature.
    #[error(
        "`{path}` is a feature, which Gannet does not play as load yet: `gannet test {path}` runs it"
    )]
    Feature {
        /// Its path as given.
        path: String,
    },
    /// A file is none that can be played.
    #[error(
        "`{path}` is none of Seagull's files: expected a <configuration>, a dictionary \
         (<protocol>) or a <scenario> with sections; data files are named in the configuration"
    )]
    Unknown {
        /// Its path as given.
        path: String,
    },
    /// There may be one only.
    #[error("`{first}` and `{second}` are both {what}: one is needed")]
    TwoOf {
        /// What they are.
        what: &'static str,
        /// The first one.
        first: String,
        /// The next one.
        second: String,
    },
    /// A file of a kind is missing.
    #[error("{what} is missing among the files")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
}

/// Where the external data are that a configuration names: in the working folder, else beside the
/// configuration.
pub fn data_path(conf: &str, path: &str) -> String {
    beside(conf, path)
}

/// Reads the files of a run, given in any order, and the external data that the configuration names.
///
/// # Errors
/// Everything that is wrong.
pub fn sort(paths: &[PathBuf]) -> Result<Files, Vec<SortError>> {
    let mut sorted = Sorted::default();
    for path in paths {
        sorted.add(path);
    }
    sorted.finish()
}

#[derive(Default)]
struct Sorted {
    conf: Option<NamedBytes>,
    dictionaries: Vec<NamedBytes>,
    scenario: Option<NamedBytes>,
    errors: Vec<SortError>,
}

impl Sorted {
    fn add(&mut self, path: &Path) {
        let name = path.display().to_string();
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(source) => {
                let path = name;
                self.errors.push(SortError::Unreadable { path, source });
                return;
            }
        };
        let kind = kind_of(&bytes);
        let file = NamedBytes { name, bytes };
        match kind {
            Some(FileKind::Configuration) => {
                put(&mut self.conf, file, CONFIGURATION, &mut self.errors);
            }
            Some(FileKind::Scenario) => {
                put(&mut self.scenario, file, SCENARIO, &mut self.errors);
            }
            Some(FileKind::Dictionary) => self.dictionaries.push(file),
            None => self.errors.push(stranger(path, file)),
        }
    }

    fn finish(mut self) -> Result<Files, Vec<SortError>> {
        let missing = [
            (CONFIGURATION, self.conf.is_none()),
            (DICTIONARY, self.dictionaries.is_empty()),
            (SCENARIO, self.scenario.is_none()),
        ];
        if self.errors.is_empty() {
            let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
            self.errors
                .extend(missing.map(|(what, _)| SortError::Missing { what }));
        }
        let (Some(conf), Some(scenario)) = (self.conf, self.scenario) else {
            return Err(self.errors);
        };
        let external = external_file(&conf).and_then(|path| {
            let name = beside(&conf.name, &path);
            // What cannot be read is told where the configuration names it.
            let bytes = std::fs::read(&name).ok()?;
            Some(NamedBytes { name, bytes })
        });
        if self.errors.is_empty() {
            Ok(Files {
                conf,
                dictionaries: self.dictionaries,
                scenario,
                external,
            })
        } else {
            Err(self.errors)
        }
    }
}

const CONFIGURATION: &str = "a configuration (<configuration>)";
const DICTIONARY: &str = "a dictionary (<protocol>)";
const SCENARIO: &str = "a scenario (<scenario>)";

fn put(
    place: &mut Option<NamedBytes>,
    file: NamedBytes,
    what: &'static str,
    errors: &mut Vec<SortError>,
) {
    match place {
        Some(first) => errors.push(SortError::TwoOf {
            what,
            first: first.name.clone(),
            second: file.name,
        }),
        None => *place = Some(file),
    }
}

/// What is to be said about a file that is none of Seagull's.
fn stranger(path: &Path, file: NamedBytes) -> SortError {
    let extension = path.extension().unwrap_or_default();
    let path = file.name;
    if extension == "feature" {
        SortError::Feature { path }
    } else if memchr::memmem::find(&file.bytes, b"<scenario").is_some() {
        SortError::Sipp { path }
    } else {
        SortError::Unknown { path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONF: &str = "<configuration></configuration>";
    const DICO: &str = "<protocol></protocol>";
    const SCEN: &str = "<scenario><traffic></traffic></scenario>";
    const SIPP: &str = "<?xml version=\"1.0\"?><scenario name=\"x\"><send></send></scenario>";

    /// Writes files named 0.xml, 1.xml and so on, and sorts them.
    fn sorted(texts: &[&str]) -> Result<Files, Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        let paths: Vec<PathBuf> = texts
            .iter()
            .enumerate()
            .map(|(number, text)| {
                let path = folder.path().join(format!("{number}.xml"));
                std::fs::write(&path, text).expect("written");
                path
            })
            .collect();
        let shown = folder.path().display().to_string() + "/";
        sort(&paths).map_err(|errors| {
            let text = |error: &SortError| error.to_string().replace(&shown, "");
            errors.iter().map(text).collect()
        })
    }

    #[test]
    fn files_come_in_any_order() {
        let files = sorted(&[SCEN, DICO, CONF, DICO]).expect("all there");
        assert_eq!(files.dictionaries.len(), 2);
        assert!(files.conf.name.ends_with("2.xml"));
        assert!(files.scenario.name.ends_with("0.xml"));
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        for (texts, expected) in [
            (
                vec![SCEN],
                vec![
                    "a configuration (<configuration>) is missing among the files",
                    "a dictionary (<protocol>) is missing among the files",
                ],
            ),
            (
                vec![SCEN, CONF, DICO, SCEN],
                vec!["`0.xml` and `3.xml` are both a scenario (<scenario>): one is needed"],
            ),
            (
                vec![SIPP, "Feature: x\n"],
                vec![
                    "`0.xml` is a scenario of SIPp: `gannet sipp -sf 0.xml HOST:PORT` plays it",
                    "`1.xml` is none of Seagull's files: expected a <configuration>, a dictionary \
                     (<protocol>) or a <scenario> with sections; data files are named in the \
                     configuration",
                ],
            ),
        ] {
            assert_eq!(
                sorted(&texts).map(|_| ()),
                Err(expected.iter().map(|&text| text.to_owned()).collect())
            );
        }
    }
}
