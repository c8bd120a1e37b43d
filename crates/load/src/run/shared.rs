//! What shards and their owner share: commands one way, figures the other.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use gannet_events::traffic::{Command, Figures, Phase};
use gannet_net::load::PortWaker;
use gannet_scenario::model::ChannelId;
use gannet_traffic::shard::Measure;

use super::error::LoadError;

/// What one shard and its owner share.
#[derive(Debug)]
pub(super) struct Shared {
    commands: Mutex<Vec<Command>>,
    has_commands: AtomicBool,
    /// Counts the reports that the owner asked for.
    asked: AtomicU64,
    report: Mutex<Report>,
    reported: Condvar,
    waker: OnceLock<PortWaker>,
}

/// What a shard reported last.
#[derive(Debug)]
pub(super) struct Report {
    /// The answer to this request.
    pub(super) number: u64,
    pub(super) figures: Figures,
    pub(super) phase: Phase,
    pub(super) call_rate: f64,
    pub(super) measures: Vec<Measure>,
    /// Own addresses of sockets of the whole run.
    pub(super) addresses: Vec<(ChannelId, SocketAddr)>,
    /// All channels of the whole run are open.
    pub(super) is_open: bool,
    /// When the shard ended, as time since the run began.
    pub(super) ended: Option<Duration>,
    /// Why the shard gave up.
    pub(super) error: Option<LoadError>,
    /// The shard's thread has nothing more to do.
    pub(super) is_over: bool,
}

impl Shared {
    pub(super) fn new(figures: Figures) -> Self {
        Self {
            commands: Mutex::default(),
            has_commands: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            report: Mutex::new(Report {
                number: 0,
                figures,
                phase: Phase::Running,
                call_rate: 0.0,
                measures: Vec::new(),
                addresses: Vec::new(),
                is_open: false,
                ended: None,
                error: None,
                is_over: false,
            }),
            reported: Condvar::new(),
            waker: OnceLock::new(),
        }
    }

    pub(super) fn send(&self, command: Command) {
        lock(&self.commands).push(command);
        self.has_commands.store(true, Ordering::Release);
    }

    /// The shard has sockets and can be woken from now on.
    pub(super) fn set_waker(&self, waker: PortWaker) {
        // Set once, by the one thread of the shard.
        let _ = self.waker.set(waker);
    }

    /// Ends the shard's wait for its sockets.
    pub(super) fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake();
        }
    }

    /// Commands since the last call; nothing is locked when there are none.
    pub(super) fn take_commands(&self, out: &mut Vec<Command>) {
        if self.has_commands.swap(false, Ordering::AcqRel) {
            out.append(&mut lock(&self.commands));
        }
    }

    /// Asks for a report; gives its number.
    pub(super) fn ask(&self) -> u64 {
        self.asked.fetch_add(1, Ordering::AcqRel) + 1
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

    pub(super) fn read(&self) -> MutexGuard<'_, Report> {
        lock(&self.report)
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
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
