//! Folders of data say what they hold: a README in each, and in each folder named `fixtures`.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "folder-readme";

/// Top folders that a reader opens without a crate's documentation at hand.
const TOP: &[&str] = &[
    "features",
    "scenarios",
    "devices",
    "interop",
    "fuzz",
    "docs",
];

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let folders: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| folder_of(&file.path))
        .collect();
    let has_readme = |folder: &str| {
        let readme = format!("{folder}/README.md");
        files.iter().any(|file| file.path == readme)
    };
    folders
        .into_iter()
        .filter(|folder| !has_readme(folder))
        .map(|folder| {
            let readme = format!("{folder}/README.md");
            Finding::new(
                CHECK,
                &readme,
                1,
                "missing: say what the folder holds and how it is used",
            )
        })
        .collect()
}

/// The folder of `path` that needs a README: a top folder, or the innermost named `fixtures`.
fn folder_of(path: &str) -> Option<&str> {
    if let Some((before, _)) = path.rsplit_once("/fixtures/") {
        return Some(&path[..before.len() + "/fixtures".len()]);
    }
    let (top, _) = path.split_once('/')?;
    TOP.contains(&top).then_some(top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_folders_need_a_readme() {
        let files = [
            TextFile::new("features/a.feature", ""),
            TextFile::new("devices/README.md", ""),
            TextFile::new("devices/a.toml", ""),
            TextFile::new("crates/sip/tests/fixtures/a.sip", ""),
            TextFile::new("crates/sip/src/lib.rs", ""),
        ];
        let found = check(&files);
        let paths: Vec<&str> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(
            paths,
            ["crates/sip/tests/fixtures/README.md", "features/README.md"]
        );
    }
}
