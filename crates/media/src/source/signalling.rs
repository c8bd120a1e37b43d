//! Everything that a capture carries over UDP and TCP, for readers of signalling.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::capture::{carried_by, read_frames};
use super::replay::ReplayError;

/// A datagram, or a piece of a TCP stream whose pieces come in order and once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedPacket {
    /// When it was captured, since any beginning.
    pub at: Duration,
    /// Who sent it.
    pub source: SocketAddr,
    /// To whom.
    pub destination: SocketAddr,
    /// Whether it belongs to a stream, so that messages may be cut anywhere.
    pub is_stream: bool,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// Reads what a pcap or pcapng file carries over UDP and TCP, in the order of the file. Fragments of
/// datagrams are left out; so are segments that came again, or after a gap.
///
/// # Errors
/// If it is neither, or cut before its first packet.
pub fn read_packets(octets: &[u8]) -> Result<Vec<CapturedPacket>, ReplayError> {
    let frames = read_frames(octets).map_err(|source| ReplayError::Unreadable { source })?;
    let mut expected = HashMap::<(SocketAddr, SocketAddr), u32>::new();
    let mut packets = Vec::new();
    for frame in &frames {
        let Some(carried) = carried_by(frame) else {
            continue;
        };
        let mut payload = carried.payload;
        if payload.is_empty() {
            continue;
        }
        if let Some(sequence) = carried.sequence {
            let next = expected
                .entry((carried.source, carried.destination))
                .or_insert(sequence);
            let Some(fresh) = unseen(payload, sequence, *next) else {
                continue;
            };
            payload = fresh;
            // Sequence numbers count on over their end (RFC 9293 3.4).
            *next = next.wrapping_add(u32::try_from(payload.len()).unwrap_or(u32::MAX));
        }
        packets.push(CapturedPacket {
            at: frame.at,
            source: carried.source,
            destination: carried.destination,
            is_stream: carried.sequence.is_some(),
            payload: payload.to_vec(),
        });
    }
    Ok(packets)
}

/// What of a segment follows the octets before `next`; `None` if nothing does, or if there is a gap.
fn unseen(payload: &[u8], sequence: u32, next: u32) -> Option<&[u8]> {
    let seen = next.wrapping_sub(sequence) as usize;
    payload.get(seen..).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_that_come_again_give_only_what_is_new() {
        assert_eq!(unseen(b"abc", 10, 10), Some(&b"abc"[..]));
        assert_eq!(unseen(b"abc", 10, 12), Some(&b"c"[..]));
        assert_eq!(unseen(b"abc", 10, 13), None);
        assert_eq!(unseen(b"abc", 10, 9), None);
        assert_eq!(unseen(b"abc", u32::MAX, 1), Some(&b"c"[..]));
    }
}
