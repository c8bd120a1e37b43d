//! Ethernet frames around what crossed a socket. The sockets gave us only the payload; the headers
//! are made up around the true addresses, with right lengths and checksums.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep, err::packet::BuildWriteError};
use gannet_events::WireRecord;

/// Payload of one TCP segment, as on an Ethernet with timestamps in the TCP header.
const SEGMENT_BYTES_MAX: usize = 1448;
const TTL: u8 = 64;
const WINDOW_BYTES: u16 = u16::MAX;

/// Makes frames and keeps the sequence numbers of every TCP stream.
#[derive(Debug, Default)]
pub(super) struct FrameMaker {
    /// The next sequence number of a direction. Streams start at 1, as after a handshake.
    next_sequence: HashMap<(SocketAddr, SocketAddr), u32>,
}

impl FrameMaker {
    /// The frames of one record: one for a datagram, one or more for a stream message. None when
    /// it fits no packet: addresses of two families, or a payload too long for IP.
    pub(super) fn frames(&mut self, record: &WireRecord) -> Vec<Vec<u8>> {
        let (source, destination) = (record.source(), record.destination());
        let frames = if record.transport.eq_ignore_ascii_case("UDP") {
            datagram(source, destination, &record.bytes).map(|frame| vec![frame])
        } else {
            self.segments(source, destination, &record.bytes)
        };
        frames.unwrap_or_default()
    }

    fn segments(
        &mut self,
        source: SocketAddr,
        destination: SocketAddr,
        payload: &[u8],
    ) -> Option<Vec<Vec<u8>>> {
        let back = self.next_sequence.get(&(destination, source));
        let acknowledged = back.copied().unwrap_or(1);
        let mut sequence = self
            .next_sequence
            .get(&(source, destination))
            .copied()
            .unwrap_or(1);
        let mut frames = Vec::new();
        for piece in payload.chunks(SEGMENT_BYTES_MAX) {
            let packet = network(source.ip(), destination.ip())?
                .tcp(source.port(), destination.port(), sequence, WINDOW_BYTES)
                .ack(acknowledged)
                .psh();
            let mut frame = Vec::with_capacity(packet.size(piece.len()));
            packet.write(&mut frame, piece).ok()?;
            frames.push(frame);
            sequence = sequence.wrapping_add(piece.len() as u32);
        }
        self.next_sequence.insert((source, destination), sequence);
        Some(frames)
    }
}

fn datagram(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Option<Vec<u8>> {
    let packet = network(source.ip(), destination.ip())?.udp(source.port(), destination.port());
    let mut frame = Vec::with_capacity(packet.size(payload.len()));
    let written: Result<(), BuildWriteError> = packet.write(&mut frame, payload);
    written.ok().map(|()| frame)
}

fn network(source: IpAddr, destination: IpAddr) -> Option<PacketBuilderStep<IpHeaders>> {
    let ethernet = PacketBuilder::ethernet2(station(source), station(destination));
    match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            Some(ethernet.ipv4(source.octets(), destination.octets(), TTL))
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            Some(ethernet.ipv6(source.octets(), destination.octets(), TTL))
        }
        _ => None,
    }
}

/// A locally administered Ethernet address that ends in the last four octets of the IP address.
fn station(address: IpAddr) -> [u8; 6] {
    let [a, b, c, d] = match address {
        IpAddr::V4(address) => address.octets(),
        IpAddr::V6(address) => {
            let [.., a, b, c, d] = address.octets();
            [a, b, c, d]
        }
    };
    [0x02, 0, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use etherparse::{SlicedPacket, TransportSlice};
    use gannet_events::{Direction, WireKind};

    use super::*;

    fn record(
        direction: Direction,
        transport: &'static str,
        host: &str,
        size: usize,
    ) -> WireRecord {
        WireRecord {
            at: Duration::ZERO,
            direction,
            kind: WireKind::Sip,
            transport,
            local: format!("{host}:5061").parse().expect("an address"),
            remote: format!("{host}:5062").parse().expect("an address"),
            owner: Arc::from("Alice"),
            bytes: Bytes::from(vec![b'a'; size]),
            dropped: false,
            ignored: false,
        }
    }

    /// Sequence and acknowledgment numbers and payload lengths of TCP frames.
    fn tcp(frames: &[Vec<u8>]) -> Vec<(u32, u32, usize)> {
        let read = |frame: &Vec<u8>| {
            let packet = SlicedPacket::from_ethernet(frame).expect("a frame");
            let Some(TransportSlice::Tcp(tcp)) = packet.transport else {
                panic!("not TCP")
            };
            let payload = tcp.payload().len();
            (tcp.sequence_number(), tcp.acknowledgment_number(), payload)
        };
        frames.iter().map(read).collect()
    }

    #[test]
    fn tcp_streams_continue_where_they_were_in_both_directions() {
        let mut maker = FrameMaker::default();
        let mut next =
            |direction, size| tcp(&maker.frames(&record(direction, "TCP", "127.0.0.1", size)));
        assert_eq!(next(Direction::Sent, 2000), [(1, 1, 1448), (1449, 1, 552)]);
        assert_eq!(next(Direction::Received, 10), [(1, 2001, 10)]);
        assert_eq!(next(Direction::Sent, 5), [(2001, 11, 5)]);
    }

    #[test]
    fn datagrams_have_right_checksums_in_both_families() {
        for host in ["127.0.0.1", "[::1]"] {
            let frames = FrameMaker::default().frames(&record(Direction::Sent, "UDP", host, 33));
            let packet = SlicedPacket::from_ethernet(&frames[0]).expect("a frame");
            let Some(TransportSlice::Udp(udp)) = packet.transport else {
                panic!("not UDP")
            };
            assert_eq!((udp.source_port(), udp.destination_port()), (5061, 5062));
            assert_ne!(udp.checksum(), 0);
        }
    }

    #[test]
    fn what_fits_no_packet_makes_no_frame() {
        let mut maker = FrameMaker::default();
        let too_long = record(Direction::Sent, "UDP", "127.0.0.1", 70_000);
        assert!(maker.frames(&too_long).is_empty());
        let mixed = WireRecord {
            remote: "[::1]:5060".parse().expect("an address"),
            ..record(Direction::Sent, "UDP", "127.0.0.1", 1)
        };
        assert!(maker.frames(&mixed).is_empty());
    }
}
