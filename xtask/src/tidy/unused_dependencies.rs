//! A dependency that nobody uses is taken out: from the workspace's table when no crate names it,
//! from a crate when none of its files does.

use std::collections::BTreeSet;

use super::manifest::{self, Kind};
use crate::finding::Finding;
use crate::source::SourceFile;
use crate::tree::TextFile;

const CHECK: &str = "unused-dependency";

/// Packages whose library has another name.
const LIBRARY_NAMES: &[(&str, &str)] = &[("md-5", "md5"), ("rustls-webpki", "webpki")];

pub(super) fn check(files: &[TextFile], sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for file in files {
        // Only members of the workspace; an example manifest elsewhere is data.
        let Some(folder) = file.path.strip_suffix("Cargo.toml") else {
            continue;
        };
        let depth = folder.matches('/').count();
        if !(folder == "xtask/" || (folder.starts_with("crates/") && depth == 2)) {
            continue;
        }
        for dependency in manifest::dependencies(&file.text) {
            if !names(sources, folder, &dependency.name) {
                let message = format!("no file below {folder} names `{}`", dependency.name);
                findings.push(Finding::new(CHECK, &file.path, dependency.line, message));
            }
            used.insert(dependency.name);
        }
    }
    let root = files.iter().find(|file| file.path == "Cargo.toml");
    let declared = root.map_or_else(Vec::new, |file| manifest::dependencies(&file.text));
    for entry in declared
        .iter()
        .filter(|entry| entry.kind == Kind::Workspace)
    {
        if !used.contains(&entry.name) {
            let message = format!("no crate of the workspace uses `{}`", entry.name);
            findings.push(Finding::new(CHECK, "Cargo.toml", entry.line, message));
        }
    }
    findings
}

fn names(sources: &[SourceFile], folder: &str, package: &str) -> bool {
    let renamed = LIBRARY_NAMES.iter().find(|(name, _)| *name == package);
    let library = renamed.map_or_else(|| package.replace('-', "_"), |(_, name)| (*name).into());
    let inside = sources
        .iter()
        .filter(|source| source.path.starts_with(folder));
    inside
        .flat_map(|source| {
            source
                .code
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        })
        .any(|word| word == library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_one_uses_is_named() {
        let files = [
            TextFile::new(
                "Cargo.toml",
                "[workspace.dependencies]\nbytes = 1\nmd-5 = 1\nmio = 1\n",
            ),
            TextFile::new(
                "crates/a/Cargo.toml",
                "[dependencies]\nbytes.workspace = true\nmd-5.workspace = true\n",
            ),
        ];
        let sources = [
            SourceFile::new("crates/a/src/lib.rs", "use md5::Md5; // bytes\n"),
            SourceFile::new("crates/b/src/lib.rs", "use bytes::Bytes;\n"),
        ];
        let found = check(&files, &sources);
        let places: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(places, [("crates/a/Cargo.toml", 2), ("Cargo.toml", 4)]);
    }
}
