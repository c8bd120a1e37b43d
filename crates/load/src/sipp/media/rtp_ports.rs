//! Ports of the calls' own.

use std::net::{IpAddr, SocketAddr};

use gannet_net::load::{BoundUdp, PortOptions};

/// Finds free pairs of ports, an even one for RTP and the next for RTCP (RFC 3550 11).
#[derive(Debug)]
pub(super) struct RtpPorts {
    first: u16,
    pairs: u32,
    next: u32,
}

/// Two sockets that belong together.
#[derive(Debug)]
pub(super) struct RtpPair {
    pub(super) rtp: BoundUdp,
    pub(super) rtcp: BoundUdp,
}

impl RtpPorts {
    /// Pairs in a range of ports.
    pub(super) fn new(min: u16, max: u16) -> Self {
        let first = min.saturating_add(min % 2);
        // The last pair ends at `max`.
        let pairs = (u32::from(max) + 1).saturating_sub(u32::from(first)) / 2;
        Self {
            first,
            pairs,
            next: 0,
        }
    }

    /// The next pair that is free; pairs are used in turn. `None` when all are taken.
    pub(super) fn open(&mut self, ip: IpAddr, options: &PortOptions) -> Option<RtpPair> {
        for _ in 0..self.pairs {
            let offset = u16::try_from(2 * self.next).ok()?;
            self.next = (self.next + 1) % self.pairs;
            let port = self.first + offset;
            let bind = |port| BoundUdp::open(SocketAddr::new(ip, port), options);
            if let Ok(rtp) = bind(port)
                && let Ok(rtcp) = bind(port + 1)
            {
                return Some(RtpPair { rtp, rtcp });
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const IP: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_are_even_and_end_with_the_range() {
        let count = |min, max| RtpPorts::new(min, max).pairs;
        assert_eq!(count(6_000, 6_000), 0);
        assert_eq!(count(6_000, 6_001), 1);
        assert_eq!(count(6_001, 6_004), 1);
        assert_eq!(count(6_000, 65_535), 29_768);
        assert_eq!(count(65_535, 65_535), 0);
        assert_eq!(count(7_000, 6_000), 0);
    }

    #[test]
    fn what_is_taken_is_passed_over_and_given_again_when_it_is_free() {
        let taken = BoundUdp::open(SocketAddr::new(IP, 0), &PortOptions::default());
        let taken = taken.expect("a port");
        let port = taken.local_addr().port() & !1;
        let mut ports = RtpPorts::new(port, port + 1);
        assert!(ports.open(IP, &PortOptions::default()).is_none());
        drop(taken);
        let Some(pair) = ports.open(IP, &PortOptions::default()) else {
            // Somebody else was quicker, which says nothing about this.
            return;
        };
        assert_eq!(pair.rtp.local_addr().port(), port);
        assert_eq!(pair.rtcp.local_addr().port(), port + 1);
    }
}
