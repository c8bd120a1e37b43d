//! Running a plan and showing what happens.

use std::time::{Duration, Instant};

use anyhow::Context;
use gannet_events::ExitCode;
use gannet_report::{EventSink, Tee};
use gannet_steps::Surroundings;
use gannet_steps::plan::Plan;
use gannet_steps::runner::{RunOptions, Stop, StopHandle, run};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::sinks::Outputs;
use crate::problem::{Problem, count, label, tell};
use crate::setup::Setup;
use crate::terminal::Terminal;

/// How often faces may show that time passes.
const TICK: Duration = Duration::from_millis(200);

/// What a shell reports for a program that Ctrl-C ended: 128 and the number of SIGINT.
const KILLED_BY_INTERRUPT: i32 = 130;

pub(super) fn execute(
    plan: Plan,
    setup: Setup,
    options: &RunOptions,
    outputs: &Outputs,
    terminal: Terminal,
) -> Result<ExitCode, Problem> {
    let mut sinks = outputs.open(terminal).map_err(Problem::environment)?;
    let runtime = tokio::runtime::Runtime::new()
        .context("cannot start the runtime: check the limits on threads and open files")
        .map_err(Problem::environment)?;
    let scenarios = plan.scenarios.len();
    let summary = runtime.block_on(async {
        let prepared = Surroundings::prepare(setup.config, setup.profiles, setup.server).await;
        let surroundings = prepared.map_err(Problem::environment)?;
        let (events, receiver) = mpsc::unbounded_channel();
        let stop = stop_on_interrupt(terminal);
        let playing = run(plan, surroundings, options, events, stop);
        let (summary, ()) = tokio::join!(playing, show(&mut sinks, receiver));
        Ok(summary)
    })?;
    // Whatever is still going on in the background has no one left to tell.
    runtime.shutdown_background();
    sinks
        .finish()
        .context("cannot write the results")
        .map_err(Problem::environment)?;
    let code = ExitCode::of(&summary);
    if code == ExitCode::NothingExecuted {
        return Err(Problem::nothing(format!(
            "nothing was executed: {} skipped",
            count(scenarios, "scenario")
        )));
    }
    Ok(code)
}

/// Feeds the faces until the run has ended.
async fn show(sinks: &mut Tee, mut events: mpsc::UnboundedReceiver<gannet_events::RunEvent>) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(event) => sinks.on_event(&event),
                None => return,
            },
            _ = ticks.tick() => sinks.tick(Instant::now()),
        }
    }
}

/// The first Ctrl-C (or SIGTERM) stops the run in order, the second quits.
fn stop_on_interrupt(terminal: Terminal) -> Stop {
    let (handle, stop) = StopHandle::new();
    let mut interrupts = Interrupts::watch();
    tokio::spawn(async move {
        interrupts.next().await;
        tell(&format!(
            "{}: stopping; Ctrl-C again quits without results",
            label("warning", terminal)
        ));
        handle.stop();
        interrupts.next().await;
        std::process::exit(KILLED_BY_INTERRUPT);
    });
    stop
}

/// Ctrl-C and SIGTERM. From its making on neither ends the process by itself, so that nothing falls
/// between saying that it runs and waiting for the end.
pub(super) struct Interrupts(Option<(Signal, Signal)>);

impl Interrupts {
    /// Begins to watch; needs a runtime.
    pub(super) fn watch() -> Self {
        let both = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        );
        match both {
            (Ok(interrupt), Ok(terminate)) => Self(Some((interrupt, terminate))),
            _ => Self(None),
        }
    }

    /// Waits for the next one; for ever where neither can be watched.
    pub(super) async fn next(&mut self) {
        let Some((interrupt, terminate)) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}
