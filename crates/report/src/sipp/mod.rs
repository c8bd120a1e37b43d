//! The files that SIPp writes.
//!
//! - [`Statistics`], [`Counts`], [`ErrorCodes`], [`ResponseLog`]: the CSV files, in a [`CsvForm`].
//! - [`MessageLog`], [`ShortMessageLog`], [`ErrorLog`], [`CallDebugLog`], [`append_log`]: the logs.
//! - [`FileNames`], [`Rotation`]: how files are called, and when the next one begins.
//!
//! Nothing here opens a file or reads a clock: lines are appended to bytes, moments go in. The
//! formats are those of SIPp's main branch after 3.7.7; 3.6.1 differs in that its rates have six
//! significant digits, its counts have columns for `nop`, its errors have no line ends, and a
//! message that was sent has its size in round brackets. Two things are Gannet's own: response
//! times have microseconds where SIPp's end in three zeros, and the deviation of a single call's
//! length is zero where SIPp divides by it.

mod call_debug;
mod counts;
mod csv;
mod error_codes;
mod errors;
mod messages;
mod names;
mod response_log;
mod rotation;
mod stamp;
mod statistics;

pub use call_debug::CallDebugLog;
pub use counts::Counts;
pub use csv::CsvForm;
pub use error_codes::ErrorCodes;
pub use errors::{ErrorLog, append_log};
pub use messages::{Carried, Flow, MessageLog, ShortMessageLog};
pub use names::{FileKind, FileNames};
pub use response_log::ResponseLog;
pub use rotation::{LogLimit, Opening, Rotation, Turn};
pub use stamp::Stamp;
pub use statistics::Statistics;
