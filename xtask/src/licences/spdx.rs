//! SPDX licence expressions, as far as the question "may we ship it?" needs them.

/// Licences that ask for no more than their notice.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Exceptions that only add permissions to a licence.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Whether the expression can be met with permissive licences alone: one side of an `OR` is
/// enough, both sides of an `AND` are needed. Old manifests write `/` for `OR`.
pub(super) fn is_permissive(expression: &str) -> Result<bool, String> {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words };
    let permissive = parser.alternatives()?;
    match parser.words.first() {
        None => Ok(permissive),
        Some(word) => Err(format!("`{word}` was not expected")),
    }
}

struct Parser<'a> {
    words: &'a [&'a str],
}

impl Parser<'_> {
    fn accept(&mut self, word: &str) -> bool {
        let accepted = self.words.first() == Some(&word);
        if accepted {
            self.words = &self.words[1..];
        }
        accepted
    }

    fn alternatives(&mut self) -> Result<bool, String> {
        let mut permissive = self.all()?;
        while self.accept("OR") {
            permissive |= self.all()?;
        }
        Ok(permissive)
    }

    /// `AND` binds more tightly than `OR`.
    fn all(&mut self) -> Result<bool, String> {
        let mut permissive = self.one()?;
        while self.accept("AND") {
            permissive &= self.one()?;
        }
        Ok(permissive)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.accept("(") {
            let permissive = self.alternatives()?;
            return if self.accept(")") {
                Ok(permissive)
            } else {
                Err("`)` is missing".into())
            };
        }
        let Some((&name, rest)) = self.words.split_first() else {
            return Err("a licence is missing at the end".into());
        };
        if ["AND", "OR", "WITH", ")"].contains(&name) {
            return Err(format!("a licence was expected, not `{name}`"));
        }
        self.words = rest;
        let mut permissive = PERMISSIVE.contains(&name);
        if self.accept("WITH") {
            let Some((exception, rest)) = self.words.split_first() else {
                return Err("an exception is missing after `WITH`".into());
            };
            self.words = rest;
            permissive &= EXCEPTIONS.contains(exception);
        }
        Ok(permissive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        for (expression, permissive) in [
            ("MIT", true),
            ("MIT/Apache-2.0", true),
            ("MPL-2.0", false),
            ("MPL-2.0 OR MIT", true),
            ("MPL-2.0 AND MIT", false),
            ("MIT OR GPL-3.0-only AND MPL-2.0", true),
            ("(MIT OR GPL-3.0-only) AND MPL-2.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(is_permissive(expression), Ok(permissive), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for expression in [
            "",
            "MIT OR",
            "MIT Apache-2.0",
            "(MIT",
            "MIT)",
            "AND MIT",
            "MIT WITH",
        ] {
            assert!(is_permissive(expression).is_err(), "{expression}");
        }
    }
}
