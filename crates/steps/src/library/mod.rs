//! The sentences that Gannet knows, by subject.

mod time;

use crate::StepDefinition;

/// All sentences.
pub fn definitions() -> Vec<StepDefinition> {
    time::definitions()
}
