//! What the environment refused.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::port_holder::PortHolder;

/// The environment refused a socket, a port or a thread. The text says what, where, and what to do.
#[derive(Debug, Error)]
pub enum NetError {
    /// Another socket has the port.
    #[error(
        "cannot listen on {protocol} {address}: address already in use; {} holds it: \
         choose another port or 0 for a free one",
        holder_text(protocol, *address)
    )]
    PortInUse {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
    },
    /// The address belongs to no interface of this machine.
    #[error(
        "cannot listen on {protocol} {address}: no interface of this machine has that address: \
         choose one of its own, or {} for all of them",
        wildcard_for(address)
    )]
    NotOurAddress {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
    },
    /// The system does not let this user have the port.
    #[error(
        "cannot listen on {protocol} {address}: permission denied: choose a port of 1024 or above, \
         or give the program the right to low ports (CAP_NET_BIND_SERVICE)"
    )]
    NotPermitted {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
    },
    /// No more file descriptors.
    #[error(
        "cannot open a {protocol} socket on {address}: the limit on open files is reached: \
         raise it (ulimit -n) or use fewer sockets at once"
    )]
    TooManyFiles {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
    },
    /// Any other refusal to open a socket.
    #[error("cannot listen on {protocol} {address}")]
    Listen {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No port number was free for both sockets that need it.
    #[error(
        "cannot find a free port for {purpose} on {address} (tries: {attempts}): \
         close other programs or name a port"
    )]
    NoFreePort {
        /// What the port is for, for example `"udp and tcp"`.
        purpose: &'static str,
        /// Where it was looked for.
        address: IpAddr,
        /// How many ports were tried.
        attempts: usize,
    },
    /// Every port of the given range is taken.
    #[error(
        "no free pair of ports for RTP and RTCP on {address} from {} to {}: widen the range",
        range.start(),
        range.end()
    )]
    PortRangeFull {
        /// Where it was looked for.
        address: IpAddr,
        /// The range that was searched.
        range: RangeInclusive<u16>,
    },
    /// A binding that asks for neither UDP nor TCP.
    #[error("nothing to listen on at {address}: neither UDP nor TCP is wanted")]
    NothingWanted {
        /// What was asked for.
        address: SocketAddr,
    },
    /// There is no way to the other end.
    #[error("no route from this machine to {remote}: check the address and the network")]
    NoRoute {
        /// Where a packet should have gone.
        remote: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The kernel has no SCTP.
    #[error(
        "cannot open an sctp socket on {address}: this kernel has no SCTP: load its module \
         (modprobe sctp) or use another transport"
    )]
    NoSctp {
        /// What was asked for.
        address: SocketAddr,
    },
    /// There is no network interface of that name, or this user may not bind to it.
    #[error("cannot bind sockets to the interface {device}: check its name (ip link)")]
    Device {
        /// What was asked for.
        device: String,
        /// What the system said.
        source: io::Error,
    },
    /// As many ports are open as the limit lets.
    #[error(
        "cannot open a {protocol} socket on {address}: {limit} sockets are open already: \
         raise that limit or use fewer sockets at once"
    )]
    TooManyPorts {
        /// `"udp"` or `"tcp"`.
        protocol: &'static str,
        /// What was asked for.
        address: SocketAddr,
        /// The limit.
        limit: usize,
    },
    /// What a thread needs beside its sockets to wait for them could not be had.
    #[error("cannot wait for sockets: check the limit on open files (ulimit -n)")]
    Waiting {
        /// What the system said.
        source: io::Error,
    },
    /// The thread that sends media could not be started.
    #[error("cannot start the media thread: check the limits on threads and open files")]
    MediaThread {
        /// What the system said.
        source: io::Error,
    },
}

impl NetError {
    /// The refusal to open a socket, told apart by its cause.
    pub(crate) fn listen(protocol: &'static str, address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse if address.port() == 0 => Self::NoFreePort {
                purpose: protocol,
                address: address.ip(),
                attempts: 1,
            },
            io::ErrorKind::AddrInUse => Self::PortInUse { protocol, address },
            io::ErrorKind::AddrNotAvailable => Self::NotOurAddress { protocol, address },
            io::ErrorKind::PermissionDenied => Self::NotPermitted { protocol, address },
            _ if is_file_limit(&source) => Self::TooManyFiles { protocol, address },
            _ => Self::Listen {
                protocol,
                address,
                source,
            },
        }
    }
}

/// `EMFILE` and `ENFILE`, which have no stable `ErrorKind`.
fn is_file_limit(error: &io::Error) -> bool {
    const EMFILE: i32 = 24;
    const ENFILE: i32 = 23;
    cfg!(unix) && matches!(error.raw_os_error(), Some(EMFILE | ENFILE))
}

/// Who has a port, where the system lets us see. Looked for when the error is told: that takes
/// milliseconds, and most refusals are met in a search for a free port.
fn holder_text(protocol: &str, address: SocketAddr) -> String {
    let holder = PortHolder::find(protocol, address);
    holder.map_or_else(|| "another program".to_owned(), |holder| holder.to_string())
}

fn wildcard_for(address: &SocketAddr) -> &'static str {
    if address.is_ipv4() { "0.0.0.0" } else { "::" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(raw_os_error: i32) -> String {
        let address = "192.0.2.7:5060".parse().expect("an address");
        NetError::listen("udp", address, io::Error::from_raw_os_error(raw_os_error)).to_string()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn refusals_say_what_where_and_what_to_do() {
        let cases = [
            (
                98,
                "already in use; another program holds it: choose another port or 0",
            ),
            (99, "no interface of this machine has that address"),
            (13, "choose a port of 1024 or above"),
            (24, "ulimit -n"),
        ];
        for (raw_os_error, expected) in cases {
            let text = refused(raw_os_error);
            assert!(
                text.contains("udp 192.0.2.7:5060") || text.contains("udp socket on 192.0.2.7")
            );
            assert!(text.contains(expected), "{text}");
        }
    }
}
