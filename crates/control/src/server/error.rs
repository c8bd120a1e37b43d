//! Why there is no server.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// Why remote control could not begin.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The address is taken, is not of this machine, or needs rights.
    #[error("remote control cannot listen on {address}: {}", advice(.source.kind()))]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system has no more descriptors or threads.
    #[error("remote control on {address} cannot start")]
    Start {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

fn advice(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::AddrInUse => {
            "the port is in use; give another one with -ctrl IP:PORT, or port 0 for any free one"
        }
        io::ErrorKind::AddrNotAvailable => {
            "no interface of this machine has that address; give one that has, or 127.0.0.1"
        }
        io::ErrorKind::PermissionDenied => "this user may not use that port; give one above 1023",
        _ => "the system refused; give another address with -ctrl IP:PORT",
    }
}
