//! Resynchronisation: what a subscriber sends when the network's sequence number is one that
//! it has had already (3GPP TS 33.102 6.3.3, RFC 3310 3.4).

use base64::Engine as _;

use super::SubscriberKeys;
use super::keys::xor;
use super::nonce::BASE64;

/// MAC-S is computed over an AMF of zeros, which need not be sent (3GPP TS 33.102 6.3.3).
const DUMMY_AMF: [u8; 2] = [0; 2];

/// The AUTS of a synchronisation failure.
///
/// Its base64 form is the `auts` parameter of the credentials; the `response` beside it is
/// computed with an empty password (RFC 3310 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Auts {
    /// The subscriber's own sequence number under AK*.
    pub hidden_sqn: [u8; 6],
    /// MAC-S.
    pub mac_s: [u8; 8],
}

/// Why a text is no AUTS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AutsError {
    /// It is not base64, or longer than an AUTS.
    #[error("auts is not the base64 of 14 octets")]
    Base64(#[source] base64::DecodeSliceError),
    /// It has another length.
    #[error("auts holds {received} octets, not 14")]
    Length {
        /// Octets in the text.
        received: usize,
    },
}

impl Auts {
    /// The AUTS of a subscriber whose highest sequence number is `sqn_ms`, for the RAND of the
    /// refused challenge.
    pub fn new(keys: &SubscriberKeys, rand: &[u8; 16], sqn_ms: [u8; 6]) -> Self {
        Self {
            hidden_sqn: xor(sqn_ms, keys.f5_star(rand)),
            mac_s: keys.f1_star(rand, sqn_ms, DUMMY_AMF),
        }
    }

    /// Reads the value of an `auts` parameter.
    pub fn parse(auts: &[u8]) -> Result<Self, AutsError> {
        let mut octets = [0; 18];
        let received = BASE64
            .decode_slice(auts, &mut octets)
            .map_err(AutsError::Base64)?;
        let octets = &octets[..received];
        match octets.split_first_chunk() {
            Some((hidden_sqn, rest)) if rest.len() == 8 => Ok(Self {
                hidden_sqn: *hidden_sqn,
                mac_s: std::array::from_fn(|index| rest[index]),
            }),
            _ => Err(AutsError::Length { received }),
        }
    }

    /// The subscriber's sequence number, if MAC-S shows that the subscriber has these keys.
    pub fn open(&self, keys: &SubscriberKeys, rand: &[u8; 16]) -> Option<[u8; 6]> {
        let sqn_ms = xor(self.hidden_sqn, keys.f5_star(rand));
        (keys.f1_star(rand, sqn_ms, DUMMY_AMF) == self.mac_s).then_some(sqn_ms)
    }
}

/// The value of the `auts` parameter.
impl std::fmt::Display for Auts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = [&self.hidden_sqn[..], &self.mac_s].concat();
        f.write_str(&BASE64.encode(octets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAND: [u8; 16] = 0x2355_3cbe_9637_a89d_218a_e64d_ae47_bf35_u128.to_be_bytes();
    const SQN: [u8; 6] = [0xff, 0x9b, 0xb4, 0xd0, 0xb6, 0x07];

    fn keys() -> SubscriberKeys {
        SubscriberKeys::with_op(
            &0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc_u128.to_be_bytes(),
            &0xcdc2_02d5_123e_20f6_2b6d_676a_c72c_b318_u128.to_be_bytes(),
        )
    }

    #[test]
    fn a_subscriber_tells_its_sequence_number_to_who_has_the_keys() {
        let auts = Auts::new(&keys(), &RAND, SQN);
        // Computed from the keys of 3GPP TS 35.208 test set 1 with OpenSSL's AES.
        assert_eq!(auts.to_string(), "uoU/PBI8z0TpNZbjVcY=");
        let read = Auts::parse(auts.to_string().as_bytes()).expect("own AUTS");
        assert_eq!(read, auts);
        assert_eq!(read.open(&keys(), &RAND), Some(SQN));
    }

    #[test]
    fn a_forged_auts_tells_nothing() {
        let mut auts = Auts::new(&keys(), &RAND, SQN);
        auts.hidden_sqn[5] ^= 1;
        assert_eq!(auts.open(&keys(), &RAND), None);
    }

    #[test]
    fn only_fourteen_octets_of_base64_are_an_auts() {
        for text in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAA",
            "uoU/PBI8z0TpNZbjVc!=",
            &"A".repeat(99),
        ] {
            assert!(Auts::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
