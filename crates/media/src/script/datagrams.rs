//! Datagrams with their times.

use std::time::Duration;

use crate::source::{is_known, link_types, read_frames, udp_of};

/// Datagrams that are to be sent one after the other, with their times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Datagrams {
    packets: Vec<PlannedDatagram>,
}

/// One datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedDatagram {
    /// When, since the first one.
    pub offset: Duration,
    /// What is added to the port that it comes from and to the one that it goes to.
    pub port_offset: u16,
    /// Its octets.
    pub payload: Vec<u8>,
}

/// Why a capture gives no datagrams.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatagramsError {
    /// Neither pcap nor pcapng, or cut before its first packet.
    #[error("not a pcap or pcapng file: {source}")]
    Unreadable {
        /// What the reader met.
        source: pcap_file::PcapError,
    },
    /// Packets of a network that is not known.
    #[error(
        "captured on a network of link type {link_type}: Ethernet, Linux cooked, raw IP and loopback \
         are known"
    )]
    LinkType {
        /// Number of the pcap registry.
        link_type: u32,
    },
    /// There is nothing to send.
    #[error("no UDP datagram among {packets} packets")]
    NoDatagram {
        /// Packets of the capture.
        packets: usize,
    },
}

impl Datagrams {
    /// These datagrams, in their order.
    pub fn new(packets: Vec<PlannedDatagram>) -> Self {
        Self { packets }
    }

    /// All UDP datagrams of a pcap or pcapng file (IPv4 or IPv6, whole packets), with the distances
    /// of their times, and their destination ports as distances from the lowest of them.
    ///
    /// # Errors
    /// The octets are no capture, or have no datagram.
    pub fn from_capture(octets: &[u8]) -> Result<Self, DatagramsError> {
        let frames = read_frames(octets).map_err(|source| DatagramsError::Unreadable { source })?;
        let mut found: Vec<_> = frames
            .iter()
            .filter_map(|frame| Some((frame.at, udp_of(frame)?)))
            .collect();
        // A stable sort: captures of several interfaces are not always in order.
        found.sort_by_key(|(at, _)| *at);
        let Some((begin, _)) = found.first() else {
            let unknown = link_types(&frames)
                .into_iter()
                .find(|link| !is_known(*link));
            return Err(match unknown {
                Some(link_type) => DatagramsError::LinkType { link_type },
                None => DatagramsError::NoDatagram {
                    packets: frames.len(),
                },
            });
        };
        let ports = found.iter().map(|(_, udp)| udp.destination_port);
        let lowest = ports.min().unwrap_or_default();
        let packets = found.iter().map(|(at, udp)| PlannedDatagram {
            offset: at.saturating_sub(*begin),
            port_offset: udp.destination_port - lowest,
            payload: udp.payload.to_vec(),
        });
        Ok(Self::new(packets.collect()))
    }

    /// The datagrams in the order of their times.
    pub fn packets(&self) -> &[PlannedDatagram] {
        &self.packets
    }
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;
    use pcap_file::DataLink;
    use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
    use pcap_file::pcapng::PcapNgWriter;
    use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
    use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionBlock;

    use super::*;

    const BEGUN: Duration = Duration::from_millis(1_700_000_000_500);

    fn ip(port: u16, payload: &[u8]) -> Vec<u8> {
        let packet = PacketBuilder::ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64).udp(4_000, port);
        let mut octets = Vec::new();
        packet.write(&mut octets, payload).expect("memory");
        octets
    }

    fn framed(link: DataLink, port: u16, payload: &[u8]) -> Vec<u8> {
        let mut octets = match link {
            // With a VLAN tag.
            DataLink::ETHERNET => [&[0; 12][..], &[0x81, 0, 0, 7, 8, 0]].concat(),
            DataLink::LINUX_SLL => [&[0, 0, 0, 1, 0, 6][..], &[0; 8], &[8, 0]].concat(),
            DataLink::LINUX_SLL2 => [&[8, 0][..], &[0; 18]].concat(),
            DataLink::NULL => vec![2, 0, 0, 0],
            _ => Vec::new(),
        };
        octets.extend(ip(port, payload));
        octets
    }

    fn pcap(link: DataLink, packets: &[(u64, u16, &[u8])]) -> Vec<u8> {
        let header = PcapHeader {
            datalink: link,
            ..PcapHeader::default()
        };
        let mut writer = PcapWriter::with_header(Vec::new(), header).expect("memory");
        for (ms, port, payload) in packets {
            let data = framed(link, *port, payload);
            let length = data.len() as u32;
            let packet = PcapPacket::new_owned(BEGUN + Duration::from_millis(*ms), length, data);
            writer.write_packet(&packet).expect("memory");
        }
        writer.into_writer()
    }

    fn pcapng(packets: &[(u64, u16, &[u8])]) -> Vec<u8> {
        let mut writer = PcapNgWriter::new(Vec::new()).expect("memory");
        let interface = InterfaceDescriptionBlock::new(DataLink::RAW, 65_535);
        writer.write_pcapng_block(interface).expect("memory");
        for (ms, port, payload) in packets {
            let data = framed(DataLink::RAW, *port, payload);
            let block = EnhancedPacketBlock {
                interface_id: 0,
                // Ticks are microseconds, which the writer counts as nanoseconds.
                timestamp: Duration::from_nanos(ms * 1_000),
                original_len: data.len() as u32,
                data: data.into(),
                options: Vec::new(),
            };
            writer.write_pcapng_block(block).expect("memory");
        }
        writer.into_inner()
    }

    #[test]
    fn datagrams_keep_their_distances_in_time_and_ports() {
        let packets: [(u64, u16, &[u8]); 3] =
            [(20, 6_003, b"b"), (0, 6_002, b"a"), (45, 6_000, b"")];
        let expected: Vec<_> = [(0, 2, "a"), (20, 3, "b"), (45, 0, "")]
            .map(|(ms, port_offset, payload)| PlannedDatagram {
                offset: Duration::from_millis(ms),
                port_offset,
                payload: payload.into(),
            })
            .into();
        for link in [
            DataLink::ETHERNET,
            DataLink::LINUX_SLL,
            DataLink::LINUX_SLL2,
            DataLink::RAW,
            DataLink::NULL,
        ] {
            let found = Datagrams::from_capture(&pcap(link, &packets)).expect("a capture");
            assert_eq!(found.packets(), expected, "{link:?}");
        }
        let found = Datagrams::from_capture(&pcapng(&packets)).expect("a capture");
        assert_eq!(found.packets(), expected);
    }

    #[test]
    fn a_capture_without_datagrams_says_why() {
        let other = pcap(DataLink::IEEE802_11, &[(0, 1, b"x")]);
        let told = |octets: &[u8]| {
            let error = Datagrams::from_capture(octets).expect_err("nothing to send");
            error.to_string()
        };
        assert!(told(&other).contains("link type 105"), "{}", told(&other));
        let empty = pcap(DataLink::ETHERNET, &[]);
        assert_eq!(told(&empty), "no UDP datagram among 0 packets");
        assert!(told(b"RIFF").starts_with("not a pcap or pcapng file"));
    }
}
