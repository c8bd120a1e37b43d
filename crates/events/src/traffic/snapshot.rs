//! The state of a run at one moment, and what a person or a program may tell it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Figures;

/// The state of a run at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// When the run began, as a date.
    pub started: SystemTime,
    /// Time since the run began.
    pub elapsed: Duration,
    /// Since when the cumulative figures of screens count, as time since the run began.
    pub reset: Duration,
    /// The figures at that time; nothing if the cumulative figures were never reset.
    pub at_reset: Option<Arc<Figures>>,
    /// All figures from the start.
    pub figures: Figures,
    /// The rate that is wanted now, in calls per second.
    pub call_rate: f64,
    /// By how much the rate changes at one key press, in calls per second.
    pub call_rate_scale: f64,
    /// What the run is doing.
    pub phase: Phase,
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The init section runs.
    Init,
    /// Calls are started.
    Running,
    /// No calls are started; open ones go on.
    Paused,
    /// No calls are started; the run ends when the open ones have ended.
    Stopping,
    /// The run has ended.
    Ended,
}

/// What a person or a program tells a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// A new rate, in calls per second.
    SetRate(f64),
    /// A new rate that is reached step by step, one step a second.
    Ramp {
        /// Calls per second.
        to: f64,
        /// How long it takes; zero is at once.
        over: Duration,
    },
    /// The rate grows by the scale.
    RateUp,
    /// The rate shrinks by the scale.
    RateDown,
    /// A new scale, in calls per second.
    SetScale(f64),
    /// The most new calls in a second; 0 is no limit.
    SetBurstLimit(u64),
    /// No new calls; again: new calls as if the run had just begun.
    PauseOrResume,
    /// New calls again after a pause, with those that were missed.
    Burst,
    /// No new calls and an end when the open ones have ended; a second time: an end now.
    Stop,
    /// An end now, whatever is open.
    Quit,
    /// The init section is left and traffic begins.
    ForceInit,
    /// The cumulative figures of screens begin at zero.
    ResetCumulative,
}
