//! The state of a run at one moment, and what a person or a program may tell it.

use std::time::{Duration, SystemTime};

use super::Figures;
use crate::traffic::Phase;

/// The state of a run at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// When the run began, as a date.
    pub started: SystemTime,
    /// Time since the run began.
    pub elapsed: Duration,
    /// The figures of the scenario.
    pub figures: Figures,
    /// The figures of the second scenario (`-rxsf`).
    pub received: Option<Figures>,
    /// The figures of the scenario for messages of no call (`-oocsf`).
    pub out_of_call: Option<Figures>,
    /// The rate that is wanted now, in calls per rate period.
    pub rate: f64,
    /// The rate period.
    pub rate_period: Duration,
    /// The most open calls.
    pub calls_limit: u64,
    /// With `-users`: how many.
    pub users: Option<u64>,
    /// What the run is doing.
    pub phase: Phase,
}

/// What a person or a program tells a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// A new rate, in calls per rate period.
    SetRate(f64),
    /// The rate changes by that many calls per rate period; with `-users` their number does.
    ChangeRate(f64),
    /// A new number of users.
    SetUsers(u64),
    /// A new limit of open calls.
    SetLimit(u64),
    /// No new calls; again: new calls.
    PauseOrResume,
    /// No new calls and an end when the open ones have ended; a second time: open ones are ended.
    Stop,
    /// Open calls are ended with BYE or CANCEL, and then the run.
    Abort,
    /// The run ends at once. The peers of open calls are told; in the figures these calls stay open.
    Quit,
    /// The time of the run is over, and that is a failure: it ends at once.
    TimeIsOver,
    /// All figures begin at zero.
    ResetStatistics,
    /// A trace file on or off.
    Trace(Traced, bool),
}

/// What a trace file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traced {
    /// Errors.
    Errors,
    /// What `log` actions write.
    Logs,
    /// Messages.
    Messages,
    /// Messages, a line each.
    ShortMessages,
}
