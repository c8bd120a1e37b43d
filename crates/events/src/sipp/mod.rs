//! What the play of a SIPp scenario reports: its layout and the figures of its calls.
//!
//! [`Layout`] says once what there is to count, [`Figures`] counts it from the start of the run, by
//! SIPp's names and meanings. All figures only grow (but for `calls_open`): those of a period are
//! the difference of two.

mod failure;
mod figures;
mod layout;
mod snapshot;

pub use failure::{Failure, FailureCounts};
pub use figures::{Figures, Lag, StepFigures};
pub use layout::{CommandKind, Layout, StepLayout};
pub use snapshot::{Command, Snapshot, Traced};
