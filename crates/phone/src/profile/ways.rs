//! Which ways requests take, and what address translation does to them.

use std::net::{IpAddr, SocketAddr};

/// What a device does about address translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NatStyle {
    /// The address, and perhaps the port, that stands in Contact instead of its own.
    pub contact: Option<(IpAddr, Option<u16>)>,
}

/// Which ways requests take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportStyle {
    /// Servers that are asked before the phone's own, one after the other, as long as each does not
    /// answer (RFC 3263 4.3).
    pub servers_before: Vec<SocketAddr>,
}
