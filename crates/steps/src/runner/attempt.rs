//! One attempt of a scenario: a new world, its steps, its end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{
    Failure, Notice, NoticeLevel, RunEvent, ScenarioFinished, ScenarioId, Status, StepFinished,
    StepStarted, WireRecord,
};
use gannet_net::Capture;

use super::guard::catching;
use super::play::Run;
use super::step;
use crate::plan::{BoundStep, MUSIC_ON_HOLD, PlannedScenario};
use crate::world::{Birth, Remains, World};

/// Longest clean-up of a scenario that the user interrupted.
const INTERRUPTED_CLEAN_UP_MAX: Duration = Duration::from_secs(1);

/// Plays the scenario once. `ScenarioStarted` has been sent; the caller sends what this returns.
pub(super) async fn play(
    run: &Run,
    id: ScenarioId,
    scenario: &PlannedScenario,
    attempt: u32,
) -> ScenarioFinished {
    let began = Instant::now();
    let capture = Capture::new();
    let birth = Birth {
        surroundings: Arc::clone(&run.surroundings),
        events: run.events.clone(),
        scenario: id,
        seed: seed(run.seed, scenario, attempt),
        imported: Arc::clone(&scenario.imported),
        cast: scenario.cast(),
        described: scenario.described(),
        voicemail: scenario.speaks_of_voicemail(),
        compares_sound: scenario.compares_sound(),
        hold_music: scenario.directives.requires.contains(MUSIC_ON_HOLD),
        ipv6: scenario.speaks_of_ipv6(),
        capture: capture.clone(),
    };
    let timeouts = run.surroundings.config().timeouts;
    let limit = scenario.limit(run.surroundings.config().step(), timeouts.scenario);
    let (status, failure, remains) = match World::new(birth) {
        Ok(mut world) => {
            let (status, failure) =
                steps(run, id, scenario, &mut world, (limit, began + limit)).await;
            let clean_up = match status {
                Status::Interrupted => timeouts.clean_up.min(INTERRUPTED_CLEAN_UP_MAX),
                _ => timeouts.clean_up,
            };
            let remains = catching(world.end(clean_up)).await;
            let remains = remains.unwrap_or_else(|panic| Remains {
                troubles: vec![format!("the clean-up panicked: {panic}")],
                ..Remains::default()
            });
            (status, failure, remains)
        }
        Err(failure) => {
            skip_steps(run, id, &scenario.steps, 0);
            (Status::Failed, Some(failure), Remains::default())
        }
    };
    for trouble in remains.troubles {
        run.emit(RunEvent::Notice(Notice {
            scenario: Some(id),
            level: NoticeLevel::Warning,
            text: format!("after the last step: {trouble}"),
        }));
    }
    ScenarioFinished {
        id,
        attempt,
        status,
        duration: began.elapsed(),
        will_retry: false,
        failure,
        wire: packets(&capture),
        media: remains.media,
    }
}

/// Plays the steps until one does not pass; a failure that is returned belongs to none of them.
async fn steps(
    run: &Run,
    id: ScenarioId,
    scenario: &PlannedScenario,
    world: &mut World,
    (scenario_limit, deadline): (Duration, Instant),
) -> (Status, Option<Failure>) {
    let base = run.surroundings.config().step();
    for (index, bound) in scenario.steps.iter().enumerate() {
        let began = Instant::now();
        step_started(run, id, index, bound);
        world.begin_step(index as u32);
        let time = step::Time {
            limit: bound.limit(base),
            scenario_limit,
            scenario_deadline: deadline,
        };
        let mut stop = run.stop.clone();
        let folder = &scenario.feature.folder;
        let (status, failure) = step::play(bound, world, folder, time, &mut stop).await;
        step_finished(run, id, index, status.clone(), began.elapsed(), failure);
        if !status.is_passed() {
            skip_steps(run, id, &scenario.steps, index + 1);
            return (status, None);
        }
    }
    (Status::Passed, None)
}

fn step_started(run: &Run, id: ScenarioId, index: usize, bound: &BoundStep) {
    run.emit(RunEvent::StepStarted(StepStarted {
        scenario: id,
        step: index as u32,
        keyword: bound.keyword.written.clone(),
        text: bound.text.clone(),
        line: bound.line,
    }));
}

fn step_finished(
    run: &Run,
    id: ScenarioId,
    index: usize,
    status: Status,
    duration: Duration,
    failure: Option<Failure>,
) {
    run.emit(RunEvent::StepFinished(StepFinished {
        scenario: id,
        step: index as u32,
        status,
        duration,
        failure,
    }));
}

/// The steps from `first` on are not executed.
fn skip_steps(run: &Run, id: ScenarioId, steps: &[BoundStep], first: usize) {
    for (index, bound) in steps.iter().enumerate().skip(first) {
        step_started(run, id, index, bound);
        let status = Status::Skipped("an earlier step did not pass".to_owned());
        step_finished(run, id, index, status, Duration::ZERO, None);
    }
}

fn packets(capture: &Capture) -> Arc<[WireRecord]> {
    let mut records = capture.records();
    records.sort_by_key(|record| record.at);
    records.into()
}

/// The same scenario of the same run has the same seed, whatever runs beside it. FNV-1a.
fn seed(run: u64, scenario: &PlannedScenario, attempt: u32) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let parts: [&[u8]; 4] = [
        &run.to_le_bytes(),
        scenario.feature.file.as_bytes(),
        &scenario.line.to_le_bytes(),
        &attempt.to_le_bytes(),
    ];
    for byte in parts.into_iter().flatten() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
