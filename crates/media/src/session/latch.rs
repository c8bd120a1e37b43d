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
}

impl Latch {
    pub(super) const fn new(symmetric: bool) -> Self {
        Self {
            symmetric,
            rtp: None,
            rtcp: None,
            former: None,
        }
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
        self.rtp = None;
        self.rtcp = None;
    }

    fn is_former(&self, from: SocketAddr, now: Instant) -> bool {
        let former = self.former.as_ref().filter(|(_, until)| now < *until);
        former.is_some_and(|(addresses, _)| addresses.contains(&from))
    }
}
