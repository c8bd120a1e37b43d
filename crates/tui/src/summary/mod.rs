//! What is said at the end of a run.

mod document;
mod figures;
mod text;

pub use document::{Calls, Messages, ResponseClass, ResponseTimeSummary, StepFailures, Summary};
