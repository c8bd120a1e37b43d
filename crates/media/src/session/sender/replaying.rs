//! Sending the packets of a capture.

use std::time::Instant;

use super::{OVERDUE_MAX, Sender};
use crate::codec::Codec;
use crate::source::{Replay, ReplayPacket, Transcoder};

/// Where a capture stands that is sent.
#[derive(Debug)]
pub(super) struct ReplayState {
    at: Instant,
    timestamp: u32,
    /// The sequence number of the first packet of this round, where those of the capture are kept.
    sequence: u16,
    next: usize,
}

impl ReplayState {
    /// When the next packet is due.
    pub(super) fn deadline(&self, replay: &Replay) -> Option<Instant> {
        let packet = replay.packets().get(self.next)?;
        Some(self.at + packet.offset)
    }
}

impl Sender {
    /// A capture begins with the next packet.
    pub(super) fn start_replay(&self, replay: &Replay, now: Instant) -> ReplayState {
        let begin = self.tick_at.max(now);
        let kept = replay.kept_numbers();
        ReplayState {
            at: begin,
            timestamp: kept.map_or_else(|| self.timestamp_at(begin), |it| it.timestamp),
            sequence: kept.map_or(0, |it| it.sequence),
            next: 0,
        }
    }

    /// Appends the next due packet of a capture to `out`, if there is one.
    pub(super) fn poll_replay(&mut self, replay: &Replay, now: Instant, out: &mut Vec<u8>) -> bool {
        let Some(state) = &mut self.replay else {
            return false;
        };
        let oldest = now.checked_sub(OVERDUE_MAX);
        loop {
            let Some(packet) = replay.packets().get(state.next) else {
                return false;
            };
            let due = state.at + packet.offset;
            if due > now {
                return false;
            }
            let clocks = Clocks::of(packet, self.encoder.codec());
            let timestamp = state.timestamp.wrapping_add(clocks.units(packet.timestamp));
            let sequence = state.sequence.wrapping_add(packet.number as u16);
            state.next += 1;
            if state.next == replay.packets().len() {
                state.next = 0;
                state.at += replay.round();
                let round = clocks.units(replay.round_units());
                state.timestamp = state.timestamp.wrapping_add(round);
                let numbers = replay.round_numbers() as u16;
                state.sequence = state.sequence.wrapping_add(numbers);
            }
            if oldest.is_some_and(|oldest| due < oldest) {
                self.stats.skipped += 1;
                continue;
            }
            self.note_lateness(due, now);
            let Some(kept) = replay.kept_numbers() else {
                self.last_media = (timestamp, due);
                self.write_replayed(packet, timestamp, now, out);
                return true;
            };
            // Our own numbers stand still meanwhile.
            let own = (self.ssrc, self.sequence);
            (self.ssrc, self.sequence) = (kept.ssrc, sequence);
            self.write_replayed(packet, timestamp, now, out);
            (self.ssrc, self.sequence) = own;
            return true;
        }
    }

    fn write_replayed(
        &mut self,
        packet: &ReplayPacket,
        timestamp: u32,
        now: Instant,
        out: &mut Vec<u8>,
    ) {
        let marker = packet.marker || std::mem::take(&mut self.marker);
        let codec = self.encoder.codec();
        let known = Codec::from_static_payload_type(packet.payload_type);
        let payload_type = known.map_or(packet.payload_type, |_| self.payload_type);
        let mut transcoded = std::mem::take(&mut self.encoded);
        transcoded.clear();
        let payload = match known {
            Some(from) if from != codec => {
                let wishes = self.wishes;
                let fits = |transcoder: &Transcoder| transcoder.codecs() == (from, codec);
                if !self.transcoder.as_ref().is_some_and(fits) {
                    self.transcoder = None;
                }
                self.transcoder
                    .get_or_insert_with(|| Transcoder::new(from, codec, wishes))
                    .transcode(&packet.payload, &mut transcoded);
                &transcoded
            }
            _ => &packet.payload,
        };
        self.write(marker, payload_type, timestamp, payload, now, out);
        self.encoded = transcoded;
    }
}

/// The RTP clock of a capture's packet and that of what is sent instead.
struct Clocks {
    from: u32,
    to: u32,
}

impl Clocks {
    /// Packets that are sent as they are keep their clock.
    fn of(packet: &ReplayPacket, codec: Codec) -> Self {
        let to = codec.clock_rate();
        let from = Codec::from_static_payload_type(packet.payload_type);
        Self {
            from: from.map_or(to, Codec::clock_rate),
            to,
        }
    }

    fn units(&self, units: u32) -> u32 {
        (u64::from(units) * u64::from(self.to) / u64::from(self.from)) as u32
    }
}
