//! Both directions of a phone's media, impaired.

use std::net::SocketAddr;
use std::time::Instant;

use fastrand::Rng;
use gannet_rtp::{DatagramKind, datagram_kind};

use super::link::Link;
use super::settings::{Impairments, SenderFaults};
use crate::session::{Channel, Transmit};

/// Stands between an [`crate::RtpSession`] and its sockets.
///
/// # Contract
/// - What the session wants to send goes through [`send`](Self::send), what came through
///   [`receive`](Self::receive); both say whether it goes on at once.
/// - What was held back comes from [`poll_sent`](Self::poll_sent) and
///   [`poll_received`](Self::poll_received): call them until they give `None`, after each input and
///   at [`next_deadline`](Self::next_deadline).
/// - While nothing is impaired nothing is copied.
#[derive(Debug)]
pub struct ImpairedLine {
    faults: SenderFaults,
    /// The timestamp that all packets have.
    frozen: Option<[u8; 4]>,
    sent: Link<(Transmit, Vec<u8>)>,
    received: Link<(SocketAddr, Vec<u8>)>,
}

impl ImpairedLine {
    /// A line that does no harm yet. All its randomness comes from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        Self {
            faults: SenderFaults::default(),
            frozen: None,
            sent: Link::new(rng.fork()),
            received: Link::new(rng.fork()),
        }
    }

    /// What happens from now on; what is on its way arrives as it would have.
    pub fn set(&mut self, impairments: Impairments) {
        if !impairments.faults.frozen_timestamp {
            self.frozen = None;
        }
        self.faults = impairments.faults;
        self.sent.set(impairments.sent);
        self.received.set(impairments.received);
    }

    /// Takes a datagram of the session. Gives where it goes if it goes at once, and leaves it in
    /// `datagram`, perhaps changed.
    pub fn send(
        &mut self,
        now: Instant,
        mut transmit: Transmit,
        datagram: &mut Vec<u8>,
    ) -> Option<Transmit> {
        let is_rtp = datagram_kind(datagram) == DatagramKind::Rtp;
        if is_rtp {
            self.spoil(&mut transmit, datagram);
        }
        if self.sent.is_clear() {
            return Some(transmit);
        }
        let packet = (transmit, std::mem::take(datagram));
        if is_rtp {
            self.sent.push_rtp(now, packet);
        } else {
            self.sent.push_other(now, packet);
        }
        None
    }

    /// Takes a datagram that came. Whether the session gets it at once.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) -> bool {
        if self.received.is_clear() {
            return true;
        }
        let packet = (from, datagram.to_vec());
        if datagram_kind(datagram) == DatagramKind::Rtp {
            self.received.push_rtp(now, packet);
        } else {
            self.received.push_other(now, packet);
        }
        false
    }

    /// Replaces the content of `out` by the next datagram that goes out now.
    pub fn poll_sent(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        let (transmit, datagram) = self.sent.pop(now)?;
        *out = datagram;
        Some(transmit)
    }

    /// The next datagram that the session gets now, and where it came from.
    pub fn poll_received(&mut self, now: Instant) -> Option<(SocketAddr, Vec<u8>)> {
        self.received.pop(now)
    }

    /// When something that was held back goes on.
    pub fn next_deadline(&self) -> Option<Instant> {
        let both = [self.sent.deadline(), self.received.deadline()];
        both.into_iter().flatten().min()
    }

    /// What a broken sender does to an RTP packet (RFC 3550 5.1).
    fn spoil(&mut self, transmit: &mut Transmit, datagram: &mut [u8]) {
        if self.faults == SenderFaults::default() {
            return;
        }
        let [_, marker_and_type, _, _, timestamp @ ..] = datagram else {
            return;
        };
        if let Some(payload_type) = self.faults.payload_type {
            *marker_and_type = (*marker_and_type & 0x80) | (payload_type & 0x7f);
        }
        if let (true, Some(timestamp)) = (
            self.faults.frozen_timestamp,
            timestamp.first_chunk_mut::<4>(),
        ) {
            *timestamp = *self.frozen.get_or_insert(*timestamp);
        }
        if self.faults.other_port {
            transmit.channel = Channel::Rtcp;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::impair::{Loss, Way};

    const RTP: [u8; 14] = [0x80, 0x80, 0, 7, 0, 0, 3, 0x20, 1, 2, 3, 4, 0xff, 0xff];
    const RTCP: [u8; 8] = [0x80, 201, 0, 1, 1, 2, 3, 4];

    fn transmit() -> Transmit {
        Transmit {
            destination: ([192, 0, 2, 1], 4000).into(),
            channel: Channel::Rtp,
        }
    }

    #[test]
    fn a_line_without_harm_passes_all_on_at_once() {
        let now = Instant::now();
        let mut line = ImpairedLine::new(1);
        let mut datagram = RTP.to_vec();
        assert_eq!(line.send(now, transmit(), &mut datagram), Some(transmit()));
        assert_eq!(datagram, RTP);
        assert!(line.receive(now, transmit().destination, &RTP));
        assert_eq!(line.next_deadline(), None);
    }

    #[test]
    fn delay_holds_rtp_and_rtcp_back_and_loss_takes_rtp_only() {
        let now = Instant::now();
        let mut line = ImpairedLine::new(1);
        line.set(Impairments {
            sent: Way {
                loss: Loss::Random(1.0),
                delay: Duration::from_millis(50),
                ..Way::default()
            },
            received: Way {
                delay: Duration::from_millis(30),
                ..Way::default()
            },
            ..Impairments::default()
        });
        for datagram in [RTP.to_vec(), RTCP.to_vec()] {
            assert_eq!(line.send(now, transmit(), &mut datagram.clone()), None);
            assert!(!line.receive(now, transmit().destination, &datagram));
        }
        let later = now + Duration::from_millis(30);
        assert_eq!(line.next_deadline(), Some(later));
        let received: Vec<_> = std::iter::from_fn(|| line.poll_received(later)).collect();
        assert_eq!(received.len(), 2);
        let mut out = Vec::new();
        assert_eq!(line.poll_sent(later, &mut out), None);
        let later = now + Duration::from_millis(50);
        assert_eq!(line.poll_sent(later, &mut out), Some(transmit()));
        assert_eq!(out, RTCP);
        assert_eq!(line.poll_sent(later, &mut out), None);
        // Once the harm is over and all has arrived, datagrams pass at once again.
        line.set(Impairments::default());
        assert!(line.receive(later, transmit().destination, &RTP));
    }

    #[test]
    fn a_broken_sender_spoils_its_packets() {
        let now = Instant::now();
        let mut line = ImpairedLine::new(1);
        line.set(Impairments {
            faults: SenderFaults {
                payload_type: Some(8),
                frozen_timestamp: true,
                other_port: true,
            },
            ..Impairments::default()
        });
        for step in 0..3 {
            let mut datagram = RTP.to_vec();
            datagram[7] = datagram[7].wrapping_add(step * 80);
            let sent = line.send(now, transmit(), &mut datagram).expect("at once");
            assert_eq!(sent.channel, Channel::Rtcp);
            assert_eq!(datagram[1], 0x88);
            assert_eq!(datagram[4..8], RTP[4..8]);
        }
        let mut rtcp = RTCP.to_vec();
        assert_eq!(line.send(now, transmit(), &mut rtcp), Some(transmit()));
        assert_eq!(rtcp, RTCP);
    }
}
