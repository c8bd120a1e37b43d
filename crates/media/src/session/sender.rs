//! The sending half: packets on an absolute schedule.

mod replaying;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use gannet_rtp::{RtpPacketBuilder, TelephoneEvent};

use self::replaying::ReplayState;
use super::config::RtpSessionConfig;
use super::lateness::Lateness;
use super::quiet::{Quiet, Say};
use super::report::SentStream;
use crate::codec::{Encoder, OpusWishes, SAMPLE_RATE, samples_in};
use crate::offer_answer::Negotiated;
use crate::source::{Player, ReturnPath, Source, Transcoder};

/// Makes the RTP packets of a session.
///
/// The schedule is a grid: tick n is due at start + n x ptime, with timestamp
/// first + n x (ptime in units of the RTP clock). Both are advanced by exact amounts, never
/// from the time of a poll, so that nothing drifts. When nothing is sent the
/// grid goes on: a later packet has the timestamp of its tick (RFC 3550 5.1).
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    tick_at: Instant,
    tick_timestamp: u32,
    ptime: Duration,
    /// Ticks of the RTP clock in a packet.
    units: u32,
    /// Samples of a packet, at the rate of the codec.
    frame: Vec<i16>,
    encoder: Encoder,
    wishes: OpusWishes,
    payload_type: u8,
    quiet: Quiet,
    telephone_event: Option<u8>,
    player: Player,
    muted: bool,
    sending: bool,
    /// The next packet begins a talkspurt (RFC 3551 4.1).
    marker: bool,
    replay: Option<ReplayState>,
    transcoder: Option<Transcoder>,
    /// The last packet was replayed: the grid has not been kept meanwhile.
    off_grid: bool,
    events: VecDeque<OutgoingEvent>,
    /// Volume of telephone-events, in -dBm0.
    pub(super) event_volume: u8,
    encoded: Vec<u8>,
    pub(super) stats: SentStream,
    lateness: Lateness,
    /// Timestamp of the last packet and when it was due, for sender reports.
    pub(super) last_media: (u32, Instant),
}

#[derive(Debug)]
struct OutgoingEvent {
    event: u8,
    units: u32,
    /// Timestamp of its start and units so far, once it runs.
    running: Option<(u32, u32)>,
    end_packets: u8,
}

impl Sender {
    pub(super) fn new(config: &RtpSessionConfig, now: Instant) -> Self {
        let mut sender = Self {
            ssrc: config.ssrc,
            sequence: config.first_sequence,
            tick_at: now,
            tick_timestamp: config.first_timestamp,
            ptime: Duration::from_millis(20),
            units: 160,
            frame: Vec::new(),
            encoder: Encoder::new(config.negotiated.codec),
            wishes: OpusWishes::default(),
            payload_type: 0,
            quiet: Quiet::default(),
            telephone_event: None,
            player: Player::new(Source::Silence, SAMPLE_RATE),
            muted: false,
            sending: false,
            marker: true,
            replay: None,
            transcoder: None,
            off_grid: false,
            events: VecDeque::new(),
            event_volume: EVENT_VOLUME,
            encoded: Vec::new(),
            stats: SentStream {
                ssrc: config.ssrc,
                packets: 0,
                octets: 0,
                skipped: 0,
                late: 0,
                lateness_max: Duration::ZERO,
                first_at: None,
                last_at: None,
                jitter_mean: Duration::ZERO,
            },
            lateness: Lateness::default(),
            last_media: (config.first_timestamp, now),
        };
        sender.apply(&config.negotiated);
        sender
    }

    /// Takes over codec, payload types and packet time. The next tick keeps its
    /// time, so that the grid has no break.
    pub(super) fn apply(&mut self, negotiated: &Negotiated) {
        let codec = negotiated.codec;
        let wishes = negotiated.opus_wishes;
        if codec != self.encoder.codec() || wishes != self.wishes {
            self.encoder = Encoder::as_wished(codec, wishes);
            self.wishes = wishes;
            self.transcoder = None;
        }
        self.player.set_rate(codec.sample_rate());
        self.payload_type = negotiated.payload_type;
        self.telephone_event = negotiated.telephone_event.map(|types| types.send);
        self.quiet.agree(negotiated.comfort_noise);
        self.ptime = negotiated.ptime.max(PTIME_MIN);
        self.units = samples_in(self.ptime, codec.clock_rate()) as u32;
        let samples = samples_in(self.ptime, codec.sample_rate());
        self.frame.resize(samples as usize, 0);
    }

    /// Ticks of the RTP clock per second.
    pub(super) fn clock_rate(&self) -> u32 {
        self.encoder.codec().clock_rate()
    }

    pub(super) fn set_source(&mut self, source: Source, now: Instant) {
        self.catch_up_idle(now);
        self.replay = match &source {
            Source::Replay(replay) => Some(self.start_replay(replay, now)),
            _ => None,
        };
        self.transcoder = None;
        self.player = Player::new(source, self.encoder.codec().sample_rate());
    }

    pub(super) fn player(&self) -> &Player {
        &self.player
    }

    pub(super) fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Whether packets may go out (direction, address, stop).
    pub(super) fn set_sending(&mut self, sending: bool, now: Instant) {
        if sending && !self.sending {
            self.catch_up_idle(now);
            self.marker = true;
        }
        self.sending = sending;
    }

    pub(super) fn send_event(&mut self, event: u8, length: Duration) -> bool {
        if self.telephone_event.is_none() || self.events.len() >= EVENTS_MAX {
            return false;
        }
        let units = samples_in(length, self.clock_rate()).clamp(1, u64::from(u16::MAX)) as u32;
        self.events.push_back(OutgoingEvent {
            event,
            units,
            running: None,
            end_packets: 0,
        });
        true
    }

    pub(super) fn events_pending(&self) -> usize {
        self.events.len()
    }

    /// When the next packet is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if !self.sends() {
            return None;
        }
        match (self.player.source(), &self.replay) {
            (Source::Replay(replay), Some(state)) if !self.muted && self.events.is_empty() => {
                state.deadline(replay)
            }
            _ => Some(self.tick_at),
        }
    }

    /// Appends the next due packet to `out`, if there is one.
    pub(super) fn poll(&mut self, now: Instant, path: &mut ReturnPath, out: &mut Vec<u8>) -> bool {
        if !self.sends() {
            return false;
        }
        if let Source::Replay(replay) = self.player.source()
            && !self.muted
            && self.events.is_empty()
        {
            let replay = replay.clone();
            self.off_grid = true;
            return self.poll_replay(&replay, now, out);
        }
        if std::mem::take(&mut self.off_grid) {
            self.move_to(now);
        }
        self.skip_overdue(now);
        while self.tick_at <= now {
            if self.poll_tick(now, path, out) {
                return true;
            }
        }
        false
    }

    /// Plays the next tick. Whether it gave a packet: silence may need none.
    fn poll_tick(&mut self, now: Instant, path: &mut ReturnPath, out: &mut Vec<u8>) -> bool {
        self.player.fill(&mut self.frame, path, now);
        let (timestamp, due) = (self.tick_timestamp, self.tick_at);
        self.lateness.on_packet(now.saturating_duration_since(due));
        self.advance(1);
        if self.write_event(timestamp, now, out) {
            self.note_lateness(due, now);
            return true;
        }
        if self.muted {
            self.frame.fill(0);
        }
        self.last_media = (timestamp, due);
        match self.quiet.next(&self.frame, self.ptime) {
            Say::Audio => {}
            Say::Nothing => return false,
            Say::Noise {
                payload_type,
                level,
            } => {
                // What follows the silence is a talkspurt.
                self.marker = true;
                self.write(false, payload_type, timestamp, &[level], now, out);
                self.note_lateness(due, now);
                return true;
            }
        }
        self.encoded.clear();
        self.encoder.encode(&self.frame, &mut self.encoded);
        let payload = std::mem::take(&mut self.encoded);
        let marker = std::mem::take(&mut self.marker);
        self.write(marker, self.payload_type, timestamp, &payload, now, out);
        self.encoded = payload;
        self.note_lateness(due, now);
        true
    }

    fn note_lateness(&mut self, due: Instant, now: Instant) {
        let lateness = now.saturating_duration_since(due);
        self.stats.late += u64::from(lateness > LATE);
        self.stats.lateness_max = self.stats.lateness_max.max(lateness);
    }

    pub(super) fn stats(&self) -> SentStream {
        SentStream {
            jitter_mean: self.lateness.mean(),
            ..self.stats
        }
    }

    /// The RTP timestamp of a moment, for sender reports (RFC 3550 6.4.1).
    pub(super) fn timestamp_at(&self, now: Instant) -> u32 {
        let (timestamp, at) = self.last_media;
        let clock_rate = self.clock_rate();
        if now >= at {
            timestamp.wrapping_add(samples_in(now - at, clock_rate) as u32)
        } else {
            timestamp.wrapping_sub(samples_in(at - now, clock_rate) as u32)
        }
    }

    fn sends(&self) -> bool {
        self.sending && (!matches!(self.player.source(), Source::Mute) || !self.events.is_empty())
    }

    /// Writes a packet of the running telephone-event in place of the audio.
    fn write_event(&mut self, timestamp: u32, now: Instant, out: &mut Vec<u8>) -> bool {
        let Some(payload_type) = self.telephone_event else {
            self.events.clear();
            return false;
        };
        let step = self.units;
        let Some(event) = self.events.front_mut() else {
            return false;
        };
        let begins = event.running.is_none();
        let (start, units) = event.running.get_or_insert((timestamp, 0));
        *units = (*units + step).min(event.units);
        let end = *units == event.units;
        let payload = TelephoneEvent {
            event: event.event,
            end,
            volume: self.event_volume,
            duration: *units as u16,
        };
        let start = *start;
        event.end_packets += u8::from(end);
        if event.end_packets == END_PACKETS {
            self.events.pop_front();
            self.marker = true;
        }
        self.write(begins, payload_type, start, &payload.to_bytes(), now, out);
        true
    }

    fn write(
        &mut self,
        marker: bool,
        payload_type: u8,
        timestamp: u32,
        payload: &[u8],
        now: Instant,
        out: &mut Vec<u8>,
    ) {
        RtpPacketBuilder::<&[u8], &[u8]>::new()
            .marker_bit(marker)
            .payload_type(payload_type & 0x7f)
            .sequence_number(self.sequence)
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .payload(payload)
            .write_into_vec(out)
            .expect("a payload type of 7 bits and no CSRC or extension always fit");
        self.sequence = self.sequence.wrapping_add(1);
        self.stats.packets += 1;
        self.stats.octets += payload.len() as u64;
        self.stats.first_at.get_or_insert(now);
        self.stats.last_at = Some(now);
    }

    /// Leaves out ticks that are overdue by more than [`OVERDUE_MAX`].
    fn skip_overdue(&mut self, now: Instant) {
        let too_late = now
            .saturating_duration_since(self.tick_at)
            .saturating_sub(OVERDUE_MAX);
        if !too_late.is_zero() {
            let ticks = self.ticks_in(too_late) + 1;
            self.stats.skipped += ticks;
            self.skip(ticks);
        }
    }

    /// Moves the grid to the first tick at or after `now` when nothing was sent.
    fn catch_up_idle(&mut self, now: Instant) {
        if !self.sends() {
            self.move_to(now);
        }
    }

    fn move_to(&mut self, now: Instant) {
        let late = now.saturating_duration_since(self.tick_at);
        let whole = self.ticks_in(late);
        let exact = self.ptime * whole as u32 == late;
        self.skip(whole + u64::from(!exact));
    }

    fn skip(&mut self, ticks: u64) {
        self.player.skip(ticks * self.frame.len() as u64);
        self.advance(ticks);
    }

    fn advance(&mut self, ticks: u64) {
        self.tick_at += self.ptime * ticks as u32;
        let units = ticks.wrapping_mul(u64::from(self.units));
        self.tick_timestamp = self.tick_timestamp.wrapping_add(units as u32);
    }

    fn ticks_in(&self, time: Duration) -> u64 {
        (time.as_nanos() / self.ptime.as_nanos()) as u64
    }
}

/// Packets overdue by more than this are left out instead of sent in a burst.
pub(super) const OVERDUE_MAX: Duration = Duration::from_millis(100);
/// A packet that leaves more than this after its time counts as late.
const LATE: Duration = Duration::from_millis(10);
/// Shortest packet time.
const PTIME_MIN: Duration = Duration::from_millis(5);
/// Telephone events that wait at most.
const EVENTS_MAX: usize = 64;
/// The last packet of an event is sent three times (RFC 4733 2.5.1.4).
const END_PACKETS: u8 = 3;
/// -10 dBm0.
const EVENT_VOLUME: u8 = 10;
