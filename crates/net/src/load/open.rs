//! Opening ports.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;

use mio::unix::SourceFd;
use mio::{Interest, Token};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::error::NetError;

use super::bound_udp::BoundUdp;
use super::datagram_port::DatagramPort;
use super::event::CloseReason;
use super::limits::PortOptions;
use super::listener::Listener;
use super::port::{Kind, Port, Report};
use super::ports::Ports;
use super::protocol::Carrier;
use super::slots::PortId;
use super::stream::Stream;
use super::system::enlarge_buffers;
use super::tls::{Session, TlsClient, TlsServer};

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
        let bound = BoundUdp::open_at(bind, options, self.device.as_deref())?;
        self.adopt_udp(bound)
    }

    /// Takes a socket that was bound before, by any thread.
    ///
    /// # Errors
    /// As many ports as there may be are open, or the system cannot watch it.
    pub fn adopt_udp(&mut self, bound: BoundUdp) -> Result<PortId, NetError> {
        let address = bound.address;
        self.check_room("udp", address)?;
        let mut port = DatagramPort::new(bound.socket, bound.ipv6, bound.segmentation);
        port.sparse = bound.sparse;
        port.stamped = bound.stamped;
        self.insert(Kind::Datagram(port))
            .map_err(|error| NetError::listen("udp", address, error))
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
        self.listen(Carrier::Tcp, bind, None, options)
    }

    /// Opens a TCP port whose connections speak TLS. They are told as `Accepted` before their
    /// handshakes.
    ///
    /// # Errors
    /// As for [`listen_tcp`](Self::listen_tcp).
    pub fn listen_tls(
        &mut self,
        bind: SocketAddr,
        server: &TlsServer,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.listen(Carrier::Tcp, bind, Some(server.clone()), options)
    }

    /// Opens an SCTP port that accepts associations, each of which becomes a port of its own, like a
    /// connection of TCP. It is bound to one address.
    ///
    /// # Errors
    /// What the system refuses; [`NetError::NoSctp`] when it has no SCTP.
    pub fn listen_sctp(
        &mut self,
        bind: SocketAddr,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.listen(Carrier::Sctp, bind, None, options)
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
        self.connect(Carrier::Tcp, source, dest, None, options)
    }

    /// Begins a connection with TLS. `Connected` comes after the handshake, `Closed` with
    /// [`CloseReason::Handshake`] when that fails.
    ///
    /// # Errors
    /// As for [`connect_tcp`](Self::connect_tcp).
    pub fn connect_tls(
        &mut self,
        source: Option<SocketAddr>,
        dest: SocketAddr,
        client: &TlsClient,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.connect(Carrier::Tcp, source, dest, Some(client), options)
    }

    /// Begins an SCTP association, from and to one address. Its messages keep their bounds on the
    /// way out; what comes in is like a stream.
    ///
    /// # Errors
    /// As for [`connect_tcp`](Self::connect_tcp); [`NetError::NoSctp`] when the system has no SCTP.
    pub fn connect_sctp(
        &mut self,
        source: Option<SocketAddr>,
        dest: SocketAddr,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.connect(Carrier::Sctp, source, dest, None, options)
    }

    fn listen(
        &mut self,
        carrier: Carrier,
        bind: SocketAddr,
        server: Option<TlsServer>,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        self.check_room(carrier.name(), bind)?;
        let refused = |error| refused(carrier.name(), bind, error);
        let open = || -> io::Result<Kind> {
            let socket = new_socket(
                bind,
                (Type::STREAM, carrier.protocol()),
                options,
                self.device.as_deref(),
            )?;
            socket.set_reuse_address(true)?;
            if options.buffer_bytes.is_some() {
                // Connections inherit them; the window scale is settled when they begin.
                enlarge_buffers(&socket, options.buffer_bytes)?;
            }
            socket.bind(&SockAddr::from(bind))?;
            socket.listen(BACKLOG)?;
            let listener = Listener::new(socket, carrier, server, *options);
            Ok(Kind::Listener(listener))
        };
        let kind = open().map_err(refused)?;
        self.insert(kind).map_err(refused)
    }

    fn connect(
        &mut self,
        carrier: Carrier,
        source: Option<SocketAddr>,
        dest: SocketAddr,
        client: Option<&TlsClient>,
        options: &PortOptions,
    ) -> Result<PortId, NetError> {
        let local = source.unwrap_or_else(|| unspecified(dest));
        self.check_room(carrier.name(), local)?;
        let refused = |error| refused(carrier.name(), local, error);
        let open = || -> io::Result<Stream> {
            let socket = new_socket(
                dest,
                (Type::STREAM, carrier.protocol()),
                options,
                self.device.as_deref(),
            )?;
            carrier.prepare(&socket, options)?;
            if options.buffer_bytes.is_some() {
                enlarge_buffers(&socket, options.buffer_bytes)?;
            }
            if let Some(source) = source {
                socket.set_reuse_address(options.reuse_address)?;
                socket.bind(&SockAddr::from(source))?;
            }
            let session = client.map(|client| Session::client(client, dest.ip()));
            let session = session.transpose().map_err(io::Error::other)?.map(Box::new);
            Ok(Stream::connecting(socket, carrier, session, options))
        };
        let stream = open().map_err(refused)?;
        let begun = stream.socket.connect(&SockAddr::from(dest));
        if let Err(error) = &begun
            && error.kind() == io::ErrorKind::AddrNotAvailable
        {
            return Err(NetError::NoFreePort {
                purpose: carrier.name(),
                address: local.ip(),
                attempts: 1,
            });
        }
        let port = self.insert(Kind::Stream(stream)).map_err(refused)?;
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

/// The refusal to open a socket.
fn refused(protocol: &'static str, address: SocketAddr, error: io::Error) -> NetError {
    match error.raw_os_error() {
        Some(libc::EPROTONOSUPPORT | libc::ESOCKTNOSUPPORT) if protocol == Carrier::Sctp.name() => {
            NetError::NoSctp { address }
        }
        _ => NetError::listen(protocol, address, error),
    }
}

pub(super) fn new_socket(
    address: SocketAddr,
    (kind, protocol): (Type, Protocol),
    options: &PortOptions,
    device: Option<&str>,
) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, kind.nonblocking(), Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(!options.dual_stack)?;
    }
    if options.reuse_port {
        socket.set_reuse_port(true)?;
    }
    if let Some(device) = device {
        socket.bind_device(Some(device.as_bytes()))?;
    }
    Ok(socket)
}

/// Whether sockets can be bound to an interface.
pub(super) fn try_device(device: &str) -> io::Result<()> {
    Socket::new(Domain::IPV4, Type::DGRAM, None)?.bind_device(Some(device.as_bytes()))
}

fn unspecified(like: SocketAddr) -> SocketAddr {
    let ip = match like {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(ip, 0)
}
