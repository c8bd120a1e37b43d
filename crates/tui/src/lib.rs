//! A run of load on the terminal.
//!
//! - [`seagull`], [`sipp`]: the screens and keys of those tools.
//! - [`progress`]: one live line.
//! - [`Summary`]: what is said when the run has ended, for people and as JSON.
//!
//! Nothing here touches a terminal: bytes and snapshots come in, text and commands go out.

mod progress;
pub mod seagull;
pub mod sipp;
mod summary;
mod words;

pub use progress::progress;
pub use summary::{
    Calls, Counted, Messages, Pace, ResponseClass, ResponseTimeSummary, StepFailures, Summary,
    Verdict,
};
pub use words::{count, counted, duration};
