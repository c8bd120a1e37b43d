//! What the head of an RTP packet says.

use super::context::SrtpError;

const VERSION: u8 = 2;
/// Octets of a header without contributing sources and extension (RFC 3550 5.1).
const HEADER: usize = 12;
/// Octets of an RTCP packet that are never encrypted (RFC 3711 3.4).
pub(super) const CONTROL_HEADER: usize = 8;

/// What a header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) payload_at: usize,
}

impl Parts {
    pub(super) fn of(packet: &[u8]) -> Result<Self, SrtpError> {
        let header = packet.get(..HEADER).ok_or(SrtpError::NoRtp)?;
        if header[0] >> 6 != VERSION {
            return Err(SrtpError::NoRtp);
        }
        let mut payload_at = HEADER + 4 * usize::from(header[0] & 0x0f);
        if header[0] & 0x10 != 0 {
            let head = packet.get(payload_at..payload_at + 4);
            let head = head.ok_or(SrtpError::NoRtp)?;
            payload_at += 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
        }
        if payload_at > packet.len() {
            return Err(SrtpError::NoRtp);
        }
        Ok(Self {
            ssrc: word(header, 8),
            sequence: u16::from_be_bytes([header[2], header[3]]),
            payload_at,
        })
    }
}

/// Who sent an RTCP packet.
pub(super) fn control_ssrc(packet: &[u8]) -> Result<u32, SrtpError> {
    match packet.get(..CONTROL_HEADER) {
        Some(header) if header[0] >> 6 == VERSION => Ok(word(header, 4)),
        _ => Err(SrtpError::NoRtp),
    }
}

/// Four octets from `at` on, which are there.
pub(super) fn word(octets: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]])
}
