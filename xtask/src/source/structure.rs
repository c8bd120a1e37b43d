//! Functions and test parts of a Rust file, found by matching brackets.

use std::ops::Range;

use super::lexer;

/// A Rust file with the layers and landmarks that the checks ask for.
pub(crate) struct SourceFile {
    /// Path below the workspace root.
    pub(crate) path: String,
    /// Code alone: comments and literals are blanked.
    pub(crate) code: String,
    /// Comments alone: the rest is blanked.
    pub(crate) comments: String,
    test_lines: Vec<Range<usize>>,
}

/// A function with a body.
#[derive(Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Line of the word `fn`, counted from 1.
    pub(crate) line: usize,
    /// Lines from the word `fn` to the closing brace, both counted.
    pub(crate) length: usize,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let layers = lexer::split(text);
        let test_lines = if is_test_path(path) {
            std::iter::once(0..usize::MAX).collect()
        } else {
            test_items(&layers.code)
        };
        Self {
            path: path.into(),
            code: layers.code,
            comments: layers.comments,
            test_lines,
        }
    }

    /// Whether the line (counted from 1) is compiled for tests alone.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// Every function that has a body, in the order of the file; nested ones too.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut functions = Vec::new();
        for (at, _) in self.code.match_indices("fn ") {
            let before = self.code[..at].chars().next_back();
            if before.is_some_and(is_word) {
                continue;
            }
            let name: String = self.code[at + 3..]
                .trim_start()
                .chars()
                .take_while(|c| is_word(*c))
                .collect();
            if let (false, Some(end)) = (name.is_empty(), item_end(&self.code, at, Item::Body)) {
                let line = line_of(&self.code, at);
                let length = line_of(&self.code, end) - line + 1;
                functions.push(Function { name, line, length });
            }
        }
        functions
    }

    /// Line (counted from 1) of every place where `pattern` stands in the code.
    pub(crate) fn code_lines(&self, pattern: &str) -> Vec<usize> {
        self.code
            .match_indices(pattern)
            .map(|(at, _)| line_of(&self.code, at))
            .collect()
    }
}

/// Files that Cargo compiles for tests and benchmarks alone.
fn is_test_path(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || path
            .split('/')
            .any(|part| part == "tests" || part == "benches")
}

fn test_items(code: &str) -> Vec<Range<usize>> {
    let starts = ["#[cfg(test)]", "#[cfg(all(test", "#[test]", "#[tokio::test"];
    let mut lines = Vec::new();
    for at in starts
        .iter()
        .flat_map(|start| code.match_indices(start))
        .map(|(at, _)| at)
    {
        if let Some(end) = item_end(code, at, Item::Any) {
            lines.push(line_of(code, at)..line_of(code, end) + 1);
        }
    }
    lines
}

#[derive(Clone, Copy, PartialEq)]
enum Item {
    /// Only what has a body in braces: a `;` first means that there is none.
    Body,
    /// An item that ends with its braces or with a `;`.
    Any,
}

/// Where the item that starts at `from` ends: its `}`, or its `;` when such an item counts.
fn item_end(code: &str, from: usize, wanted: Item) -> Option<usize> {
    let (mut round, mut braces) = (0_i32, 0_i32);
    for (offset, byte) in code.as_bytes()[from..].iter().enumerate() {
        match byte {
            b'(' | b'[' => round += 1,
            b')' | b']' => round -= 1,
            b'{' if round == 0 => braces += 1,
            b'}' if round == 0 => {
                braces -= 1;
                if braces == 0 {
                    return Some(from + offset);
                }
                if braces < 0 {
                    return None;
                }
            }
            b';' if round == 0 && braces == 0 => {
                return (wanted == Item::Any).then_some(from + offset);
            }
            _ => {}
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, line: usize, length: usize) -> Function {
        Function {
            name: name.into(),
            line,
            length,
        }
    }

    #[test]
    fn functions_are_found_with_their_length() {
        let text = "\
trait A { fn declared(&self) -> [u8; 4]; }
fn one() {}
pub(crate) fn two<F: Fn(u8)>(f: F, g: fn(u8))
where F: Copy,
{
    fn inner() { let s = \"}\"; }
    f(1); // }
}
";
        let file = SourceFile::new("crates/a/src/b.rs", text);
        let found = file.functions();
        assert_eq!(
            found,
            [
                function("one", 2, 1),
                function("two", 3, 6),
                function("inner", 6, 1)
            ]
        );
    }

    #[test]
    fn test_modules_and_test_files_count_as_tests() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let file = SourceFile::new("crates/a/src/b.rs", text);
        let lines: Vec<usize> = (1..=6).filter(|line| file.is_test(*line)).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        assert!(SourceFile::new("crates/a/tests/b.rs", text).is_test(1));
        assert!(
            !SourceFile::new("crates/a/src/b.rs", "#[cfg(test)]\nmod t;\nfn a() {}").is_test(3)
        );
    }

    #[test]
    fn code_is_searched_without_literals_and_comments() {
        let file = SourceFile::new("a.rs", "// x!(\nlet s = \"x!(\";\nx!(1);\n");
        assert_eq!(file.code_lines("x!("), [3]);
    }
}
