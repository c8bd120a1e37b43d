//! What is wrong with a command line.

use gannet_diag::nearest;
use thiserror::Error;

use super::{OptionRow, rows};

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArgumentsError {
    /// There is no such option.
    #[error("unknown option {option}{}", hint(.option))]
    Unknown {
        /// As given.
        option: String,
    },
    /// An option lacks a value.
    #[error("option {option} needs {values}")]
    NoValue {
        /// The option.
        option: String,
        /// What it needs.
        values: &'static str,
    },
    /// A value is not what the option needs.
    #[error("option {option}: \"{value}\" is no {expected}")]
    BadValue {
        /// The option.
        option: String,
        /// Its values.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// What is no option is no host either.
    #[error("\"{value}\" is no {expected}")]
    BadPeer {
        /// As given.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// There is one scenario of a kind already.
    #[error(
        "option {option}: a scenario is named already; -rxsf names one for calls that come, -oocsf one for requests of no call"
    )]
    Second {
        /// The option.
        option: String,
    },
    /// There is no such built-in scenario.
    #[error("{0}")]
    Builtin(String),
    /// The option is SIPp's, and is refused.
    #[error("option {option} is not supported by gannet: {why}; {instead}")]
    Refused {
        /// The option.
        option: String,
        /// Why.
        why: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// Two options exclude each other.
    #[error("{one} and {other} exclude each other: {why}")]
    Excluded {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
        /// Why.
        why: &'static str,
    },
    /// An option is without effect alone.
    #[error("{option} needs {needed} too")]
    Alone {
        /// The option.
        option: &'static str,
        /// What is missing.
        needed: &'static str,
    },
}

fn hint(option: &str) -> String {
    nearest_row(option)
        .map(|row| format!("; did you mean {}?", row.name))
        .unwrap_or_default()
}

/// The option that an unknown one was probably meant to be.
pub(super) fn nearest_row(option: &str) -> Option<&'static OptionRow> {
    let bare = option.trim_start_matches('-');
    let names = rows().map(|row| &row.name[1..]);
    let near = nearest(bare, names, 1).pop()?;
    rows().find(|row| row.name[1..] == near)
}
