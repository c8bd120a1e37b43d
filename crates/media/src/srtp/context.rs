//! Packets of one direction.

use std::fmt;

use hmac::Mac as _;

use super::header::Parts;
use super::keys::{MasterKey, RTCP, RTP, SessionKeys};
use super::source::{SEQUENCES, Source, Sources};
use super::suite::{GCM_TAG_OCTETS, Protection};

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
    /// It was there before, or is too old to know (RFC 3711 3.3.2).
    #[error("the packet came before, or is too old")]
    Replayed,
}

/// Protects what is sent with a master key, or takes the protection off what has come: one direction
/// of the packets of a call, RTP and RTCP (RFC 3711, RFC 6188, RFC 7714).
#[derive(Clone)]
pub struct SrtpContext {
    pub(super) protection: Protection,
    keys: SessionKeys,
    pub(super) control_keys: SessionKeys,
    pub(super) sources: Sources,
    /// Those of RTCP, whose numbers are their own.
    pub(super) control: Sources,
}

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
    pub fn new(protection: Protection, master: &MasterKey) -> Self {
        Self {
            protection,
            keys: SessionKeys::of(protection.suite, master, RTP),
            control_keys: SessionKeys::of(protection.suite, master, RTCP),
            sources: Sources::default(),
            control: Sources::default(),
        }
    }

    /// A direction in which something was sent under another key: how often the numbers of its
    /// sources have begun anew does not change with the key (RFC 3711 3.3.1).
    pub fn following(protection: Protection, master: &MasterKey, before: &Self) -> Self {
        Self {
            sources: before.sources.carried(),
            ..Self::new(protection, master)
        }
    }

    /// Makes an SRTP packet of an RTP packet.
    ///
    /// # Errors
    /// It is none.
    pub fn protect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let parts = Parts::of(packet)?;
        let index = self.index(&parts);
        if self.protection.suite.is_aead() {
            let (header, payload) = packet.split_at_mut(parts.payload_at);
            let tag = self.keys.seal(nonce(parts.ssrc, index), header, payload)?;
            packet.extend_from_slice(&tag);
            self.push_identifier(packet);
        } else {
            if self.protection.encrypts {
                let payload = &mut packet[parts.payload_at..];
                self.keys.apply(parts.ssrc, index, payload);
            }
            let tag = self.tag(packet, index);
            self.push_identifier(packet);
            packet.extend_from_slice(&tag[..self.protection.tag_octets]);
        }
        self.sources.note(parts.ssrc, index);
        Ok(())
    }

    /// Makes an RTP packet of an SRTP packet. After an error the packet is as before. One that comes
    /// twice is taken twice.
    ///
    /// # Errors
    /// It is none, or not authentic.
    pub fn unprotect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let parts = Parts::of(packet)?;
        self.unprotect_as(packet, &parts, self.index(&parts))
    }

    /// The same, but a packet that comes twice is taken once (RFC 3711 3.3.2).
    ///
    /// # Errors
    /// It is none, not authentic, or was there before.
    pub fn unprotect_once(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let parts = Parts::of(packet)?;
        let index = self.index(&parts);
        let source = self.sources.find(parts.ssrc);
        if source.is_some_and(|source| source.is_replayed(index)) {
            // Only who has the key can send again what was there: anything else is not authentic.
            let mut copy = self.clone();
            copy.unprotect_as(packet, &parts, index)?;
            return Err(SrtpError::Replayed);
        }
        match self.unprotect_as(packet, &parts, index) {
            // Some begin to count the rounds anew with a new key.
            Err(SrtpError::NotAuthentic)
                if index >= SEQUENCES && self.sources.is_carried(parts.ssrc) =>
            {
                let anew = u64::from(parts.sequence);
                let carried = self.sources.find(parts.ssrc).copied();
                self.sources.forget(parts.ssrc);
                let taken = self.unprotect_as(packet, &parts, anew);
                if let (Err(_), Some(carried)) = (taken, carried) {
                    self.sources.insert(carried);
                }
                taken
            }
            other => other,
        }
    }

    fn unprotect_as(
        &mut self,
        packet: &mut Vec<u8>,
        parts: &Parts,
        index: u64,
    ) -> Result<(), SrtpError> {
        let tag_octets = self.protection.tag_octets;
        let identifier_octets = self.identifier_octets();
        let behind = packet.len() - parts.payload_at;
        if behind < tag_octets + identifier_octets {
            return Err(SrtpError::NoRtp);
        }
        if self.protection.suite.is_aead() {
            let end = packet.len() - identifier_octets - GCM_TAG_OCTETS;
            let tag = gcm_tag(&packet[end..]);
            let (header, rest) = packet.split_at_mut(parts.payload_at);
            let payload = &mut rest[..end - parts.payload_at];
            self.keys
                .open(nonce(parts.ssrc, index), header, payload, tag)?;
            packet.truncate(end);
        } else {
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
        }
        self.sources.note(parts.ssrc, index);
        Ok(())
    }

    fn index(&self, parts: &Parts) -> u64 {
        self.sources
            .find(parts.ssrc)
            .map_or(u64::from(parts.sequence), |source: &Source| {
                source.index_of(parts.sequence)
            })
    }

    pub(super) fn identifier_octets(&self) -> usize {
        self.protection.identifier.map_or(0, |(_, octets)| octets)
    }

    /// Appends the master key identifier (RFC 3711 3.1).
    pub(super) fn push_identifier(&self, packet: &mut Vec<u8>) {
        if let Some((identifier, octets)) = self.protection.identifier {
            let zeros = octets.saturating_sub(size_of::<u32>());
            packet.resize(packet.len() + zeros, 0);
            let identifier = identifier.to_be_bytes();
            let skipped = identifier.len().saturating_sub(octets);
            packet.extend_from_slice(&identifier[skipped..]);
        }
    }

    /// The whole tag: header and payload are covered, and how often numbers began anew.
    fn tag(&self, packet: &[u8], index: u64) -> [u8; 20] {
        let rounds = (index / SEQUENCES) as u32;
        let tag = self.keys.authentication.clone().chain_update(packet);
        let tag = tag.chain_update(rounds.to_be_bytes());
        tag.finalize().into_bytes().into()
    }
}

/// Before the salt is added (RFC 7714 8.1).
fn nonce(ssrc: u32, index: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
    nonce
}

/// The first octets, which are there.
pub(super) fn gcm_tag(octets: &[u8]) -> [u8; GCM_TAG_OCTETS] {
    let mut tag = [0; GCM_TAG_OCTETS];
    tag.copy_from_slice(&octets[..GCM_TAG_OCTETS]);
    tag
}

#[cfg(test)]
mod tests;
