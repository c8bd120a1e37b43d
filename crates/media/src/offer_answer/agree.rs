//! What both sides agreed on.

use std::net::SocketAddr;
use std::time::Duration;

use gannet_sdp::{Direction, MediaDescription, MediaLineView};

use super::capabilities::{Format, MediaCapabilities};
use super::error::OfferAnswerError;
use super::security::Security;
use crate::codec::{Codec, OpusWishes};

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
    /// Payload type of comfort noise (RFC 3389) to send in place of silence, if both sides have it.
    pub comfort_noise: Option<u8>,
    /// How the peer wants Opus, if that is the codec that we send.
    pub opus_wishes: OpusWishes,
    /// What protects the packets.
    pub security: Security,
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
    let maps: Vec<_> = payload_types
        .map(|pt| (pt, remote.rtpmap_view(pt)))
        .collect();
    let common: Vec<Common> = maps
        .iter()
        .filter_map(|(theirs, map)| {
            let map = map.as_ref()?;
            let codec = Codec::from_rtpmap(map.encoding, map.clock_rate, map.parameters)?;
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
                    .map_or_else(|| pt.to_string(), |map| map.encoding.to_owned())
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

/// The telephone-event of a description that has the clock of a codec (RFC 4733 2.1).
pub(super) fn telephone_event_beside(
    codec: Codec,
    description: &MediaDescription<'_>,
) -> Option<u8> {
    payload_type_of("telephone-event", codec.clock_rate(), description)
}

/// The payload type of comfort noise beside a codec, if we have it too. Codecs that bring their own
/// (Opus) need none, nor do uncompressed samples.
pub(super) fn comfort_noise_beside(
    codec: Codec,
    caps: &MediaCapabilities,
    remote: &MediaDescription<'_>,
) -> Option<u8> {
    let is_fit = matches!(codec, Codec::Pcmu | Codec::Pcma | Codec::G722);
    let ours = caps.formats.iter().any(Format::is_comfort_noise);
    (is_fit && ours)
        .then(|| payload_type_of("CN", codec.clock_rate(), remote))
        .flatten()
}

fn payload_type_of(
    encoding: &str,
    clock_rate: u32,
    description: &MediaDescription<'_>,
) -> Option<u8> {
    description.line_view()?.payload_types().find(|&pt| {
        description
            .rtpmap_view(pt)
            .is_some_and(|map| map.is(encoding, clock_rate))
    })
}

/// How the peer wants what we send, from the `a=fmtp` of that payload type.
pub(super) fn opus_wishes(common: &Common, remote: &MediaDescription<'_>) -> OpusWishes {
    match (common.codec, remote.fmtp(common.theirs)) {
        (Codec::Opus, Some(parameters)) => OpusWishes::parse(parameters),
        _ => OpusWishes::default(),
    }
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
/// else 20 ms (RFC 3551 4.2); never more than the peer's `a=maxptime`, and a length that the codec
/// has.
pub(super) fn packet_time(
    codec: Codec,
    caps: &MediaCapabilities,
    remote: &MediaDescription<'_>,
) -> Duration {
    let wanted = remote.ptime().or(caps.ptime).unwrap_or(PTIME_DEFAULT_MS);
    let limited = wanted.min(remote.maxptime().unwrap_or(PTIME_MAX_MS));
    let limited = limited.clamp(PTIME_MIN_MS, PTIME_MAX_MS);
    codec.packet_time(Duration::from_millis(u64::from(limited)))
}

/// Default packet time of audio (RFC 3551 4.2).
const PTIME_DEFAULT_MS: u32 = 20;
/// Shortest packets that are sent.
const PTIME_MIN_MS: u32 = 5;
/// Longest packets that are sent; RFC 3551 4.2 asks receivers for 200 ms.
const PTIME_MAX_MS: u32 = 200;
