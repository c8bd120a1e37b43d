//! Finding profiles by name: the shipped ones and those of a user's directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest, render};

use super::keys::{keys, refusal, unsupported_settings};
use super::model::Profile;
use super::read::with_document;

/// Name, file and text of a profile that comes with Gannet.
macro_rules! shipped {
    ($name:literal) => {
        (
            $name,
            concat!("devices/", $name, ".toml"),
            include_str!(concat!("../../../../devices/", $name, ".toml")),
        )
    };
}

/// The profiles that come with Gannet.
const SHIPPED: [(&str, &str, &str); 9] = [
    shipped!("Squirrel350"),
    shipped!("Chipmunk5000"),
    shipped!("generic"),
    shipped!("DeskG"),
    shipped!("DeskG801"),
    shipped!("DeskP"),
    shipped!("DeskP650"),
    shipped!("DeskY"),
    shipped!("DeskY-T2x"),
];

/// Most profiles in a line of `inherits`.
const INHERITANCE_MAX: usize = 16;

/// Why a profile cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProfileError {
    /// There is no profile with this name.
    #[error("there is no device profile \"{name}\"{}", suggestion(.nearest))]
    Unknown {
        /// The name.
        name: String,
        /// The names that come closest.
        nearest: Vec<String>,
    },
    /// A profile file, or an override, has mistakes. The text shows all of them with their places.
    #[error("{}", render(.file, .problems, false).trim_end())]
    Mistakes {
        /// The file.
        file: Box<SourceFile>,
        /// The mistakes, in the order of the file.
        problems: Vec<Diagnostic>,
    },
    /// A file or directory cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The text of the operating system.
        reason: String,
    },
}

fn suggestion(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!(": did you mean {}?", names.join(" or ")),
    }
}

/// Profiles by name.
#[derive(Debug, Clone)]
pub struct ProfileLibrary {
    files: BTreeMap<String, Arc<SourceFile>>,
}

impl ProfileLibrary {
    /// The profiles that come with Gannet: `Squirrel350`, `Chipmunk5000`, `generic`.
    pub fn shipped() -> Self {
        let mut library = Self {
            files: BTreeMap::new(),
        };
        for (name, file, text) in SHIPPED {
            library.add(name, file, text);
        }
        library
    }

    /// Adds a profile, or replaces the one with this name. `file` is the name shown in errors.
    pub fn add(&mut self, name: &str, file: &str, text: &str) {
        self.files
            .insert(name.to_owned(), Arc::new(SourceFile::new(file, text)));
    }

    /// Adds every `*.toml` of a directory under the name of its file.
    ///
    /// # Errors
    /// If the directory or one of the files cannot be read.
    pub fn add_directory(&mut self, directory: &Path) -> Result<(), ProfileError> {
        let unreadable = |path: &Path, error: std::io::Error| ProfileError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let entries = std::fs::read_dir(directory).map_err(|error| unreadable(directory, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(directory, error))?.path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else {
                continue;
            };
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            self.add(name, &path.to_string_lossy(), &text);
        }
        Ok(())
    }

    /// All names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The file of a profile.
    pub fn source(&self, name: &str) -> Option<&SourceFile> {
        self.files.get(name).map(Arc::as_ref)
    }

    /// Reads a profile and those it inherits from.
    ///
    /// # Errors
    /// If there is no such profile, or a file of the line has mistakes; all mistakes of that file
    /// are told at once.
    pub fn load(&self, name: &str) -> Result<Arc<Profile>, ProfileError> {
        if !self.files.contains_key(name) {
            return Err(ProfileError::Unknown {
                name: name.to_owned(),
                nearest: self.nearest(name),
            });
        }
        let mut profile = self.read(name, &mut Vec::new())?;
        name.clone_into(&mut profile.name);
        Ok(Arc::new(profile))
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        nearest(name, self.names(), 2)
    }

    /// `line` holds the names that led here.
    fn read(&self, name: &str, line: &mut Vec<String>) -> Result<Profile, ProfileError> {
        let Some(file) = self.files.get(name) else {
            return Err(ProfileError::Unknown {
                name: name.to_owned(),
                nearest: self.nearest(name),
            });
        };
        line.push(name.to_owned());
        let mut problems = Diagnostics::new();
        let profile = with_document(file.text(), &mut problems, |document, problems| {
            let mut profile = match &document.inherits {
                None => Profile::default(),
                Some((parent, span)) => {
                    if let Some(problem) = self.wrong_parent(parent, span.clone(), line) {
                        problems.push(problem);
                        Profile::default()
                    } else {
                        self.read(parent, line)?
                    }
                }
            };
            document.apply(&mut profile, problems);
            Ok(profile)
        })?;
        finish(profile, file, problems)
    }

    fn wrong_parent(
        &self,
        parent: &str,
        span: std::ops::Range<usize>,
        line: &[String],
    ) -> Option<Diagnostic> {
        if line.iter().any(|name| name == parent) || line.len() >= INHERITANCE_MAX {
            let message = format!(
                "profiles inherit in a circle: {} -> {parent}",
                line.join(" -> ")
            );
            return Some(Diagnostic::error("bad-value", message, span));
        }
        (!self.files.contains_key(parent)).then(|| {
            let message = format!("there is no device profile \"{parent}\" to inherit from");
            Diagnostic::error("bad-value", message, span).with_suggestions(&self.nearest(parent))
        })
    }
}

impl Profile {
    /// The same profile with one setting changed. `key` is `group.name`, or a name alone where it
    /// is unique; blanks and underscores count as hyphens, case does not matter. `value` is TOML,
    /// or plain text where that is no TOML.
    ///
    /// # Errors
    /// If there is no such key or the value is wrong.
    pub fn with_override(&self, key: &str, value: &str) -> Result<Self, ProfileError> {
        let (group, name) = find_key(key).map_err(|problem| ProfileError::Mistakes {
            file: Box::new(SourceFile::new("profile setting", key)),
            problems: vec![problem],
        })?;
        let head = format!("{group}.{name} = ");
        let mut text = format!("{head}{value}");
        let mut check = Diagnostics::new();
        // A value that brings more settings with it is text, and wrong as such.
        let settings = with_document(&text, &mut check, |document, _| document.settings_len());
        if check.has_errors() || settings != 1 {
            text = format!("{head}{}", toml::Value::String(value.to_owned()));
        }
        let mut profile = self.clone();
        let mut problems = Diagnostics::new();
        with_document(&text, &mut problems, |document, problems| {
            document.apply(&mut profile, problems);
        });
        finish(profile, &SourceFile::new("profile setting", text), problems)
    }
}

fn finish(
    profile: Profile,
    file: &SourceFile,
    mut problems: Diagnostics,
) -> Result<Profile, ProfileError> {
    if !problems.has_errors() {
        return Ok(profile);
    }
    problems.sort();
    Err(ProfileError::Mistakes {
        file: Box::new(file.clone()),
        problems: problems.into_vec(),
    })
}

fn find_key(key: &str) -> Result<(&'static str, &'static str), Diagnostic> {
    let wanted = key.trim().to_lowercase().replace([' ', '_'], "-");
    let found: Vec<_> = keys()
        .filter(|known| wanted == known.name || wanted == format!("{}.{}", known.group, known.name))
        .collect();
    let names = |list: &[&super::keys::Key]| {
        list.iter()
            .map(|key| format!("{}.{}", key.group, key.name))
            .collect::<Vec<_>>()
    };
    match found.as_slice() {
        [only] => Ok((only.group, only.name)),
        [] => {
            let mut unsupported = unsupported_settings().iter();
            let refused = unsupported.find(|it| wanted == format!("{}.{}", it.group, it.name));
            if let Some(it) = refused
                && let Some(refusal) = refusal(it.group, it.name, 0..key.len())
            {
                return Err(refusal);
            }
            let full = keys().map(|known| format!("{}.{}", known.group, known.name));
            let short = keys().map(|known| known.name.to_owned());
            Err(Diagnostic::error(
                "unknown-key",
                format!("unknown setting \"{key}\""),
                0..key.len(),
            )
            .with_suggestions(&nearest(&wanted, full.chain(short), 2)))
        }
        several => Err(Diagnostic::error(
            "unknown-key",
            format!("\"{key}\" may mean {}", names(several).join(" or ")),
            0..key.len(),
        )),
    }
}
