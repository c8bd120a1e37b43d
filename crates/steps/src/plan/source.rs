//! Finding the feature files.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// A feature file that was named, or found in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSource {
    /// The file, as the user named it or its folder.
    pub path: PathBuf,
    /// The lines that were named, `FILE:LINE`; none for all of the file.
    pub lines: BTreeSet<usize>,
}

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file or folder.
    #[error("cannot find `{}`{}", path.display(), Hint(nearest.as_deref()))]
    NotFound {
        /// What was named.
        path: PathBuf,
        /// A name in the same folder that comes near.
        nearest: Option<String>,
    },
    /// A folder without features.
    #[error("there is no *.feature file in `{}` or below", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The system does not let us read it.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Its bytes are no UTF-8 text.
    #[error("`{}` is not UTF-8 in line {line}: save it as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line of the first byte that does not fit, from 1.
        line: usize,
    },
}

impl FeatureSource {
    /// The text of the file.
    pub(super) fn read(&self) -> Result<String, SourceError> {
        let path = || self.path.clone();
        let bytes = std::fs::read(&self.path).map_err(|source| SourceError::Unreadable {
            path: path(),
            source,
        })?;
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
            SourceError::NotUtf8 {
                path: path(),
                line: 1 + before.matches('\n').count(),
            }
        })
    }
}

struct Hint<'a>(Option<&'a str>);

impl std::fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(name) => write!(f, ": did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

/// Folders within each other that are searched; more is a loop.
const DEPTH_MAX: usize = 32;

/// The feature files of these arguments, each a file, a folder, or `FILE:LINE[:LINE]…`, in the
/// order of the arguments and of the names in folders; a file that is named twice comes once, with
/// all its lines.
///
/// # Errors
/// Everything that is not there, all at once.
pub fn collect(arguments: &[String]) -> Result<Vec<FeatureSource>, Vec<SourceError>> {
    let mut sources: Vec<FeatureSource> = Vec::new();
    let mut errors = Vec::new();
    for argument in arguments {
        let (path, lines) = split_lines(argument);
        let found = if path.is_dir() {
            in_folder(&path)
        } else if path.exists() {
            Ok(vec![path])
        } else {
            Err(not_found(path))
        };
        match found {
            Ok(paths) => {
                for path in paths {
                    add(&mut sources, path, &lines);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(sources)
    } else {
        Err(errors)
    }
}

fn add(sources: &mut Vec<FeatureSource>, path: PathBuf, lines: &BTreeSet<usize>) {
    match sources.iter_mut().find(|source| source.path == path) {
        // The whole file was or is asked for.
        Some(known) if known.lines.is_empty() || lines.is_empty() => known.lines.clear(),
        Some(known) => known.lines.extend(lines),
        None => sources.push(FeatureSource {
            path,
            lines: lines.clone(),
        }),
    }
}

/// `FILE:3:17` as file and lines; a file whose name ends so keeps it.
fn split_lines(argument: &str) -> (PathBuf, BTreeSet<usize>) {
    let mut lines = BTreeSet::new();
    let mut rest = argument;
    while !Path::new(rest).exists()
        && let Some((before, number)) = rest.rsplit_once(':')
        && let Ok(line) = number.parse()
    {
        lines.insert(line);
        rest = before;
    }
    (PathBuf::from(rest), lines)
}

fn not_found(path: PathBuf) -> SourceError {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let siblings = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = siblings.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let nearest = gannet_diag::nearest(&name, names, 1).into_iter().next();
    let nearest = nearest.map(|name| path.with_file_name(name).display().to_string());
    SourceError::NotFound { path, nearest }
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut found = Vec::new();
    walk(folder, 0, &mut found)?;
    if found.is_empty() {
        return Err(SourceError::EmptyFolder {
            path: folder.to_path_buf(),
        });
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let fail = |source| SourceError::Unreadable {
        path: folder.to_path_buf(),
        source,
    };
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(fail)?;
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(fail)?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') {
                walk(&path, depth + 1, found)?;
            }
        } else if name.ends_with(".feature") || name.ends_with(".feature.md") {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_files_and_lines() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        let (b, a) = (make("b.feature"), make("sub/a.feature.md"));
        make("notes.txt");
        make(".hidden/c.feature");
        let text = |path: &Path| path.display().to_string();

        let found = collect(&[text(folder.path())]).unwrap();
        let paths: Vec<_> = found.iter().map(|source| source.path.clone()).collect();
        assert_eq!(paths, [b.clone(), a.clone()]);

        let lines = |arguments: &[String]| {
            let found = collect(arguments).unwrap();
            found[0].lines.iter().copied().collect::<Vec<_>>()
        };
        assert_eq!(lines(&[format!("{}:3:17", text(&b))]), [3, 17]);
        assert_eq!(
            lines(&[format!("{}:3", text(&b)), format!("{}:9", text(&b))]),
            [3, 9]
        );
        assert_eq!(lines(&[format!("{}:3", text(&b)), text(&b)]), [0; 0]);
    }

    #[test]
    fn what_is_not_there_is_told_all_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("calls.feature"), "").unwrap();
        let empty = folder.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let wrong = folder.path().join("cals.feature").display().to_string();
        let errors = collect(&[wrong, empty.display().to_string()]).unwrap_err();
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(
            texts[0].contains("did you mean") && texts[0].contains("calls.feature"),
            "{texts:?}"
        );
        assert!(
            texts[1].starts_with("there is no *.feature file in"),
            "{texts:?}"
        );
    }
}
