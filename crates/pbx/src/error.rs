//! What a user of the server did wrong, or the environment refused.

use std::time::Duration;

use gannet_net::NetError;
use thiserror::Error;

use crate::snapshot::PbxSnapshot;

/// Why a command was not carried out.
#[derive(Debug, Error)]
pub enum PbxError {
    /// The environment refused a socket or a thread.
    #[error("cannot start the embedded server")]
    Net(#[from] NetError),
    /// Two users would have the same name, extension or authentication name.
    #[error("user \"{name}\": {what} \"{value}\" is taken by user \"{holder}\"")]
    Taken {
        /// The new user.
        name: String,
        /// `"name"`, `"extension"` or `"auth user"`.
        what: &'static str,
        /// What is taken.
        value: String,
        /// Who has it.
        holder: String,
    },
    /// A user without a name, or with characters that may not stand in a user part.
    #[error("\"{name}\" cannot be the {what} of a user: {why}")]
    BadName {
        /// `"name"` or `"extension"`.
        what: &'static str,
        /// The text.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No such user.
    #[error("no user \"{name}\" at the embedded server")]
    NoUser {
        /// The name.
        name: String,
    },
    /// No such channel.
    #[error("no channel {channel}")]
    NoChannel {
        /// Its name.
        channel: String,
    },
    /// An INFO was not taken.
    #[error("INFO failed: {why}")]
    Info {
        /// What came of it.
        why: String,
    },
    /// The event socket has no port.
    #[error("cannot open an event socket at {bind}")]
    EventSocket {
        /// Where it was to be.
        bind: std::net::SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The server was stopped.
    #[error("the embedded server has stopped")]
    Stopped,
}

/// A condition did not come true in time.
#[derive(Debug, Error)]
#[error("condition not reached within {} ms", limit.as_millis())]
pub struct WaitTimeout {
    /// How long was waited.
    pub limit: Duration,
    /// How things stood at the end; `None` if the server had stopped.
    pub last: Option<Box<PbxSnapshot>>,
}
