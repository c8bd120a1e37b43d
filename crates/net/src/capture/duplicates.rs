//! Which packets of a capture go into a file, and as what.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use gannet_events::{Direction, WireKind, WireRecord};

use super::keys::srtp_keys;

/// What to do with packets that both ends recorded, because both ends are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// One packet, at the time it was sent, naming both owners.
    #[default]
    Merge,
    /// Both.
    Keep,
}

/// One packet of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) record: &'a WireRecord,
    /// The other end's record of the same packet.
    pub(super) received: Option<&'a WireRecord>,
}

impl Shown<'_> {
    /// True when the packet never reached its receiver because of the impairment switch.
    pub(super) fn is_lost(&self) -> bool {
        self.record.dropped || self.received.is_some_and(|received| received.dropped)
    }

    /// Who sent and received it, and whether it was lost.
    pub(super) fn comment(&self) -> String {
        let owner = &self.record.owner;
        let mut text = match (self.record.direction, self.received) {
            (Direction::Sent, Some(received)) => format!("{owner} to {}", received.owner),
            (Direction::Sent, None) => format!("sent by {owner}"),
            (Direction::Received, _) => format!("received by {owner}"),
        };
        if self.record.dropped {
            text.push_str("; lost: dropped by the impairment switch when sent");
        } else if self.is_lost() {
            text.push_str("; lost: dropped by the impairment switch on arrival");
        }
        let seen = std::iter::once(self.record).chain(self.received);
        for record in seen.filter(|record| record.ignored) {
            text.push_str("; ignored on purpose by ");
            text.push_str(&record.owner);
        }
        if self.record.kind == WireKind::Sip {
            for key in srtp_keys(&self.record.bytes) {
                text.push_str("; ");
                text.push_str(&key);
            }
        }
        text
    }
}

type Identity<'a> = (SocketAddr, SocketAddr, &'static str, WireKind, &'a [u8]);

/// The packets of a file in the order of time. Of equal packets (a retransmission, say) the first
/// received is taken for the first sent. What was dropped on arrival is told at the sender's packet
/// and has none of its own.
pub(super) fn packets(records: &[WireRecord], duplicates: Duplicates) -> Vec<Shown<'_>> {
    let mut ordered: Vec<&WireRecord> = records.iter().collect();
    ordered.sort_by_key(|record| record.at);

    let mut arrivals: HashMap<Identity<'_>, VecDeque<usize>> = HashMap::new();
    if duplicates == Duplicates::Merge {
        for (index, record) in ordered.iter().enumerate() {
            if record.direction == Direction::Received {
                arrivals
                    .entry(identity(record))
                    .or_default()
                    .push_back(index);
            }
        }
    }
    let mut merged = vec![false; ordered.len()];
    let mut partner = vec![None; ordered.len()];
    for (index, record) in ordered.iter().enumerate() {
        if record.direction == Direction::Sent && !record.dropped {
            let arrival = arrivals.get_mut(&identity(record));
            if let Some(received) = arrival.and_then(VecDeque::pop_front) {
                merged[received] = true;
                partner[index] = Some(ordered[received]);
            }
        }
    }
    let shown = ordered.iter().zip(merged).zip(partner);
    shown
        .filter(|((record, merged), _)| {
            let dropped_on_arrival = record.dropped && record.direction == Direction::Received;
            !merged && !dropped_on_arrival
        })
        .map(|((&record, _), received)| Shown { record, received })
        .collect()
}

fn identity(record: &WireRecord) -> Identity<'_> {
    (
        record.source(),
        record.destination(),
        record.transport,
        record.kind,
        &record.bytes,
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    const ALICE: u16 = 5061;
    const BOB: u16 = 5062;

    fn record(
        at_ms: u64,
        direction: Direction,
        (owner, local): (&str, u16),
        remote: u16,
        text: &'static str,
        dropped: bool,
    ) -> WireRecord {
        WireRecord {
            at: Duration::from_millis(at_ms),
            direction,
            kind: WireKind::Sip,
            transport: "UDP",
            local: ([127, 0, 0, 1], local).into(),
            remote: ([127, 0, 0, 1], remote).into(),
            owner: Arc::from(owner),
            bytes: Bytes::from_static(text.as_bytes()),
            dropped,
            ignored: false,
        }
    }

    fn sent(at_ms: u64, text: &'static str, dropped: bool) -> WireRecord {
        record(at_ms, Direction::Sent, ("Alice", ALICE), BOB, text, dropped)
    }

    fn received(at_ms: u64, text: &'static str, dropped: bool) -> WireRecord {
        let bob = ("Bob", BOB);
        record(at_ms, Direction::Received, bob, ALICE, text, dropped)
    }

    fn comments(records: &[WireRecord], duplicates: Duplicates) -> Vec<String> {
        let shown = packets(records, duplicates);
        shown.iter().map(Shown::comment).collect()
    }

    #[test]
    fn packet_of_both_ends_is_shown_once() {
        let records = [received(2, "a", false), sent(1, "a", false)];
        assert_eq!(comments(&records, Duplicates::Merge), ["Alice to Bob"]);
        assert_eq!(
            comments(&records, Duplicates::Keep),
            ["sent by Alice", "received by Bob"]
        );
    }

    #[test]
    fn retransmissions_stay_apart() {
        let records = [
            sent(1, "a", false),
            received(2, "a", false),
            sent(500, "a", false),
            received(501, "a", false),
            sent(1500, "a", false),
        ];
        assert_eq!(
            comments(&records, Duplicates::Merge),
            ["Alice to Bob", "Alice to Bob", "sent by Alice"]
        );
    }

    #[test]
    fn lost_packets_are_marked_and_not_shown_as_received() {
        let records = [
            sent(1, "a", true),
            sent(2, "a", false),
            received(3, "a", true),
            received(4, "other", true),
        ];
        let expected = [
            "sent by Alice; lost: dropped by the impairment switch when sent",
            "Alice to Bob; lost: dropped by the impairment switch on arrival",
        ];
        assert_eq!(comments(&records, Duplicates::Merge), expected);
        let kept = packets(&records, Duplicates::Keep);
        assert!(
            kept.iter()
                .all(|shown| shown.record.direction == Direction::Sent)
        );
    }

    #[test]
    fn what_was_ignored_is_told() {
        let ignored = WireRecord {
            ignored: true,
            ..received(2, "a", false)
        };
        let records = [sent(1, "a", false), ignored];
        let expected = ["Alice to Bob; ignored on purpose by Bob"];
        assert_eq!(comments(&records, Duplicates::Merge), expected);
    }

    #[test]
    fn packets_of_foreign_peers_stay_as_they_are() {
        let records = [received(1, "a", false), received(2, "a", false)];
        assert_eq!(
            comments(&records, Duplicates::Merge),
            ["received by Bob", "received by Bob"]
        );
    }
}
