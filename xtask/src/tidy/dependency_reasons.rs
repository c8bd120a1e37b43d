//! Every dependency that the workspace declares has its reason in ARCHITECTURE.md.

use super::manifest::{self, Kind};
use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "dependency-reasons";

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let text_of = |path| {
        files
            .iter()
            .find(|file| file.path == path)
            .map(|file| &file.text)
    };
    let Some(manifest) = text_of("Cargo.toml") else {
        return Vec::new();
    };
    let reasons = text_of("ARCHITECTURE.md").map_or("", String::as_str);
    let rows: Vec<&str> = reasons
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let declared = manifest::dependencies(manifest);
    let foreign = declared
        .iter()
        .filter(|entry| entry.kind == Kind::Workspace && !entry.name.starts_with("gannet-"));
    foreign
        .filter(|entry| {
            !rows
                .iter()
                .any(|row| row.contains(&format!("`{}`", entry.name)))
        })
        .map(|entry| {
            let message = format!(
                "`{}` has no reason in ARCHITECTURE.md's dependency table",
                entry.name
            );
            Finding::new(CHECK, "Cargo.toml", entry.line, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexplained_dependency_is_a_finding() {
        let files = [
            TextFile::new(
                "ARCHITECTURE.md",
                "| `bytes`, `memchr` | speed |\nand `rsip` too\n",
            ),
            TextFile::new(
                "Cargo.toml",
                "[workspace.dependencies]\ngannet-sip = 1\nbytes = 1\nmemchr = 1\nrsip = 1\n",
            ),
        ];
        let lines: Vec<usize> = check(&files).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [5]);
    }
}
