//! Bringing the packets of a stream into their order.

use std::time::{Duration, Instant};

/// A packet on its way to the ear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrived<'a> {
    pub(crate) at: Instant,
    pub(crate) timestamp: u32,
    pub(crate) payload_type: u8,
    pub(crate) payload: &'a [u8],
}

#[derive(Debug)]
struct Held {
    sequence: u64,
    arrived: Instant,
    timestamp: u32,
    payload_type: u8,
    payload: Vec<u8>,
}

/// Holds packets back while one before them is missing, for [`HOLD`] at most.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    /// The sequence number that comes next.
    next: Option<u64>,
    /// By sequence number.
    held: Vec<Held>,
    /// Room of packets that are gone, for others to come.
    spare: Vec<Vec<u8>>,
}

impl ReorderBuffer {
    /// Takes a packet in. One whose turn it is goes to `out` as it is; others are held and come with
    /// [`Self::drain`]. A packet that comes after its turn is dropped, one that came before already too.
    pub(crate) fn push(
        &mut self,
        sequence: u64,
        packet: Arrived<'_>,
        out: &mut dyn FnMut(Arrived<'_>),
    ) {
        let next = *self.next.get_or_insert(sequence);
        if sequence == next {
            self.next = Some(sequence + 1);
            out(packet);
            return;
        }
        if sequence < next {
            return;
        }
        let at = self.held.partition_point(|held| held.sequence < sequence);
        if self
            .held
            .get(at)
            .is_some_and(|held| held.sequence == sequence)
        {
            return;
        }
        let mut payload = self.spare.pop().unwrap_or_default();
        payload.clear();
        payload.extend_from_slice(packet.payload);
        let held = Held {
            sequence,
            arrived: packet.at,
            timestamp: packet.timestamp,
            payload_type: packet.payload_type,
            payload,
        };
        self.held.insert(at, held);
    }

    /// Gives out held packets whose turn it is: they follow the last one, or what is missing before
    /// them has had its time.
    pub(crate) fn drain(&mut self, now: Instant, out: &mut dyn FnMut(Arrived<'_>)) {
        while let Some(first) = self.held.first() {
            let due = self.next == Some(first.sequence)
                || self.held.len() > HELD_MAX
                || now.saturating_duration_since(first.arrived) >= HOLD;
            if !due {
                return;
            }
            let first = self.held.remove(0);
            self.next = Some(first.sequence + 1);
            out(Arrived {
                at: first.arrived,
                timestamp: first.timestamp,
                payload_type: first.payload_type,
                payload: &first.payload,
            });
            self.spare.push(first.payload);
        }
    }

    /// When [`Self::drain`] has something at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.held.first().map(|packet| packet.arrived + HOLD)
    }
}

/// How long a packet waits for the ones before it.
pub(super) const HOLD: Duration = Duration::from_millis(60);
/// Packets that wait at most.
const HELD_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_in_order_and_gaps_have_their_time() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut buffer = ReorderBuffer::default();
        let drain = |buffer: &mut ReorderBuffer, ms| {
            let mut found = Vec::new();
            buffer.drain(at(ms), &mut |packet| {
                assert_eq!(packet.payload, packet.timestamp.to_be_bytes());
                found.push(packet.timestamp);
            });
            found
        };
        let push = |buffer: &mut ReorderBuffer, sequence: u64, ms| {
            let mut found = Vec::new();
            let packet = Arrived {
                at: at(ms),
                timestamp: sequence as u32,
                payload_type: 0,
                payload: &(sequence as u32).to_be_bytes(),
            };
            buffer.push(sequence, packet, &mut |packet| found.push(packet.timestamp));
            found.extend(drain(buffer, ms));
            found
        };
        assert_eq!(push(&mut buffer, 10, 0), [10]);
        assert_eq!(push(&mut buffer, 12, 20), []);
        assert_eq!(push(&mut buffer, 11, 30), [11, 12]);
        assert_eq!(push(&mut buffer, 14, 40), []);
        assert_eq!(buffer.deadline(), Some(at(100)));
        assert_eq!(push(&mut buffer, 15, 60), []);
        assert_eq!(push(&mut buffer, 15, 61), []);
        assert_eq!(drain(&mut buffer, 99), []);
        assert_eq!(drain(&mut buffer, 100), [14, 15]);
        assert_eq!(push(&mut buffer, 13, 101), []);
        assert_eq!(buffer.deadline(), None);
        assert_eq!(push(&mut buffer, 18, 110), []);
        assert_eq!(push(&mut buffer, 17, 111), []);
        assert_eq!(push(&mut buffer, 16, 112), [16, 17, 18]);
    }
}
