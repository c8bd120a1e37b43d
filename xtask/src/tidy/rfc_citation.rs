//! One form for a citation in a comment, so that a search finds all of them: `RFC 3261 17.1.1.2`.

use crate::finding::Finding;
use crate::source::SourceFile;

const CHECK: &str = "rfc-citation";

pub(super) fn check(source: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.comments.lines().enumerate() {
        if let Some(fault) = fault(&without_code(line)) {
            let message = format!("{fault}; write `RFC 3261 17.1.1.2`");
            findings.push(Finding::new(CHECK, &source.path, index + 1, message));
        }
    }
    findings
}

/// The comment without what stands in backticks: a name in code has its own spelling.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

fn fault(comment: &str) -> Option<&'static str> {
    if comment.contains('\u{a7}') {
        return Some("section sign");
    }
    let lower = comment.to_ascii_lowercase();
    for (at, _) in lower.match_indices("rfc") {
        let (before, after) = (&lower[..at], &lower[at + 3..]);
        let number = after.trim_start_matches([' ', '-']);
        let is_name = before.ends_with(|c: char| c.is_alphanumeric() || "/_.".contains(c));
        if is_name || !number.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let rest = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = number.len() - rest.len();
        let file_end = rest.strip_prefix('.').unwrap_or(rest);
        if file_end.starts_with(|c: char| c.is_alphabetic() || "/_".contains(c)) || digits < 3 {
            continue;
        }
        if !comment[at..].starts_with("RFC ") || after.len() - number.len() != 1 {
            return Some("RFC number not in the form `RFC 3261`");
        }
        let rest = rest.trim_start_matches([',', ' ', ':', '(']);
        if ["section", "sec.", "clause", "chapter"]
            .iter()
            .any(|word| rest.starts_with(word))
        {
            return Some("a word stands between the RFC and its section");
        }
        let before = before.trim_end().trim_end_matches("the").trim_end();
        let before = before
            .strip_suffix("of")
            .or_else(|| before.strip_suffix("in"));
        let mut words = before.unwrap_or_default().split_whitespace().rev();
        let numbered = words
            .next()
            .is_some_and(|word| word.starts_with(|c: char| c.is_numeric()));
        if numbered && words.next().is_some_and(|word| word.ends_with("section")) {
            return Some("the section stands before its RFC");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_form_passes() {
        for (comment, passes) in [
            ("// RFC 3261 17.1.1.2", true),
            ("//! (RFC 3261 8.2.2.2, RFC 6026 7.1), and RFC 3262.", true),
            ("/// RFC 3261: retransmit", true),
            ("// see `rfc3261_branch` and fixtures/rfc4475/a.dat", true),
            ("// https://www.rfc-editor.org/rfc/rfc3261", true),
            ("// rfc4475.rs holds the table", true),
            ("// RFC3261 17", false),
            ("// rfc 3261 17", false),
            ("// Rfc-3261 17", false),
            ("// RFC 3261 \u{a7}17", false),
            ("// RFC 3261 section 17", false),
            ("// RFC 3261, Section 17", false),
            ("// section 17.1 of RFC 3261", false),
            ("let a = \"RFC3261 section 1\";", true),
        ] {
            let found = check(&SourceFile::new("a.rs", comment));
            assert_eq!(found.is_empty(), passes, "{comment}");
        }
    }
}
