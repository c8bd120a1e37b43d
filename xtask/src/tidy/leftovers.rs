//! Nothing is left for later: no unfinished marks, no stubs, no ignored tests.

use crate::finding::Finding;
use crate::source::SourceFile;
use crate::tree::TextFile;

const CHECK: &str = "leftover";

/// Marks that people leave in comments; put together here so that this file passes.
const MARKS: &[&str] = &[
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
    concat!("XX", "X"),
];

/// Code that stands for work not done.
const STUBS: &[&str] = &["todo!(", "unimplemented!(", "#[ignore"];

/// Files that are read as text, comments or not.
const TEXT_ENDS: &[&str] = &[".md", ".toml", ".py", ".sh", ".feature", ".ci/run"];

pub(super) fn check(files: &[TextFile], sources: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        findings.extend(marks(&source.path, &source.comments));
        for stub in STUBS {
            for line in source.code_lines(stub) {
                let message = format!("`{stub}` leaves work undone");
                findings.push(Finding::new(CHECK, &source.path, line, message));
            }
        }
    }
    let texts = files
        .iter()
        .filter(|file| TEXT_ENDS.iter().any(|end| file.path.ends_with(end)));
    findings.extend(texts.flat_map(|file| marks(&file.path, &file.text)));
    findings
}

fn marks(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        for word in words.filter(|word| MARKS.contains(word)) {
            let message = format!("`{word}`: do it, or write an issue");
            findings.push(Finding::new(CHECK, path, index + 1, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let files = [TextFile::new(path, text)];
        let sources: Vec<SourceFile> = files
            .iter()
            .filter(|file| file.is_rust())
            .map(|file| SourceFile::new(&file.path, &file.text))
            .collect();
        check(&files, &sources)
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn marks_count_in_comments_not_in_literals() {
        let mark = MARKS[0];
        assert_eq!(
            lines("a.rs", &format!("let a = \"{mark}\";\n// {mark}: b\n")),
            [2]
        );
        assert_eq!(lines("a.md", &format!("{mark}\n")), [1]);
        assert_eq!(lines("a.sip", &format!("{mark}\n")), [] as [usize; 0]);
        assert_eq!(
            lines("a.rs", "// a 4XX answer, METHODOLOGY\n"),
            [] as [usize; 0]
        );
    }

    #[test]
    fn stubs_and_ignored_tests_are_found() {
        assert_eq!(
            lines("a.rs", "fn a() { todo!() }\n#[ignore = \"x\"]\nfn b() {}\n"),
            [1, 2]
        );
        assert_eq!(lines("a.rs", "// says todo!()\n"), [] as [usize; 0]);
    }
}
