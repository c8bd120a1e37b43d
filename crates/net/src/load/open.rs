//! Opening ports.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;

use mio::unix::SourceFd;
use mio::{Interest, Token};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::error::NetError;
use crate::unreachable::keep_errors;

use super::datagram_port::DatagramPort;
use super::event::CloseReason;
use super::limits::PortOptions;
use super::listener::Listener;
use super::port::{Kind, Port, Report};
use super::ports::Ports;
use super::slots::PortId;
use super::stream::{Stream, prepare};
use super::system::{enlarge_buffers, offers_segmentation};

/// Connections that wait to be accepted; the system may cut it (`net.core.somaxconn`).
const BACKLOG: i32 = 4096;

// A token holds both parts of a `PortId`.
const _: () = assert!(usize::BITS == 64);

impl Ports {
    /// Opens a UDP port. With port 0 the system chooses a free one.
    ///
    /// # Errors
    /// What the system refuses, with the address.
    pub fn open_udp(
        &mut self,
        bind: SocketAddr,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.check_room("udp", bind)?;
        let open = || -> io::Result<Kind> {
            let socket = new_socket(bind, Type::DGRAM, Protocol::UDP, options)?;
            socket.set_reuse_address(options.reuse_address)?;
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
            socket.bind(&SockAddr::from(bind))?;
            let port = DatagramPort::new(socket, bind.is_ipv6(), segmentation);
            Ok(Kind::Datagram(port))
        };
        let kind = open().map_err(|error| NetError::listen("udp", bind, error))?;
        self.insert(kind)
            .map_err(|error| NetError::listen("udp", bind, error))
    }

    /// Opens a TCP port that accepts connections, each of which becomes a port of its own.
    ///
    /// # Errors
    /// What the system refuses, with the address.
    pub fn listen_tcp(
        &mut self,
        bind: SocketAddr,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.check_room("tcp", bind)?;
        let open = || -> io::Result<Kind> {
            let socket = new_socket(bind, Type::STREAM, Protocol::TCP, options)?;
            socket.set_reuse_address(true)?;
            if options.buffer_bytes.is_some() {
                // Connections inherit them; the window scale is settled when they begin.
                enlarge_buffers(&socket, options.buffer_bytes)?;
            }
            socket.bind(&SockAddr::from(bind))?;
            socket.listen(BACKLOG)?;
            Ok(Kind::Listener(Listener::new(socket, *options)))
        };
        let kind = open().map_err(|error| NetError::listen("tcp", bind, error))?;
        self.insert(kind)
            .map_err(|error| NetError::listen("tcp", bind, error))
    }

    /// Begins a TCP connection, from `source` if given. A later [`poll`](Self::poll) says
    /// `Connected` or `Closed`; what is sent meanwhile waits.
    ///
    /// # Errors
    /// What this machine refuses, with the address. What the network or the other end refuses is
    /// told by `Closed`.
    pub fn connect_tcp(
        &mut self,
        source: Option<SocketAddr>,
        dest: SocketAddr,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        let local = source.unwrap_or_else(|| unspecified(dest));
        self.check_room("tcp", local)?;
        let refused = |error| NetError::listen("tcp", local, error);
        let open = || -> io::Result<Socket> {
            let socket = new_socket(dest, Type::STREAM, Protocol::TCP, options)?;
            prepare(&socket, options)?;
            if options.buffer_bytes.is_some() {
                enlarge_buffers(&socket, options.buffer_bytes)?;
            }
            if let Some(source) = source {
                socket.set_reuse_address(options.reuse_address)?;
                socket.bind(&SockAddr::from(source))?;
            }
            Ok(socket)
        };
        let socket = open().map_err(refused)?;
        let begun = socket.connect(&SockAddr::from(dest));
        if let Err(error) = &begun
            && error.kind() == io::ErrorKind::AddrNotAvailable
        {
            return Err(NetError::NoFreePort {
                purpose: "tcp",
                address: local.ip(),
                attempts: 1,
            });
        }
        let port = self
            .insert(Kind::Stream(Stream::connecting(socket, options)))
            .map_err(refused)?;
        match begun {
            Ok(()) => self.reports.push(Report::Connected { port }),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            Err(error) => self.reports.push(Report::Closed {
                port,
                reason: CloseReason::Connect(error),
            }),
        }
        Ok(port)
    }

    fn check_room(&self, protocol: &'static str, address: SocketAddr) -> Result<(), NetError> {
        let limit = self.limits.ports_max;
        if self.slots.count() < limit {
            return Ok(());
        }
        Err(NetError::TooManyPorts {
            protocol,
            address,
            limit,
        })
    }

    /// Has the socket watched and gives it its name.
    pub(super) fn insert(&mut self, mut kind: Kind) -> io::Result<PortId> {
        let id = self.slots.next_id();
        let token = Token(id.number() as usize);
        let registry = self.poll.registry();
        match &mut kind {
            Kind::Datagram(port) => port.adapt_watch(registry, id)?,
            Kind::Listener(port) => {
                let descriptor = port.socket.as_raw_fd();
                registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
            }
            Kind::Stream(port) => {
                let descriptor = port.socket.as_raw_fd();
                // TCP tells of room to send only after a refusal.
                let interest = Interest::READABLE | Interest::WRITABLE;
                registry.register(&mut SourceFd(&descriptor), token, interest)?;
            }
        }
        let port = Port {
            kind,
            hot: false,
            dirty: false,
        };
        Ok(self.slots.insert(port))
    }
}

fn new_socket(
    address: SocketAddr,
    kind: Type,
    protocol: Protocol,
    options: &PortOptions,
) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(!options.dual_stack)?;
    }
    if options.reuse_port {
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn unspecified(like: SocketAddr) -> SocketAddr {
    let ip = match like {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(ip, 0)
}
