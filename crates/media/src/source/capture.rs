//! Packets out of a pcap or pcapng file.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::{EtherType, NetSlice, SlicedPacket, TransportSlice};
use pcap_file::pcap::PcapParser;
use pcap_file::pcapng::{Block, PcapNgParser, blocks::interface_description as interface};
use pcap_file::{DataLink, PcapError};

/// A packet as it was captured.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// When, since any beginning.
    pub(crate) at: Duration,
    link: DataLink,
    octets: Vec<u8>,
}

/// A datagram of a capture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Udp<'a> {
    pub(crate) destination_port: u16,
    pub(crate) payload: &'a [u8],
}

/// What a packet carries, from where to where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried<'a> {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
    /// Number of the first octet in its TCP stream; `None` for UDP.
    pub(crate) sequence: Option<u32>,
    pub(crate) payload: &'a [u8],
}

/// Reads a pcap or pcapng file. One that is cut in the middle gives what it has.
///
/// # Errors
/// It is neither, or cut before its first packet.
pub(crate) fn read_frames(octets: &[u8]) -> Result<Vec<Frame>, PcapError> {
    // A section header block begins with the same octets in both byte orders.
    if octets.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        return read_pcapng(octets);
    }
    let (mut rest, parser) = PcapParser::new(octets)?;
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

fn read_pcapng(octets: &[u8]) -> Result<Vec<Frame>, PcapError> {
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

/// The link types of a capture (numbers of the pcap registry), each once.
pub(crate) fn link_types(frames: &[Frame]) -> Vec<u32> {
    let mut found: Vec<u32> = frames.iter().map(|frame| u32::from(frame.link)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether packets of the link type can be read.
pub(crate) fn is_known(link: u32) -> bool {
    KNOWN.iter().any(|known| u32::from(*known) == link)
}

const KNOWN: [DataLink; 8] = [
    DataLink::ETHERNET,
    DataLink::LINUX_SLL,
    DataLink::LINUX_SLL2,
    DataLink::RAW,
    DataLink::IPV4,
    DataLink::IPV6,
    DataLink::NULL,
    DataLink::LOOP,
];

/// What a packet carries, if that is a whole datagram or a segment of a stream.
pub(crate) fn carried_by(frame: &Frame) -> Option<Carried<'_>> {
    let sliced = slice(frame)?;
    let (source, destination) = addresses(&sliced)?;
    let (ports, sequence, payload) = match sliced.transport? {
        TransportSlice::Udp(udp) => (
            (udp.source_port(), udp.destination_port()),
            None,
            udp.payload(),
        ),
        TransportSlice::Tcp(tcp) => (
            (tcp.source_port(), tcp.destination_port()),
            Some(tcp.sequence_number()),
            tcp.payload(),
        ),
        _ => return None,
    };
    Some(Carried {
        source: SocketAddr::new(source, ports.0),
        destination: SocketAddr::new(destination, ports.1),
        sequence,
        payload,
    })
}

fn addresses(sliced: &SlicedPacket<'_>) -> Option<(IpAddr, IpAddr)> {
    match sliced.net.as_ref()? {
        NetSlice::Ipv4(ip) => Some((
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        )),
        NetSlice::Ipv6(ip) => Some((
            ip.header().source_addr().into(),
            ip.header().destination_addr().into(),
        )),
        NetSlice::Arp(_) => None,
    }
}

/// The UDP datagram in a packet, if that has a whole one.
pub(crate) fn udp_of(frame: &Frame) -> Option<Udp<'_>> {
    match slice(frame)?.transport? {
        TransportSlice::Udp(udp) => Some(Udp {
            destination_port: udp.destination_port(),
            payload: udp.payload(),
        }),
        _ => None,
    }
}

fn slice(frame: &Frame) -> Option<SlicedPacket<'_>> {
    let octets = &frame.octets[..];
    Some(match frame.link {
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
    })
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
}
