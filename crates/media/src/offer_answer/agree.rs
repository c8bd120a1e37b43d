//! What both sides agreed on.

use std::net::SocketAddr;
use std::time::Duration;

use gannet_sdp::{Direction, MediaDescription, MediaLineView};

use super::capabilities::MediaCapabilities;
use super::error::OfferAnswerError;
use crate::codec::Codec;

/// The outcome of an offer and its answer for the audio, from our view: all
/// that an RTP session needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// Index of the audio among the `m=` lines.
    pub media_index: usize,
    /// Where our RTP goes. Unspecified when the peer holds by the zero address.
    pub remote: SocketAddr,
    /// Where our RTCP goes.
    pub remote_rtcp: SocketAddr,
    /// RTP and RTCP share a port (RFC 5761 5.1.1: both sides have `a=rtcp-mux`).
    pub rtcp_mux: bool,
    /// The codec that we send.
    pub codec: Codec,
    /// The payload type that we send it with.
    pub payload_type: u8,
    /// The payload types that we must be able to receive, and what they mean.
    pub receive_payload_types: Vec<(u8, Codec)>,
    /// What we do: send, receive, both or neither.
    pub direction: Direction,
    /// Length of the packets that we send.
    pub ptime: Duration,
    /// Payload types of telephone-event, if both sides have it.
    pub telephone_event: Option<TelephoneEventTypes>,
}

impl Negotiated {
    /// Whether the peer has put us on hold: it does not want to hear us.
    pub fn is_held_by_peer(&self) -> bool {
        !self.direction.sends() || self.remote.ip().is_unspecified()
    }
}

/// The payload types of telephone-event, which may differ by direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TelephoneEventTypes {
    /// The one to send.
    pub send: u8,
    /// The one to receive.
    pub receive: u8,
}

/// A format that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Common {
    pub(super) codec: Codec,
    /// Payload type in the peer's description: the one to send.
    pub(super) theirs: u8,
    /// Index of the format among ours.
    pub(super) ours: usize,
}

/// The implemented codecs in the order of the peer's description.
pub(super) fn common_codecs(
    caps: &MediaCapabilities,
    remote: &MediaDescription<'_>,
) -> Result<Vec<Common>, OfferAnswerError> {
    let line = remote.line_view();
    let payload_types = line.iter().flat_map(MediaLineView::payload_types);
    let maps: Vec<_> = payload_types.map(|pt| (pt, remote.rtpmap(pt))).collect();
    let common: Vec<Common> = maps
        .iter()
        .filter_map(|(theirs, map)| {
            let map = map.as_ref()?;
            let codec = Codec::from_encoding(&map.encoding, map.clock_rate)?;
            let ours = caps
                .formats
                .iter()
                .position(|format| format.codec() == Some(codec))?;
            Some(Common {
                codec,
                theirs: *theirs,
                ours,
            })
        })
        .collect();
    if !common.is_empty() {
        return Ok(common);
    }
    Err(OfferAnswerError::NoCommonCodec {
        offered: maps
            .iter()
            .map(|(pt, map)| {
                map.as_ref()
                    .map_or_else(|| pt.to_string(), |map| map.encoding.clone())
            })
            .collect(),
        supported: caps
            .formats
            .iter()
            .filter(|format| format.codec().is_some())
            .map(|format| format.encoding.clone())
            .collect(),
    })
}

/// The peer's telephone-event of 8000 Hz.
pub(super) fn remote_telephone_event(remote: &MediaDescription<'_>) -> Option<u8> {
    remote.line_view()?.payload_types().find(|&pt| {
        remote
            .rtpmap(pt)
            .is_some_and(|map| map.is("telephone-event", 8000))
    })
}

/// What we do, given the peer's description: its direction reversed, and
/// nothing sent to the zero address (RFC 3264 8.4).
pub(super) fn direction_for(remote: &MediaDescription<'_>) -> Direction {
    let theirs = remote.direction();
    let zero = remote
        .connection()
        .and_then(|c| c.ip())
        .is_some_and(|ip| ip.is_unspecified());
    Direction::new(theirs.receives() && !zero, theirs.sends())
}

/// Length of our packets: what the peer asks for, else what we say ourselves,
/// else 20 ms (RFC 3551 4.2); never more than the peer's `a=maxptime`.
pub(super) fn packet_time(caps: &MediaCapabilities, remote: &MediaDescription<'_>) -> Duration {
    let wanted = remote.ptime().or(caps.ptime).unwrap_or(PTIME_DEFAULT_MS);
    let limited = wanted.min(remote.maxptime().unwrap_or(PTIME_MAX_MS));
    Duration::from_millis(u64::from(limited.clamp(PTIME_MIN_MS, PTIME_MAX_MS)))
}

/// Default packet time of audio (RFC 3551 4.2).
const PTIME_DEFAULT_MS: u32 = 20;
/// Shortest packets that are sent.
const PTIME_MIN_MS: u32 = 5;
/// Longest packets that are sent; RFC 3551 4.2 asks receivers for 200 ms.
const PTIME_MAX_MS: u32 = 200;
