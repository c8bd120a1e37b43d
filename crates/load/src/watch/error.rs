//! What goes wrong beside the run.

use std::io;
use std::path::PathBuf;

use gannet_control::web::WebError;
use gannet_report::load::ConditionError;
use thiserror::Error;

/// What goes wrong beside the run.
#[derive(Debug, Error)]
pub enum WatchError {
    /// The folder cannot be written.
    #[error("option out: cannot write to `{}`", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The page cannot be served.
    #[error(transparent)]
    Web(#[from] WebError),
    /// No token could be made up.
    #[error("option http: the system gives no random octets for a token; give one with http-token")]
    Token(#[source] io::Error),
    /// Conditions that are wrong, or do not fit the scenario.
    #[error("option fail-if: {}", texts(.0))]
    Conditions(Vec<ConditionError>),
}

fn texts(errors: &[ConditionError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("\noption fail-if: ")
}

impl WatchError {
    /// Whether the fault is in what was asked for, not in the machine.
    pub fn is_input(&self) -> bool {
        matches!(self, Self::Conditions(_))
    }
}
