//! Every crate says at its root what it is for.

use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "crate-docs";
const WORDS_MIN: usize = 4;

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let roots = files.iter().filter(|file| is_root(&file.path));
    roots
        .filter(|file| !has_sentence(&file.text))
        .map(|file| {
            Finding::new(
                CHECK,
                &file.path,
                1,
                "no `//!` sentence says what this crate is for",
            )
        })
        .collect()
}

fn is_root(path: &str) -> bool {
    let inside = path
        .strip_prefix("crates/")
        .and_then(|rest| rest.split_once('/'));
    let rest = inside
        .map(|(_, rest)| rest)
        .or_else(|| path.strip_prefix("xtask/"));
    matches!(rest, Some("src/lib.rs" | "src/main.rs"))
}

fn has_sentence(text: &str) -> bool {
    let doc: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .collect();
    let doc = doc.join(" ");
    doc.trim_end().contains('.') && doc.split_whitespace().count() >= WORDS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_root_opens_with_a_sentence() {
        let cases = [
            (
                "crates/sip/src/lib.rs",
                "//! Messages of SIP,\n//! kept byte by byte.\n",
                0,
            ),
            ("crates/sip/src/lib.rs", "//! gannet-sip\n", 1),
            ("crates/sip/src/lib.rs", "pub mod a;\n", 1),
            ("crates/cli/src/main.rs", "", 1),
            ("crates/sip/src/uri.rs", "", 0),
        ];
        for (path, text, count) in cases {
            assert_eq!(
                check(&[TextFile::new(path, text)]).len(),
                count,
                "{path}: {text}"
            );
        }
    }
}
