//! Session keys and the key stream.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};

/// Octets of a master key and its salt: 128 and 112 bits.
pub const MASTER_KEY_OCTETS: usize = KEY_OCTETS + SALT_OCTETS;

const KEY_OCTETS: usize = 16;
const SALT_OCTETS: usize = 14;
const BLOCK_OCTETS: usize = 16;
const AUTH_KEY_OCTETS: usize = 20;
/// Blocks of key stream that are made together.
const BLOCKS: usize = 8;

/// Labels of the keys (RFC 3711 4.3.1).
const CIPHER: u8 = 0;
const AUTHENTICATION: u8 = 1;
const SALT: u8 = 2;
/// Where a label stands among the octets of the salt, if the derivation rate is 0.
const LABEL_AT: usize = 7;

/// What a master key gives for RTP (RFC 3711 4.3).
#[derive(Clone)]
pub(super) struct SessionKeys {
    pub(super) cipher: Aes128,
    pub(super) salt: [u8; SALT_OCTETS],
    pub(super) authentication: [u8; AUTH_KEY_OCTETS],
}

impl SessionKeys {
    pub(super) fn of(master: &[u8; MASTER_KEY_OCTETS]) -> Self {
        Self {
            cipher: aes(&derived(master, CIPHER)),
            salt: derived(master, SALT),
            authentication: derived(master, AUTHENTICATION),
        }
    }

    /// Encrypts or decrypts the payload of a packet (RFC 3711 4.1.1).
    pub(super) fn apply(&self, ssrc: u32, index: u64, payload: &mut [u8]) {
        let mut begin = [0; BLOCK_OCTETS];
        begin[..SALT_OCTETS].copy_from_slice(&self.salt);
        let packet = u128::from(ssrc) << 64 | u128::from(index) << 16;
        apply(&self.cipher, u128::from_be_bytes(begin) ^ packet, payload);
    }
}

fn aes(key: &[u8; KEY_OCTETS]) -> Aes128 {
    Aes128::new(&Array::from(*key))
}

/// A session key.
fn derived<const OCTETS: usize>(master: &[u8; MASTER_KEY_OCTETS], label: u8) -> [u8; OCTETS] {
    let mut key = [0; KEY_OCTETS];
    key.copy_from_slice(&master[..KEY_OCTETS]);
    let mut begin = [0; BLOCK_OCTETS];
    begin[..SALT_OCTETS].copy_from_slice(&master[KEY_OCTETS..]);
    begin[LABEL_AT] ^= label;
    let mut out = [0; OCTETS];
    apply(&aes(&key), u128::from_be_bytes(begin), &mut out);
    out
}

/// Adds the key stream of AES in counter mode. The last 16 bits of the first block are the counter.
fn apply(cipher: &Aes128, begin: u128, octets: &mut [u8]) {
    let mut counter = begin;
    for piece in octets.chunks_mut(BLOCKS * BLOCK_OCTETS) {
        let mut stream = [Array::from([0; BLOCK_OCTETS]); BLOCKS];
        let stream = &mut stream[..piece.len().div_ceil(BLOCK_OCTETS)];
        for block in stream.iter_mut() {
            *block = Array::from(counter.to_be_bytes());
            counter = counter.wrapping_add(1);
        }
        cipher.encrypt_blocks(stream);
        for (octet, key) in piece.iter_mut().zip(stream.iter().flatten()) {
            *octet ^= key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets<const COUNT: usize>(text: &str) -> [u8; COUNT] {
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex"))
    }

    /// RFC 3711 B.2.
    #[test]
    fn the_key_stream_is_that_of_the_rfc() {
        let cipher = aes(&octets("2B7E151628AED2A6ABF7158809CF4F3C"));
        let begin = u128::from_be_bytes(octets("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"));
        // The blocks 0 to 2 and 0xfeff to 0xff01.
        let mut stream = vec![0; (0xff01 + 1) * BLOCK_OCTETS];
        apply(&cipher, begin, &mut stream);
        let expected: [u8; 48] = octets(
            "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB\
             41E95B3BB0A2E8DD477901E4FCA894C0",
        );
        assert_eq!(stream[..48], expected);
        let expected: [u8; 48] = octets(
            "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE\
             6A2CC3787889374FBEB4C81B17BA6C44",
        );
        assert_eq!(stream[0xfeff * BLOCK_OCTETS..], expected);
    }

    /// RFC 3711 B.3.
    #[test]
    fn session_keys_are_those_of_the_rfc() {
        let master = octets("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
        let cipher: [u8; 16] = derived(&master, CIPHER);
        assert_eq!(cipher, octets("C61E7A93744F39EE10734AFE3FF7A087"));
        let salt: [u8; 14] = derived(&master, SALT);
        assert_eq!(salt, octets("30CBBC08863D8C85D49DB34A9AE1"));
        let authentication: [u8; 94] = derived(&master, AUTHENTICATION);
        assert_eq!(
            authentication,
            octets(
                "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCE\
                 E049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC25\
                 6D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"
            )
        );
    }
}
