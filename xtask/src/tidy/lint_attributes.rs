//! A lint is never switched off, only expected with a reason: an expectation that is no longer
//! met warns, an allowance stays for ever.

use crate::finding::Finding;
use crate::source::SourceFile;

const CHECK: &str = "lint-attribute";

pub(super) fn check(source: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.code.lines().enumerate() {
        let line: String = line.split_whitespace().collect();
        let attribute = line.contains("#[allow(") || line.contains("#![allow(");
        if attribute || (line.contains("cfg_attr(") && line.contains(",allow(")) {
            let message = "switches a lint off; use `expect` with a reason";
            findings.push(Finding::new(CHECK, &source.path, index + 1, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowances_are_found_and_expectations_are_not() {
        for (text, count) in [
            ("#[allow(dead_code)]", 1),
            ("#![allow(dead_code)]", 1),
            ("#[cfg_attr(test, allow(dead_code))]", 1),
            ("#[expect(dead_code, reason = \"x\")]", 0),
            ("let a = \"#[allow(b)]\"; // #[allow(c)]", 0),
            ("headers.allow(METHODS)", 0),
        ] {
            assert_eq!(check(&SourceFile::new("a.rs", text)).len(), count, "{text}");
        }
    }
}
