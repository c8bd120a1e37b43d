//! A test waits for what it needs; it never sleeps and hopes.

use crate::finding::Finding;
use crate::source::SourceFile;

const CHECK: &str = "sleep";

pub(super) fn check(source: &SourceFile) -> Vec<Finding> {
    let calls = source
        .code
        .lines()
        .enumerate()
        .filter(|(_, line)| calls_sleep(line));
    calls
        .map(|(index, _)| index + 1)
        .filter(|line| source.is_test(*line))
        .map(|line| {
            let message = "a test sleeps; wait for the condition, or use a virtual clock";
            Finding::new(CHECK, &source.path, line, message)
        })
        .collect()
}

fn calls_sleep(line: &str) -> bool {
    ["sleep(", "sleep_ms(", "sleep_until("].iter().any(|call| {
        line.match_indices(call).any(|(at, _)| {
            let before = &line[..at];
            !before.ends_with(|c: char| c.is_alphanumeric() || c == '_') && !before.ends_with("fn ")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_are_found_in_tests_alone() {
        let text = "use std::thread::sleep;\nfn a() { thread::sleep(b); }\n#[cfg(test)]\nmod tests {\n    \
                    fn c() { time::sleep(d).await; }\n    fn no_sleep() { no_sleep(); }\n}\n";
        let lines = |path| -> Vec<usize> {
            check(&SourceFile::new(path, text))
                .iter()
                .map(|finding| finding.line)
                .collect()
        };
        assert_eq!(lines("crates/a/src/b.rs"), [5]);
        assert_eq!(lines("crates/a/tests/b.rs"), [2, 5]);
    }
}
