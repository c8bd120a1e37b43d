//! The run as a whole.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use gannet_events::{
    FeatureStarted, RunEvent, RunFinished, RunStarted, ScenarioId, Status, Summary, Tally,
};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::options::RunOptions;
use super::scenario;
use super::stop::Stop;
use super::turns::{Turn, Turns};
use crate::plan::{Plan, PlannedFeature};
use crate::world::Surroundings;

/// Time between the starts of two scenarios.
const START_INTERVAL: Duration = Duration::from_millis(5);

/// What the scenarios of a run share.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) surroundings: Arc<Surroundings>,
    pub(super) events: mpsc::UnboundedSender<RunEvent>,
    pub(super) stop: Stop,
    pub(super) seed: u64,
    pub(super) places: Arc<Semaphore>,
    fail_fast: bool,
    failed: AtomicBool,
    /// When the next scenario may start.
    next_start: Mutex<Instant>,
    features_started: Mutex<BTreeSet<String>>,
}

impl Run {
    /// How further scenarios end without being started, if so.
    pub(super) fn closed(&self) -> Option<Status> {
        if self.stop.is_stopped() {
            return Some(Status::Interrupted);
        }
        (self.fail_fast && self.failed.load(Ordering::Relaxed))
            .then(|| Status::Skipped("an earlier scenario failed (--fail-fast)".to_owned()))
    }

    pub(super) fn note_failure(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    /// Waits until the scenario may start: all at the same moment would be a test of its own, of
    /// the server and of this machine.
    pub(super) async fn start_slot(&self) {
        let slot = {
            let mut next = self
                .next_start
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let slot = (*next).max(Instant::now());
            *next = slot + START_INTERVAL;
            slot
        };
        tokio::time::sleep_until(slot.into()).await;
    }

    pub(super) fn emit(&self, event: RunEvent) {
        // If nobody listens any more, the run still goes on to its end.
        let _ = self.events.send(event);
    }

    /// Tells about the feature unless it was told about.
    pub(super) fn start_feature(&self, feature: &PlannedFeature) {
        let mut started = self
            .features_started
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if started.insert(feature.file.clone()) {
            self.emit(RunEvent::FeatureStarted(FeatureStarted {
                name: feature.name.clone(),
                file: feature.file.clone(),
                line: feature.line,
            }));
        }
    }
}

/// Runs the plan and sends its events, `RunStarted` to `RunFinished`. Scenarios run side by side,
/// at most [`RunOptions::jobs`]; those tagged `@serial` one by one after all others.
pub async fn run(
    plan: Plan,
    surroundings: Arc<Surroundings>,
    options: &RunOptions,
    events: mpsc::UnboundedSender<RunEvent>,
    stop: Stop,
) -> Summary {
    let began = Instant::now();
    let mut relay = Relay::new(events);
    relay.pass(RunEvent::RunStarted(RunStarted {
        at: SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        version: options.version.clone(),
        server: surroundings.describe_server(),
        rerun_command: options.rerun_command.clone(),
        selected: plan.scenarios.len() as u32,
        left_out: plan.left_out,
    }));
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let shared = Arc::new(Run {
        surroundings,
        events: sender,
        stop,
        seed: options.seed,
        places: Arc::new(Semaphore::new(options.jobs.max(1))),
        fail_fast: options.fail_fast,
        failed: AtomicBool::new(false),
        next_start: Mutex::new(began),
        features_started: Mutex::default(),
    });
    let mut scenarios: Vec<_> = (0..).map(ScenarioId).zip(plan.scenarios).collect();
    if let Some(seed) = options.shuffle {
        fastrand::Rng::with_seed(seed).shuffle(&mut scenarios);
    }
    let (serial, parallel): (Vec<_>, Vec<_>) = scenarios
        .into_iter()
        .partition(|(_, scenario)| scenario.directives.serial);
    // On embedded servers, of which each scenario has its own, users meet nobody.
    let shared_server = shared.surroundings.real_server().is_some();
    let mut turns = Turns::default();
    let mut tasks = JoinSet::new();
    for (id, scenario) in parallel {
        let turn = if shared_server && scenario.skipped.is_none() {
            turns.take(&scenario.users)
        } else {
            Turn::default()
        };
        tasks.spawn(scenario::play(Arc::clone(&shared), id, scenario, turn));
    }
    relay.while_running(&mut tasks, &mut receiver).await;
    for (id, scenario) in serial {
        tasks.spawn(scenario::play(
            Arc::clone(&shared),
            id,
            scenario,
            Turn::default(),
        ));
        relay.while_running(&mut tasks, &mut receiver).await;
    }
    let summary = relay.tally.summary();
    relay.pass(RunEvent::RunFinished(RunFinished {
        summary,
        duration: began.elapsed(),
    }));
    summary
}

/// Counts what passes by.
struct Relay {
    tally: Tally,
    events: mpsc::UnboundedSender<RunEvent>,
}

impl Relay {
    fn new(events: mpsc::UnboundedSender<RunEvent>) -> Self {
        Self {
            tally: Tally::default(),
            events,
        }
    }

    fn pass(&mut self, event: RunEvent) {
        self.tally.on_event(&event);
        // If nobody listens any more, the run still goes on to its end.
        let _ = self.events.send(event);
    }

    /// Passes events on until all tasks have ended.
    async fn while_running(
        &mut self,
        tasks: &mut JoinSet<()>,
        receiver: &mut mpsc::UnboundedReceiver<RunEvent>,
    ) {
        loop {
            tokio::select! {
                biased;
                Some(event) = receiver.recv() => self.pass(event),
                ended = tasks.join_next() => if ended.is_none() { break },
            }
        }
        while let Ok(event) = receiver.try_recv() {
            self.pass(event);
        }
    }
}
