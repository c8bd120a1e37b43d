//! The impairment switch: seeded loss of datagrams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use gannet_events::WireKind;

/// What the network does to our datagrams, in both directions. Streams (TCP) repeat lost data
/// themselves and are left alone.
///
/// Every socket gets its own random streams, derived from the seed, the socket's owner, its purpose
/// and how many such sockets that owner opened before; a run that opens its sockets in the same
/// order per owner loses the same packets. Clones share that count.
#[derive(Debug, Clone, Default)]
pub struct Impairment {
    loss: f64,
    seed: u64,
    opened: Arc<Mutex<OpenedCounts>>,
}

/// How many sockets of each kind an owner has opened.
type OpenedCounts = HashMap<(Arc<str>, WireKind), u64>;

impl Impairment {
    /// A network that loses nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Loses each datagram with that probability (0 to 1, clamped; not-a-number loses nothing).
    pub fn loss(probability: f64, seed: u64) -> Self {
        Self {
            loss: if probability.is_nan() {
                0.0
            } else {
                probability.clamp(0.0, 1.0)
            },
            seed,
            ..Self::default()
        }
    }

    /// The probability that a datagram is lost, 0 to 1.
    pub fn loss_probability(&self) -> f64 {
        self.loss
    }

    /// The seed that a report prints so that the run can be repeated.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// True when nothing is ever lost.
    pub fn is_none(&self) -> bool {
        self.loss <= 0.0
    }

    /// The switch for the owner's next socket of that kind.
    pub fn for_socket(&self, owner: &Arc<str>, kind: WireKind) -> SocketImpairment {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let count = opened.entry((owner.clone(), kind)).or_default();
        let ordinal = *count;
        *count += 1;
        let purpose: &[u8] = match kind {
            WireKind::Sip => b"sip",
            WireKind::Rtp => b"rtp",
            WireKind::Rtcp => b"rtcp",
        };
        let parts: [&[u8]; 4] = [
            &self.seed.to_le_bytes(),
            owner.as_bytes(),
            purpose,
            &ordinal.to_le_bytes(),
        ];
        let mut rng = Rng::with_seed(mix(&parts));
        SocketImpairment {
            loss: self.loss,
            sent: rng.fork(),
            received: rng.fork(),
        }
    }
}

/// The switch of one socket. Each direction has its own stream, so that what is lost on the way out
/// does not depend on how much came in.
#[derive(Debug, Clone)]
pub struct SocketImpairment {
    loss: f64,
    sent: Rng,
    received: Rng,
}

impl SocketImpairment {
    /// Whether the next datagram out is lost.
    pub fn drops_sent(&mut self) -> bool {
        self.loss > 0.0 && self.sent.f64() < self.loss
    }

    /// Whether the next datagram in is lost.
    pub fn drops_received(&mut self) -> bool {
        self.loss > 0.0 && self.received.f64() < self.loss
    }
}

/// FNV-1a over the parts, with their lengths: the same on every machine and in every version.
fn mix(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        let length = (part.len() as u64).to_le_bytes();
        for byte in length.iter().chain(part.iter()) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(impairment: &Impairment, owner: &str, kind: WireKind) -> Vec<bool> {
        let mut socket = impairment.for_socket(&Arc::from(owner), kind);
        (0..1000).map(|_| socket.drops_sent()).collect()
    }

    #[test]
    fn same_seed_loses_the_same_packets() {
        let first = Impairment::loss(0.2, 7);
        let second = Impairment::loss(0.2, 7);
        for owner in ["Alice", "Bob", "Alice"] {
            assert_eq!(
                pattern(&first, owner, WireKind::Sip),
                pattern(&second, owner, WireKind::Sip)
            );
        }
    }

    #[test]
    fn seed_owner_kind_and_order_each_change_what_is_lost() {
        let impairment = Impairment::loss(0.2, 7);
        let base = pattern(&impairment, "Alice", WireKind::Sip);
        let others = [
            pattern(&impairment, "Alice", WireKind::Sip),
            pattern(&impairment, "Alice", WireKind::Rtp),
            pattern(&impairment, "Bob", WireKind::Sip),
            pattern(&Impairment::loss(0.2, 8), "Alice", WireKind::Sip),
        ];
        assert!(others.iter().all(|other| *other != base));
    }

    #[test]
    fn share_lost_is_about_the_probability_in_both_directions() {
        let mut socket = Impairment::loss(0.2, 1).for_socket(&Arc::from("Alice"), WireKind::Rtp);
        let sent = (0..10_000).filter(|_| socket.drops_sent()).count();
        let received = (0..10_000).filter(|_| socket.drops_received()).count();
        assert!((1_700..2_300).contains(&sent), "{sent}");
        assert!((1_700..2_300).contains(&received), "{received}");
    }

    #[test]
    fn out_of_range_probabilities_are_clamped() {
        for (given, kept) in [(-1.0, 0.0), (2.0, 1.0), (f64::NAN, 0.0), (0.5, 0.5)] {
            assert!((Impairment::loss(given, 0).loss_probability() - kept).abs() < f64::EPSILON);
        }
        assert!(Impairment::none().is_none());
    }
}
