//! What a run reports: the only thing that players and faces share.
//!
//! A player (the feature runner, later the traffic engine) produces [`RunEvent`]s in order; faces
//! (console, JUnit, JSON, recorder) only read them. Every event can be written as one JSON line
//! and read back without loss, so a recorded run can be shown again by the same faces.
//!
//! - [`run`](RunEvent): the events and their order.
//! - [`Status`], [`Failure`], [`FailureClass`]: verdicts and who is at fault.
//! - [`Summary`], [`Tally`], [`ExitCode`]: counting, and what the process returns.
//! - [`WireRecord`], [`MediaReport`]: what crossed the wire and what was heard.
//! - [`sipp`]: figures of the play of a SIPp scenario.
//! - [`traffic`]: figures of load: calls, steps, messages, response times.

mod exit;
mod failure;
mod media;
mod run;
mod serial;
pub mod sipp;
mod status;
mod summary;
pub mod traffic;
mod wire;
mod wire_serial;

pub use exit::ExitCode;
pub use failure::{Difference, Failure, FailureClass, Fault, NearestMessage};
pub use media::{Heard, MediaReport};
pub use run::{
    FeatureStarted, Notice, NoticeLevel, RunEvent, RunFinished, RunStarted, ScenarioFinished,
    ScenarioId, ScenarioStarted, StepFinished, StepProgress, StepStarted,
};
pub use status::Status;
pub use summary::{Counters, Summary, Tally};
pub use wire::{Direction, WireKind, WireRecord};
