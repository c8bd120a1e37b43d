//! One socket that listens.

use std::io;
use std::net::SocketAddr;

use socket2::Socket;

use super::limits::PortOptions;
use super::protocol::Carrier;
use super::stream::Stream;
use super::tls::{Session, TlsServer};

#[derive(Debug)]
pub(super) struct Listener {
    pub(super) socket: Socket,
    options: PortOptions,
    carrier: Carrier,
    server: Option<TlsServer>,
    /// The last attempt to accept failed for want of something; to be tried again.
    pub(super) stalled: bool,
}

impl Listener {
    pub(super) const fn new(
        socket: Socket,
        carrier: Carrier,
        server: Option<TlsServer>,
        options: PortOptions,
    ) -> Self {
        Self {
            socket,
            options,
            carrier,
            server,
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
                    let from = from.as_socket().ok_or(io::ErrorKind::Unsupported)?;
                    return Ok((self.prepare(socket)?, canonical(from)));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn prepare(&self, socket: Socket) -> io::Result<Stream> {
        socket.set_nonblocking(true)?;
        self.carrier.prepare(&socket, &self.options)?;
        let session = self.server.as_ref().map(Session::server).transpose();
        let session = session.map_err(io::Error::other)?.map(Box::new);
        Ok(Stream::accepted(
            socket,
            self.carrier,
            session,
            &self.options,
        ))
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
