//! What keeps a run from beginning or going on, and the exit codes.

use std::io;
use std::net::SocketAddr;

use gannet_net::NetError;
use gannet_net::load::TlsError;
use thiserror::Error;

use crate::watch::WatchError;

/// A call failed; or the command line or a file is wrong.
pub const EXIT_FAILED: u8 = 1;
/// The scenario ended the run; or its time was over before any call had ended.
pub const EXIT_INTERNAL_COMMAND: u8 = 97;
/// A fault of the program.
pub const EXIT_FAULT: u8 = 98;
/// Nothing was to be played.
pub const EXIT_NOTHING: u8 = 99;
/// A check of RTP failed.
pub const EXIT_MEDIA: u8 = 253;
/// An own address cannot be had.
pub const EXIT_BIND: u8 = 254;
/// Something else keeps the run from going on.
pub const EXIT_FATAL: u8 = 255;

/// What keeps a run from beginning or going on.
#[derive(Debug, Error)]
pub enum SippError {
    /// A host has no address.
    #[error("the host \"{host}\" has no address: {why}")]
    Host {
        /// Its name.
        host: String,
        /// What the system says.
        why: String,
    },
    /// Calls begin here, and nobody is there to be called.
    #[error(
        "this scenario makes calls: name the host to call, as in `gannet sipp -sn uac 127.0.0.1:5060`"
    )]
    NoRemote,
    /// An own address cannot be had.
    #[error(transparent)]
    Bind(NetError),
    /// Sockets are refused by the system.
    #[error(transparent)]
    Sockets(NetError),
    /// The peer does not accept the connection.
    #[error("no connection to {peer}: {why}")]
    Connect {
        /// The peer.
        peer: SocketAddr,
        /// What the system says.
        why: String,
    },
    /// The twin of third-party call control accepts no connection.
    #[error(
        "no connection to the twin: {0}; start first the side that begins with recvCmd, or the slaves"
    )]
    NoTwin(String),
    /// TLS cannot be spoken so.
    #[error("TLS: {0}")]
    Tls(#[source] TlsError),
    /// A file cannot be read.
    #[error("{what} {path} cannot be read: {source}")]
    Read {
        /// What it is for.
        what: &'static str,
        /// Its path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// Its path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file of `-slave_cfg`, or a name that is not in it.
    #[error("{path}: {what}")]
    Twins {
        /// Its path.
        path: String,
        /// What is wrong.
        what: String,
    },
    /// A scenario does not go with the command line.
    #[error("{0}")]
    Unfit(String),
    /// The system gives no thread or no signals.
    #[error("the system gives no {what}: {source}")]
    System {
        /// What was asked for.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// What looks at the run cannot begin, or not go on.
    #[error("{0}")]
    Watch(#[from] WatchError),
    /// The player cannot go on.
    #[error("{0}")]
    Fatal(String),
    /// The traffic thread ended by a fault of the program.
    #[error("the traffic thread broke down; this is a fault of gannet")]
    Broken,
}

impl SippError {
    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            // No port would help: SIPp has another code for that.
            Self::Bind(NetError::NotOurAddress { .. }) => EXIT_FATAL,
            Self::Bind(_) => EXIT_BIND,
            Self::Read { .. } | Self::Tls(_) | Self::Twins { .. } | Self::Unfit(_) => EXIT_FAILED,
            Self::Watch(error) if error.is_input() => EXIT_FAILED,
            Self::Broken => EXIT_FAULT,
            _ => EXIT_FATAL,
        }
    }
}
