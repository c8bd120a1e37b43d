//! No file names a path of the machine it was written on.

use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "machine-path";

/// Absolute folders of development machines; put together here so that this file passes.
const PREFIXES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/target-"),
    concat!("/tm", "p/spec/"),
];

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(path) = machine_path(line) {
                let message = format!("`{path}` exists on one machine only");
                findings.push(Finding::new(CHECK, &file.path, index + 1, message));
            }
        }
    }
    findings
}

fn machine_path(line: &str) -> Option<String> {
    let starts = PREFIXES
        .iter()
        .flat_map(|prefix| line.match_indices(prefix));
    let absolute = starts
        .map(|(at, _)| at)
        .find(|at| !line[..*at].ends_with(is_path_character));
    let at = absolute.or_else(|| job_folder(line))?;
    Some(
        line[at..]
            .chars()
            .take_while(|c| is_path_character(*c))
            .collect(),
    )
}

/// Folders of background jobs: a part of a temporary path that ends in `jobs`.
fn job_folder(line: &str) -> Option<usize> {
    let starts = line.match_indices(concat!("/tm", "p/"));
    starts.map(|(at, _)| at).find(|at| {
        let part = line[at + 5..]
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next();
        part.is_some_and(|part| part.ends_with("jobs"))
    })
}

fn is_path_character(c: char) -> bool {
    c.is_alphanumeric() || "/._-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_paths_of_a_machine_are_found() {
        let cases = [
            (concat!("cd /wo", "rk/main"), true),
            (concat!("\"/ro", "ot/.cargo\""), true),
            (concat!("at /tm", "p/bash_jobs.0/1"), true),
            (concat!("at /tm", "p/gannet-peers"), false),
            (concat!("net", "/wo", "rk/a"), false),
            ("../shared/fixtures", false),
        ];
        for (line, found) in cases {
            assert_eq!(machine_path(line).is_some(), found, "{line}");
        }
    }
}
