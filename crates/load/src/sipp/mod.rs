//! SIPp's command.
//!
//! - [`arguments`]: its command line.
//! - [`read_files`]: what it names, compiled.
//! - [`play`]: the rest, to the exit code.

pub mod arguments;

mod control;
mod ending;
mod error;
mod faces;
mod files;
mod fitness;
mod hosts;
mod logs;
mod media;
mod outputs;
mod plan;
mod play;
mod ramp;
mod session;
mod showing;
mod tls;
mod traffic;
mod twins;
mod watched;

pub use error::{
    EXIT_BIND, EXIT_FAILED, EXIT_FATAL, EXIT_FAULT, EXIT_INTERNAL_COMMAND, EXIT_MEDIA,
    EXIT_NOTHING, SippError,
};
pub use files::{Files, Loaded, read_files, unknown_builtin};
pub use media::RtpMedia;
pub use play::{Plan, play};
pub use traffic::Media;
