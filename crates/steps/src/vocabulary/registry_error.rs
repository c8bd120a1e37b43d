//! What can be wrong with a vocabulary.

/// A definition that cannot be used. It is a mistake of whoever wrote the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The pattern is no Cucumber expression.
    #[error("pattern \"{pattern}\" cannot be read: {reason}")]
    BadPattern {
        /// The pattern.
        pattern: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A parameter that does not exist.
    #[error("pattern \"{pattern}\" has an unknown parameter {{{parameter}}}")]
    UnknownParameter {
        /// The pattern.
        pattern: &'static str,
        /// The name between the braces.
        parameter: String,
    },
    /// An example that another definition matches, too, or that its own does not match.
    #[error(
        "example \"{example}\" of pattern \"{pattern}\" matches {}",
        Matches(matches)
    )]
    BadExample {
        /// The pattern.
        pattern: &'static str,
        /// The example.
        example: &'static str,
        /// The patterns that match it.
        matches: Vec<&'static str>,
    },
}

struct Matches<'a>(&'a [&'static str]);

impl std::fmt::Display for Matches<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        write!(f, "\"{}\"", self.0.join("\" and \""))
    }
}
