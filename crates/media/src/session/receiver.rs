//! The receiving half: figures of each stream, and its way to the listener.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::{Arrival, ReceiveStatistics, ReportBlock, RtpPacket, TelephoneEvent};

use super::config::RtpSessionConfig;
use super::ear::{Ear, Hearing};
use super::report::{ReceivedEvent, ReceivedStream};
use super::watch::{Seen, StreamWatch};
use crate::codec::Codec;
use crate::listen::{Arrived, Listener, Recorder, ReorderBuffer, Tap, duration_of};
use crate::offer_answer::Negotiated;
use crate::source::ReturnPath;

/// Takes in the RTP of a session.
#[derive(Debug)]
pub(super) struct Receiver {
    start: Instant,
    codecs: Vec<(u8, Codec)>,
    /// Ticks per second of the clock of streams whose codec is not known.
    clock_rate: u32,
    event_type: Option<u8>,
    /// Where RTP should come from; `None` while the peer names no address.
    agreed: Option<SocketAddr>,
    /// Whether what comes is heard (direction).
    listening: bool,
    streams: Vec<Stream>,
    ear: Ear,
    events: Vec<ReceivedEvent>,
    /// SSRC and timestamp of the event that runs (RFC 4733 2.5.2.2).
    running_event: Option<(u32, u32)>,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    cname: Option<String>,
    source: SocketAddr,
    statistics: ReceiveStatistics,
    octets: u64,
    longest_pause: Duration,
    first_at: Instant,
    last_at: Instant,
    payload_types: Vec<u8>,
    unexpected: u64,
    comfort_noise: u64,
    bye: bool,
    watch: StreamWatch,
    reorder: ReorderBuffer,
    hearing: Hearing,
    /// Middle of the NTP timestamp of the last SR, and when it came.
    sender_report: Option<(u32, Instant)>,
    reported_at: Option<Instant>,
}

impl Stream {
    fn count(&mut self, packet: &RtpPacket<'_>, from: SocketAddr, now: Instant) {
        self.source = from;
        self.octets += packet.payload().len() as u64;
        let pause = now.saturating_duration_since(self.last_at);
        self.longest_pause = self.longest_pause.max(pause);
        self.last_at = now;
    }
}

impl Receiver {
    pub(super) fn new(config: &RtpSessionConfig, now: Instant) -> Self {
        let negotiated = &config.negotiated;
        let mut receiver = Self {
            start: now,
            codecs: Vec::new(),
            clock_rate: negotiated.codec.clock_rate(),
            event_type: None,
            agreed: None,
            listening: true,
            streams: Vec::new(),
            ear: Ear::new(config.timeline_kept, config.sound_kept, now),
            events: Vec::new(),
            running_event: None,
        };
        receiver.apply(negotiated);
        receiver
    }

    pub(super) fn apply(&mut self, negotiated: &Negotiated) {
        self.codecs.clone_from(&negotiated.receive_payload_types);
        self.clock_rate = negotiated.codec.clock_rate();
        self.event_type = negotiated.telephone_event.map(|types| types.receive);
        let remote = negotiated.remote;
        self.agreed = (!remote.ip().is_unspecified()).then_some(remote);
    }

    pub(super) fn set_listening(&mut self, listening: bool) {
        if std::mem::replace(&mut self.listening, listening) != listening {
            self.streams.iter_mut().for_each(|it| it.watch.break_off());
        }
    }

    pub(super) fn listener(&self) -> &Listener {
        &self.ear.listener
    }

    pub(super) fn record(&mut self, now: Instant, rate: u32, samples_max: usize) {
        let start = self.ear.listener.position(now);
        self.ear.recorder = Some(Recorder::new(start, rate, samples_max));
    }

    pub(super) fn recording_rate(&self) -> Option<u32> {
        self.ear.recorder.as_ref().map(Recorder::rate)
    }

    pub(super) fn recorded(&self) -> &[i16] {
        self.ear.recorder.as_ref().map_or(&[], Recorder::samples)
    }

    pub(super) fn stop_recording(&mut self) -> Vec<i16> {
        self.ear
            .recorder
            .take()
            .map_or_else(Vec::new, |recorder| recorder.samples().to_vec())
    }

    pub(super) fn tap(&self) -> &Tap {
        &self.ear.tap
    }

    pub(super) fn events(&self) -> &[ReceivedEvent] {
        &self.events
    }

    /// Takes in a packet. Whether it is of a payload type that was agreed.
    pub(super) fn on_packet(
        &mut self,
        packet: &RtpPacket<'_>,
        from: SocketAddr,
        now: Instant,
        path: &mut ReturnPath,
    ) -> bool {
        let payload_type = packet.payload_type();
        let codec = codec_of(&self.codecs, payload_type);
        let is_audio = codec.is_some();
        let is_event = self.event_type == Some(payload_type);
        let since_start = now.saturating_duration_since(self.start);
        let clock_rate = codec.map_or(self.clock_rate, Codec::clock_rate);
        let Some(stream) = stream_of(&mut self.streams, packet.ssrc(), from, clock_rate, now)
        else {
            return false;
        };
        let continues = stream.statistics.continues(packet.sequence_number());
        if !continues && stream.watch.is_of_another(from, self.agreed, now) {
            return false;
        }
        if is_audio {
            stream.statistics.set_clock_rate(clock_rate);
        }
        if !stream.payload_types.contains(&payload_type) {
            stream.payload_types.push(payload_type);
        }
        let arrival =
            stream
                .statistics
                .on_packet(packet.sequence_number(), packet.timestamp(), since_start);
        let extended_sequence = match arrival {
            Arrival::Duplicate | Arrival::Stray => return is_audio || is_event,
            Arrival::Ahead { extended_sequence }
            | Arrival::Late { extended_sequence }
            | Arrival::Restart { extended_sequence } => extended_sequence,
        };
        stream.count(packet, from, now);
        if payload_type == COMFORT_NOISE {
            stream.comfort_noise += 1;
        } else if !is_audio && !is_event {
            stream.unexpected += 1;
        }
        let seen = Seen::of(packet, extended_sequence, is_audio, from);
        stream.watch.on_packet(&seen, self.agreed, now, since_start);
        // Packets without audio pass too: they are not missing.
        let arrived = Arrived {
            at: now,
            timestamp: packet.timestamp(),
            payload_type,
            payload: if is_audio { packet.payload() } else { &[] },
        };
        let Stream {
            reorder, hearing, ..
        } = stream;
        let ear = &mut self.ear;
        let (codecs, listening) = (&self.codecs, self.listening);
        reorder.push(extended_sequence, arrived, &mut |packet| {
            if let Some(codec) = codec_of(codecs, packet.payload_type).filter(|_| listening) {
                ear.hear(codec, &packet, hearing, path);
            }
        });
        if is_event && self.listening {
            self.on_event(packet, now);
        }
        self.advance(now, path);
        is_audio || is_event
    }

    /// Lets through what has waited long enough.
    pub(super) fn advance(&mut self, now: Instant, path: &mut ReturnPath) {
        for stream in &mut self.streams {
            let Stream {
                reorder, hearing, ..
            } = stream;
            let ear = &mut self.ear;
            let (codecs, listening) = (&self.codecs, self.listening);
            reorder.drain(now, &mut |packet| {
                if let Some(codec) = codec_of(codecs, packet.payload_type).filter(|_| listening) {
                    ear.hear(codec, &packet, hearing, path);
                }
            });
            ear.flush(now, hearing);
        }
    }

    /// When [`Self::advance`] has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.streams
            .iter()
            .flat_map(|stream| {
                [
                    stream.reorder.deadline(),
                    stream.hearing.assembler.deadline(),
                ]
            })
            .flatten()
            .min()
    }

    pub(super) fn on_sender_report(&mut self, ssrc: u32, ntp_timestamp: u64, now: Instant) {
        if let Some(stream) = self.streams.iter_mut().find(|stream| stream.ssrc == ssrc) {
            stream.sender_report = Some(((ntp_timestamp >> 16) as u32, now));
        }
    }

    pub(super) fn on_cname(&mut self, ssrc: u32, cname: String) {
        if let Some(stream) = self.streams.iter_mut().find(|stream| stream.ssrc == ssrc) {
            stream.cname = Some(cname);
        }
    }

    pub(super) fn on_bye(&mut self, sources: &[u32]) {
        for stream in &mut self.streams {
            stream.bye |= sources.contains(&stream.ssrc);
        }
    }

    /// Report blocks of the streams that sent something since the last report
    /// (RFC 3550 6.4).
    pub(super) fn report_blocks(&mut self, now: Instant) -> Vec<ReportBlock> {
        let active = |stream: &&mut Stream| {
            !stream.bye && stream.reported_at.is_none_or(|at| stream.last_at >= at)
        };
        let blocks = self
            .streams
            .iter_mut()
            .filter(active)
            .take(BLOCKS_MAX)
            .map(|stream| {
                stream.reported_at = Some(now);
                let (last, delay) = stream.sender_report.map_or((0, 0), |(ntp, at)| {
                    let since = now.saturating_duration_since(at).as_secs_f64();
                    (ntp, (since * 65_536.0) as u32)
                });
                stream.statistics.report_block(stream.ssrc, last, delay)
            });
        blocks.collect()
    }

    pub(super) fn report(&self) -> Vec<ReceivedStream> {
        self.streams.iter().map(Stream::report).collect()
    }

    fn on_event(&mut self, packet: &RtpPacket<'_>, now: Instant) {
        let Some(payload) = TelephoneEvent::parse(packet.payload()) else {
            return;
        };
        // Events have the clock of the audio beside them (RFC 4733 2.1).
        let clock_rate = f64::from(self.clock_rate);
        let length = Duration::from_secs_f64(f64::from(payload.duration) / clock_rate);
        let key = (packet.ssrc(), packet.timestamp());
        if self.running_event == Some(key)
            && let Some(last) = self.events.last_mut()
        {
            last.duration = last.duration.max(length);
            last.ended |= payload.end;
        } else if self.events.len() < EVENTS_MAX {
            self.running_event = Some(key);
            self.events.push(ReceivedEvent {
                event: payload.event,
                key: payload.key(),
                at: now,
                duration: length,
                ended: payload.end,
            });
        }
    }
}

impl Stream {
    fn new(ssrc: u32, source: SocketAddr, clock_rate: u32, now: Instant) -> Self {
        Self {
            ssrc,
            cname: None,
            source,
            statistics: ReceiveStatistics::new(clock_rate),
            octets: 0,
            longest_pause: Duration::ZERO,
            first_at: now,
            last_at: now,
            payload_types: Vec::new(),
            unexpected: 0,
            comfort_noise: 0,
            bye: false,
            watch: StreamWatch::new(clock_rate),
            reorder: ReorderBuffer::default(),
            hearing: Hearing::new(now),
            sender_report: None,
            reported_at: None,
        }
    }

    fn report(&self) -> ReceivedStream {
        let statistics = &self.statistics;
        ReceivedStream {
            ssrc: self.ssrc,
            cname: self.cname.clone(),
            source: self.source,
            packets: statistics.received(),
            octets: self.octets,
            lost: statistics.lost(),
            lost_percent: statistics.lost_percent(),
            duplicates: statistics.duplicates(),
            reordered: statistics.reordered(),
            strays: statistics.strays(),
            restarts: statistics.restarts(),
            jitter: statistics.jitter(),
            jitter_max: statistics.jitter_max(),
            jitter_mean: statistics.jitter_mean(),
            longest_pause: self.longest_pause,
            first_at: self.first_at,
            last_at: self.last_at,
            payload_types: self.payload_types.clone(),
            unexpected_payload_type: self.unexpected,
            comfort_noise: self.comfort_noise,
            undecodable: self.hearing.undecodable,
            decoded: self.hearing.decoded.0,
            audio: duration_of(self.hearing.decoded.1),
            bye: self.bye,
            watched: self.watch.watched(),
        }
    }
}

fn codec_of(codecs: &[(u8, Codec)], payload_type: u8) -> Option<Codec> {
    let found = codecs.iter().find(|(number, _)| *number == payload_type);
    found.map(|(_, codec)| *codec)
}

fn stream_of(
    streams: &mut Vec<Stream>,
    ssrc: u32,
    from: SocketAddr,
    clock_rate: u32,
    now: Instant,
) -> Option<&mut Stream> {
    match streams.iter().position(|stream| stream.ssrc == ssrc) {
        Some(index) => streams.get_mut(index),
        None if streams.len() < STREAMS_MAX => {
            streams.push(Stream::new(ssrc, from, clock_rate, now));
            streams.last_mut()
        }
        None => None,
    }
}

/// SSRCs that are told apart; packets of further ones are ignored.
const STREAMS_MAX: usize = 64;
/// Report blocks that fit a report (RFC 3550 6.4.1).
const BLOCKS_MAX: usize = 31;
/// Received telephone events that are kept.
const EVENTS_MAX: usize = 1024;
/// Comfort noise (RFC 3389): expected, and silent here.
const COMFORT_NOISE: u8 = 13;
