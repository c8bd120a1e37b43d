//! Bringing the packets of a stream into their order.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A packet on its way to the ear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) arrived: Instant,
    pub(crate) timestamp: u32,
    pub(crate) payload_type: u8,
    pub(crate) payload: Vec<u8>,
}

/// Holds packets back while one before them is missing, for [`HOLD`] at most.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    /// The sequence number that comes next.
    next: Option<u64>,
    held: BTreeMap<u64, Held>,
}

impl ReorderBuffer {
    /// Takes a packet; [`Self::pop`] gives out what is in order. A packet that
    /// comes after its turn is dropped.
    pub(crate) fn push(&mut self, extended_sequence: u64, packet: Held) {
        let next = *self.next.get_or_insert(extended_sequence);
        if extended_sequence >= next {
            self.held.insert(extended_sequence, packet);
        }
    }

    /// The next packet whose turn it is: it follows the last one, or what is
    /// missing before it has had its time.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Held> {
        let (&sequence, first) = self.held.first_key_value()?;
        let due = self.next == Some(sequence)
            || self.held.len() > HELD_MAX
            || now.saturating_duration_since(first.arrived) >= HOLD;
        if !due {
            return None;
        }
        self.next = Some(sequence + 1);
        self.held.remove(&sequence)
    }

    /// When [`Self::pop`] has something at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.held
            .values()
            .next()
            .map(|packet| packet.arrived + HOLD)
    }
}

/// How long a packet waits for the ones before it.
pub(super) const HOLD: Duration = Duration::from_millis(60);
/// Packets that wait at most.
const HELD_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(buffer: &mut ReorderBuffer, now: Instant) -> Vec<u32> {
        std::iter::from_fn(|| buffer.pop(now))
            .map(|packet| packet.timestamp)
            .collect()
    }

    #[test]
    fn packets_come_out_in_order_and_gaps_have_their_time() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut buffer = ReorderBuffer::default();
        let push = |buffer: &mut ReorderBuffer, sequence: u64, ms| {
            let packet = Held {
                arrived: at(ms),
                timestamp: sequence as u32,
                payload_type: 0,
                payload: Vec::new(),
            };
            buffer.push(sequence, packet);
            drain(buffer, at(ms))
        };
        assert_eq!(push(&mut buffer, 10, 0), [10]);
        assert_eq!(push(&mut buffer, 12, 20), []);
        assert_eq!(push(&mut buffer, 11, 30), [11, 12]);
        assert_eq!(push(&mut buffer, 14, 40), []);
        assert_eq!(buffer.deadline(), Some(at(100)));
        assert_eq!(push(&mut buffer, 15, 60), []);
        assert_eq!(drain(&mut buffer, at(99)), []);
        assert_eq!(drain(&mut buffer, at(100)), [14, 15]);
        assert_eq!(push(&mut buffer, 13, 101), []);
        assert_eq!(buffer.deadline(), None);
    }
}
