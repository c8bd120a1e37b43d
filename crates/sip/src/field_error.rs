//! What is wrong with a header field's value.

use thiserror::Error;

/// Why a typed view of a header field cannot be given. The message itself stays readable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FieldError {
    /// The message has no such field.
    #[error("no {0} header field")]
    Missing(&'static str),
    /// The value is not UTF-8 (RFC 3261 7.3.1 wants UTF-8).
    #[error("{0} is not UTF-8")]
    NotUtf8(&'static str),
    /// The value breaks the field's grammar.
    #[error("{field}: expected {expected}, found \"{found}\"")]
    Syntax {
        /// The field's name.
        field: &'static str,
        /// What the grammar wants.
        expected: &'static str,
        /// The offending text.
        found: String,
    },
}

impl FieldError {
    pub(crate) fn syntax(field: &'static str, expected: &'static str, found: &str) -> Self {
        Self::Syntax {
            field,
            expected,
            found: found.to_owned(),
        }
    }
}
