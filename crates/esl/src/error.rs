//! What can go wrong on an event socket.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Why a question to a server has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EslError {
    /// Nobody listens there, or the way is blocked.
    #[error("no connection to the event socket at {address}")]
    Connect {
        /// Where it should listen.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The connection broke.
    #[error("the event socket's connection failed")]
    Io(#[source] io::Error),
    /// The server closed the connection.
    #[error("the server closed the event socket while {during} was awaited")]
    Closed {
        /// What was awaited.
        during: String,
    },
    /// The server was silent for too long.
    #[error("the server sent no {expected} within {limit:?}")]
    Timeout {
        /// What was awaited.
        expected: String,
        /// For how long.
        limit: Duration,
    },
    /// The password is not the server's.
    #[error("the server refused the password: {reply}")]
    Password {
        /// Its words.
        reply: String,
    },
    /// The server takes no connections from here.
    #[error("the server turned the connection away: {reply}")]
    TurnedAway {
        /// Its words.
        reply: String,
    },
    /// The server refused a command.
    #[error("the server refused `{command}`: {reply}")]
    Refused {
        /// The command.
        command: String,
        /// Its words.
        reply: String,
    },
    /// Something else came than the protocol allows here.
    #[error("expected {expected}, received {received}")]
    Unexpected {
        /// What the protocol has here.
        expected: String,
        /// What came.
        received: String,
    },
    /// A command that would be read as two.
    #[error("a command is one line: {command:?}")]
    Command {
        /// The command.
        command: String,
    },
    /// Octets that are no messages.
    #[error(transparent)]
    Framing(#[from] FramingError),
}

/// Why octets are no messages of an event socket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// The head does not end.
    #[error("the head of a message is longer than {max} octets")]
    HeadTooLong {
        /// The bound.
        max: usize,
    },
    /// The body is too long, or its length is no number.
    #[error("expected a Content-Length of at most {max}, received `{received}`")]
    Length {
        /// The bound.
        max: usize,
        /// The value.
        received: String,
    },
}
