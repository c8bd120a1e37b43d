//! Calls out of a capture.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};
use gannet_media::{ReplayError, read_packets};
use gannet_sip::{Frame, StreamFramer};

/// The SIP messages, RTP and RTCP packets of a capture, in order.
pub(super) fn read(octets: &[u8]) -> Result<Vec<WireRecord>, ReplayError> {
    let mut streams: HashMap<(SocketAddr, SocketAddr), StreamFramer> = HashMap::new();
    let mut records = Vec::new();
    for packet in read_packets(octets)? {
        let (from, to) = (packet.source, packet.destination);
        if !packet.is_stream {
            if let Some(kind) = datagram_kind(&packet.payload) {
                let bytes = Bytes::from(packet.payload);
                records.push(record(packet.at, from, to, kind, "UDP", bytes));
            }
            continue;
        }
        let stream = streams.entry((from, to)).or_default();
        stream.push(&packet.payload);
        // A stream of something else is broken at its first octets, and stays so.
        while let Ok(Some(frame)) = stream.next_frame() {
            if let Frame::Message(bytes) = frame
                && is_sip(&bytes)
            {
                records.push(record(packet.at, from, to, WireKind::Sip, "TCP", bytes));
            }
        }
    }
    Ok(records)
}

fn record(
    at: Duration,
    from: SocketAddr,
    to: SocketAddr,
    kind: WireKind,
    transport: &'static str,
    bytes: Bytes,
) -> WireRecord {
    WireRecord {
        at,
        direction: Direction::Sent,
        kind,
        transport,
        local: from,
        remote: to,
        owner: "".into(),
        bytes,
        dropped: false,
        ignored: false,
    }
}

/// What a datagram is; nothing if it is none of what ladders show.
fn datagram_kind(payload: &[u8]) -> Option<WireKind> {
    if is_sip(payload) {
        return Some(WireKind::Sip);
    }
    // RTP and RTCP of version 2 share ports; the second octet tells them apart (RFC 5761 4).
    match payload {
        [first, second, ..] if first >> 6 == 2 && payload.len() >= 12 => {
            if (192..=223).contains(second) {
                Some(WireKind::Rtcp)
            } else {
                Some(WireKind::Rtp)
            }
        }
        _ => None,
    }
}

/// The first line ends, or begins, with the version of SIP.
fn is_sip(payload: &[u8]) -> bool {
    let line = payload
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.trim_ascii_end();
    payload.starts_with(b"SIP/2.0 ") || line.len() < 4_096 && line.ends_with(b" SIP/2.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_are_told_apart() {
        let kind = |payload: &[u8]| datagram_kind(payload);
        assert_eq!(kind(b"INVITE sip:a SIP/2.0\r\n\r\n"), Some(WireKind::Sip));
        assert_eq!(kind(b"SIP/2.0 200 OK\r\n\r\n"), Some(WireKind::Sip));
        let mut rtp = [0; 20];
        rtp[0] = 0x80;
        rtp[1] = 8;
        assert_eq!(kind(&rtp), Some(WireKind::Rtp));
        rtp[1] = 200;
        assert_eq!(kind(&rtp), Some(WireKind::Rtcp));
        assert_eq!(kind(b"\r\n\r\n"), None);
        assert_eq!(kind(b""), None);
        assert_eq!(kind(&[0x80; 5]), None);
    }
}
