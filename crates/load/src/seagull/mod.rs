//! Seagull's command.
//!
//! [`Arguments`] are its command line; [`read_files`] reads what it names; [`play`] does the rest
//! and gives the exit code: 0 if no call failed, timed out or was refused, 1 if one did, 255 if the
//! run could not begin or go on, or was told to stop a third time.

mod arguments;
mod causes;
mod faces;
mod files;
mod lines;
mod log;
mod outputs;
mod plan;
mod play;
mod schedule;

pub use arguments::{Arguments, ArgumentsError, BACKGROUND_METHODS, USAGE, Wish};
pub use files::{FileError, read_files};
pub use outputs::OutputError;
pub use plan::{Beyond, plan};
pub use play::{EXIT_FATAL, Plan, PlayError, play};

pub(crate) use causes::{cause, place};
pub(crate) use files::beside;
pub(crate) use log::SeagullLog;
pub(crate) use play::levels;
pub(crate) use schedule::Schedule;
