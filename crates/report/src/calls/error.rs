//! Why no calls can be read.

use std::io;
use std::path::PathBuf;

use gannet_media::ReplayError;
use thiserror::Error;

use crate::load::ReadError;

/// Why no calls can be read.
#[derive(Debug, Error)]
pub enum CallsError {
    /// The file cannot be read.
    #[error("cannot read `{}`", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It begins like a capture and is none.
    #[error("`{}` is no capture that can be read", .path.display())]
    Capture {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ReplayError,
    },
    /// It is no file with calls.
    #[error(
        "`{}` is neither a capture (pcap, pcapng), nor a message log of SIPp (-trace_msg), nor results of a run",
        .0.display()
    )]
    Unknown(PathBuf),
    /// Results that cannot be read.
    #[error(transparent)]
    Results(#[from] ReadError),
    /// Results without any message.
    #[error("`{}` holds no calls with their messages: they are kept of calls that failed, and of features", .0.display())]
    Empty(PathBuf),
}
