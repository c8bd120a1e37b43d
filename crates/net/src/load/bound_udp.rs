//! UDP sockets that are bound before they get an owner.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Protocol, SockAddr, Socket, Type};

use crate::error::NetError;
use crate::unreachable::keep_errors;

use super::limits::PortOptions;
use super::open::new_socket;
use super::system::{enlarge_buffers, note_arrivals, offers_segmentation};

/// A bound UDP socket, to be given to [`Ports::adopt_udp`](super::Ports::adopt_udp) of this or
/// another thread. Dropping it frees the port.
#[derive(Debug)]
pub struct BoundUdp {
    pub(super) socket: Socket,
    pub(super) address: SocketAddr,
    pub(super) ipv6: bool,
    pub(super) segmentation: (bool, bool),
    pub(super) sparse: bool,
    pub(super) stamped: bool,
}

impl BoundUdp {
    /// Binds. With port 0 the system chooses a free one.
    ///
    /// # Errors
    /// What the system refuses, with the address.
    pub fn open(bind: SocketAddr, options: &PortOptions) -> Result<Self, NetError> {
        Self::open_at(bind, options, None)
    }

    /// Where it is bound.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn open_at(
        bind: SocketAddr,
        options: &PortOptions,
        device: Option<&str>,
    ) -> Result<Self, NetError> {
        let open = || -> io::Result<Self> {
            let socket = new_socket(bind, (Type::DGRAM, Protocol::UDP), options, device)?;
            if options.reuse_address {
                socket.set_reuse_address(true)?;
            }
            enlarge_buffers(&socket, options.buffer_bytes)?;
            keep_errors(&socket, bind)?;
            if bind.is_ipv6() {
                // Only a socket that takes IPv4 peers needs it, and not every system grants it.
                let _ = keep_errors(&socket, (Ipv4Addr::UNSPECIFIED, 0).into());
            }
            let segmentation = if options.segmentation {
                offers_segmentation(&socket)
            } else {
                (false, false)
            };
            let stamped = options.arrival_times && note_arrivals(&socket);
            socket.bind(&SockAddr::from(bind))?;
            let address = socket.local_addr()?.as_socket().unwrap_or(bind);
            Ok(Self {
                socket,
                address,
                ipv6: bind.is_ipv6(),
                segmentation,
                sparse: options.sparse,
                stamped,
            })
        };
        open().map_err(|error| NetError::listen("udp", bind, error))
    }
}
