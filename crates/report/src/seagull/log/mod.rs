//! The log.

mod dump;
mod file;
mod level;

pub use file::{Flow, LogFile, Verdict};
pub use level::{Level, Levels, UnknownLevel};
