//! One scenario with all its attempts.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gannet_events::{
    Failure, FailureClass, RunEvent, ScenarioFinished, ScenarioId, ScenarioStarted, Status,
};

use super::attempt;
use super::guard::catching;
use super::play::Run;
use super::turns::Turn;
use crate::plan::PlannedScenario;

/// Waits for its turn, then plays the scenario until an attempt passes or none is left.
pub(super) async fn play(run: Arc<Run>, id: ScenarioId, scenario: PlannedScenario, mut turn: Turn) {
    turn.come().await;
    // The semaphore is never closed.
    let _place = run.places.clone().acquire_owned().await;
    run.start_feature(&scenario.feature);
    if let Some(reason) = scenario.skipped.clone() {
        pass_over(&run, id, &scenario, Status::Skipped(reason));
        return;
    }
    run.start_slot().await;
    if let Some(status) = run.closed() {
        pass_over(&run, id, &scenario, status);
        return;
    }
    let attempts = scenario.directives.retries + 1;
    for attempt in 1..=attempts {
        started(&run, id, &scenario, attempt);
        let played = catching(Box::pin(attempt::play(&run, id, &scenario, attempt))).await;
        // A scenario that vanished would count as nothing, and the run as passed.
        let mut finished = played.unwrap_or_else(|panic| {
            let summary = format!("playing the scenario panicked: {panic}");
            let failure = Failure::new(FailureClass::Panic, summary);
            without_steps(id, attempt, Status::Failed, Some(failure))
        });
        let again = finished.status.is_failure()
            && finished.status != Status::Interrupted
            && attempt < attempts
            && !run.stop.is_stopped();
        finished.will_retry = again;
        if finished.status.is_failure() && !again {
            run.note_failure();
        }
        run.emit(RunEvent::ScenarioFinished(finished));
        if !again {
            return;
        }
    }
}

fn started(run: &Run, id: ScenarioId, scenario: &PlannedScenario, attempt: u32) {
    run.emit(RunEvent::ScenarioStarted(ScenarioStarted {
        id,
        at: SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        feature: scenario.feature.name.clone(),
        rule: scenario.rule.clone(),
        file: scenario.feature.file.clone(),
        line: scenario.line,
        name: scenario.name.clone(),
        tags: scenario.tags.clone(),
        attempt,
    }));
}

/// Reports a scenario that is not played.
fn pass_over(run: &Run, id: ScenarioId, scenario: &PlannedScenario, status: Status) {
    let failure = (status == Status::Interrupted).then(|| {
        let summary = "the run was stopped before this scenario began";
        Failure::new(FailureClass::Interrupted, summary)
    });
    started(run, id, scenario, 1);
    let finished = without_steps(id, 1, status, failure);
    run.emit(RunEvent::ScenarioFinished(finished));
}

fn without_steps(
    id: ScenarioId,
    attempt: u32,
    status: Status,
    failure: Option<Failure>,
) -> ScenarioFinished {
    ScenarioFinished {
        id,
        attempt,
        status,
        duration: Duration::ZERO,
        will_retry: false,
        failure,
        wire: Arc::default(),
        media: Vec::new(),
    }
}
