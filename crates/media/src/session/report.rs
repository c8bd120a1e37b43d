//! The figures of a session.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::watch::Watched;
use crate::srtp::Suite;

/// Everything that a session counted.
#[derive(Debug, Clone, PartialEq)]
pub struct RtpReport {
    /// What was sent.
    pub sent: SentStream,
    /// What was received, one entry for each SSRC in the order of appearance.
    pub received: Vec<ReceivedStream>,
    /// Datagrams that were neither RTP nor RTCP, or malformed.
    pub ignored_datagrams: u64,
    /// RTCP datagrams received.
    pub rtcp_received: u64,
    /// RTCP datagrams sent.
    pub rtcp_sent: u64,
    /// Our own RTP packets that came back: a loop, or an echo (RFC 3550 8.2).
    pub looped: u64,
    /// What the peer last reported about our stream.
    pub remote: Option<RemoteReport>,
    /// When RTP was to come (direction): from the last time on.
    pub listening_from: Instant,
    /// When this ended, by a hold or by the end of the session.
    pub listening_until: Option<Instant>,
    /// What was agreed on and found of SRTP.
    pub srtp: SrtpReport,
}

/// SRTP in figures. Packets that are counted here as wrong are not heard, and counted nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SrtpReport {
    /// The suite of what is sent, if that is SRTP.
    pub sends: Option<Suite>,
    /// The suite of what is to come.
    pub takes: Option<Suite>,
    /// Packets whose tag is not that of an agreed key, RTP and RTCP.
    pub not_authentic: u64,
    /// Of these, those that look like plain RTP.
    pub plain: u64,
    /// Packets that came again, or long after others (RFC 3711 3.3.2).
    pub replayed: u64,
    /// Packets under a key that had been used for as many as it may be (RFC 4568 6.1).
    pub outlived: u64,
    /// Packets that look like SRTP where plain RTP was agreed on.
    pub protected: u64,
}

impl RtpReport {
    /// The received stream with the most packets.
    pub fn main_stream(&self) -> Option<&ReceivedStream> {
        self.received.iter().max_by_key(|stream| stream.packets)
    }
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentStream {
    /// SSRC.
    pub ssrc: u32,
    /// RTP packets.
    pub packets: u64,
    /// Payload octets.
    pub octets: u64,
    /// Packets that were due so long ago that they were left out.
    pub skipped: u64,
    /// Packets that left more than 10 ms after their time: whoever polled was late.
    pub late: u64,
    /// How long after its time the latest packet left.
    pub lateness_max: Duration,
    /// Time of the first packet.
    pub first_at: Option<Instant>,
    /// Time of the last packet.
    pub last_at: Option<Instant>,
    /// How unevenly packets left: the mean interarrival jitter that they had from the start.
    pub jitter_mean: Duration,
}

/// What was received under one SSRC.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedStream {
    /// SSRC.
    pub ssrc: u32,
    /// CNAME of the source, if an SDES said so.
    pub cname: Option<String>,
    /// Where the last packet came from.
    pub source: SocketAddr,
    /// RTP packets, each counted once.
    pub packets: u64,
    /// Payload octets of these.
    pub octets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// The same in percent of those expected.
    pub lost_percent: f64,
    /// Packets that came again.
    pub duplicates: u64,
    /// Packets that came behind a later one.
    pub reordered: u64,
    /// Packets far from the sequence.
    pub strays: u64,
    /// New sequences under the same SSRC.
    pub restarts: u64,
    /// Interarrival jitter at the end (RFC 3550 6.4.1).
    pub jitter: Duration,
    /// The highest interarrival jitter.
    pub jitter_max: Duration,
    /// The mean of the interarrival jitter over all packets, as tshark has it.
    pub jitter_mean: Duration,
    /// Longest time between two packets.
    pub longest_pause: Duration,
    /// Time of the first packet.
    pub first_at: Instant,
    /// Time of the last packet.
    pub last_at: Instant,
    /// Payload types seen, in the order of appearance.
    pub payload_types: Vec<u8>,
    /// Packets with a payload type that was not agreed; they are not heard.
    pub unexpected_payload_type: u64,
    /// Packets of comfort noise (RFC 3389).
    pub comfort_noise: u64,
    /// Packets with the payload type of a codec whose payload they are not; they are not heard.
    pub undecodable: u64,
    /// Packets that were decoded.
    pub decoded: u64,
    /// How much audio was in these.
    pub audio: Duration,
    /// The source said BYE in RTCP.
    pub bye: bool,
    /// What faults are told from.
    pub watched: Watched,
}

/// What the peer reported about our stream (RFC 3550 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RemoteReport {
    /// Lost packets of the last interval in percent.
    pub lost_percent: f64,
    /// Packets lost altogether.
    pub cumulative_lost: i32,
    /// Interarrival jitter.
    pub jitter: Duration,
    /// Round trip, if the report refers to a sender report of ours.
    pub round_trip: Option<Duration>,
    /// When the report came.
    pub at: Instant,
}

/// A telephone-event that was received (RFC 4733).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedEvent {
    /// Event code; 0 to 15 are DTMF keys.
    pub event: u8,
    /// The DTMF key.
    pub key: Option<char>,
    /// When its first packet came.
    pub at: Instant,
    /// Its length so far.
    pub duration: Duration,
    /// Whether its end was received.
    pub ended: bool,
    /// How loud it is, in -dBm0 (RFC 4733 2.3.3).
    pub volume: u8,
}
