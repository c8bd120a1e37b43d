//! The SIP messages of a capture.

use std::collections::HashMap;
use std::net::SocketAddr;

use gannet_media::{ReplayError, read_packets};
use gannet_sip::{Frame, FramingLimits, Message, StreamFramer};

/// A message, from where to where.
#[derive(Debug, Clone)]
pub struct Captured {
    /// Who sent it.
    pub source: SocketAddr,
    /// To whom.
    pub destination: SocketAddr,
    /// What was sent.
    pub message: Message,
}

/// Why a capture has no messages.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// It is no capture.
    #[error("not a pcap or pcapng file")]
    Unreadable(#[source] ReplayError),
    /// It has no SIP, or only such as is encrypted.
    #[error("no SIP over UDP or TCP among {packets} packets")]
    NoSip {
        /// Packets over UDP and TCP.
        packets: usize,
    },
}

/// Takes the SIP messages out of a pcap or pcapng file.
///
/// # Errors
/// If it is no capture or has none.
pub fn read_capture(octets: &[u8]) -> Result<Vec<Captured>, CaptureError> {
    let packets = read_packets(octets).map_err(CaptureError::Unreadable)?;
    let mut streams = HashMap::<(SocketAddr, SocketAddr), StreamFramer>::new();
    let mut found = Vec::new();
    for packet in &packets {
        let (source, destination) = (packet.source, packet.destination);
        let mut take = |message: Message| {
            if is_sip(&message) {
                found.push(Captured {
                    source,
                    destination,
                    message,
                });
            }
        };
        if !packet.is_stream {
            take(Message::parse(packet.payload.clone()));
            continue;
        }
        let framer = streams
            .entry((source, destination))
            .or_insert_with(|| StreamFramer::new(FramingLimits::default()));
        framer.push(&packet.payload);
        // A stream of something else breaks at once, and stays broken.
        while let Ok(Some(frame)) = framer.next_frame() {
            if let Frame::Message(bytes) = frame {
                take(Message::parse(bytes));
            }
        }
    }
    if found.is_empty() {
        return Err(CaptureError::NoSip {
            packets: packets.len(),
        });
    }
    Ok(found)
}

/// Whether the start line is SIP's and the fields that every message has are there.
fn is_sip(message: &Message) -> bool {
    (message.is_request() || message.status().is_some())
        && message.cseq().is_ok()
        && message.call_id().is_some()
}
