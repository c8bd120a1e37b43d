//! The handle to one SIP address.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use gannet_events::WireKind;
use gannet_sip::Transport;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::address::local_address_towards;
use crate::error::NetError;

use super::binding::SipBinding;
use super::connections::{self, Connections};
use super::incoming::{ConnectionId, Incoming, Outgoing, SendError};
use super::shared::{AtomicCounters, Shared, SipCounters, lock};
use super::udp::UdpPort;

/// Tries for a port that is free for UDP and TCP at once.
const PORT_ATTEMPTS_MAX: usize = 64;
/// Connections that wait in the kernel to be accepted.
const TCP_BACKLOG: i32 = 1024;
/// Room in the kernel for datagrams while the reader is busy.
const RECEIVE_BUFFER_BYTES: usize = 1024 * 1024;

/// One SIP address, open for UDP, TCP or both. Clones share it; it is closed by
/// [`SipTransport::close`] or with the last clone.
#[derive(Debug, Clone)]
pub struct SipTransport {
    inner: Arc<Inner>,
}

/// Ends the tasks with the last handle; the tasks themselves hold `Shared`.
#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    udp: bool,
    tcp: bool,
}

impl SipTransport {
    /// Opens the sockets and starts reading. Datagrams are sent from the bound port; TCP
    /// connections are opened on demand, reused in both directions, and closed when idle.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time.
    pub fn bind(binding: SipBinding) -> Result<(Self, mpsc::Receiver<Incoming>), NetError> {
        let (address, udp, tcp) = open(&binding)?;
        let udp = udp.map(|socket| from_std(socket.into(), UdpSocket::from_std, "udp", address));
        let tcp = tcp.map(|socket| from_std(socket.into(), TcpListener::from_std, "tcp", address));
        let (udp, tcp) = (udp.transpose()?, tcp.transpose()?);
        let (incoming, reports) = mpsc::channel(binding.limits.incoming_max);
        let shared = Arc::new(Shared {
            address,
            owner: binding.owner,
            capture: binding.capture,
            limits: binding.limits,
            answer_keep_alive: binding.answer_keep_alive,
            incoming,
            counters: AtomicCounters::default(),
            udp: Mutex::new(None),
            connections: Mutex::new(tcp.as_ref().map(|_| Connections::default())),
            runtime: Handle::current(),
            tasks: Mutex::new(Some(JoinSet::new())),
            local_addresses: Mutex::new(HashMap::new()),
        });
        let inner = Inner {
            udp: udp.is_some(),
            tcp: tcp.is_some(),
            shared,
        };
        let shared = &inner.shared;
        if let Some(socket) = udp {
            let impairment = binding.impairment.for_socket(&shared.owner, WireKind::Sip);
            *lock(&shared.udp) = Some(UdpPort::start(shared, socket, impairment));
        }
        if let Some(listener) = tcp {
            shared.spawn(connections::accept(shared.clone(), listener));
        }
        let inner = Arc::new(inner);
        Ok((Self { inner }, reports))
    }

    /// Sends a message without waiting. What cannot be sent comes back as
    /// [`Incoming::SendFailed`].
    pub fn send(&self, outgoing: Outgoing) {
        let shared = &self.inner.shared;
        let Outgoing {
            transport, remote, ..
        } = outgoing;
        match transport {
            Transport::Udp => {
                let port = lock(&shared.udp).clone();
                if let Some(port) = port {
                    return port.send(shared, remote, outgoing.bytes);
                }
            }
            Transport::Tcp => return connections::send(shared, outgoing),
            Transport::Tls | Transport::Ws | Transport::Wss | Transport::Sctp => {}
        }
        let error = SendError::NotBound { transport };
        shared.report_now(shared.failure(transport, remote, outgoing.bytes, error));
    }

    /// Opens a TCP connection of its own to `remote`, beside those that there are: messages that name
    /// it go over it. `None` if there are too many, or TCP is not open.
    #[must_use]
    pub fn open_connection(&self, remote: SocketAddr) -> Option<ConnectionId> {
        connections::open_another(&self.inner.shared, remote)
    }

    /// Closes a TCP connection; [`Incoming::Closed`] follows. Nothing happens if it is gone.
    pub fn close_connection(&self, connection: ConnectionId) {
        connections::forget(&self.inner.shared, connection);
    }

    /// The address as bound, with the true port. A wildcard stays one.
    pub fn address(&self) -> SocketAddr {
        self.inner.shared.address
    }

    /// The address that a peer at `remote` sees: for Via and Contact.
    pub fn local_address_towards(&self, remote: SocketAddr) -> Result<SocketAddr, NetError> {
        let address = self.address();
        if address.ip().is_unspecified() {
            let ip = local_address_towards(remote)?;
            return Ok(SocketAddr::new(ip, address.port()));
        }
        Ok(address)
    }

    /// Whether the address was opened for that transport.
    pub fn has(&self, transport: Transport) -> bool {
        match transport {
            Transport::Udp => self.inner.udp,
            Transport::Tcp => self.inner.tcp,
            Transport::Tls | Transport::Ws | Transport::Wss | Transport::Sctp => false,
        }
    }

    /// What went through so far.
    pub fn counters(&self) -> SipCounters {
        self.inner.shared.counters.snapshot()
    }

    /// Writes what is queued, closes every socket and waits until the port is free again. Other
    /// clones find it closed.
    pub async fn close(self) {
        let shared = &self.inner.shared;
        // The queues end here: each connection writes what it has and closes.
        let connections = lock(&shared.connections).take();
        drop(connections);
        let tasks = lock(&shared.tasks).take();
        let udp = lock(&shared.udp).take();
        drop(udp);
        if let Some(mut tasks) = tasks {
            // The reader of UDP and the acceptor never end by themselves.
            let writes = async {
                while tasks.len() > self.endless_tasks() && tasks.join_next().await.is_some() {}
            };
            let _ = timeout(shared.limits.close_timeout, writes).await;
            tasks.shutdown().await;
        }
    }

    fn endless_tasks(&self) -> usize {
        // UDP has a reader, and a writer whose queue ends only with the reader's port.
        usize::from(self.inner.udp) * 2 + usize::from(self.inner.tcp)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        lock(&self.shared.connections).take();
        lock(&self.shared.udp).take();
        // Dropping the set aborts its tasks.
        lock(&self.shared.tasks).take();
    }
}

type Sockets = (SocketAddr, Option<Socket>, Option<Socket>);

/// Opens the wanted sockets on the same port.
fn open(binding: &SipBinding) -> Result<Sockets, NetError> {
    let wanted = binding.address;
    if !binding.udp && !binding.tcp {
        return Err(NetError::NothingWanted { address: wanted });
    }
    if !(binding.udp && binding.tcp && wanted.port() == 0) {
        let udp = binding.udp.then(|| open_udp(wanted)).transpose()?;
        let tcp = binding.tcp.then(|| open_tcp(wanted)).transpose()?;
        let first = udp.as_ref().or(tcp.as_ref());
        let address = first.and_then(bound_address).unwrap_or(wanted);
        return Ok((address, udp, tcp));
    }
    for _ in 0..PORT_ATTEMPTS_MAX {
        let tcp = open_tcp(wanted)?;
        let address = bound_address(&tcp).unwrap_or(wanted);
        match open_udp(address) {
            Ok(udp) => return Ok((address, Some(udp), Some(tcp))),
            Err(NetError::PortInUse { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(NetError::NoFreePort {
        purpose: "udp and tcp",
        address: wanted.ip(),
        attempts: PORT_ATTEMPTS_MAX,
    })
}

fn open_udp(address: SocketAddr) -> Result<Socket, NetError> {
    let open = || {
        let socket = socket(address, Type::DGRAM, Protocol::UDP)?;
        // The kernel may give less; that only makes loss under load more likely.
        let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
        #[cfg(target_os = "linux")]
        crate::unreachable::keep_errors(&socket, address)?;
        socket.bind(&SockAddr::from(address))?;
        Ok(socket)
    };
    open().map_err(|source| NetError::listen("udp", address, source))
}

fn open_tcp(address: SocketAddr) -> Result<Socket, NetError> {
    let open = || {
        let socket = socket(address, Type::STREAM, Protocol::TCP)?;
        // Connections of an earlier run that linger in TIME_WAIT shall not hold the port.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&SockAddr::from(address))?;
        socket.listen(TCP_BACKLOG)?;
        Ok(socket)
    };
    open().map_err(|source| NetError::listen("tcp", address, source))
}

fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn bound_address(socket: &Socket) -> Option<SocketAddr> {
    socket.local_addr().ok()?.as_socket()
}

fn from_std<S, T>(
    socket: S,
    wrap: impl FnOnce(S) -> io::Result<T>,
    protocol: &'static str,
    address: SocketAddr,
) -> Result<T, NetError> {
    wrap(socket).map_err(|source| NetError::listen(protocol, address, source))
}
