//! SRTCP (RFC 3711 3.4, RFC 7714 9).

use hmac::Mac as _;

use super::context::{SrtpContext, SrtpError, gcm_tag};
use super::header::{CONTROL_HEADER, control_ssrc, word};
use super::source::Source;
use super::suite::GCM_TAG_OCTETS;

/// The bit beside the index that says whether the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;
const INDEX_OCTETS: usize = 4;

impl SrtpContext {
    /// Makes an SRTCP packet of a compound RTCP packet.
    ///
    /// # Errors
    /// It is none.
    pub fn protect_control(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let ssrc = control_ssrc(packet)?;
        // RFC 3711 3.4: from 0 on.
        let index = self.control.find(ssrc).map_or(0, |source: &Source| {
            (source.highest as u32 + 1) & !ENCRYPTED
        });
        let encrypts = self.protection.encrypts_control;
        let trailer = (if encrypts { index | ENCRYPTED } else { index }).to_be_bytes();
        if self.protection.suite.is_aead() {
            let tag = self.seal_control(packet, ssrc, index, trailer)?;
            packet.extend_from_slice(&tag);
            packet.extend_from_slice(&trailer);
            self.push_identifier(packet);
        } else {
            if encrypts {
                let body = &mut packet[CONTROL_HEADER..];
                self.control_keys.apply(ssrc, u64::from(index), body);
            }
            packet.extend_from_slice(&trailer);
            let tag = self.control_tag(packet);
            self.push_identifier(packet);
            let octets = self.protection.suite.control_tag_octets();
            packet.extend_from_slice(&tag[..octets]);
        }
        self.control.note(ssrc, u64::from(index));
        Ok(())
    }

    /// Makes an RTCP packet of an SRTCP packet, once. After an error the packet is as before.
    ///
    /// # Errors
    /// It is none, not authentic, or was there before.
    pub fn unprotect_control(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let ssrc = control_ssrc(packet)?;
        let identifier = self.identifier_octets();
        let tag_octets = self.protection.suite.control_tag_octets();
        let behind = INDEX_OCTETS + identifier + tag_octets;
        if packet.len() < CONTROL_HEADER + behind {
            return Err(SrtpError::NoRtp);
        }
        let index = if self.protection.suite.is_aead() {
            self.open_control(packet, ssrc, identifier)?
        } else {
            let end = packet.len() - behind;
            let index = word(packet, end);
            let covered = &packet[..end + INDEX_OCTETS];
            let tag_at = packet.len() - tag_octets;
            if self.control_tag(covered)[..tag_octets] != packet[tag_at..] {
                return Err(SrtpError::NotAuthentic);
            }
            packet.truncate(end);
            if index & ENCRYPTED != 0 {
                let body = &mut packet[CONTROL_HEADER..];
                self.control_keys
                    .apply(ssrc, u64::from(index & !ENCRYPTED), body);
            }
            index & !ENCRYPTED
        };
        let index = u64::from(index);
        let source = self.control.find(ssrc);
        if source.is_some_and(|source| source.is_replayed(index)) {
            return Err(SrtpError::Replayed);
        }
        self.control.note(ssrc, index);
        Ok(())
    }

    /// Encrypts and gives the tag; what is not encrypted is covered all the same (RFC 7714 9.2).
    fn seal_control(
        &self,
        packet: &mut [u8],
        ssrc: u32,
        index: u32,
        trailer: [u8; INDEX_OCTETS],
    ) -> Result<[u8; GCM_TAG_OCTETS], SrtpError> {
        let nonce = nonce(ssrc, index);
        if self.protection.encrypts_control {
            let (header, body) = packet.split_at_mut(CONTROL_HEADER);
            self.control_keys
                .seal(nonce, &associated(header, trailer), body)
        } else {
            let covered = [packet, &trailer[..]].concat();
            self.control_keys.seal(nonce, &covered, &mut [])
        }
    }

    /// Gives the index.
    fn open_control(
        &self,
        packet: &mut Vec<u8>,
        ssrc: u32,
        identifier: usize,
    ) -> Result<u32, SrtpError> {
        let trailer_at = packet.len() - identifier - INDEX_OCTETS;
        let end = trailer_at - GCM_TAG_OCTETS;
        let trailer = word(packet, trailer_at);
        let index = trailer & !ENCRYPTED;
        let (tag, nonce) = (gcm_tag(&packet[end..]), nonce(ssrc, index));
        if trailer & ENCRYPTED != 0 {
            let (header, rest) = packet.split_at_mut(CONTROL_HEADER);
            let associated = associated(header, trailer.to_be_bytes());
            let body = &mut rest[..end - CONTROL_HEADER];
            self.control_keys.open(nonce, &associated, body, tag)?;
        } else {
            let covered = [&packet[..end], &trailer.to_be_bytes()].concat();
            self.control_keys.open(nonce, &covered, &mut [], tag)?;
        }
        packet.truncate(end);
        Ok(index)
    }

    fn control_tag(&self, covered: &[u8]) -> [u8; 20] {
        let tag = self.control_keys.authentication.clone();
        tag.chain_update(covered).finalize().into_bytes().into()
    }
}

/// Before the salt is added (RFC 7714 9.1).
fn nonce(ssrc: u32, index: u32) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[8..].copy_from_slice(&index.to_be_bytes());
    nonce
}

fn associated(header: &[u8], trailer: [u8; INDEX_OCTETS]) -> [u8; CONTROL_HEADER + INDEX_OCTETS] {
    let mut all = [0; CONTROL_HEADER + INDEX_OCTETS];
    all[..CONTROL_HEADER].copy_from_slice(header);
    all[CONTROL_HEADER..].copy_from_slice(&trailer);
    all
}

#[cfg(test)]
mod tests;
