//! What the process returns.

use serde::{Deserialize, Serialize};

use crate::summary::Summary;

/// The exit code of `gannet` (not of `gannet sipp` and `gannet seagull`, which return what SIPp
/// and Seagull return).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitCode {
    /// 0: something was executed and all of it passed.
    Passed,
    /// 1: something failed.
    Failed,
    /// 2: bad input or usage; nothing was sent.
    BadInput,
    /// 3: the environment did not allow the run (port in use, no route, file limit).
    Environment,
    /// 4: nothing was executed.
    NothingExecuted,
}

impl ExitCode {
    /// The verdict of a finished run. The first rule that holds decides:
    ///
    /// 1. a scenario with an undefined step: [`ExitCode::BadInput`];
    /// 2. scenarios failed, and each of them for the environment: [`ExitCode::Environment`];
    /// 3. a scenario failed, timed out or was interrupted: [`ExitCode::Failed`];
    /// 4. none passed: [`ExitCode::NothingExecuted`];
    /// 5. else [`ExitCode::Passed`].
    pub fn of(summary: &Summary) -> Self {
        let scenarios = &summary.scenarios;
        let not_passed = scenarios.failed + scenarios.timed_out + scenarios.interrupted;
        if scenarios.undefined > 0 {
            Self::BadInput
        } else if not_passed > 0 && summary.environment_failures >= not_passed {
            Self::Environment
        } else if not_passed > 0 {
            Self::Failed
        } else if scenarios.passed == 0 {
            Self::NothingExecuted
        } else {
            Self::Passed
        }
    }

    /// The number for the operating system.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::BadInput => 2,
            Self::Environment => 3,
            Self::NothingExecuted => 4,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Counters;

    #[test]
    fn verdict_cannot_be_better_than_the_worst_scenario() {
        let base = Counters::default();
        for (scenarios, environment_failures, want) in [
            (base, 0, 4),
            (Counters { skipped: 3, ..base }, 0, 4),
            (Counters { passed: 1, ..base }, 0, 0),
            (
                Counters {
                    passed: 1,
                    skipped: 1,
                    ..base
                },
                0,
                0,
            ),
            (
                Counters {
                    passed: 9,
                    failed: 1,
                    ..base
                },
                0,
                1,
            ),
            (
                Counters {
                    passed: 9,
                    timed_out: 1,
                    ..base
                },
                0,
                1,
            ),
            (
                Counters {
                    passed: 9,
                    interrupted: 1,
                    ..base
                },
                0,
                1,
            ),
            (
                Counters {
                    passed: 9,
                    undefined: 1,
                    failed: 1,
                    ..base
                },
                0,
                2,
            ),
            (Counters { failed: 2, ..base }, 2, 3),
            (Counters { failed: 2, ..base }, 1, 1),
        ] {
            let summary = Summary {
                scenarios,
                environment_failures,
                ..Summary::default()
            };
            assert_eq!(ExitCode::of(&summary).code(), want, "{summary:?}");
        }
    }
}
