//! A socket address in the form of the kernel.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// `sockaddr_in` and `sockaddr_in6` as octets: on Linux both begin with the family, which this
/// machine's byte order writes, and the port, which network byte order writes.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(8))]
pub(in crate::load) struct Name {
    octets: [u8; NAME_BYTES],
    length: u32,
}

pub(super) const NAME_BYTES: usize = 28;
const V4_BYTES: u32 = 16;
const V6_BYTES: u32 = 28;
const _: () = assert!(size_of::<libc::sockaddr_in>() == V4_BYTES as usize);
const _: () = assert!(size_of::<libc::sockaddr_in6>() == V6_BYTES as usize);
const _: () = assert!(V6_BYTES as usize == NAME_BYTES);

impl Name {
    pub(super) const EMPTY: Self = Self {
        octets: [0; NAME_BYTES],
        length: 0,
    };

    /// The name of `address` for a socket of the family of IPv6 or not: an IPv6 socket reaches IPv4
    /// addresses by their mapped form (RFC 4291 2.5.5.2).
    pub(in crate::load) fn new(address: SocketAddr, socket_is_ipv6: bool) -> Self {
        let mut name = Self::EMPTY;
        match address {
            SocketAddr::V4(v4) if socket_is_ipv6 => {
                let mapped = v4.ip().to_ipv6_mapped();
                name.write_v6(&SocketAddrV6::new(mapped, v4.port(), 0, 0));
            }
            SocketAddr::V4(v4) => {
                name.write_head(libc::AF_INET, v4.port());
                name.octets[4..8].copy_from_slice(&v4.ip().octets());
                name.length = V4_BYTES;
            }
            SocketAddr::V6(v6) => name.write_v6(&v6),
        }
        name
    }

    /// The address that the kernel wrote. An IPv4 peer of an IPv6 socket is given by its IPv4
    /// address.
    pub(in crate::load) fn address(&self) -> Option<SocketAddr> {
        let family = u16::from_ne_bytes(self.array(0));
        let port = u16::from_be_bytes(self.array(2));
        if i32::from(family) == libc::AF_INET {
            return Some((Ipv4Addr::from(self.array::<4>(4)), port).into());
        }
        if i32::from(family) != libc::AF_INET6 {
            return None;
        }
        let ip = Ipv6Addr::from(self.array::<16>(8));
        if let IpAddr::V4(v4) = ip.to_canonical() {
            return Some((v4, port).into());
        }
        let scope = u32::from_ne_bytes(self.array(24));
        Some(SocketAddrV6::new(ip, port, 0, scope).into())
    }

    pub(super) fn length(&self) -> u32 {
        self.length
    }

    fn write_v6(&mut self, address: &SocketAddrV6) {
        self.write_head(libc::AF_INET6, address.port());
        // Kept in network byte order by both sides.
        self.octets[4..8].copy_from_slice(&address.flowinfo().to_be_bytes());
        self.octets[8..24].copy_from_slice(&address.ip().octets());
        self.octets[24..28].copy_from_slice(&address.scope_id().to_ne_bytes());
        self.length = V6_BYTES;
    }

    fn write_head(&mut self, family: i32, port: u16) {
        self.octets[0..2].copy_from_slice(&(family as u16).to_ne_bytes());
        self.octets[2..4].copy_from_slice(&port.to_be_bytes());
    }

    fn array<const N: usize>(&self, start: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.octets[start..start + N]);
        array
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_address_comes_back() {
        for text in ["192.0.2.7:5060", "[2001:db8::1]:5061", "[fe80::1%3]:1"] {
            let address: SocketAddr = text.parse().expect("an address");
            let name = Name::new(address, address.is_ipv6());
            assert_eq!(name.address(), Some(address));
        }
        assert_eq!(Name::EMPTY.address(), None);
    }

    #[test]
    fn ipv4_goes_through_an_ipv6_socket_and_comes_back_as_ipv4() {
        let address: SocketAddr = "192.0.2.7:5060".parse().expect("an address");
        let name = Name::new(address, true);
        assert_eq!((name.length(), name.address()), (V6_BYTES, Some(address)));
    }
}
