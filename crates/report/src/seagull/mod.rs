//! The files that Seagull writes, byte for byte.
//!
//! - [`Statistics`]: the log-stat file; [`ProtocolStatistics`]: one file for each dictionary.
//! - [`DataLog`], [`Distribution`]: response times, each by itself or counted by the millisecond.
//! - [`LogFile`], [`Levels`]: the log.
//! - [`stamped`], [`stamped_protocol`]: the date in file names.
//!
//! Nothing here opens a file or reads a clock: lines come back as text, moments go in.

mod clock;
mod data_log;
mod distribution;
mod float;
mod log;
mod names;
mod protocol_statistics;
mod statistics;

pub use data_log::{DATA_LOG_HEADER, DataLog};
pub use distribution::{DISTRIBUTION_BINS_MAX, Distribution};
pub use log::{Flow, Level, Levels, LogFile, UnknownLevel, Verdict};
pub use names::{stamped, stamped_protocol};
pub use protocol_statistics::ProtocolStatistics;
pub use statistics::Statistics;
