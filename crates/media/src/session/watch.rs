//! What a receiver watches in a stream beside RFC 3550's figures: what the faults are told from.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::RtpPacket;

use super::formats::{COMFORT_NOISE, Formats, LATE_MAX, Mistaken};
use crate::codec::Codec;
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
    /// Packets of formats that were not to come when they came.
    pub mistaken: Vec<Mistaken>,
    /// The last packet announces a pause: it is comfort noise (RFC 3389), or one of those that Opus
    /// sends in place of silence.
    pub paused: bool,
}

/// A packet that was counted.
pub(super) struct Seen {
    extended_sequence: u64,
    timestamp: u32,
    payload_type: u8,
    marker: bool,
    is_audio: bool,
    /// It stands for silence, and others may not follow for a while.
    is_quiet: bool,
    from: SocketAddr,
}

impl Seen {
    pub(super) fn of(
        packet: &RtpPacket<'_>,
        extended_sequence: u64,
        codec: Option<Codec>,
        from: SocketAddr,
    ) -> Self {
        let payload_type = packet.payload_type();
        let is_quiet = match codec {
            Some(Codec::Opus) => packet.payload().len() <= OPUS_QUIET_MAX,
            Some(_) => false,
            None => payload_type == COMFORT_NOISE,
        };
        Self {
            extended_sequence,
            timestamp: packet.timestamp(),
            payload_type,
            marker: packet.marker_bit(),
            is_audio: codec.is_some(),
            is_quiet,
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
    /// When the first packet of each of [`Watched::mistaken`] came, and the first from elsewhere.
    mistaken_at: Vec<Instant>,
    foreign_at: Option<Instant>,
}

impl StreamWatch {
    pub(super) fn new(clock_rate: u32) -> Self {
        Self {
            watched: Watched::default(),
            playout: Playout::new(clock_rate),
            newest: None,
            last: None,
            source: None,
            mistaken_at: Vec::new(),
            foreign_at: None,
        }
    }

    /// Counts a packet. `right` is where it should come from and what it should be; `at` is `now`
    /// since any fixed moment.
    pub(super) fn on_packet(&mut self, packet: &Seen, right: &Right, now: Instant, at: Duration) {
        self.source = Some((packet.from, now));
        self.count_type(packet.payload_type);
        let timestamp = packet.is_audio.then_some(packet.timestamp);
        self.playout
            .on_packet(packet.extended_sequence, timestamp, at);
        self.watch_gap(packet, now);
        if packet.is_audio {
            self.watch_timestamp(packet);
        }
        self.watched.paused = packet.is_quiet;
        if right.address.is_foreign(packet.from, now) {
            self.count_foreign(packet.from, now);
        }
        if right.formats.is_mistaken(packet.payload_type, now) {
            self.count_mistaken(packet.payload_type, &right.formats, now);
        }
    }

    /// A new agreement: what came a moment before it is right if it is so by the new one. Who
    /// answers sends at once, and may be heard sooner than the answer.
    pub(super) fn forgive(&mut self, right: &Right, now: Instant) {
        let recent = |at: Instant| now.saturating_duration_since(at) < LATE_MAX;
        if let Some((from, _)) = self.watched.foreign
            && self.foreign_at.is_some_and(recent)
            && !right.address.is_foreign(from, now)
        {
            self.watched.foreign = None;
        }
        let at = std::mem::take(&mut self.mistaken_at);
        let all = std::mem::take(&mut self.watched.mistaken);
        let left = all
            .into_iter()
            .zip(at)
            .filter(|(mistaken, at)| !(recent(*at) && right.formats.allows(mistaken.payload_type)));
        (self.watched.mistaken, self.mistaken_at) = left.unzip();
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

    fn count_foreign(&mut self, from: SocketAddr, now: Instant) {
        match &mut self.watched.foreign {
            Some((known, packets)) if *known == from => *packets += 1,
            Some(_) => {}
            None => {
                self.watched.foreign = Some((from, 1));
                self.foreign_at = Some(now);
            }
        }
    }

    fn count_mistaken(&mut self, payload_type: u8, formats: &Formats, now: Instant) {
        let all = &mut self.watched.mistaken;
        let known = all.iter_mut().find(|it| it.payload_type == payload_type);
        if let Some(known) = known {
            known.packets += 1;
        } else {
            // Payload types are 128 at most.
            all.push(formats.mistake(payload_type));
            self.mistaken_at.push(now);
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
            let follows = packet.extended_sequence == sequence + 1;
            let announced = follows && (packet.marker || self.watched.paused);
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

/// Where packets should come from and what they should be.
#[derive(Debug, Clone)]
pub(super) struct Right {
    pub(super) address: Origin,
    pub(super) formats: Formats,
}

/// Where packets should come from, and should before the last agreement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Origin {
    agreed: Option<SocketAddr>,
    former: Option<(SocketAddr, Instant)>,
}

impl Origin {
    /// The address of a description; none while it names none.
    pub(super) fn of(remote: SocketAddr) -> Self {
        Self {
            agreed: (!remote.ip().is_unspecified()).then_some(remote),
            former: None,
        }
    }

    /// The peer has moved; what it sent before is on its way for a while.
    pub(super) fn apply(&mut self, remote: SocketAddr, now: Instant) {
        let Self { agreed, .. } = Self::of(remote);
        if agreed != self.agreed {
            let left = std::mem::replace(&mut self.agreed, agreed);
            self.former = left.map(|left| (left, now + LATE_MAX));
        }
    }

    /// The agreed one.
    pub(super) fn agreed(&self) -> Option<SocketAddr> {
        self.agreed
    }

    fn is_foreign(&self, from: SocketAddr, now: Instant) -> bool {
        let is_former = self
            .former
            .is_some_and(|(former, until)| former == from && now < until);
        self.agreed.is_some_and(|agreed| agreed != from) && !is_former
    }
}

/// Opus has packets of one or two octets where nothing is to be heard (RFC 6716 3.1, RFC 7587 3.1.3).
const OPUS_QUIET_MAX: usize = 2;
/// A source that has sent within this time is there.
const ACTIVE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use gannet_sdp::Direction;

    use super::*;
    use crate::codec::OpusWishes;
    use crate::offer_answer::Negotiated;

    const AGREED: u16 = 4000;

    fn address(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    fn watch(packets: &[(u64, u32, u64, bool, u16)]) -> Watched {
        let start = Instant::now();
        let mut watch = StreamWatch::new(8000);
        let right = Right {
            address: Origin::of(address(AGREED)),
            formats: Formats::of(&negotiated()),
        };
        for &(extended_sequence, timestamp, at_ms, marker, port) in packets {
            let at = Duration::from_millis(at_ms);
            let seen = Seen {
                extended_sequence,
                timestamp,
                payload_type: 0,
                marker,
                is_audio: true,
                is_quiet: false,
                from: address(port),
            };
            watch.on_packet(&seen, &right, start + at, at);
        }
        watch.watched()
    }

    fn negotiated() -> Negotiated {
        Negotiated {
            media_index: 0,
            remote: address(AGREED),
            remote_rtcp: address(AGREED + 1),
            rtcp_mux: false,
            codec: Codec::Pcmu,
            payload_type: 0,
            receive_payload_types: vec![(0, Codec::Pcmu)],
            direction: Direction::SendRecv,
            ptime: Duration::from_millis(20),
            telephone_event: None,
            comfort_noise: None,
            opus_wishes: OpusWishes::default(),
            security: crate::offer_answer::Security::None,
        }
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
