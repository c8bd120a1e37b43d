//! Gathers the events of interleaved scenarios into whole attempts.

use std::collections::BTreeMap;

use gannet_events::{
    Failure, RunEvent, ScenarioFinished, ScenarioId, ScenarioStarted, StepFinished, StepProgress,
    StepStarted,
};

/// One step of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) started: StepStarted,
    /// The last progress message while it runs.
    pub(crate) progress: Option<String>,
    pub(crate) finished: Option<StepFinished>,
}

impl Step {
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.finished.as_ref()?.failure.as_ref()
    }
}

/// An attempt of a scenario that has begun and may have ended.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) started: ScenarioStarted,
    pub(crate) steps: Vec<Step>,
}

impl Attempt {
    /// The step that runs now, or the last one.
    pub(crate) fn current_step(&self) -> Option<&Step> {
        self.steps
            .iter()
            .find(|step| step.finished.is_none())
            .or(self.steps.last())
    }

    fn step_mut(&mut self, index: u32) -> Option<&mut Step> {
        self.steps
            .iter_mut()
            .rev()
            .find(|step| step.started.step == index)
    }
}

/// An attempt with its end.
#[derive(Debug, Clone)]
pub(crate) struct Finished<'a> {
    pub(crate) attempt: Attempt,
    pub(crate) end: &'a ScenarioFinished,
}

impl Finished<'_> {
    /// Every failure of the attempt: those of its steps in order, then the one of no step.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (Option<&Step>, &Failure)> {
        self.attempt
            .steps
            .iter()
            .filter_map(|step| Some((Some(step), step.failure()?)))
            .chain(self.end.failure.iter().map(|failure| (None, failure)))
    }
}

/// The attempts that are going on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts {
    running: BTreeMap<ScenarioId, Attempt>,
}

impl Attempts {
    /// Takes one event; gives the whole attempt when it ends. An end without a beginning (a
    /// recording that was cut at the front) gives nothing.
    pub(crate) fn on_event<'a>(&mut self, event: &'a RunEvent) -> Option<Finished<'a>> {
        match event {
            RunEvent::ScenarioStarted(started) => {
                let attempt = Attempt {
                    started: started.clone(),
                    steps: Vec::new(),
                };
                self.running.insert(started.id, attempt);
            }
            RunEvent::StepStarted(started) => {
                if let Some(attempt) = self.running.get_mut(&started.scenario) {
                    attempt.steps.push(Step {
                        started: started.clone(),
                        progress: None,
                        finished: None,
                    });
                }
            }
            RunEvent::StepProgress(StepProgress {
                scenario,
                step,
                message,
            }) => {
                if let Some(step) = self.step_mut(*scenario, *step) {
                    step.progress = Some(message.clone());
                }
            }
            RunEvent::StepFinished(finished) => {
                if let Some(step) = self.step_mut(finished.scenario, finished.step) {
                    step.finished = Some(finished.clone());
                }
            }
            RunEvent::ScenarioFinished(end) => {
                let attempt = self.running.remove(&end.id)?;
                return Some(Finished { attempt, end });
            }
            RunEvent::RunStarted(_)
            | RunEvent::FeatureStarted(_)
            | RunEvent::Notice(_)
            | RunEvent::RunFinished(_) => {}
        }
        None
    }

    /// The attempts that have not ended, in the order of their scenarios.
    pub(crate) fn running(&self) -> impl ExactSizeIterator<Item = &Attempt> {
        self.running.values()
    }

    /// The attempt of a scenario that has not ended.
    pub(crate) fn get(&self, id: ScenarioId) -> Option<&Attempt> {
        self.running.get(&id)
    }

    fn step_mut(&mut self, scenario: ScenarioId, step: u32) -> Option<&mut Step> {
        self.running.get_mut(&scenario)?.step_mut(step)
    }
}
