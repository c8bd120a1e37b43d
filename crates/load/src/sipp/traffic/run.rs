//! A run, as its owner sees it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gannet_events::sipp::{Command, Snapshot};
use gannet_net::load::Ports;
use gannet_report::sipp::Stamp;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_traffic::sipp::{Scenarios, Settings};
use gannet_tui::sipp::Beside;

use super::super::error::SippError;
use super::super::logs::Logs;
use super::super::session::Ended;
use super::driver::Driver;
use super::media::Media;
use super::shared::Shared;
use super::sockets::{Opened, SocketPlan};
use super::twins::{TwinPlan, Twins};

/// The longest wait for a report. A thread that takes longer is shown with an older one.
const REPORT_WAIT: Duration = Duration::from_millis(500);

/// What a run is made of.
pub(in crate::sipp) struct RunParts {
    pub(in crate::sipp) scenarios: Scenarios,
    pub(in crate::sipp) injection: Vec<InjectionFile>,
    pub(in crate::sipp) globals: Vec<(String, String)>,
    pub(in crate::sipp) settings: Settings,
    pub(in crate::sipp) sockets: SocketPlan,
    pub(in crate::sipp) opened: Opened,
    pub(in crate::sipp) ports: Ports,
    pub(in crate::sipp) logs: Logs,
    pub(in crate::sipp) twins: Option<TwinPlan>,
    pub(in crate::sipp) media: Box<dyn Media>,
    pub(in crate::sipp) rate_period: Duration,
    /// Time between two looks at sockets that bring thousands of messages a second.
    pub(in crate::sipp) gather_interval: Duration,
    pub(in crate::sipp) stamp: Stamp,
}

/// A run that has begun.
#[derive(Debug)]
pub(in crate::sipp) struct Run {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    begun: Instant,
}

impl Run {
    /// Begins.
    ///
    /// # Errors
    /// The sockets of twins cannot be had, or the system gives no thread.
    pub(in crate::sipp) fn start(mut parts: RunParts) -> Result<Self, SippError> {
        let twins = Twins::open(parts.twins.take(), &mut parts.ports)?;
        let shared = Arc::new(Shared::default());
        shared.set_waker(parts.ports.waker());
        let begun = Instant::now();
        let in_thread = shared.clone();
        let body = move || {
            let last_words = LastWords(in_thread.clone());
            Driver::new(parts, twins, begun, in_thread).work();
            drop(last_words);
        };
        let thread = std::thread::Builder::new()
            .name("traffic".to_owned())
            .spawn(body)
            .map_err(|source| SippError::System {
                what: "thread for traffic",
                source,
            })?;
        Ok(Self {
            shared,
            thread: Some(thread),
            begun,
        })
    }

    /// Time since the run began.
    pub(in crate::sipp) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Does what a person or a program wants.
    pub(in crate::sipp) fn command(&self, command: Command) {
        self.shared.send(command);
    }

    /// Writes lines to the error log.
    pub(in crate::sipp) fn note(&self, lines: Vec<String>) {
        self.shared.note(lines);
    }

    /// Whether it has ended.
    pub(in crate::sipp) fn is_over(&self) -> bool {
        self.shared.read().is_over
    }

    /// The state of the run now.
    pub(in crate::sipp) fn snapshot(&self) -> Option<(Arc<Snapshot>, Beside)> {
        let number = self.shared.ask();
        let report = self
            .shared
            .wait(REPORT_WAIT, |report| report.number >= number);
        let snapshot = report.snapshot.clone()?;
        Some((snapshot, report.beside.clone()))
    }

    /// Waits for the end of its thread, and gives what came of it.
    ///
    /// # Errors
    /// The thread broke down before it reported anything.
    pub(in crate::sipp) fn end(mut self, timed_out: bool) -> Result<Ended, SippError> {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was printed where it happened.
            let _ = thread.join();
        }
        let mut guard = self.shared.read();
        let report = &mut *guard;
        let error = report.error.take();
        let Some(snapshot) = report.snapshot.take() else {
            return Err(error.unwrap_or(SippError::Broken));
        };
        Ok(Ended {
            snapshot,
            beside: std::mem::take(&mut report.beside),
            pace: report.pace.take(),
            warnings: std::mem::take(&mut report.warnings),
            error,
            stopped_now: report.stopped_now,
            timed_out,
            was_quit: false,
            failed_checks: report.failed_checks,
        })
    }
}

/// Tells the owner that the thread is no more, however it ended.
struct LastWords(Arc<Shared>);

impl Drop for LastWords {
    fn drop(&mut self) {
        self.0.report(|report| {
            if !report.is_over {
                report.error = Some(SippError::Broken);
                report.is_over = true;
            }
        });
    }
}
