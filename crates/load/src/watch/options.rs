//! What is asked for.

use std::path::PathBuf;

use gannet_control::web::HttpAddress;
use gannet_report::load::Condition;

use super::WatchError;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WatchOptions {
    /// `--out`: a folder for results and reports.
    pub out: Option<PathBuf>,
    /// `--fail-if`: conditions that decide what the run is worth.
    pub fail_if: Vec<String>,
    /// `--http`: where the live page is served.
    pub http: Option<HttpAddress>,
    /// `--http-token`: what who asks must know. Without it that is anybody on this machine, and, on
    /// an address that others reach, who has read the token that is made up and told.
    pub http_token: Option<String>,
}

impl WatchOptions {
    /// Whether anything needs the figures while the run goes on or at its end.
    pub fn is_any(&self) -> bool {
        self.out.is_some() || !self.fail_if.is_empty() || self.http.is_some()
    }

    /// The conditions, read.
    ///
    /// # Errors
    /// Some are wrong: all that is, each with its place.
    pub fn conditions(&self) -> Result<Vec<Condition>, WatchError> {
        let mut errors = Vec::new();
        let mut read = Vec::new();
        for text in &self.fail_if {
            match text.parse() {
                Ok(condition) => read.push(condition),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(read)
        } else {
            Err(WatchError::Conditions(errors))
        }
    }
}
