//! Hexadecimal digits without allocation.

/// Digits of the longest digest: SHA-256 and SHA-512/256.
const DIGITS_MAX: usize = 64;

/// A digest as lower-case hexadecimal digits (RFC 7616 3.3), kept in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HexDigest {
    digits: [u8; DIGITS_MAX],
    len: usize,
}

impl HexDigest {
    /// The digits of a digest of at most 32 octets.
    pub(super) fn new(octets: &[u8]) -> Self {
        let mut digits = [0; DIGITS_MAX];
        let len = write_hex(octets, &mut digits);
        Self { digits, len }
    }

    /// The digits as octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.digits[..self.len]
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("hexadecimal digits are ASCII")
    }
}

impl std::fmt::Debug for HexDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes the lower-case digits of some octets to the start of `out`, which has room for them,
/// and tells how many there are.
pub(crate) fn write_hex(octets: &[u8], out: &mut [u8]) -> usize {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (octet, pair) in octets.iter().zip(out.chunks_exact_mut(2)) {
        pair[0] = DIGITS[usize::from(octet >> 4)];
        pair[1] = DIGITS[usize::from(octet & 0x0f)];
    }
    octets.len() * 2
}
