//! Finding two ports next to each other for RTP and RTCP.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::error::NetError;

/// Tries for a free pair when the system chooses the ports. Half of what it gives is odd and needs
/// the port below; more than a few tries mean that nearly all ports are taken.
const ATTEMPTS_MAX: usize = 64;
/// Room in the kernel for datagrams while the thread is busy: half a second of 64 kbit/s audio is
/// 25 packets, which the kernel counts as about 800 bytes each.
const RECEIVE_BUFFER_BYTES: usize = 256 * 1024;

/// The RTP socket on an even port and the RTCP socket on the port above (RFC 3550 11).
pub(super) fn open_pair(
    ip: IpAddr,
    range: Option<RangeInclusive<u16>>,
) -> Result<(UdpSocket, UdpSocket), NetError> {
    match range {
        Some(range) => open_in_range(ip, range),
        None => open_anywhere(ip),
    }
}

fn open_anywhere(ip: IpAddr) -> Result<(UdpSocket, UdpSocket), NetError> {
    for _ in 0..ATTEMPTS_MAX {
        let first = bind(ip, 0)?;
        let port = port_of(&first, ip)?;
        let even = port.is_multiple_of(2);
        let other = if even {
            port.checked_add(1)
        } else {
            port.checked_sub(1)
        };
        let Some(other) = other.filter(|&other| other != 0) else {
            continue;
        };
        match bind(ip, other) {
            Ok(second) if even => return Ok((first, second)),
            Ok(second) => return Ok((second, first)),
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(NetError::NoFreePort {
        purpose: "rtp and rtcp",
        address: ip,
        attempts: ATTEMPTS_MAX,
    })
}

/// Searches the range from where the last search of the process ended, so that a port is not given
/// out again while late packets to it may still come.
fn open_in_range(
    ip: IpAddr,
    range: RangeInclusive<u16>,
) -> Result<(UdpSocket, UdpSocket), NetError> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let first = range.start().saturating_add(range.start() % 2);
    let pairs: Vec<u16> = (first..=*range.end())
        .step_by(2)
        .filter(|&port| port != 0 && port < *range.end())
        .collect();
    for _ in 0..pairs.len() {
        let index = NEXT.fetch_add(1, Ordering::Relaxed) % pairs.len();
        let port = pairs[index];
        match bind(ip, port).and_then(|rtp| Ok((rtp, bind(ip, port + 1)?))) {
            Ok(pair) => return Ok(pair),
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(NetError::PortRangeFull { address: ip, range })
}

fn is_taken(error: &NetError) -> bool {
    matches!(error, NetError::PortInUse { .. })
}

fn bind(ip: IpAddr, port: u16) -> Result<UdpSocket, NetError> {
    let address = SocketAddr::new(ip, port);
    try_bind(address).map_err(|source| NetError::listen("udp", address, source))
}

fn try_bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The kernel may give less; that only makes loss under load more likely.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::from(address))?;
    Ok(socket.into())
}

fn port_of(socket: &UdpSocket, ip: IpAddr) -> Result<u16, NetError> {
    socket
        .local_addr()
        .map(|address| address.port())
        .map_err(|source| NetError::listen("udp", SocketAddr::new(ip, 0), source))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn ports(pair: &(UdpSocket, UdpSocket)) -> (u16, u16) {
        let port = |socket: &UdpSocket| socket.local_addr().expect("bound").port();
        (port(&pair.0), port(&pair.1))
    }

    #[test]
    fn rtp_is_even_and_rtcp_is_next() {
        let pairs: Vec<_> = (0..20)
            .map(|_| open_pair(LOOPBACK, None).expect("free ports"))
            .collect();
        for pair in &pairs {
            let (rtp, rtcp) = ports(pair);
            assert_eq!((rtp % 2, rtcp), (0, rtp + 1));
        }
    }

    #[test]
    fn range_is_kept_and_ends() {
        // A free pair names a range of exactly one pair; other tests may take it meanwhile.
        let (rtp, rtcp) = ports(&open_pair(LOOPBACK, None).expect("free ports"));
        let Ok(taken) = open_pair(LOOPBACK, Some(rtp..=rtcp)) else {
            return;
        };
        assert_eq!(ports(&taken), (rtp, rtcp));
        let error = open_pair(LOOPBACK, Some(rtp..=rtcp)).expect_err("taken");
        let text = error.to_string();
        assert!(text.contains(&format!("from {rtp} to {rtcp}")), "{text}");
    }

    #[test]
    fn range_without_a_pair_is_full() {
        for range in [5001..=5002, 5000..=5000, 0..=0] {
            let result = open_pair(LOOPBACK, Some(range));
            assert!(matches!(result, Err(NetError::PortRangeFull { .. })));
        }
    }
}
