//! `lib.rs` and `mod.rs` only document and re-export: what does something has a file with a name.

use crate::finding::Finding;
use crate::source::SourceFile;

const CHECK: &str = "facade";

pub(super) fn check(source: &SourceFile) -> Vec<Finding> {
    let facade = source.path.ends_with("src/lib.rs")
        || (source.path.ends_with("/mod.rs") && source.path.contains("/src/"));
    if !facade {
        return Vec::new();
    }
    let functions = source.functions();
    functions
        .iter()
        .map(|function| {
            let message = format!("`{}` has a body; give it a file of its own", function.name);
            Finding::new(CHECK, &source.path, function.line, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facade_holds_no_bodies() {
        let text = "//! Why.\nmod a;\npub use a::A;\nfn b() {}\n";
        for (path, count) in [
            ("crates/a/src/lib.rs", 1),
            ("crates/a/src/b/mod.rs", 1),
            ("crates/a/tests/common/mod.rs", 0),
            ("crates/a/src/b.rs", 0),
        ] {
            assert_eq!(check(&SourceFile::new(path, text)).len(), count, "{path}");
        }
        assert!(
            check(&SourceFile::new(
                "crates/a/src/lib.rs",
                "//! fn b() {}\nmod a;\n"
            ))
            .is_empty()
        );
    }
}
