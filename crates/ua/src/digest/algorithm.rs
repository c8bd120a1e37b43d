//! Digest algorithms: RFC 7616 3.2 and 6.1, taken over for SIP by RFC 8760 2.1.

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::HexDigest;

/// A hash function that digest authentication can be built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// MD5, the default of RFC 2617.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256: the truncated hash with its own initial value (FIPS 180-4 5.3.6.2), not
    /// the first half of a SHA-512 digest.
    Sha512_256,
}

impl Hash {
    /// The digest of the parts joined by colons, as lower-case hexadecimal digits
    /// (RFC 7616 3.3; RFC 8760 2.2 for the length).
    pub fn hex_joined(self, parts: &[&[u8]]) -> String {
        self.joined(parts).as_str().to_owned()
    }

    /// The same as [`hex_joined`](Self::hex_joined) without allocation.
    pub fn joined(self, parts: &[&[u8]]) -> HexDigest {
        match self {
            Self::Md5 => joined::<Md5>(parts),
            Self::Sha256 => joined::<Sha256>(parts),
            Self::Sha512_256 => joined::<Sha512_256>(parts),
        }
    }

    /// The digest of some octets, as lower-case hexadecimal digits.
    pub fn hex(self, data: &[u8]) -> String {
        self.hex_joined(&[data])
    }

    /// Number of hexadecimal digits of a digest.
    pub fn hex_len(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha256 | Self::Sha512_256 => 64,
        }
    }
}

/// A digest algorithm: a hash, with or without the session variant of A1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `MD5`
    Md5,
    /// `MD5-sess`
    Md5Sess,
    /// `SHA-256`
    Sha256,
    /// `SHA-256-sess`
    Sha256Sess,
    /// `SHA-512-256`
    Sha512_256,
    /// `SHA-512-256-sess`
    Sha512_256Sess,
}

impl Algorithm {
    /// Every known algorithm, weakest hash first.
    pub const ALL: [Self; 6] = [
        Self::Md5,
        Self::Md5Sess,
        Self::Sha256,
        Self::Sha256Sess,
        Self::Sha512_256,
        Self::Sha512_256Sess,
    ];

    /// The algorithm that a token names, whatever its case; `None` if unknown.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(token))
    }

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
            Self::Sha512_256 => "SHA-512-256",
            Self::Sha512_256Sess => "SHA-512-256-sess",
        }
    }

    /// The hash function.
    pub fn hash(self) -> Hash {
        match self {
            Self::Md5 | Self::Md5Sess => Hash::Md5,
            Self::Sha256 | Self::Sha256Sess => Hash::Sha256,
            Self::Sha512_256 | Self::Sha512_256Sess => Hash::Sha512_256,
        }
    }

    /// Whether A1 is bound to an authentication session (RFC 7616 3.4.2).
    pub fn is_session(self) -> bool {
        matches!(
            self,
            Self::Md5Sess | Self::Sha256Sess | Self::Sha512_256Sess
        )
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

fn joined<D: Digest>(parts: &[&[u8]]) -> HexDigest {
    let mut hasher = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part);
    }
    HexDigest::new(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_abc_are_the_published_ones() {
        // RFC 1321 A.5; FIPS 180-4 example values.
        let table = [
            (Hash::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (
                Hash::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                Hash::Sha512_256,
                "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
            ),
        ];
        for (hash, expected) in table {
            assert_eq!(hash.hex(b"abc"), expected, "{hash:?}");
            assert_eq!(expected.len(), hash.hex_len());
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        for algorithm in Algorithm::ALL {
            let lower = algorithm.name().to_ascii_lowercase();
            assert_eq!(Algorithm::from_token(&lower), Some(algorithm));
        }
        assert_eq!(Algorithm::from_token("AKAv1-MD5"), None);
    }
}
