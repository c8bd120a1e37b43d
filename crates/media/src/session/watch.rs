//! What a receiver watches in a stream beside RFC 3550's figures: what the faults are told from.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::RtpPacket;

use crate::judge::{Playout, PlayoutFigures};

/// What was watched in a stream.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Watched {
    /// What a jitter buffer would have made of it.
    pub playout: PlayoutFigures,
    /// Payload types and how many packets had each, in the order of appearance.
    pub payload_types: Vec<(u8, u64)>,
    /// Audio packets on end with the same timestamp, at most.
    pub frozen: u64,
    /// The longest time between two packets, without times on hold and pauses that the sender
    /// announced (RFC 3551 4.1: the first packet after silence has the marker bit, and no packet is
    /// missing).
    pub longest_gap: Duration,
    /// Another address than the agreed one that packets came from, and how many did.
    pub foreign: Option<(SocketAddr, u64)>,
    /// Packets of a second sender with the same SSRC, which were not taken (RFC 3550 8.2).
    pub collisions: u64,
}

/// A packet that was counted.
pub(super) struct Seen {
    extended_sequence: u64,
    timestamp: u32,
    payload_type: u8,
    marker: bool,
    is_audio: bool,
    from: SocketAddr,
}

impl Seen {
    pub(super) fn of(
        packet: &RtpPacket<'_>,
        extended_sequence: u64,
        is_audio: bool,
        from: SocketAddr,
    ) -> Self {
        Self {
            extended_sequence,
            timestamp: packet.timestamp(),
            payload_type: packet.payload_type(),
            marker: packet.marker_bit(),
            is_audio,
            from,
        }
    }
}

/// Watches one stream.
#[derive(Debug)]
pub(super) struct StreamWatch {
    watched: Watched,
    playout: Playout,
    /// Sequence number and timestamp of the newest audio packet, and how many had that timestamp.
    newest: Option<(u64, u32, u64)>,
    last: Option<(u64, Instant)>,
    /// Where the last packet came from, and when.
    source: Option<(SocketAddr, Instant)>,
}

impl StreamWatch {
    pub(super) fn new(clock_rate: u32) -> Self {
        Self {
            watched: Watched::default(),
            playout: Playout::new(clock_rate),
            newest: None,
            last: None,
            source: None,
        }
    }

    /// Counts a packet. `agreed` is where it should come from, if anything says so; `at` is `now`
    /// since any fixed moment.
    pub(super) fn on_packet(
        &mut self,
        packet: &Seen,
        agreed: Option<SocketAddr>,
        now: Instant,
        at: Duration,
    ) {
        self.source = Some((packet.from, now));
        self.count_type(packet.payload_type);
        let timestamp = packet.is_audio.then_some(packet.timestamp);
        self.playout
            .on_packet(packet.extended_sequence, timestamp, at);
        self.watch_gap(packet, now);
        if packet.is_audio {
            self.watch_timestamp(packet);
        }
        if agreed.is_some_and(|agreed| agreed != packet.from) {
            let known = self
                .watched
                .foreign
                .filter(|(from, _)| *from == packet.from);
            let packets = known.map_or(1, |(_, packets)| packets + 1);
            if known.is_some() || self.watched.foreign.is_none() {
                self.watched.foreign = Some((packet.from, packets));
            }
        }
    }

    /// Whether a packet that does not continue the stream is of somebody else who happens to use
    /// the same SSRC: it comes from another address than the stream does at the time (RFC 3550
    /// 8.2). Whoever moves to another address goes on where he was.
    pub(super) fn is_of_another(
        &mut self,
        from: SocketAddr,
        agreed: Option<SocketAddr>,
        now: Instant,
    ) -> bool {
        let other = self.source.is_some_and(|(source, at)| {
            source != from && now.saturating_duration_since(at) < ACTIVE
        });
        let collides = other && agreed != Some(from);
        self.watched.collisions += u64::from(collides);
        collides
    }

    /// Nothing is to come for a while: what follows is no gap.
    pub(super) fn break_off(&mut self) {
        self.last = None;
    }

    pub(super) fn watched(&self) -> Watched {
        Watched {
            playout: self.playout.figures(),
            ..self.watched.clone()
        }
    }

    fn count_type(&mut self, payload_type: u8) {
        let types = &mut self.watched.payload_types;
        match types.iter_mut().find(|(number, _)| *number == payload_type) {
            Some((_, count)) => *count += 1,
            None => types.push((payload_type, 1)),
        }
    }

    fn watch_gap(&mut self, packet: &Seen, now: Instant) {
        if let Some((sequence, at)) = self.last {
            let announced = packet.marker && packet.extended_sequence == sequence + 1;
            if !announced {
                let gap = now.saturating_duration_since(at);
                self.watched.longest_gap = self.watched.longest_gap.max(gap);
            }
        }
        self.last = Some((packet.extended_sequence, now));
    }

    fn watch_timestamp(&mut self, packet: &Seen) {
        self.newest = match self.newest {
            // A late packet says nothing about where the timestamps are.
            Some((sequence, ..)) if packet.extended_sequence < sequence => self.newest,
            Some((_, timestamp, count)) if timestamp == packet.timestamp => {
                self.watched.frozen = self.watched.frozen.max(count + 1);
                Some((packet.extended_sequence, timestamp, count + 1))
            }
            _ => Some((packet.extended_sequence, packet.timestamp, 1)),
        };
    }
}

/// A source that has sent within this time is there.
const ACTIVE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    const AGREED: u16 = 4000;

    fn address(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    fn watch(packets: &[(u64, u32, u64, bool, u16)]) -> Watched {
        let start = Instant::now();
        let mut watch = StreamWatch::new(8000);
        for &(extended_sequence, timestamp, at_ms, marker, port) in packets {
            let at = Duration::from_millis(at_ms);
            let seen = Seen {
                extended_sequence,
                timestamp,
                payload_type: 0,
                marker,
                is_audio: true,
                from: address(port),
            };
            watch.on_packet(&seen, Some(address(AGREED)), start + at, at);
        }
        watch.watched()
    }

    #[test]
    fn a_gap_is_one_unless_the_sender_announced_it() {
        let gap = |marker, sequence| {
            let before = (1, 160, 20, true, AGREED);
            let after = (sequence, 160 + 160 * 30, 620, marker, AGREED);
            watch(&[before, after]).longest_gap.as_millis()
        };
        assert_eq!(gap(false, 2), 600);
        assert_eq!(gap(true, 31), 600);
        assert_eq!(gap(true, 2), 0);
    }

    #[test]
    fn timestamps_that_stand_still_and_foreign_addresses_are_counted() {
        let packets: Vec<_> = (0..10_u32)
            .map(|n| {
                let timestamp = 160 * n.min(4);
                let port = if n < 7 { AGREED } else { AGREED + 1 };
                (u64::from(n), timestamp, u64::from(n) * 20, false, port)
            })
            .collect();
        let watched = watch(&packets);
        assert_eq!(watched.frozen, 6);
        assert_eq!(watched.foreign, Some((address(AGREED + 1), 3)));
        assert_eq!(watched.payload_types, [(0, 10)]);
        assert_eq!(watch(&packets[..5]).frozen, 0);
    }
}
