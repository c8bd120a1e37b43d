//! RTP out of a capture, to be sent again.

use std::collections::HashMap;
use std::time::Duration;

use etherparse::{EtherType, SlicedPacket, TransportSlice};
use gannet_rtp::{DatagramKind, RtpPacket, datagram_kind};
use pcap_file::DataLink;
use pcap_file::pcap::PcapParser;
use pcap_file::pcapng::{Block, PcapNgParser, blocks::interface_description as interface};

/// The packets of one RTP stream of a capture, with their times.
///
/// PCMU and PCMA are sent in the agreed codec, any other payload type as it is.
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
        let frames = read_frames(octets)?;
        let mut streams: HashMap<u32, Vec<(Duration, RtpPacket<'_>)>> = HashMap::new();
        for frame in &frames {
            let Some(datagram) = udp_payload(frame.link, &frame.octets) else {
                continue;
            };
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
            let mut link_types: Vec<u32> =
                frames.iter().map(|frame| u32::from(frame.link)).collect();
            link_types.sort_unstable();
            link_types.dedup();
            return Err(ReplayError::NoRtp {
                packets: frames.len(),
                link_types,
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

struct Frame {
    at: Duration,
    link: DataLink,
    octets: Vec<u8>,
}

fn read_frames(octets: &[u8]) -> Result<Vec<Frame>, ReplayError> {
    let unreadable = |source| ReplayError::Unreadable { source };
    // A section header block begins with the same octets in both byte orders.
    if octets.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        return read_pcapng(octets).map_err(unreadable);
    }
    let (mut rest, parser) = PcapParser::new(octets).map_err(unreadable)?;
    let link = parser.header().datalink;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let Ok((after, packet)) = parser.next_packet(rest) else {
            break;
        };
        rest = after;
        frames.push(Frame {
            at: packet.timestamp,
            link,
            octets: packet.data.into_owned(),
        });
    }
    Ok(frames)
}

fn read_pcapng(octets: &[u8]) -> Result<Vec<Frame>, pcap_file::PcapError> {
    let (mut rest, mut parser) = PcapNgParser::new(octets)?;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let Ok((after, block)) = parser.next_block(rest) else {
            break;
        };
        rest = after;
        let Block::EnhancedPacket(packet) = block else {
            continue;
        };
        let Some(interface) = parser.packet_interface(&packet) else {
            continue;
        };
        // The reader takes the ticks of any interface for nanoseconds.
        let at = ticks(packet.timestamp.as_nanos(), resolution(interface));
        frames.push(Frame {
            at,
            link: interface.linktype,
            octets: packet.data.into_owned(),
        });
    }
    Ok(frames)
}

/// The `if_tsresol` option of an interface; microseconds without it.
fn resolution(interface: &interface::InterfaceDescriptionBlock<'_>) -> u8 {
    let option = interface.options.iter().find_map(|option| match option {
        interface::InterfaceDescriptionOption::IfTsResol(resolution) => Some(*resolution),
        _ => None,
    });
    option.unwrap_or(6)
}

/// Ticks of 10^-n seconds, or 2^-n with the highest bit set.
fn ticks(count: u128, resolution: u8) -> Duration {
    let exponent = u32::from(resolution & 0x7f);
    let per_second = if resolution & 0x80 == 0 {
        10_u128.checked_pow(exponent)
    } else {
        1_u128.checked_shl(exponent)
    };
    let Some(per_second) = per_second else {
        return Duration::ZERO;
    };
    let seconds = u64::try_from(count / per_second).unwrap_or(u64::MAX);
    let fraction = (count % per_second) as f64 / per_second as f64;
    Duration::new(seconds, (fraction * 1e9) as u32)
}

/// Ether type of IPv4 and IPv6 in cooked captures.
const IP_ETHER_TYPES: [EtherType; 2] = [EtherType::IPV4, EtherType::IPV6];
/// Length of the second version of the Linux cooked header.
const COOKED2_HEADER: usize = 20;
/// Length of the address family before a packet of a loopback interface.
const LOOPBACK_HEADER: usize = 4;

fn udp_payload(link: DataLink, octets: &[u8]) -> Option<&[u8]> {
    let sliced = match link {
        DataLink::ETHERNET => SlicedPacket::from_ethernet(octets).ok()?,
        DataLink::LINUX_SLL => SlicedPacket::from_linux_sll(octets).ok()?,
        DataLink::LINUX_SLL2 => {
            let kind = EtherType(u16::from_be_bytes([*octets.first()?, *octets.get(1)?]));
            if !IP_ETHER_TYPES.contains(&kind) {
                return None;
            }
            SlicedPacket::from_ip(octets.get(COOKED2_HEADER..)?).ok()?
        }
        DataLink::RAW | DataLink::IPV4 | DataLink::IPV6 => SlicedPacket::from_ip(octets).ok()?,
        DataLink::NULL | DataLink::LOOP => {
            SlicedPacket::from_ip(octets.get(LOOPBACK_HEADER..)?).ok()?
        }
        _ => return None,
    };
    match sliced.transport? {
        TransportSlice::Udp(udp) => Some(udp.payload()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_the_resolution() {
        for (count, resolution, nanos) in [
            (1_500_000, 6, 1_500_000_000_u128),
            (1_500, 9, 1_500),
            (3, 0, 3_000_000_000),
            (3, 0x81, 1_500_000_000),
            (5, 0x7f, 0),
        ] {
            assert_eq!(
                ticks(count, resolution).as_nanos(),
                nanos,
                "{count} {resolution:#x}"
            );
        }
    }

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
