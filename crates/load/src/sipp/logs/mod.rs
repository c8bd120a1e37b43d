//! The files that are written while messages pass.

mod calls;
mod log_file;
mod recording;
mod sink;
mod warnings;

pub(super) use log_file::LogFile;
pub(super) use recording::CallRecorder;
pub(super) use sink::{LogNames, Logs};
pub(super) use warnings::Warnings;
