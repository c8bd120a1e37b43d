//! Counting steps and scenarios.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::failure::{FailureClass, Fault};
use crate::run::{RunEvent, ScenarioId};
use crate::status::Status;

/// How many ended in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Counters {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Not executed.
    pub skipped: u64,
    /// Without a step definition.
    pub undefined: u64,
    /// Not in time.
    pub timed_out: u64,
    /// Stopped by the user.
    pub interrupted: u64,
}

impl Counters {
    /// Counts one more.
    pub fn add(&mut self, status: &Status) {
        let counter = match status {
            Status::Passed => &mut self.passed,
            Status::Failed => &mut self.failed,
            Status::Skipped(_) => &mut self.skipped,
            Status::Undefined => &mut self.undefined,
            Status::TimedOut => &mut self.timed_out,
            Status::Interrupted => &mut self.interrupted,
        };
        *counter += 1;
    }

    /// Adds all of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.undefined += other.undefined;
        self.timed_out += other.timed_out;
        self.interrupted += other.interrupted;
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.passed + self.skipped + self.not_passed()
    }

    /// Those that make a run fail: all but passed and skipped.
    pub fn not_passed(&self) -> u64 {
        self.failed + self.undefined + self.timed_out + self.interrupted
    }
}

/// The figures of a run. Only the last attempt of a scenario counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Summary {
    /// Scenarios by status.
    pub scenarios: Counters,
    /// Steps of the last attempts by status.
    pub steps: Counters,
    /// Scenarios that passed after at least one attempt that did not.
    pub passed_on_retry: u64,
    /// Scenarios that did not pass because of the environment.
    pub environment_failures: u64,
}

/// Counts a run from its events. Feed it every event in order; it ignores those it does not need.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    summary: Summary,
    open: BTreeMap<ScenarioId, Open>,
}

/// What is known of an attempt that has not ended.
#[derive(Debug, Clone, Default)]
struct Open {
    steps: Counters,
    class: Option<FailureClass>,
}

impl Tally {
    /// Takes one event into account.
    pub fn on_event(&mut self, event: &RunEvent) {
        match event {
            RunEvent::ScenarioStarted(started) => {
                self.open.insert(started.id, Open::default());
            }
            RunEvent::StepFinished(finished) => {
                let open = self.open.entry(finished.scenario).or_default();
                open.steps.add(&finished.status);
                if let (None, Some(failure)) = (open.class, &finished.failure) {
                    open.class = Some(failure.class);
                }
            }
            RunEvent::ScenarioFinished(finished) => {
                let open = self.open.remove(&finished.id).unwrap_or_default();
                if finished.will_retry {
                    return;
                }
                let summary = &mut self.summary;
                summary.steps.merge(&open.steps);
                summary.scenarios.add(&finished.status);
                if finished.status.is_passed() && finished.attempt > 1 {
                    summary.passed_on_retry += 1;
                }
                let class = open
                    .class
                    .or_else(|| finished.failure.as_ref().map(|failure| failure.class));
                if matches!(finished.status, Status::Failed | Status::TimedOut)
                    && class.is_some_and(|class| class.fault() == Fault::Environment)
                {
                    summary.environment_failures += 1;
                }
            }
            RunEvent::RunStarted(_)
            | RunEvent::FeatureStarted(_)
            | RunEvent::StepStarted(_)
            | RunEvent::StepProgress(_)
            | RunEvent::Notice(_)
            | RunEvent::RunFinished(_) => {}
        }
    }

    /// The figures so far.
    pub fn summary(&self) -> Summary {
        self.summary
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::failure::Failure;
    use crate::run::{ScenarioFinished, ScenarioStarted, StepFinished};

    fn attempt(tally: &mut Tally, attempt: u32, status: Status, class: Option<FailureClass>) {
        let id = ScenarioId(7);
        tally.on_event(&RunEvent::ScenarioStarted(ScenarioStarted {
            id,
            attempt,
            ..ScenarioStarted::default()
        }));
        tally.on_event(&RunEvent::StepFinished(StepFinished {
            scenario: id,
            step: 0,
            status: status.clone(),
            duration: Duration::ZERO,
            failure: class.map(|class| Failure::new(class, "x")),
        }));
        tally.on_event(&RunEvent::ScenarioFinished(ScenarioFinished {
            id,
            attempt,
            will_retry: status.is_failure() && attempt == 1,
            status,
            duration: Duration::ZERO,
            failure: None,
            wire: [].into(),
            media: Vec::new(),
        }));
    }

    #[test]
    fn only_the_last_attempt_counts() {
        let mut tally = Tally::default();
        attempt(&mut tally, 1, Status::TimedOut, Some(FailureClass::Timeout));
        attempt(&mut tally, 2, Status::Passed, None);
        let summary = tally.summary();
        assert_eq!(summary.scenarios.passed, 1);
        assert_eq!(summary.scenarios.total(), 1);
        assert_eq!(summary.steps.total(), 1);
        assert_eq!(summary.passed_on_retry, 1);
    }

    #[test]
    fn environment_failures_are_told_apart() {
        let mut tally = Tally::default();
        attempt(
            &mut tally,
            2,
            Status::Failed,
            Some(FailureClass::TransportFailure),
        );
        attempt(
            &mut tally,
            2,
            Status::Failed,
            Some(FailureClass::CallFailed),
        );
        assert_eq!(tally.summary().environment_failures, 1);
        assert_eq!(tally.summary().scenarios.failed, 2);
    }
}
