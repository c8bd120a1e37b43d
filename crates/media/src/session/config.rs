//! What a session is made of.

use std::time::Duration;

use crate::offer_answer::Negotiated;

/// What an [`crate::RtpSession`] starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpSessionConfig {
    /// What was agreed in SDP.
    pub negotiated: Negotiated,
    /// SSRC of what is sent.
    pub ssrc: u32,
    /// Sequence number of the first packet (RFC 3550 5.1: random).
    pub first_sequence: u16,
    /// Timestamp of the first packet in ticks of the clock rate (RFC 3550 5.1: random).
    pub first_timestamp: u32,
    /// CNAME of our source descriptions (RFC 3550 6.5.1).
    pub cname: String,
    /// NTP time of the moment that is passed to `new` as now: seconds since
    /// 1900 in 32.32 bits, for sender reports.
    pub ntp_start: u64,
    /// Mean time between RTCP packets; `None` for no RTCP at all. RFC 3550 6.2
    /// asks for 5 s or more.
    pub rtcp_interval: Option<Duration>,
    /// Seed for the spread of the RTCP times (RFC 3550 6.3.1).
    pub rtcp_seed: u64,
    /// Symmetric RTP (RFC 4961): send to where RTP comes from, whatever the
    /// SDP says.
    pub symmetric: bool,
    /// How long the listener keeps what was heard, 6 MB for half an hour.
    pub timeline_kept: Duration,
    /// How much of the newest sound is kept for comparisons
    /// ([`recent_audio`](super::RtpSession::recent_audio)): 16 kB a second, taken when the
    /// first packet comes. Zero keeps nothing.
    pub sound_kept: Duration,
    /// What is done wrong with SRTP on purpose.
    pub srtp_fault: Option<SrtpFault>,
}

/// What a session does wrong with SRTP on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SrtpFault {
    /// Sends plain RTP where SRTP was agreed on.
    SendsPlain,
    /// Sends SRTP where plain RTP was agreed on.
    SendsProtected,
    /// Sends under another key than the one in the description.
    OtherKey,
}

impl RtpSessionConfig {
    /// Random numbers from `rng`, RTCP every 5 seconds, symmetric RTP, a
    /// timeline of half an hour, 20 s of sound. `ntp_start` is the NTP time of the start.
    pub fn new(negotiated: Negotiated, ntp_start: u64, rng: &mut fastrand::Rng) -> Self {
        Self {
            negotiated,
            ssrc: rng.u32(..),
            first_sequence: rng.u16(..),
            first_timestamp: rng.u32(..),
            cname: format!("{:016x}", rng.u64(..)),
            ntp_start,
            rtcp_interval: Some(Duration::from_secs(5)),
            rtcp_seed: rng.u64(..),
            symmetric: true,
            timeline_kept: Duration::from_mins(30),
            sound_kept: Duration::from_secs(20),
            srtp_fault: None,
        }
    }
}
