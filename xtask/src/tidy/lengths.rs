//! Files and functions stay short enough to be read at one sitting.
//!
//! A file over the soft cap is in the ratchet or says at its head why (`// tidy(file-length):
//! <reason>`); over the hard cap only the reason helps. A function over its cap is in the ratchet.

use super::ratchet::{Ratchet, Subject};
use crate::finding::Finding;
use crate::source::SourceFile;

const FILE: &str = "file-length";
const FUNCTION: &str = "function-length";
const RATCHET: &str = "ratchet";

const FILE_SOFT_LINES_MAX: usize = 400;
const FILE_HARD_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;

/// How far down the head of a file goes, in lines.
const HEAD_LINES: usize = 20;

/// Every length that is over its cap and has no reason at the file's head.
pub(super) fn present(sources: &[SourceFile]) -> Ratchet {
    let mut ratchet = Ratchet::default();
    for source in sources {
        let lines = source.code.lines().count();
        if lines > FILE_SOFT_LINES_MAX && lines <= FILE_HARD_LINES_MAX && !has_reason(source) {
            ratchet.note((source.path.clone(), None), lines);
        }
        for function in source.functions() {
            if function.length > FUNCTION_LINES_MAX {
                ratchet.note((source.path.clone(), Some(function.name)), function.length);
            }
        }
    }
    ratchet
}

pub(super) fn check(sources: &[SourceFile], ratchet: &Ratchet, ratchet_path: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sources
        .iter()
        .flat_map(|source| too_long(source, ratchet))
        .collect();
    let present = present(sources);
    for (subject, lines, place) in ratchet.iter() {
        let now = present.lines(subject);
        if now.is_none_or(|now| now < lines) {
            let name = subject.1.as_ref().unwrap_or(&subject.0);
            let message = format!("`{name}` is shorter now: run `cargo xtask tidy --record`");
            findings.push(Finding::new(RATCHET, ratchet_path, place, message));
        }
    }
    findings
}

fn too_long(source: &SourceFile, ratchet: &Ratchet) -> Vec<Finding> {
    let mut findings = Vec::new();
    let accepted = |subject: &Subject| ratchet.lines(subject).unwrap_or(0);
    let lines = source.code.lines().count();
    if lines > FILE_SOFT_LINES_MAX && !has_reason(source) {
        if lines > FILE_HARD_LINES_MAX {
            let message = format!("{lines} lines, over {FILE_HARD_LINES_MAX}; split it");
            findings.push(Finding::new(FILE, &source.path, 1, message));
        } else if lines > accepted(&(source.path.clone(), None)) {
            let message = format!("{lines} lines, over {FILE_SOFT_LINES_MAX} or its ratchet");
            findings.push(Finding::new(FILE, &source.path, 1, message));
        }
    }
    for function in source.functions() {
        let subject = (source.path.clone(), Some(function.name));
        if function.length > FUNCTION_LINES_MAX && function.length > accepted(&subject) {
            let message = format!(
                "`{}` has {} lines, over {FUNCTION_LINES_MAX} or its ratchet",
                subject.1.unwrap_or_default(),
                function.length
            );
            findings.push(Finding::new(FUNCTION, &source.path, function.line, message));
        }
    }
    findings
}

fn has_reason(source: &SourceFile) -> bool {
    let head = source.comments.lines().take(HEAD_LINES);
    let reasons = head.filter_map(|line| line.split_once("// tidy(file-length):"));
    reasons
        .map(|(_, reason)| reason.trim())
        .any(|reason| !reason.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(text: &str, ratchet: &str) -> Vec<&'static str> {
        let source = SourceFile::new("a.rs", text);
        let ratchet = Ratchet::parse(ratchet).0;
        check(&[source], &ratchet, "ratchet.txt")
            .iter()
            .map(|finding| finding.check)
            .collect()
    }

    #[test]
    fn a_long_file_needs_the_ratchet_or_a_reason() {
        let reason = "// tidy(file-length): one table of the RFC\n";
        let (short, soft, hard) = ("\n".repeat(400), "\n".repeat(500), "\n".repeat(801));
        assert_eq!(checks(&short, ""), [] as [&str; 0]);
        assert_eq!(checks(&soft, ""), [FILE]);
        assert_eq!(checks(&soft, "500 a.rs"), [] as [&str; 0]);
        assert_eq!(checks(&soft, "499 a.rs"), [FILE]);
        assert_eq!(checks(&format!("{reason}{soft}"), ""), [] as [&str; 0]);
        assert_eq!(checks(&hard, ""), [FILE]);
        assert_eq!(checks(&format!("{reason}{hard}"), ""), [] as [&str; 0]);
    }

    #[test]
    fn a_long_function_needs_the_ratchet() {
        let function = |lines: usize| format!("fn a() {{\n{}}}\n", "b();\n".repeat(lines - 2));
        assert_eq!(checks(&function(70), ""), [] as [&str; 0]);
        assert_eq!(checks(&function(71), ""), [FUNCTION]);
        assert_eq!(checks(&function(71), "71 a.rs a"), [] as [&str; 0]);
        assert_eq!(checks(&function(72), "71 a.rs a"), [FUNCTION]);
    }

    #[test]
    fn an_entry_that_is_too_high_must_be_lowered() {
        assert_eq!(checks(&"\n".repeat(450), "460 a.rs"), [RATCHET]);
        assert_eq!(checks("", "460 a.rs\n80 a.rs b"), [RATCHET, RATCHET]);
    }
}
