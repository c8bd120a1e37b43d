//! RTCP: compound packets of sender and receiver reports, source descriptions
//! and BYE (RFC 3550 6).

use rtcp_types::{
    Bye, Compound, CompoundBuilder, Packet, ReceiverReport, ReportBlock as Block, RtcpPacketWriter,
    RtcpPacketWriterExt, Sdes, SdesChunk, SdesItem, SenderReport,
};

/// Why octets are not RTCP, or a packet cannot be written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RtcpError {
    /// The peer sent octets that are not a compound packet (RFC 3550 6.1).
    #[error("malformed RTCP of {length} octets")]
    Malformed {
        /// Length of the datagram.
        length: usize,
        /// What the reader met.
        #[source]
        source: rtcp_types::RtcpParseError,
    },
    /// The packet has more of something than its fields can hold: 31 report
    /// blocks or sources, 255 octets of text (RFC 3550 6.4, 6.5, 6.6).
    #[error("RTCP packet that cannot be written")]
    Unwritable {
        /// The limit that was met.
        #[source]
        source: rtcp_types::RtcpWriteError,
    },
}

/// One packet of a compound RTCP packet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RtcpPacket {
    /// SR (RFC 3550 6.4.1).
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What it has sent.
        info: SenderInfo,
        /// What it has received.
        blocks: Vec<ReportBlock>,
    },
    /// RR (RFC 3550 6.4.2).
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it has received.
        blocks: Vec<ReportBlock>,
    },
    /// The CNAME of one chunk of an SDES packet (RFC 3550 6.5.1). Reading gives
    /// one for each chunk that has a CNAME.
    SourceDescription {
        /// Whose name.
        ssrc: u32,
        /// Canonical name.
        cname: String,
    },
    /// BYE (RFC 3550 6.6).
    Bye {
        /// Who leaves.
        sources: Vec<u32>,
        /// Why.
        reason: Option<String>,
    },
    /// A packet of another type: APP, feedback, extended reports.
    Other {
        /// RTCP packet type.
        packet_type: u8,
    },
}

/// Sender information of an SR (RFC 3550 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderInfo {
    /// Wall clock: seconds since 1900 in 32.32 bits.
    pub ntp_timestamp: u64,
    /// The same moment in RTP timestamp units.
    pub rtp_timestamp: u32,
    /// RTP packets sent.
    pub packet_count: u32,
    /// Payload octets sent.
    pub octet_count: u32,
}

/// A report block of an SR or RR (RFC 3550 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportBlock {
    /// The stream that is reported on.
    pub ssrc: u32,
    /// Loss since the last report in 1/256.
    pub fraction_lost: u8,
    /// Loss since the beginning; negative with duplicates. 24 bits.
    pub cumulative_lost: i32,
    /// Highest sequence number received, extended.
    pub extended_sequence: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
    /// Middle 32 bits of the NTP timestamp of the last SR, 0 for none.
    pub last_sender_report: u32,
    /// Delay since that SR in 1/65536 seconds.
    pub delay_since_last_sender_report: u32,
}

/// Reads a compound RTCP packet.
///
/// # Errors
/// [`RtcpError::Malformed`] if a part of it breaks RFC 3550 6.
pub fn parse_rtcp(datagram: &[u8]) -> Result<Vec<RtcpPacket>, RtcpError> {
    let malformed = |source| RtcpError::Malformed {
        length: datagram.len(),
        source,
    };
    let mut packets = Vec::new();
    for packet in Compound::parse(datagram).map_err(malformed)? {
        match packet.map_err(malformed)? {
            Packet::Sr(report) => packets.push(RtcpPacket::SenderReport {
                ssrc: report.ssrc(),
                info: SenderInfo {
                    ntp_timestamp: report.ntp_timestamp(),
                    rtp_timestamp: report.rtp_timestamp(),
                    packet_count: report.packet_count(),
                    octet_count: report.octet_count(),
                },
                blocks: report
                    .report_blocks()
                    .map(|block| read_block(&block))
                    .collect(),
            }),
            Packet::Rr(report) => packets.push(RtcpPacket::ReceiverReport {
                ssrc: report.ssrc(),
                blocks: report
                    .report_blocks()
                    .map(|block| read_block(&block))
                    .collect(),
            }),
            Packet::Sdes(sdes) => {
                for chunk in sdes.chunks() {
                    let cname = chunk.items().find(|item| item.type_() == SdesItem::CNAME);
                    if let Some(cname) = cname {
                        packets.push(RtcpPacket::SourceDescription {
                            ssrc: chunk.ssrc(),
                            cname: String::from_utf8_lossy(cname.value()).into_owned(),
                        });
                    }
                }
            }
            Packet::Bye(bye) => packets.push(RtcpPacket::Bye {
                sources: bye.ssrcs().collect(),
                reason: bye
                    .reason()
                    .map(|text| String::from_utf8_lossy(text).into_owned()),
            }),
            Packet::App(_) => packets.push(RtcpPacket::Other { packet_type: 204 }),
            other => packets.push(RtcpPacket::Other {
                packet_type: other_type(&other),
            }),
        }
    }
    Ok(packets)
}

/// Appends a compound packet of `packets` to `out`. [`RtcpPacket::Other`] is
/// left out.
///
/// # Errors
/// [`RtcpError::Unwritable`] if a packet holds more than its fields can count;
/// `out` is unchanged then.
pub fn write_rtcp(packets: &[RtcpPacket], out: &mut Vec<u8>) -> Result<(), RtcpError> {
    let mut compound = Compound::builder();
    for packet in packets {
        compound = add(compound, packet);
    }
    let unwritable = |source| RtcpError::Unwritable { source };
    let size = compound.calculate_size().map_err(unwritable)?;
    let start = out.len();
    out.resize(start + size, 0);
    match compound.write_into(&mut out[start..]) {
        Ok(_) => Ok(()),
        Err(source) => {
            out.truncate(start);
            Err(unwritable(source))
        }
    }
}

fn add<'a>(compound: CompoundBuilder<'a>, packet: &'a RtcpPacket) -> CompoundBuilder<'a> {
    match packet {
        RtcpPacket::SenderReport { ssrc, info, blocks } => {
            let report = SenderReport::builder(*ssrc)
                .ntp_timestamp(info.ntp_timestamp)
                .rtp_timestamp(info.rtp_timestamp)
                .packet_count(info.packet_count)
                .octet_count(info.octet_count);
            let report = blocks.iter().fold(report, |report, block| {
                report.add_report_block(write(block))
            });
            compound.add_packet(report)
        }
        RtcpPacket::ReceiverReport { ssrc, blocks } => {
            let report = blocks
                .iter()
                .fold(ReceiverReport::builder(*ssrc), |report, block| {
                    report.add_report_block(write(block))
                });
            compound.add_packet(report)
        }
        RtcpPacket::SourceDescription { ssrc, cname } => {
            let chunk =
                SdesChunk::builder(*ssrc).add_item(SdesItem::builder(SdesItem::CNAME, cname));
            compound.add_packet(Sdes::builder().add_chunk(chunk))
        }
        RtcpPacket::Bye { sources, reason } => {
            let bye = sources
                .iter()
                .fold(Bye::builder(), |bye, &source| bye.add_source(source));
            match reason {
                Some(reason) => compound.add_packet(bye.reason(reason.as_str())),
                None => compound.add_packet(bye),
            }
        }
        RtcpPacket::Other { .. } => compound,
    }
}

fn read_block(block: &Block<'_>) -> ReportBlock {
    // 24 bits with sign (RFC 3550 6.4.1).
    let cumulative_lost = (block.cumulative_lost() << 8) as i32 >> 8;
    ReportBlock {
        ssrc: block.ssrc(),
        fraction_lost: block.fraction_lost(),
        cumulative_lost,
        extended_sequence: block.extended_sequence_number(),
        jitter: block.interarrival_jitter(),
        last_sender_report: block.last_sender_report_timestamp(),
        delay_since_last_sender_report: block.delay_since_last_sender_report_timestamp(),
    }
}

fn write(block: &ReportBlock) -> rtcp_types::ReportBlockBuilder {
    Block::builder(block.ssrc)
        .fraction_lost(block.fraction_lost)
        .cumulative_lost(block.cumulative_lost as u32 & 0xff_ffff)
        .extended_sequence_number(block.extended_sequence)
        .interarrival_jitter(block.jitter)
        .last_sender_report_timestamp(block.last_sender_report)
        .delay_since_last_sender_report_timestamp(block.delay_since_last_sender_report)
}

fn other_type(packet: &Packet<'_>) -> u8 {
    use rtcp_types::RtcpPacketParserExt;
    packet.type_()
}
