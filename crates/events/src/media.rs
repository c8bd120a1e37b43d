//! What the phones of a scenario sent and heard.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::serial::nanos;

/// The media of one call leg, as its phone saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct MediaReport {
    /// The phone's name.
    pub phone: String,
    /// The Call-ID of the call.
    pub call_id: Option<String>,
    /// The codec, for example `"PCMU/8000"`.
    pub codec: String,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets that left more than 10 ms after their time, because Gannet was late.
    #[serde(default)]
    pub packets_late: u64,
    /// RTP packets that Gannet left out because their time was long over.
    #[serde(default)]
    pub packets_left_out: u64,
    /// How long after its time the latest packet left.
    #[serde(default, with = "nanos", rename = "lateness_max_ns")]
    pub lateness_max: Duration,
    /// RTP packets received.
    pub packets_received: u64,
    /// RTP packets that the sequence numbers say were lost on the way to the phone.
    pub packets_lost: u64,
    /// RTP packets that arrived after a later one.
    pub packets_reordered: u64,
    /// Interarrival jitter (RFC 3550 6.4.1) at the end of the stream.
    #[serde(with = "nanos", rename = "jitter_ns")]
    pub jitter: Duration,
    /// The mean of the interarrival jitter over all packets.
    #[serde(default, with = "nanos", rename = "jitter_mean_ns")]
    pub jitter_mean: Duration,
    /// The highest interarrival jitter.
    #[serde(default, with = "nanos", rename = "jitter_max_ns")]
    pub jitter_max: Duration,
    /// Mean opinion score by the E-model (ITU-T G.107) in hundredths, if anything came that has
    /// one.
    #[serde(default, rename = "mos_hundredths")]
    pub mos: Option<u16>,
    /// What was wrong with what came, for example `"gap: nothing came for 700 ms"`.
    #[serde(default)]
    pub faults: Vec<String>,
    /// What was heard, in order.
    pub heard: Vec<Heard>,
}

/// A stretch of sound in what a phone received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Heard {
    /// What it was, for example `"tone 440 Hz"`, `"silence"`, `"sound"`.
    pub what: String,
    /// When it began, counted from the first packet.
    #[serde(with = "nanos", rename = "start_ns")]
    pub start: Duration,
    /// How long it lasted.
    #[serde(with = "nanos", rename = "duration_ns")]
    pub duration: Duration,
}
