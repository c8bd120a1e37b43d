//! Kinds of connections.

use std::io;
use std::time::Duration;

use socket2::{Protocol, Socket};

use super::limits::{PortOptions, TcpClose};
use super::system::send_sctp_at_once;

/// What carries a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    Tcp,
    /// One association per socket (RFC 6458 4), with one address at each end.
    Sctp,
}

impl Carrier {
    /// For texts.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Sctp => "sctp",
        }
    }

    pub(super) const fn protocol(self) -> Protocol {
        match self {
            Self::Tcp => Protocol::TCP,
            Self::Sctp => Protocol::SCTP,
        }
    }

    /// Sets what every connection has.
    pub(super) fn prepare(self, socket: &Socket, options: &PortOptions) -> io::Result<()> {
        match self {
            Self::Tcp => socket.set_tcp_nodelay(true)?,
            Self::Sctp => send_sctp_at_once(socket)?,
        }
        if options.close == TcpClose::Reset {
            socket.set_linger(Some(Duration::ZERO))?;
        }
        Ok(())
    }
}
