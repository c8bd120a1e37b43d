//! The nonce of an AKA challenge (RFC 3310 3.2): RAND and AUTN, then data of the server's own.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::SubscriberKeys;
use super::keys::xor;

/// Characters of the longest nonce that is read.
const NONCE_CHARS_MAX: usize = 1024;
const NONCE_OCTETS_MAX: usize = NONCE_CHARS_MAX / 4 * 3;

/// Octets of RAND and AUTN.
const NONCE_OCTETS_MIN: usize = 32;

/// Standard base64; as servers leave it out or do it wrong, the padding is not insisted on.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// An AKA challenge: RAND, AUTN (3GPP TS 33.102 6.3.2) and what the server added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AkaNonce {
    /// RAND, the challenge.
    pub rand: [u8; 16],
    /// SQN under AK: the sequence number, readable with the subscriber's keys only.
    pub hidden_sqn: [u8; 6],
    /// AMF, the authentication management field.
    pub amf: [u8; 2],
    /// MAC, with which the network proves that it knows the keys.
    pub mac: [u8; 8],
    /// What follows AUTN; a client returns it with the nonce and reads nothing into it.
    pub server_data: Vec<u8>,
}

/// What a subscriber makes of an AKA challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AkaAnswer {
    /// RES, the answer.
    pub res: [u8; 8],
    /// CK, the confidentiality key.
    pub ck: [u8; 16],
    /// IK, the integrity key.
    pub ik: [u8; 16],
    /// SQN, the network's sequence number.
    pub sqn: [u8; 6],
    /// Whether MAC is the one that the keys give for RAND, SQN and the AMF of the challenge.
    /// If not, the network does not know the keys, and a real subscriber sends no RES
    /// (RFC 3310 3.3, 3GPP TS 33.102 6.3.3).
    pub mac_matches: bool,
}

/// Why a nonce is no AKA challenge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AkaNonceError {
    /// It is not base64.
    #[error("nonce is not base64")]
    Base64(#[source] base64::DecodeError),
    /// There is no room for RAND and AUTN.
    #[error("nonce holds {received} octets, RAND and AUTN take {NONCE_OCTETS_MIN}")]
    Short {
        /// Octets in the nonce.
        received: usize,
    },
    /// It is longer than any server has reason for.
    #[error("nonce has {received} characters, at most {NONCE_CHARS_MAX} are read")]
    Long {
        /// Characters of the nonce.
        received: usize,
    },
}

impl AkaNonce {
    /// Reads the value of a `nonce` parameter (RFC 3310 3.2). Allocates only for server data.
    pub fn parse(nonce: &[u8]) -> Result<Self, AkaNonceError> {
        if nonce.len() > NONCE_CHARS_MAX {
            return Err(AkaNonceError::Long {
                received: nonce.len(),
            });
        }
        let mut buffer = [0; NONCE_OCTETS_MAX];
        let received = BASE64
            .decode_slice_unchecked(nonce, &mut buffer)
            .map_err(AkaNonceError::Base64)?;
        Self::from_octets(&buffer[..received]).ok_or(AkaNonceError::Short { received })
    }

    /// The challenge that a network with these keys makes.
    pub fn issue(keys: &SubscriberKeys, rand: [u8; 16], sqn: [u8; 6], amf: [u8; 2]) -> Self {
        Self {
            rand,
            hidden_sqn: xor(sqn, keys.f2345(&rand).ak),
            amf,
            mac: keys.f1(&rand, sqn, amf),
            server_data: Vec::new(),
        }
    }

    /// What the subscriber with these keys makes of the challenge.
    pub fn answer(&self, keys: &SubscriberKeys) -> AkaAnswer {
        let vector = keys.f2345(&self.rand);
        let sqn = xor(self.hidden_sqn, vector.ak);
        AkaAnswer {
            res: vector.res,
            ck: vector.ck,
            ik: vector.ik,
            sqn,
            mac_matches: keys.f1(&self.rand, sqn, self.amf) == self.mac,
        }
    }

    fn from_octets(octets: &[u8]) -> Option<Self> {
        let (rand, rest) = octets.split_first_chunk()?;
        let (hidden_sqn, rest) = rest.split_first_chunk()?;
        let (amf, rest) = rest.split_first_chunk()?;
        let (mac, server_data) = rest.split_first_chunk()?;
        Some(Self {
            rand: *rand,
            hidden_sqn: *hidden_sqn,
            amf: *amf,
            mac: *mac,
            server_data: server_data.to_vec(),
        })
    }
}

/// The value of the `nonce` parameter.
impl std::fmt::Display for AkaNonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = [
            &self.rand[..],
            &self.hidden_sqn,
            &self.amf,
            &self.mac,
            &self.server_data,
        ]
        .concat();
        f.write_str(&BASE64.encode(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> SubscriberKeys {
        SubscriberKeys::with_opc(&[7; 16], &[9; 16])
    }

    fn issued() -> AkaNonce {
        AkaNonce::issue(&keys(), [3; 16], [0, 0, 0, 0, 1, 0x20], [0x80, 0])
    }

    #[test]
    fn an_issued_challenge_is_answered_by_the_same_keys() {
        let read = AkaNonce::parse(issued().to_string().as_bytes()).expect("own nonce");
        assert_eq!(read, issued());
        let answer = read.answer(&keys());
        assert!(answer.mac_matches);
        assert_eq!(answer.sqn, [0, 0, 0, 0, 1, 0x20]);
        assert_eq!(answer.res, keys().f2345(&[3; 16]).res);
    }

    #[test]
    fn a_wrong_mac_is_reported_and_the_answer_stays() {
        let (right, mut forged) = (issued(), issued());
        forged.mac[7] ^= 1;
        assert!(!forged.answer(&keys()).mac_matches);
        assert_eq!(forged.answer(&keys()).res, right.answer(&keys()).res);
        let stranger = SubscriberKeys::with_opc(&[8; 16], &[9; 16]);
        assert!(!right.answer(&stranger).mac_matches);
    }

    #[test]
    fn server_data_follows_autn() {
        let mut nonce = issued();
        nonce.server_data = b"server".to_vec();
        let read = AkaNonce::parse(nonce.to_string().as_bytes()).expect("own nonce");
        assert_eq!(read.server_data, b"server");
        assert!(read.answer(&keys()).mac_matches);
    }

    #[test]
    fn padding_is_not_insisted_on() {
        let text = issued().to_string();
        let bare = text.trim_end_matches('=');
        assert_ne!(bare, text);
        assert_eq!(AkaNonce::parse(bare.as_bytes()), Ok(issued()));
    }

    #[test]
    fn what_is_no_challenge_is_refused_with_its_reason() {
        let short = BASE64.encode([0; NONCE_OCTETS_MIN - 1]);
        let long = "A".repeat(NONCE_CHARS_MAX + 4);
        let cases = [
            ("abc!", "nonce is not base64"),
            ("", "nonce holds 0 octets, RAND and AUTN take 32"),
            (&short, "nonce holds 31 octets, RAND and AUTN take 32"),
            (&long, "nonce has 1028 characters, at most 1024 are read"),
        ];
        for (nonce, reason) in cases {
            let error = AkaNonce::parse(nonce.as_bytes()).expect_err(nonce);
            assert_eq!(error.to_string(), reason);
        }
    }

    #[test]
    fn the_longest_nonce_is_read_whole() {
        let nonce = AkaNonce::parse("A".repeat(NONCE_CHARS_MAX).as_bytes()).expect("zeros");
        assert_eq!(nonce.server_data.len(), NONCE_OCTETS_MAX - NONCE_OCTETS_MIN);
    }
}
