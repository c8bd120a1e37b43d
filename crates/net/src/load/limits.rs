//! What the owner of the ports decides.

/// Bounds on one [`Ports`](super::Ports).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortLimits {
    /// Sockets open at once, connections that were accepted among them.
    pub ports_max: usize,
    /// Messages that one `poll` hands out before it returns; what the last system call brought is
    /// handed out beyond it.
    pub messages_per_poll_max: usize,
    /// Octets that wait at one port because the system does not take them, each datagram counted
    /// with 64 octets more. What does not fit is refused.
    pub unsent_bytes_max: usize,
}

impl Default for PortLimits {
    fn default() -> Self {
        Self {
            ports_max: 65_536,
            messages_per_poll_max: 1024,
            unsent_bytes_max: 16 << 20,
        }
    }
}

/// How one port is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PortOptions {
    /// Lets several sockets have the port; the kernel deals what comes in among them
    /// (`SO_REUSEPORT`). For shards that share one address.
    pub reuse_port: bool,
    /// Binds over what is left of earlier sockets (`SO_REUSEADDR`). TCP listeners always do. For
    /// UDP it also lets two programs bind the same port, of which one then hears nothing.
    pub reuse_address: bool,
    /// Octets of the socket's buffers in the kernel, each way. `None`: for UDP as large as the
    /// system permits, for TCP as the kernel adapts them.
    pub buffer_bytes: Option<usize>,
    /// How TCP connections end when we close them.
    pub close: TcpClose,
    /// UDP: datagrams of equal length to one destination go through the kernel as one
    /// (`UDP_SEGMENT`), and arrive as one (`UDP_GRO`), where the kernel can. What is on the wire is
    /// the same; a capture on this machine shows the datagrams joined.
    pub segmentation: bool,
    /// UDP: datagrams come one by one, with pauses. The socket is then not asked again at once
    /// whether there are more, which a busy one should be.
    pub sparse: bool,
    /// UDP: datagrams are told with the time at which the system got them (`SO_TIMESTAMPNS`).
    pub arrival_times: bool,
    /// An IPv6 address takes IPv4 peers too, which appear by their IPv4 addresses.
    pub dual_stack: bool,
}

/// How a TCP connection ends when we close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TcpClose {
    /// What waits is sent, then FIN. The thread never waits for it: on Linux the peer of a socket
    /// with a `SO_LINGER` of more than zero seconds sees the same.
    #[default]
    Graceful,
    /// RST, and what waits in the kernel is lost (`SO_LINGER` of zero). Also the answer to a FIN.
    Reset,
}
