//! Any bytes as RTP, RTCP and telephone events: nothing panics, what is written reads as the same,
//! and the receive statistics hold for any order of packets.

#![no_main]

use std::time::Duration;

use gannet_rtp::{
    ReceiveStatistics, RtcpPacket, RtpPacket, TelephoneEvent, datagram_kind, parse_rtcp, write_rtcp,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = datagram_kind(bytes);
    if let Ok(packet) = RtpPacket::parse(bytes) {
        assert!(packet.payload().len() <= bytes.len());
        let _ = TelephoneEvent::parse(packet.payload());
    }
    if let Some(event) = TelephoneEvent::parse(bytes) {
        assert_eq!(TelephoneEvent::parse(&event.to_bytes()), Some(event));
        let _ = event.key();
    }
    if let Ok(packets) = parse_rtcp(bytes) {
        let packets: Vec<_> = packets.into_iter().filter_map(writable).collect();
        let mut written = Vec::new();
        if !packets.is_empty() && write_rtcp(&packets, &mut written).is_ok() {
            let again = parse_rtcp(&written).expect("written by us");
            let again: Vec<_> = again.into_iter().filter_map(writable).collect();
            assert_eq!(again, packets);
        }
    }
    statistics(bytes);
});

/// Packets of other types are not written, and an empty reason is written as none.
fn writable(mut packet: RtcpPacket) -> Option<RtcpPacket> {
    if let RtcpPacket::Bye { reason, .. } = &mut packet {
        reason.take_if(|reason| reason.is_empty());
    }
    (!matches!(packet, RtcpPacket::Other { .. })).then_some(packet)
}

/// Six bytes a packet: two of sequence number, two of timestamp, two of milliseconds since the last.
fn statistics(bytes: &[u8]) {
    let mut statistics = ReceiveStatistics::new(8000);
    let mut at = Duration::ZERO;
    for (index, packet) in bytes.chunks_exact(6).enumerate() {
        let pair = |from: usize| u16::from_be_bytes([packet[from], packet[from + 1]]);
        at += Duration::from_millis(u64::from(pair(4)));
        let _ = statistics.on_packet(pair(0), u32::from(pair(2)) << 16, at);
        assert!((0.0..=100.0).contains(&statistics.lost_percent()));
        if index % 5 == 0 {
            let _ = statistics.report_block(1, 2, 3);
        }
    }
    let _ = (
        statistics.jitter(),
        statistics.jitter_max(),
        statistics.lost(),
    );
}
