//! Which of our addresses a packet leaves from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::error::NetError;

/// The address of this machine that packets to `remote` carry as their source. It asks the routing
/// table by connecting a UDP socket; nothing is sent.
pub fn local_address_towards(remote: SocketAddr) -> Result<IpAddr, NetError> {
    let any: IpAddr = match remote {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    UdpSocket::bind((any, 0))
        .and_then(|socket| {
            socket.connect(remote)?;
            socket.local_addr()
        })
        .map(|local| local.ip())
        .map_err(|source| NetError::NoRoute { remote, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_reached_from_loopback() {
        let remote: SocketAddr = "127.0.0.1:9".parse().expect("an address");
        let local = local_address_towards(remote).expect("loopback is up");
        assert_eq!(local, remote.ip());
    }
}
