//! Why a body cannot be used.

use thiserror::Error;

/// What is wrong with a body that a peer sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BodyError {
    /// It is bigger than what is looked at.
    #[error("the body has {found} {what}, at most {max} are read")]
    TooBig {
        /// What was counted: octets, elements, levels.
        what: &'static str,
        /// How many there are, or how many there were when counting stopped.
        found: usize,
        /// How many are read.
        max: usize,
    },
    /// The octets are not UTF-8.
    #[error("the body is no UTF-8 text (first bad octet at {at})")]
    NotUtf8 {
        /// Octets before the first bad one.
        at: usize,
    },
    /// It is not well-formed XML.
    #[error("the body is not well-formed XML: {why} (near octet {at})")]
    NotXml {
        /// What was found.
        why: String,
        /// Where.
        at: u64,
    },
    /// It has a document type declaration, which no body of SIP needs and which could define
    /// entities.
    #[error("the body has a document type declaration, which is refused")]
    Doctype,
    /// It is another document.
    #[error("the body begins with {found}, expected <{expected}>")]
    OtherRoot {
        /// The name of the root element that was expected.
        expected: &'static str,
        /// What was found: the name in angle brackets, and its namespace.
        found: String,
    },
    /// An attribute or element without which the document means nothing is missing or has an
    /// impossible value.
    #[error("<{element}> has no usable {what}{}", .found.as_ref().map_or_else(String::new, |f| format!(" (found \"{f}\")")))]
    Unusable {
        /// The element.
        element: &'static str,
        /// The attribute or child.
        what: &'static str,
        /// Its value, if there is one.
        found: Option<String>,
    },
}
