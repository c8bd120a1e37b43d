//! The world itself.

use std::collections::BTreeMap;
use std::time::Duration;

use super::progress::Progress;

/// What the steps of one attempt of a scenario act in.
#[derive(Debug)]
pub struct World {
    progress: Progress,
    variables: BTreeMap<String, String>,
}

impl World {
    /// Where the current step says what it is doing.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Waits, saying so. The time that the scenario may take already includes all times that its
    /// sentences name.
    pub async fn pause(&self, time: Duration) {
        let wait = tokio::time::sleep(time);
        self.progress.during("pausing", time, wait).await;
    }

    /// The variables, by name.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Sets a variable for the steps that follow.
    pub fn set_variable(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.insert(name.into(), value.into());
    }
}
