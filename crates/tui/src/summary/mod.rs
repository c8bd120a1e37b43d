//! What is said at the end of a run.

mod document;
mod figures;
mod text;

pub use document::{
    Calls, Counted, Messages, Pace, ResponseClass, ResponseTimeSummary, StepFailures, Summary,
    Verdict,
};
