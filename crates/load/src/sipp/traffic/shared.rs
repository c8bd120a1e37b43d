//! What the traffic thread and its owner share: commands one way, snapshots the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use gannet_events::sipp::{Command, Snapshot};
use gannet_net::load::PortWaker;
use gannet_tui::Pace;
use gannet_tui::sipp::Beside;

use super::super::error::SippError;
use super::super::logs::Warnings;

/// What the traffic thread and its owner share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    commands: Mutex<Vec<Command>>,
    notes: Mutex<Vec<String>>,
    has_commands: AtomicBool,
    asked: AtomicU64,
    report: Mutex<Report>,
    reported: Condvar,
    waker: OnceLock<PortWaker>,
}

/// What the traffic thread reported last.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The answer to this request.
    pub(super) number: u64,
    /// The state of the run.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// What is no figure.
    pub(super) beside: Beside,
    /// How the rate was kept.
    pub(super) pace: Option<Pace>,
    /// What was odd.
    pub(super) warnings: Warnings,
    /// Why the run cannot begin or go on.
    pub(super) error: Option<SippError>,
    /// The scenario said `stop_now`.
    pub(super) stopped_now: bool,
    /// Checks of media that failed.
    pub(super) failed_checks: u64,
    /// There is nothing more to do.
    pub(super) is_over: bool,
}

impl Shared {
    pub(super) fn send(&self, command: Command) {
        lock(&self.commands).push(command);
        self.has_commands.store(true, Ordering::Release);
        self.wake();
    }

    /// Lines for the error log.
    pub(super) fn note(&self, lines: Vec<String>) {
        lock(&self.notes).extend(lines);
        self.has_commands.store(true, Ordering::Release);
        self.wake();
    }

    /// There are sockets that can be woken.
    pub(super) fn set_waker(&self, waker: PortWaker) {
        // Set once, by the one traffic thread.
        let _ = self.waker.set(waker);
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake();
        }
    }

    /// Commands and notes since the last call; nothing is locked when there are none.
    pub(super) fn take_commands(&self, out: &mut Vec<Command>) -> Vec<String> {
        if !self.has_commands.swap(false, Ordering::AcqRel) {
            return Vec::new();
        }
        out.append(&mut lock(&self.commands));
        std::mem::take(&mut lock(&self.notes))
    }

    /// Asks for a report; gives its number.
    pub(super) fn ask(&self) -> u64 {
        let number = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.wake();
        number
    }

    /// The number of the report that is asked for last.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Acquire)
    }

    /// Changes the report and tells who waits for it.
    pub(super) fn report(&self, change: impl FnOnce(&mut Report)) {
        change(&mut lock(&self.report));
        self.reported.notify_all();
    }

    /// The report, when it fulfils a condition or when the time is over.
    pub(super) fn wait(
        &self,
        timeout: Duration,
        is_there: impl Fn(&Report) -> bool,
    ) -> MutexGuard<'_, Report> {
        let report = lock(&self.report);
        let (report, _) = self
            .reported
            .wait_timeout_while(report, timeout, |report| {
                !report.is_over && !is_there(report)
            })
            .unwrap_or_else(PoisonError::into_inner);
        report
    }

    /// The report as it is.
    pub(super) fn read(&self) -> MutexGuard<'_, Report> {
        lock(&self.report)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
