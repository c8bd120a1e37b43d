//! Addresses of hosts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use gannet_net::local_address_towards;

use super::arguments::{HostPort, Hosts};
use super::error::SippError;

/// The port of SIP (RFC 3261 19.1.2).
pub(super) const SIP_PORT: u16 = 5_060;
/// The port of twins that name none.
pub(super) const TWIN_PORT: u16 = 6_060;

/// Where a run is and where it sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addresses {
    /// The peer as messages name it.
    pub(super) remote: Option<SocketAddr>,
    /// As the command line writes it.
    pub(super) remote_host: String,
    /// Where callers send: to the peer, or where `-rsa` says.
    pub(super) send_to: Option<SocketAddr>,
    /// Where `-rsa` says: answers go there too.
    pub(super) sending: Option<SocketAddr>,
    /// The own address as messages show it.
    pub(super) local_ip: IpAddr,
    /// What sockets are bound to.
    pub(super) bind_ip: IpAddr,
}

impl Addresses {
    /// Looks up the hosts of a command line.
    pub(super) fn of(hosts: &Hosts) -> Result<Self, SippError> {
        let family = hosts.local_ip;
        let remote = hosts
            .remote
            .as_ref()
            .map(|host| resolve(host, SIP_PORT, family))
            .transpose()?;
        let sending = hosts
            .send_to
            .as_ref()
            .map(|host| resolve(host, SIP_PORT, family))
            .transpose()?;
        let send_to = sending.or(remote);
        let local_ip = hosts.local_ip.unwrap_or_else(|| own_address(send_to));
        let bind_ip = match local_ip {
            // With -i all sockets have that address, as in SIPp; -bind_local says it of the one found.
            _ if hosts.binds_local || hosts.local_ip.is_some() => local_ip,
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let remote_host = hosts.remote.as_ref().map(|host| host.host.clone());
        Ok(Self {
            remote,
            remote_host: remote_host.unwrap_or_default(),
            send_to,
            sending,
            local_ip,
            bind_ip,
        })
    }
}

/// The address of a host, of the family of another address if there is one.
pub(super) fn resolve(
    host: &HostPort,
    port: u16,
    like: Option<IpAddr>,
) -> Result<SocketAddr, SippError> {
    let error = |why: String| SippError::Host {
        host: host.host.clone(),
        why,
    };
    let found: Vec<SocketAddr> = (host.host.as_str(), host.port.unwrap_or(port))
        .to_socket_addrs()
        .map_err(|source| error(source.to_string()))?
        .collect();
    let fits = |address: &&SocketAddr| like.is_none_or(|like| like.is_ipv4() == address.is_ipv4());
    found
        .iter()
        .find(fits)
        .copied()
        .ok_or_else(|| error("none of the family of -i".to_owned()))
}

/// The address of an interface towards the peer, or towards anybody.
fn own_address(towards: Option<SocketAddr>) -> IpAddr {
    /// Nothing is sent there: an address for documentation (RFC 5737).
    const ANYBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);
    local_address_towards(towards.unwrap_or(ANYBODY)).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_to_the_peer_unless_rsa_says_otherwise() {
        let mut hosts = Hosts {
            remote: Some("127.0.0.1".parse().expect("a host")),
            ..Hosts::default()
        };
        let found = Addresses::of(&hosts).expect("addresses");
        assert_eq!(found.remote, Some(([127, 0, 0, 1], 5_060).into()));
        assert_eq!(found.send_to, found.remote);
        assert_eq!(found.local_ip, Ipv4Addr::LOCALHOST);
        assert_eq!(found.bind_ip, Ipv4Addr::UNSPECIFIED);
        hosts.send_to = Some("127.0.0.2:7".parse().expect("a host"));
        let found = Addresses::of(&hosts).expect("addresses");
        assert_eq!(found.send_to, Some(([127, 0, 0, 2], 7).into()));
    }

    #[test]
    fn sockets_have_the_address_that_is_asked_for() {
        let own = Ipv4Addr::new(127, 0, 0, 3);
        let bound = |local_ip: Option<IpAddr>, binds_local| {
            let hosts = Hosts {
                remote: Some("127.0.0.1".parse().expect("a host")),
                local_ip,
                binds_local,
                ..Hosts::default()
            };
            Addresses::of(&hosts).expect("addresses").bind_ip
        };
        assert_eq!(bound(None, false), Ipv4Addr::UNSPECIFIED);
        assert_eq!(bound(None, true), Ipv4Addr::LOCALHOST);
        assert_eq!(bound(Some(own.into()), false), own);
        assert_eq!(bound(Some(own.into()), true), own);
    }

    #[test]
    fn the_own_address_has_the_family_of_the_peer() {
        let hosts = Hosts {
            remote: Some("[::1]:5070".parse().expect("a host")),
            ..Hosts::default()
        };
        let found = Addresses::of(&hosts).expect("addresses");
        assert_eq!(found.local_ip, Ipv6Addr::LOCALHOST);
        let other = Hosts {
            local_ip: Some(Ipv4Addr::LOCALHOST.into()),
            ..hosts
        };
        assert!(Addresses::of(&other).is_err());
    }
}
