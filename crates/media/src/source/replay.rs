//! RTP out of a capture, to be sent again.

use std::collections::HashMap;
use std::time::Duration;

use gannet_rtp::{DatagramKind, RtpPacket, datagram_kind};

use super::capture::{link_types, read_frames, udp_of};

/// The packets of one RTP stream of a capture, with their times.
///
/// Payload types that mean a codec without signalling (PCMU, PCMA, G722, L16) are sent in the agreed
/// codec, any other payload type as it is.
/// Sequence numbers and timestamps go on from what the session sent before, and
/// over the end of the capture into its next round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    packets: Vec<ReplayPacket>,
    round: Duration,
    round_units: u32,
}

/// One packet to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplayPacket {
    /// Time since the first packet.
    pub(crate) offset: Duration,
    /// RTP timestamp since that of the first packet.
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) payload: Vec<u8>,
}

/// Why a capture cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Neither pcap nor pcapng, or cut before its first packet.
    #[error("not a pcap or pcapng file")]
    Unreadable {
        /// What the reader met.
        #[source]
        source: pcap_file::PcapError,
    },
    /// The capture has no RTP over UDP in a link type that is known (Ethernet,
    /// raw IP, Linux cooked, loopback).
    #[error("no RTP among {packets} packets of link types {link_types:?}")]
    NoRtp {
        /// Packets of the capture.
        packets: usize,
        /// Their link types (numbers of the pcap registry).
        link_types: Vec<u32>,
    },
}

impl Replay {
    /// Takes the stream with the most packets out of a pcap or pcapng file
    /// (IPv4 or IPv6, whole datagrams). A file that is cut in the middle gives
    /// what it has.
    ///
    /// # Errors
    /// [`ReplayError`] if there is no such stream.
    pub fn from_capture(octets: &[u8]) -> Result<Self, ReplayError> {
        let frames = read_frames(octets).map_err(|source| ReplayError::Unreadable { source })?;
        let mut streams: HashMap<u32, Vec<(Duration, RtpPacket<'_>)>> = HashMap::new();
        for frame in &frames {
            let Some(datagram) = udp_of(frame) else {
                continue;
            };
            let datagram = datagram.payload;
            if datagram_kind(datagram) != DatagramKind::Rtp {
                continue;
            }
            if let Ok(packet) = RtpPacket::parse(datagram) {
                streams
                    .entry(packet.ssrc())
                    .or_default()
                    .push((frame.at, packet));
            }
        }
        // Equal lengths are told apart by the SSRC, so that every run picks the same.
        let longest = streams
            .into_iter()
            .max_by_key(|(ssrc, packets)| (packets.len(), *ssrc));
        let Some((_, packets)) = longest else {
            return Err(ReplayError::NoRtp {
                packets: frames.len(),
                link_types: link_types(&frames),
            });
        };
        let (begin, first) = (packets[0].0, packets[0].1.timestamp());
        let packets = packets.iter().map(|(at, packet)| ReplayPacket {
            offset: at.saturating_sub(begin),
            timestamp: packet.timestamp().wrapping_sub(first),
            marker: packet.marker_bit(),
            payload_type: packet.payload_type(),
            payload: packet.payload().to_vec(),
        });
        Ok(Self::new(packets.collect()))
    }

    /// Number of packets of one round.
    pub fn packet_count(&self) -> usize {
        self.packets.len()
    }

    /// Length of one round: from the first packet to its next sending.
    pub fn round(&self) -> Duration {
        self.round
    }

    /// One round in timestamp units.
    pub(crate) fn round_units(&self) -> u32 {
        self.round_units
    }

    pub(crate) fn packets(&self) -> &[ReplayPacket] {
        &self.packets
    }

    fn new(packets: Vec<ReplayPacket>) -> Self {
        // The last packet lasts as long as the others did on average.
        let (mut round, mut round_units) = (PACKET_DEFAULT, PACKET_DEFAULT_UNITS);
        if let Some(last) = packets.last()
            && packets.len() > 1
        {
            let gaps = packets.len() as u32 - 1;
            round = last.offset + (last.offset / gaps).max(Duration::from_millis(1));
            round_units = last.timestamp.wrapping_add((last.timestamp / gaps).max(1));
        }
        Self {
            packets,
            round,
            round_units,
        }
    }
}

/// Length of a single packet.
const PACKET_DEFAULT: Duration = Duration::from_millis(20);
const PACKET_DEFAULT_UNITS: u32 = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_ends_one_packet_after_the_last() {
        let packet = |index: u32| ReplayPacket {
            offset: Duration::from_millis(20) * index,
            timestamp: 160 * index,
            marker: false,
            payload_type: 0,
            payload: Vec::new(),
        };
        let replay = Replay::new((0..10).map(packet).collect());
        assert_eq!(
            (replay.round(), replay.round_units()),
            (Duration::from_millis(200), 1600)
        );
        let one = Replay::new(vec![packet(0)]);
        assert_eq!(
            (one.round(), one.round_units()),
            (Duration::from_millis(20), 160)
        );
    }
}
