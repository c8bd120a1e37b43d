//! The receiving half: figures of each stream, and its way to the listener.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::{Arrival, ReceiveStatistics, ReportBlock, RtpPacket, TelephoneEvent};

use super::report::{ReceivedEvent, ReceivedStream};
use super::watch::{Seen, StreamWatch};
use crate::codec::{Codec, SAMPLE_RATE};
use crate::listen::{Analyser, Assembler, Held, Listener, Recorder, ReorderBuffer, Tap};
use crate::offer_answer::Negotiated;
use crate::source::ReturnPath;

/// Takes in the RTP of a session.
#[derive(Debug)]
pub(super) struct Receiver {
    start: Instant,
    codecs: Vec<(u8, Codec)>,
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

/// Where audio in order goes.
#[derive(Debug)]
struct Ear {
    listener: Listener,
    analyser: Analyser,
    recorder: Option<Recorder>,
    tap: Tap,
    samples: Vec<i16>,
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
    bye: bool,
    watch: StreamWatch,
    reorder: ReorderBuffer,
    assembler: Assembler,
    /// Middle of the NTP timestamp of the last SR, and when it came.
    sender_report: Option<(u32, Instant)>,
    reported_at: Option<Instant>,
}

impl Receiver {
    pub(super) fn new(negotiated: &Negotiated, kept: Duration, now: Instant) -> Self {
        let mut receiver = Self {
            start: now,
            codecs: Vec::new(),
            event_type: None,
            agreed: None,
            listening: true,
            streams: Vec::new(),
            ear: Ear {
                listener: Listener::new(now, kept),
                analyser: Analyser::new(),
                recorder: None,
                tap: Tap::default(),
                samples: Vec::new(),
            },
            events: Vec::new(),
            running_event: None,
        };
        receiver.apply(negotiated);
        receiver
    }

    pub(super) fn apply(&mut self, negotiated: &Negotiated) {
        self.codecs.clone_from(&negotiated.receive_payload_types);
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

    pub(super) fn record(&mut self, now: Instant, samples_max: usize) {
        let start = self.ear.listener.position(now);
        self.ear.recorder = Some(Recorder::new(start, samples_max));
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
        let is_audio = self.codecs.iter().any(|(pt, _)| *pt == payload_type);
        let is_event = self.event_type == Some(payload_type);
        let since_start = now.saturating_duration_since(self.start);
        let Some(stream) = stream_of(&mut self.streams, packet.ssrc(), from, now) else {
            return false;
        };
        let continues = stream.statistics.continues(packet.sequence_number());
        if !continues && stream.watch.is_of_another(from, self.agreed, now) {
            return false;
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
        stream.source = from;
        stream.octets += packet.payload().len() as u64;
        stream.longest_pause = stream
            .longest_pause
            .max(now.saturating_duration_since(stream.last_at));
        stream.last_at = now;
        if !is_audio && !is_event && payload_type != COMFORT_NOISE {
            stream.unexpected += 1;
        }
        let seen = Seen::of(packet, extended_sequence, is_audio, from);
        stream.watch.on_packet(&seen, self.agreed, now, since_start);
        // Packets without audio pass too: they are not missing.
        stream.reorder.push(
            extended_sequence,
            Held {
                arrived: now,
                timestamp: packet.timestamp(),
                payload_type,
                payload: if is_audio {
                    packet.payload().to_vec()
                } else {
                    Vec::new()
                },
            },
        );
        if is_event && self.listening {
            self.on_event(packet, now);
        }
        self.advance(now, path);
        is_audio || is_event
    }

    /// Lets through what has waited long enough.
    pub(super) fn advance(&mut self, now: Instant, path: &mut ReturnPath) {
        for stream in &mut self.streams {
            while let Some(held) = stream.reorder.pop(now) {
                let codec = self.codecs.iter().find(|(pt, _)| *pt == held.payload_type);
                if let (Some((_, codec)), true) = (codec, self.listening) {
                    self.ear.hear(*codec, &held, &mut stream.assembler, path);
                }
            }
            let Ear {
                listener, analyser, ..
            } = &mut self.ear;
            stream
                .assembler
                .flush(now, analyser, &mut |block| listener.add(block));
        }
    }

    /// When [`Self::advance`] has something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.streams
            .iter()
            .flat_map(|stream| [stream.reorder.deadline(), stream.assembler.deadline()])
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
        let length = Duration::from_secs_f64(f64::from(payload.duration) / f64::from(SAMPLE_RATE));
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

impl Ear {
    fn hear(
        &mut self,
        codec: Codec,
        held: &Held,
        assembler: &mut Assembler,
        path: &mut ReturnPath,
    ) {
        self.samples.clear();
        codec.decode(&held.payload, &mut self.samples);
        let Self {
            listener,
            analyser,
            recorder,
            tap,
            samples,
        } = self;
        let position = listener.position(held.arrived);
        let begin = assembler.push(
            held.timestamp,
            position,
            held.arrived,
            samples,
            analyser,
            &mut |block| {
                listener.add(block);
            },
        );
        if let Some(recorder) = recorder {
            recorder.push(begin, samples);
        }
        tap.push(begin, position, samples);
        path.push(samples);
    }
}

impl Stream {
    fn new(ssrc: u32, source: SocketAddr, now: Instant) -> Self {
        Self {
            ssrc,
            cname: None,
            source,
            statistics: ReceiveStatistics::new(SAMPLE_RATE),
            octets: 0,
            longest_pause: Duration::ZERO,
            first_at: now,
            last_at: now,
            payload_types: Vec::new(),
            unexpected: 0,
            bye: false,
            watch: StreamWatch::new(SAMPLE_RATE),
            reorder: ReorderBuffer::default(),
            assembler: Assembler::new(now),
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
            bye: self.bye,
            watched: self.watch.watched(),
        }
    }
}

fn stream_of(
    streams: &mut Vec<Stream>,
    ssrc: u32,
    from: SocketAddr,
    now: Instant,
) -> Option<&mut Stream> {
    match streams.iter().position(|stream| stream.ssrc == ssrc) {
        Some(index) => streams.get_mut(index),
        None if streams.len() < STREAMS_MAX => {
            streams.push(Stream::new(ssrc, from, now));
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
