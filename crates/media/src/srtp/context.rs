//! Packets of one direction.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::keys::{MASTER_KEY_OCTETS, SessionKeys};
use super::suite::Protection;

/// A packet cannot be protected, or is not what the peer has protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SrtpError {
    /// No header of RTP, or cut.
    #[error("the packet is not RTP, or is cut")]
    NoRtp,
    /// Another key, another suite, or changed on the way.
    #[error("the packet is not authentic")]
    NotAuthentic,
}

/// Protects what is sent with a master key, or takes the protection off what has come: one direction
/// of the packets of a call.
///
/// A packet that comes twice is taken twice: who tests wants to know of it.
#[derive(Clone)]
pub struct SrtpContext {
    protection: Protection,
    keys: SessionKeys,
    tag: Hmac<Sha1>,
    /// Most calls have one.
    sources: Vec<Source>,
}

/// How far a source (SSRC) has come.
#[derive(Debug, Clone, Copy)]
struct Source {
    ssrc: u32,
    /// The highest number, with how often it has begun anew above its 16 bits.
    highest: u64,
}

/// Sources that are remembered; of more the oldest is forgotten.
const SOURCES_MAX: usize = 16;
const VERSION: u8 = 2;
/// Octets of a header without contributing sources and extension (RFC 3550 5.1).
const HEADER: usize = 12;
const SEQUENCES: u64 = 1 << 16;

impl fmt::Debug for SrtpContext {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are nobody's business.
        out.debug_struct("SrtpContext")
            .field("protection", &self.protection)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}

impl SrtpContext {
    /// A direction in which nothing was sent.
    pub fn new(protection: Protection, master: &[u8; MASTER_KEY_OCTETS]) -> Self {
        let keys = SessionKeys::of(master);
        let tag =
            Hmac::new_from_slice(&keys.authentication).expect("HMAC takes keys of any length");
        Self {
            protection,
            keys,
            tag,
            sources: Vec::new(),
        }
    }

    /// Makes an SRTP packet of an RTP packet.
    ///
    /// # Errors
    /// It is none.
    pub fn protect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let parts = Parts::of(packet)?;
        let index = self.index(&parts);
        if self.protection.encrypts {
            let payload = &mut packet[parts.payload_at..];
            self.keys.apply(parts.ssrc, index, payload);
        }
        let tag = self.tag(packet, index);
        if let Some((identifier, octets)) = self.protection.identifier {
            let zeros = octets.saturating_sub(size_of::<u32>());
            packet.resize(packet.len() + zeros, 0);
            let identifier = identifier.to_be_bytes();
            let skipped = identifier.len().saturating_sub(octets);
            packet.extend_from_slice(&identifier[skipped..]);
        }
        packet.extend_from_slice(&tag[..self.protection.tag_octets]);
        self.note(parts.ssrc, index);
        Ok(())
    }

    /// Makes an RTP packet of an SRTP packet. After an error the packet is as before.
    ///
    /// # Errors
    /// It is none, or not authentic.
    pub fn unprotect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let parts = Parts::of(packet)?;
        let index = self.index(&parts);
        let tag_octets = self.protection.tag_octets;
        let identifier_octets = self.protection.identifier.map_or(0, |(_, octets)| octets);
        let behind = packet.len() - parts.payload_at;
        if behind < tag_octets + identifier_octets {
            return Err(SrtpError::NoRtp);
        }
        let tag_at = packet.len() - tag_octets;
        let end = tag_at - identifier_octets;
        // Who can measure how long this takes may know: the keys last as long as a test.
        if self.tag(&packet[..end], index)[..tag_octets] != packet[tag_at..] {
            return Err(SrtpError::NotAuthentic);
        }
        packet.truncate(end);
        if self.protection.encrypts {
            let payload = &mut packet[parts.payload_at..];
            self.keys.apply(parts.ssrc, index, payload);
        }
        self.note(parts.ssrc, index);
        Ok(())
    }

    /// The packet's number among those of its source: that of its possible ones that is nearest to
    /// the highest so far (RFC 3711 3.3.1).
    fn index(&self, parts: &Parts) -> u64 {
        let sequence = u64::from(parts.sequence);
        let mut sources = self.sources.iter();
        let Some(source) = sources.find(|source| source.ssrc == parts.ssrc) else {
            return sequence;
        };
        let near = source.highest - source.highest % SEQUENCES + sequence;
        if near + SEQUENCES / 2 < source.highest {
            near + SEQUENCES
        } else if near > source.highest + SEQUENCES / 2 && near >= SEQUENCES {
            near - SEQUENCES
        } else {
            near
        }
    }

    fn note(&mut self, ssrc: u32, index: u64) {
        let mut sources = self.sources.iter_mut();
        if let Some(source) = sources.find(|source| source.ssrc == ssrc) {
            source.highest = source.highest.max(index);
            return;
        }
        if self.sources.len() == SOURCES_MAX {
            self.sources.remove(0);
        }
        let highest = index;
        self.sources.push(Source { ssrc, highest });
    }

    /// The whole tag: header and payload are covered, and how often numbers began anew.
    fn tag(&self, packet: &[u8], index: u64) -> [u8; 20] {
        let rounds = (index / SEQUENCES) as u32;
        let tag = self.tag.clone().chain_update(packet);
        let tag = tag.chain_update(rounds.to_be_bytes());
        tag.finalize().into_bytes().into()
    }
}

/// What a header says.
#[derive(Debug, Clone, Copy)]
struct Parts {
    ssrc: u32,
    sequence: u16,
    payload_at: usize,
}

impl Parts {
    fn of(packet: &[u8]) -> Result<Self, SrtpError> {
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
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            sequence: u16::from_be_bytes([header[2], header[3]]),
            payload_at,
        })
    }
}

#[cfg(test)]
mod tests;
