//! What is to happen to the RTP of a phone.

use std::time::{Duration, Instant};

/// What happens to the media of a phone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Impairments {
    /// On the way out.
    pub sent: Way,
    /// On the way in.
    pub received: Way,
    /// What the phone itself does wrong.
    pub faults: SenderFaults,
}

/// What the network does to datagrams of one direction. Loss, jitter, reordering and duplicates
/// befall RTP only, delay RTCP too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Way {
    /// Packets that are lost.
    pub loss: Loss,
    /// By how much each packet is late.
    pub delay: Duration,
    /// By how much each packet is late at most beyond that, at random; packets may overtake each
    /// other.
    pub jitter: Duration,
    /// The share of packets (0 to 1) that go after the one that follows them.
    pub reorder: f64,
    /// The share of packets (0 to 1) that go twice.
    pub duplicate: f64,
    /// Until when all packets are lost.
    pub paused_until: Option<Instant>,
}

/// Which packets are lost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Loss {
    /// None.
    #[default]
    None,
    /// Each with this probability (0 to 1), whatever became of the one before.
    Random(f64),
    /// By the model of Gilbert: good times, in which nothing is lost, and bad ones, in which all is.
    Bursts {
        /// The share of packets that are lost, 0 to 1.
        share: f64,
        /// The mean number of packets lost on end, 1 or more.
        length: f64,
    },
}

/// What a broken sender does to its packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderFaults {
    /// The payload type that all packets of audio get.
    pub payload_type: Option<u8>,
    /// All packets have the timestamp of the first one from now on.
    pub frozen_timestamp: bool,
    /// RTP goes out from the RTCP port.
    pub other_port: bool,
}

impl Way {
    /// Whether every packet goes through as it is.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }
}

impl Impairments {
    /// Whether nothing is impaired.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }
}
