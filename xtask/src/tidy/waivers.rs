//! A line may be excused from a check by a comment that says why: `tidy(<check>): <reason>`, on
//! the line itself or on the line above. A waiver without a reason, or with nothing to excuse, is
//! a finding.

use crate::finding::Finding;
use crate::source::SourceFile;

struct Waiver {
    path: String,
    line: usize,
    check: String,
    reason: String,
    used: bool,
}

/// Takes out the findings that a waiver excuses and adds one for each waiver that is wrong.
pub(super) fn apply(findings: Vec<Finding>, sources: &[SourceFile]) -> Vec<Finding> {
    let mut waivers: Vec<Waiver> = sources.iter().flat_map(waivers_of).collect();
    let mut left = Vec::new();
    for finding in findings {
        let waiver = waivers.iter_mut().find(|waiver| {
            waiver.path == finding.path
                && waiver.check == finding.check
                && !waiver.reason.is_empty()
                && (waiver.line == finding.line || waiver.line + 1 == finding.line)
        });
        match waiver {
            Some(waiver) => waiver.used = true,
            None => left.push(finding),
        }
    }
    // The length of a file is excused at its head, by the lengths check itself.
    for waiver in waivers
        .iter()
        .filter(|waiver| !waiver.used && waiver.check != "file-length")
    {
        let message = format!(
            "the waiver of `{}` has no reason or excuses nothing",
            waiver.check
        );
        left.push(Finding::new("waiver", &waiver.path, waiver.line, message));
    }
    left
}

fn waivers_of(source: &SourceFile) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for (index, comment) in source.comments.lines().enumerate() {
        // Documentation may speak of waivers; only a plain comment is one.
        let Some((lead, rest)) = comment.split_once("tidy(") else {
            continue;
        };
        let plain = lead
            .trim()
            .strip_prefix("//")
            .is_some_and(|lead| lead.trim().is_empty());
        if let (true, Some((check, reason))) = (plain, rest.split_once("):")) {
            waivers.push(Waiver {
                path: source.path.clone(),
                line: index + 1,
                check: check.into(),
                reason: reason.trim().into(),
                used: false,
            });
        }
    }
    waivers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str, line: usize) -> Vec<String> {
        let findings = vec![Finding::new("sleep", "a.rs", line, "a test sleeps")];
        let sources = [SourceFile::new("a.rs", text)];
        apply(findings, &sources)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_reason_on_the_line_or_above_excuses() {
        assert!(left("x(); // tidy(sleep): it paces\n", 1).is_empty());
        assert!(left("// tidy(sleep): it paces\nx();\n", 2).is_empty());
    }

    #[test]
    fn a_waiver_must_fit_and_say_why() {
        assert_eq!(left("// tidy(sleep):\nx();\n", 2).len(), 2);
        assert_eq!(left("// tidy(sleep): it paces\n\nx();\n", 3).len(), 2);
        assert_eq!(left("// tidy(facade): it paces\nx();\n", 2).len(), 2);
        assert_eq!(left("/// `tidy(sleep): so`\nx();\n", 2).len(), 1);
    }
}
