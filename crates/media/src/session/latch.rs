//! Where RTP goes if it goes to where it comes from (symmetric RTP, RFC 4961).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A source is kept for this long after its last packet. For as long as that after a new agreement the
/// packets of the former peer, which may still be on their way, say nothing: two peers that were moved
/// from a third one to each other would both go on to talk to that one, and neither would be heard.
const HOLD: Duration = Duration::from_secs(1);

/// The sources that are followed.
#[derive(Debug)]
pub(super) struct Latch {
    symmetric: bool,
    rtp: Option<(SocketAddr, Instant)>,
    rtcp: Option<SocketAddr>,
    /// The addresses of the former peer, and until when they do not count.
    former: Option<(Vec<SocketAddr>, Instant)>,
    /// Addresses whose packets say nothing at all.
    shut_out: Vec<SocketAddr>,
}

impl Latch {
    pub(super) const fn new(symmetric: bool) -> Self {
        Self {
            symmetric,
            rtp: None,
            rtcp: None,
            former: None,
            shut_out: Vec::new(),
        }
    }

    /// Packets from these addresses say nothing from now on, those from all others do.
    pub(super) fn shut_out(&mut self, addresses: Vec<SocketAddr>) {
        if self.rtp().is_some_and(|source| addresses.contains(&source)) {
            self.rtp = None;
        }
        self.rtcp = self.rtcp.filter(|source| !addresses.contains(source));
        self.shut_out = addresses;
    }

    /// Whether packets from there say nothing.
    pub(super) fn is_shut_out(&self, from: SocketAddr) -> bool {
        self.shut_out.contains(&from)
    }

    /// Where RTP goes instead of the agreed address.
    pub(super) fn rtp(&self) -> Option<SocketAddr> {
        self.rtp.map(|(address, _)| address)
    }

    /// The same for RTCP.
    pub(super) fn rtcp(&self) -> Option<SocketAddr> {
        self.rtcp.filter(|_| self.symmetric)
    }

    /// Agreed RTP came from there. True if RTP goes to another address from now on.
    pub(super) fn hear(&mut self, from: SocketAddr, now: Instant) -> bool {
        if !self.symmetric || self.is_former(from, now) {
            return false;
        }
        match &mut self.rtp {
            Some((address, last)) if *address == from => *last = now,
            Some((_, last)) if now.saturating_duration_since(*last) < HOLD => {}
            _ => {
                self.rtp = Some((from, now));
                return true;
            }
        }
        false
    }

    /// RTCP came from there.
    pub(super) fn hear_rtcp(&mut self, from: SocketAddr, now: Instant) {
        if !self.is_former(from, now) {
            self.rtcp = Some(from);
        }
    }

    /// The addresses of the peer are `agreed` from now on, and were `left` before.
    pub(super) fn move_on(&mut self, left: [SocketAddr; 2], agreed: [SocketAddr; 2], now: Instant) {
        let sources = self.rtp().into_iter().chain(self.rtcp);
        let former = left.into_iter().chain(sources);
        let former = former.filter(|address| !agreed.contains(address)).collect();
        self.former = Some((former, now + HOLD));
        self.shut_out.retain(|address| !agreed.contains(address));
        self.rtp = None;
        self.rtcp = None;
    }

    fn is_former(&self, from: SocketAddr, now: Instant) -> bool {
        let former = self.former.as_ref().filter(|(_, until)| now < *until);
        former.is_some_and(|(addresses, _)| addresses.contains(&from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([203, 0, 113, 5], port))
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn late_packets_of_a_former_peer_are_no_source() {
        let (former, next, behind_nat) = (at(4000), at(5000), at(6000));
        let now = Instant::now();
        let mut latch = Latch::new(true);
        assert!(latch.hear(former, now));
        latch.move_on([former, at(4001)], [next, at(5001)], now);
        assert_eq!(latch.rtp(), None);
        assert!(!latch.hear(former, now + ms(5)));
        latch.hear_rtcp(at(4001), now + ms(5));
        assert_eq!((latch.rtp(), latch.rtcp()), (None, None));
        assert!(latch.hear(behind_nat, now + ms(10)));
        // Back to the former one: it is the agreed one again, and its source is not.
        latch.move_on([next, at(5001)], [former, at(4001)], now + ms(20));
        assert!(!latch.hear(behind_nat, now + ms(25)));
        assert!(latch.hear(former, now + ms(30)));
        // Whoever still sends after a second is there.
        assert!(latch.hear(behind_nat, now + ms(3000)));
        assert_eq!(latch.rtp(), Some(behind_nat));
    }

    #[test]
    fn who_was_shut_out_counts_once_it_is_the_agreed_peer() {
        let (winner, loser) = ([at(4000), at(4001)], [at(5000), at(5001)]);
        let mut latch = Latch::new(true);
        latch.shut_out(loser.to_vec());
        assert!(latch.is_shut_out(at(5001)) && !latch.is_shut_out(at(4000)));
        latch.move_on(winner, loser, Instant::now());
        assert!(!latch.is_shut_out(at(5000)));
    }

    #[test]
    fn who_is_not_symmetric_follows_nobody() {
        let mut latch = Latch::new(false);
        latch.hear_rtcp(at(4001), Instant::now());
        assert!(!latch.hear(at(4000), Instant::now()));
        assert_eq!((latch.rtp(), latch.rtcp()), (None, None));
    }
}
