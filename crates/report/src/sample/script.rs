//! The events of one scenario.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{
    Failure, RunEvent, ScenarioFinished, ScenarioId, ScenarioStarted, Status, StepFinished,
    StepProgress, StepStarted, WireRecord,
};

use super::runs::talk;

/// 2025-07-20 08:26:40 UTC.
pub(super) const START: Duration = Duration::from_secs(1_753_000_000);

pub(super) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The events of a scenario, one after the other.
pub(crate) struct Script {
    pub(crate) events: Vec<RunEvent>,
    id: ScenarioId,
    attempt: u32,
    next_step: u32,
    next_line: u32,
}

impl Script {
    pub(crate) fn start(id: u32, file: &str, feature: &str, line: u32, name: &str) -> Self {
        Self::attempt(id, 1, file, feature, line, name)
    }

    pub(super) fn attempt(
        id: u32,
        attempt: u32,
        file: &str,
        feature: &str,
        line: u32,
        name: &str,
    ) -> Self {
        let id = ScenarioId(id);
        Self {
            events: vec![RunEvent::ScenarioStarted(ScenarioStarted {
                id,
                at: START + ms(10),
                feature: feature.into(),
                rule: None,
                file: file.into(),
                line,
                name: name.into(),
                tags: vec!["@basecall".into()],
                attempt,
            })],
            id,
            attempt,
            next_step: 0,
            next_line: line + 1,
        }
    }

    pub(crate) fn step(
        mut self,
        keyword: &str,
        text: &str,
        millis: u64,
        status: Status,
        failure: Option<Failure>,
    ) -> Self {
        let (scenario, step) = (self.id, self.next_step);
        self.events.push(RunEvent::StepStarted(StepStarted {
            scenario,
            step,
            keyword: keyword.into(),
            text: text.into(),
            line: self.next_line,
        }));
        if millis > 1000 {
            self.events.push(RunEvent::StepProgress(StepProgress {
                scenario,
                step,
                message: "waiting, 1 of 5 s".into(),
            }));
        }
        self.events.push(RunEvent::StepFinished(StepFinished {
            scenario,
            step,
            status,
            duration: ms(millis),
            failure,
        }));
        self.next_step += 1;
        self.next_line += 1;
        self
    }

    pub(crate) fn passed(self, keyword: &str, text: &str, millis: u64) -> Self {
        self.step(keyword, text, millis, Status::Passed, None)
    }

    pub(crate) fn end(
        self,
        status: Status,
        millis: u64,
        will_retry: bool,
        wire: Arc<[WireRecord]>,
    ) -> Vec<RunEvent> {
        let media = if status.is_passed() {
            vec![talk()]
        } else {
            Vec::new()
        };
        let mut events = self.events;
        events.push(RunEvent::ScenarioFinished(ScenarioFinished {
            id: self.id,
            attempt: self.attempt,
            status,
            duration: ms(millis),
            will_retry,
            failure: None,
            wire,
            media,
        }));
        events
    }
}
