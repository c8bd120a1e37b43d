//! Master keys, session keys and the key stream.

use std::fmt;

use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128, Aes256};
use aes_gcm::{AeadInOut as _, Aes128Gcm, Aes256Gcm};
use hmac::Hmac;
use sha1::Sha1;

use super::context::SrtpError;
use super::suite::{GCM_TAG_OCTETS, Suite};

/// Octets of a master key and its salt in the suites of RFC 3711: 128 and 112 bits.
pub const MASTER_KEY_OCTETS: usize = 30;

/// The largest salt, and the room for smaller ones (RFC 3711 4.3.1, RFC 7714 11).
const SALT_OCTETS: usize = 14;
const BLOCK_OCTETS: usize = 16;
const AUTH_KEY_OCTETS: usize = 20;
const NONCE_OCTETS: usize = 12;
/// Blocks of key stream that are made together.
const BLOCKS: usize = 8;
/// Where a label stands among the octets of the salt, if the derivation rate is 0.
const LABEL_AT: usize = 7;

/// A master key with its salt.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MasterKey {
    octets: Vec<u8>,
}

impl MasterKey {
    /// Key and salt of a suite; `None` if there are more or fewer octets than it has.
    pub fn new(suite: Suite, octets: &[u8]) -> Option<Self> {
        (octets.len() == suite.master_octets()).then(|| Self {
            octets: octets.to_vec(),
        })
    }

    /// A key for a suite that nobody knows who does not know the seed of `rng`.
    pub fn random(suite: Suite, rng: &mut fastrand::Rng) -> Self {
        let octets = (0..suite.master_octets()).map(|_| rng.u8(..)).collect();
        Self { octets }
    }

    /// The key and, behind it, the salt.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    fn split(&self, suite: Suite) -> (&[u8], [u8; SALT_OCTETS]) {
        let (key, short) = self.octets.split_at(suite.key_octets());
        let mut salt = [0; SALT_OCTETS];
        salt[..short.len()].copy_from_slice(short);
        (key, salt)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys are nobody's business.
        write!(out, "MasterKey({} octets)", self.octets.len())
    }
}

/// Labels of the keys of RTP or RTCP (RFC 3711 4.3.1 and 4.3.2).
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels {
    cipher: u8,
    authentication: u8,
    salt: u8,
}

/// Those of RTP.
pub(super) const RTP: Labels = Labels {
    cipher: 0,
    authentication: 1,
    salt: 2,
};

/// Those of RTCP.
pub(super) const RTCP: Labels = Labels {
    cipher: 3,
    authentication: 4,
    salt: 5,
};

/// What a master key gives for RTP, or for RTCP (RFC 3711 4.3).
#[derive(Clone)]
pub(super) struct SessionKeys {
    cipher: Cipher,
    salt: [u8; SALT_OCTETS],
    /// Has the key in it; cloned for each packet.
    pub(super) authentication: Hmac<Sha1>,
}

#[derive(Clone)]
enum Cipher {
    Counter(BlockCipher),
    Gcm128(Box<Aes128Gcm>),
    Gcm256(Box<Aes256Gcm>),
}

#[derive(Clone)]
enum BlockCipher {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

impl SessionKeys {
    pub(super) fn of(suite: Suite, master: &MasterKey, labels: Labels) -> Self {
        let (key, salt) = master.split(suite);
        let derivation = BlockCipher::new(key);
        let mut session = [0; 32];
        let session = &mut session[..suite.key_octets()];
        derive(&derivation, salt, labels.cipher, session);
        let cipher = match suite {
            Suite::Aes128Gcm => Cipher::Gcm128(Box::new(
                Aes128Gcm::new_from_slice(session).expect("a key of 16 octets"),
            )),
            Suite::Aes256Gcm => Cipher::Gcm256(Box::new(
                Aes256Gcm::new_from_slice(session).expect("a key of 32 octets"),
            )),
            _ => Cipher::Counter(BlockCipher::new(session)),
        };
        let mut authentication = [0; AUTH_KEY_OCTETS];
        derive(
            &derivation,
            salt,
            labels.authentication,
            &mut authentication,
        );
        let mut session_salt = [0; SALT_OCTETS];
        let used = &mut session_salt[..suite.salt_octets()];
        derive(&derivation, salt, labels.salt, used);
        Self {
            cipher,
            salt: session_salt,
            authentication: Hmac::new_from_slice(&authentication)
                .expect("HMAC takes keys of any length"),
        }
    }

    /// Adds the key stream of a packet (RFC 3711 4.1.1): encrypts or decrypts.
    pub(super) fn apply(&self, ssrc: u32, index: u64, octets: &mut [u8]) {
        let Cipher::Counter(cipher) = &self.cipher else {
            return;
        };
        let mut begin = [0; BLOCK_OCTETS];
        begin[..SALT_OCTETS].copy_from_slice(&self.salt);
        let packet = u128::from(ssrc) << 64 | u128::from(index) << 16;
        cipher.stream(u128::from_be_bytes(begin) ^ packet, octets);
    }

    /// Encrypts in place and gives the tag. `nonce` is before the salt is added (RFC 7714 8.1, 9.1).
    pub(super) fn seal(
        &self,
        nonce: [u8; NONCE_OCTETS],
        associated: &[u8],
        octets: &mut [u8],
    ) -> Result<[u8; GCM_TAG_OCTETS], SrtpError> {
        let nonce = Array::from(self.salted(nonce));
        let tag = match &self.cipher {
            Cipher::Gcm128(gcm) => gcm.encrypt_inout_detached(&nonce, associated, octets.into()),
            Cipher::Gcm256(gcm) => gcm.encrypt_inout_detached(&nonce, associated, octets.into()),
            Cipher::Counter(_) => return Err(SrtpError::NoRtp),
        };
        // Only a packet of gigabytes is too long.
        tag.map(Into::into).map_err(|_| SrtpError::NoRtp)
    }

    /// Decrypts in place what has this tag. If it has not, nothing is changed.
    pub(super) fn open(
        &self,
        nonce: [u8; NONCE_OCTETS],
        associated: &[u8],
        octets: &mut [u8],
        tag: [u8; GCM_TAG_OCTETS],
    ) -> Result<(), SrtpError> {
        let (nonce, tag) = (Array::from(self.salted(nonce)), Array::from(tag));
        let opened = match &self.cipher {
            Cipher::Gcm128(gcm) => {
                gcm.decrypt_inout_detached(&nonce, associated, octets.into(), &tag)
            }
            Cipher::Gcm256(gcm) => {
                gcm.decrypt_inout_detached(&nonce, associated, octets.into(), &tag)
            }
            Cipher::Counter(_) => return Err(SrtpError::NoRtp),
        };
        opened.map_err(|_| SrtpError::NotAuthentic)
    }

    fn salted(&self, mut nonce: [u8; NONCE_OCTETS]) -> [u8; NONCE_OCTETS] {
        for (octet, salt) in nonce.iter_mut().zip(self.salt) {
            *octet ^= salt;
        }
        nonce
    }
}

impl BlockCipher {
    /// By the length of the key, 16 or 32 octets.
    fn new(key: &[u8]) -> Self {
        match Aes128::new_from_slice(key) {
            Ok(cipher) => Self::Aes128(Box::new(cipher)),
            Err(_) => Self::Aes256(Box::new(
                Aes256::new_from_slice(key).expect("suites have keys of 16 or 32 octets"),
            )),
        }
    }

    /// Adds the key stream in counter mode. The last 16 bits of the first block are the counter.
    fn stream(&self, begin: u128, octets: &mut [u8]) {
        let mut counter = begin;
        for piece in octets.chunks_mut(BLOCKS * BLOCK_OCTETS) {
            let mut stream = [Array::from([0; BLOCK_OCTETS]); BLOCKS];
            let stream = &mut stream[..piece.len().div_ceil(BLOCK_OCTETS)];
            for block in stream.iter_mut() {
                *block = Array::from(counter.to_be_bytes());
                counter = counter.wrapping_add(1);
            }
            match self {
                Self::Aes128(cipher) => cipher.encrypt_blocks(stream),
                Self::Aes256(cipher) => cipher.encrypt_blocks(stream),
            }
            for (octet, key) in piece.iter_mut().zip(stream.iter().flatten()) {
                *octet ^= key;
            }
        }
    }
}

/// Fills `out`, which holds zeros, with a session key (RFC 3711 4.3.3, RFC 6188 3).
fn derive(cipher: &BlockCipher, salt: [u8; SALT_OCTETS], label: u8, out: &mut [u8]) {
    let mut begin = [0; BLOCK_OCTETS];
    begin[..SALT_OCTETS].copy_from_slice(&salt);
    begin[LABEL_AT] ^= label;
    cipher.stream(u128::from_be_bytes(begin), out);
}

#[cfg(test)]
mod tests;
