//! Saying what a step waits for.

use std::future::Future;
use std::time::Duration;

use gannet_events::{RunEvent, ScenarioId, StepProgress};
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};

/// How long a step may wait without a word, and the time between its words.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// Tells the run what the current step is doing. Clones talk about the same step.
#[derive(Debug, Clone)]
pub struct Progress {
    events: mpsc::UnboundedSender<RunEvent>,
    scenario: ScenarioId,
    step: u32,
}

impl Progress {
    pub(crate) fn new(
        events: mpsc::UnboundedSender<RunEvent>,
        scenario: ScenarioId,
        step: u32,
    ) -> Self {
        Self {
            events,
            scenario,
            step,
        }
    }

    pub(crate) fn begin_step(&mut self, step: u32) {
        self.step = step;
    }

    /// Says something at once.
    pub fn say(&self, message: impl Into<String>) {
        // Without listeners there is nobody to tell.
        let _ = self.events.send(RunEvent::StepProgress(StepProgress {
            scenario: self.scenario,
            step: self.step,
            message: message.into(),
        }));
    }

    /// Waits for `work`, and once a second says `what` and how long of `limit` has gone:
    /// `"waiting for 180 from Bob, 3 of 10 s"`. It does not enforce the limit.
    pub async fn during<T>(&self, what: &str, limit: Duration, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let mut ticks = interval_at(started + SILENCE_MAX, SILENCE_MAX);
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = ticks.tick() => self.say(format!(
                    "{what}, {} of {} s",
                    started.elapsed().as_secs(),
                    limit.as_secs_f64().ceil(),
                )),
            }
        }
    }
}
