//! Writing pcapng and pcap.

use std::borrow::Cow;
use std::io::{self, Write};

use gannet_events::{Direction, WireRecord};
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness, PcapError, TsResolution};

use super::duplicates::{Duplicates, Shown, packets};
use super::frame::FrameMaker;

/// The longest frame that readers need to expect; the customary largest value.
const FRAME_BYTES_MAX: u32 = 262_144;
/// `if_tsresol`: times count 10^-9 s.
const NANOSECONDS: u8 = 9;
/// `epb_flags`, bits 0 and 1: direction.
const FLAG_INBOUND: u32 = 0b01;
const FLAG_OUTBOUND: u32 = 0b10;

/// What went into a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PcapSummary {
    /// Packets or stream messages written.
    pub written: u64,
    /// Records that were not written because the other end's record shows the same packet.
    pub merged: u64,
    /// Packets lost by the impairment switch. A pcapng file has those that were sent, with a
    /// comment; a pcap file, which has no comments, has none of them.
    pub lost: u64,
    /// Records that fit no IP packet.
    pub unfit: u64,
}

/// Writes the records as pcapng: Ethernet frames with nanosecond times, each with its direction and
/// a comment that names the owners. Packets that the impairment switch lost say so in the comment.
///
/// Headers are made up around the true addresses; TCP messages come as segments of a stream whose
/// handshake is not shown.
pub fn write_pcapng<W: Write>(
    writer: W,
    records: &[WireRecord],
    duplicates: Duplicates,
) -> io::Result<PcapSummary> {
    let section = SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![SectionHeaderOption::UserApplication(Cow::Borrowed(
            concat!("gannet ", env!("CARGO_PKG_VERSION")),
        ))],
        ..SectionHeaderBlock::default()
    };
    let mut file = PcapNgWriter::with_section_header(writer, section).map_err(to_io)?;
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::ETHERNET,
        snaplen: FRAME_BYTES_MAX,
        options: vec![
            InterfaceDescriptionOption::IfName(Cow::Borrowed("gannet")),
            InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
        ],
    };
    file.write_pcapng_block(interface).map_err(to_io)?;
    let summary = each_frame(records, duplicates, true, |shown, first, frame| {
        let mut options = Vec::with_capacity(2);
        if first {
            options.push(EnhancedPacketOption::Comment(shown.comment().into()));
        }
        options.push(EnhancedPacketOption::Flags(match shown.record.direction {
            Direction::Sent => FLAG_OUTBOUND,
            Direction::Received => FLAG_INBOUND,
        }));
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: shown.record.at,
            original_len: frame.len() as u32,
            data: Cow::Borrowed(frame),
            options,
        };
        file.write_pcapng_block(block).map_err(to_io).map(drop)
    })?;
    file.into_inner().flush()?;
    Ok(summary)
}

/// Writes the records as classic pcap with nanosecond times, for readers that know no pcapng.
/// Packets that the impairment switch lost are left out, since there is no place to say so.
pub fn write_pcap<W: Write>(
    writer: W,
    records: &[WireRecord],
    duplicates: Duplicates,
) -> io::Result<PcapSummary> {
    let header = PcapHeader {
        snaplen: FRAME_BYTES_MAX,
        datalink: DataLink::ETHERNET,
        ts_resolution: TsResolution::NanoSecond,
        endianness: Endianness::Little,
        ..PcapHeader::default()
    };
    let mut file = PcapWriter::with_header(writer, header).map_err(to_io)?;
    let summary = each_frame(records, duplicates, false, |shown, _, frame| {
        let packet = PcapPacket::new(shown.record.at, frame.len() as u32, frame);
        file.write_packet(&packet).map_err(to_io).map(drop)
    })?;
    file.into_writer().flush()?;
    Ok(summary)
}

/// Gives every frame of the file to `write`, with whether it is the first of its record.
fn each_frame(
    records: &[WireRecord],
    duplicates: Duplicates,
    with_lost: bool,
    mut write: impl FnMut(&Shown<'_>, bool, &[u8]) -> io::Result<()>,
) -> io::Result<PcapSummary> {
    let mut maker = FrameMaker::default();
    let mut summary = PcapSummary::default();
    for shown in packets(records, duplicates) {
        summary.merged += u64::from(shown.received.is_some());
        summary.lost += u64::from(shown.is_lost());
        if shown.is_lost() && !with_lost {
            continue;
        }
        let frames = maker.frames(shown.record);
        if frames.is_empty() {
            summary.unfit += 1;
            continue;
        }
        summary.written += 1;
        for (index, frame) in frames.iter().enumerate() {
            write(&shown, index == 0, frame)?;
        }
    }
    Ok(summary)
}

fn to_io(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
