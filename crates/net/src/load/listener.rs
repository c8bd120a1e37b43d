//! One TCP socket that listens.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

use super::limits::PortOptions;
use super::stream::{Stream, prepare};

#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: Socket,
    options: PortOptions,
    /// The last attempt to accept failed for want of something; to be tried again.
    pub(super) stalled: bool,
}

impl Listener {
    pub(super) const fn new(socket: Socket, options: PortOptions) -> Self {
        Self {
            socket,
            options,
            stalled: false,
        }
    }

    /// The next connection that waits.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when none waits.
    pub(super) fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        loop {
            match self.socket.accept() {
                Ok((socket, from)) => {
                    prepare(&socket, &self.options)?;
                    let from = from.as_socket().ok_or(io::ErrorKind::Unsupported)?;
                    return Ok((Stream::accepted(socket, &self.options), canonical(from)));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// An IPv4 peer of an IPv6 socket by its IPv4 address.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some() => {
            SocketAddr::new(v6.ip().to_canonical(), v6.port())
        }
        _ => address,
    }
}

/// Whether accepting failed because the connection is gone already (`accept(2)`, error handling).
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionReset, HostUnreachable, Interrupted, NetworkDown,
        NetworkUnreachable,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkDown
            | NetworkUnreachable
    )
}
