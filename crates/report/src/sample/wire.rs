//! Captures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};

use super::script::{START, ms};

/// A capture that is written down packet by packet.
#[derive(Default)]
pub(crate) struct Wire {
    records: Vec<WireRecord>,
}

fn address(name: &str) -> SocketAddr {
    match name {
        "pbx" => "127.0.0.1:5060",
        "Alice" => "127.0.0.1:40001",
        "Bob" => "127.0.0.1:40002",
        "Zoë" => "[::1]:40003",
        other => other,
    }
    .parse()
    .expect("a sample name or an address")
}

impl Wire {
    /// A packet captured by its sender, and by its receiver if that has a name.
    pub(crate) fn packet(
        mut self,
        at_ms: u64,
        from: &str,
        to: &str,
        kind: WireKind,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let bytes = bytes.into();
        let named = |name: &str| name.parse::<SocketAddr>().is_err();
        for (owner, other, direction, late) in [
            (from, to, Direction::Sent, Duration::ZERO),
            (to, from, Direction::Received, Duration::from_micros(90)),
        ] {
            if named(owner) {
                self.records.push(WireRecord {
                    at: START + ms(at_ms) + late,
                    direction,
                    kind,
                    transport: "UDP",
                    local: address(owner),
                    remote: address(other),
                    owner: owner.into(),
                    bytes: bytes.clone(),
                    dropped: false,
                    ignored: false,
                });
            }
        }
        self
    }

    /// A SIP message seen at both ends.
    pub(crate) fn sip(self, at_ms: u64, from: &str, to: &str, text: impl Into<Bytes>) -> Self {
        self.packet(at_ms, from, to, WireKind::Sip, text)
    }

    /// The last packet was dropped at the receiver.
    pub(crate) fn dropped(mut self) -> Self {
        if let Some(last) = self.records.last_mut() {
            last.dropped = true;
        }
        self
    }

    /// RTP of 20 ms packets.
    pub(crate) fn rtp(mut self, at_ms: u64, from: &str, to: &str, packets: u16) -> Self {
        for index in 0..packets {
            let mut packet = vec![0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
            packet[2..4].copy_from_slice(&index.to_be_bytes());
            packet.resize(172, 0xff);
            let at = at_ms + u64::from(index) * 20;
            self = self.packet(at, from, to, WireKind::Rtp, packet);
        }
        self
    }

    pub(crate) fn records(self) -> Arc<[WireRecord]> {
        self.records.into()
    }
}

/// A request with the fewest headers that a ladder needs.
pub(crate) fn request(method: &str, call_id: &str, sdp: bool) -> String {
    message(
        &format!("{method} sip:bob@127.0.0.1 SIP/2.0"),
        method,
        call_id,
        sdp,
    )
}

/// A response likewise.
pub(crate) fn response(status: &str, method: &str, call_id: &str, sdp: bool) -> String {
    message(&format!("SIP/2.0 {status}"), method, call_id, sdp)
}

fn message(start: &str, method: &str, call_id: &str, sdp: bool) -> String {
    let body = if sdp {
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 40001 RTP/AVP 0\r\n"
    } else {
        ""
    };
    let content_type = if sdp {
        "Content-Type: application/sdp\r\n"
    } else {
        ""
    };
    format!(
        "{start}\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n{content_type}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Alice calls Bob through the PBX, Bob is busy.
pub(crate) fn busy_call() -> Arc<[WireRecord]> {
    Wire::default()
        .sip(0, "Alice", "pbx", request("INVITE", "a1@alice", true))
        .sip(
            1,
            "pbx",
            "Alice",
            response("100 Trying", "INVITE", "a1@alice", false),
        )
        .sip(2, "pbx", "Bob", request("INVITE", "b2@pbx", true))
        .dropped()
        .sip(502, "pbx", "Bob", request("INVITE", "b2@pbx", true))
        .sip(510, "Bob", "pbx", busy())
        .sip(511, "pbx", "Bob", request("ACK", "b2@pbx", false))
        .sip(
            512,
            "pbx",
            "Alice",
            response("486 Busy Here", "INVITE", "a1@alice", false),
        )
        .sip(513, "Alice", "pbx", request("ACK", "a1@alice", false))
        .records()
}

pub(super) fn busy() -> String {
    response("486 Busy Here", "INVITE", "b2@pbx", false)
}
