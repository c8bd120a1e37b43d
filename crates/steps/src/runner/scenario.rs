//! One scenario with all its attempts.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use gannet_events::{RunEvent, ScenarioFinished, ScenarioId, ScenarioStarted, Status};

use super::attempt;
use super::play::Run;
use crate::plan::PlannedScenario;

/// Waits for its turn, then plays the scenario until an attempt passes or none is left.
pub(super) async fn play(run: Arc<Run>, id: ScenarioId, scenario: PlannedScenario) {
    // On an embedded server, which is the scenario's own, users meet nobody.
    let shared_server = run.surroundings.real_server().is_some();
    let _turns = if shared_server && scenario.skipped.is_none() {
        run.locks.take(&scenario.users).await
    } else {
        Vec::new()
    };
    // The semaphore is never closed.
    let _place = run.places.clone().acquire_owned().await;
    run.start_feature(&scenario.feature);
    let closed = run.closed().map(str::to_owned);
    if let Some(reason) = scenario.skipped.clone().or(closed) {
        skip(&run, id, &scenario, reason);
        return;
    }
    let attempts = scenario.directives.retries + 1;
    for attempt in 1..=attempts {
        started(&run, id, &scenario, attempt);
        let mut finished = attempt::play(&run, id, &scenario, attempt).await;
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

fn skip(run: &Run, id: ScenarioId, scenario: &PlannedScenario, reason: String) {
    started(run, id, scenario, 1);
    run.emit(RunEvent::ScenarioFinished(ScenarioFinished {
        id,
        attempt: 1,
        status: Status::Skipped(reason),
        duration: Duration::ZERO,
        will_retry: false,
        failure: None,
        wire: Arc::default(),
        media: Vec::new(),
    }));
}
