//! The digest password that an AKA answer stands for.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;

use super::AkaAnswer;
use super::nonce::BASE64;
use crate::digest::write_hex;

/// How `AKAv1-MD5` makes a password of RES.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AkaPassword {
    /// The lower-case hexadecimal digits of RES as text: Seagull's form, which no conforming
    /// server accepts.
    HexRes,
    /// The octets of RES (RFC 3310 3.3).
    RawRes,
}

/// A one-time password. Its octets need not be text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AkaSecret {
    octets: [u8; SECRET_OCTETS_MAX],
    len: usize,
}

/// The longest form is base64 of an MD5 digest.
const SECRET_OCTETS_MAX: usize = 24;

impl AkaAnswer {
    /// The password of `AKAv1-MD5`; nothing is allocated.
    pub fn password(&self, form: AkaPassword) -> AkaSecret {
        let mut octets = [0; SECRET_OCTETS_MAX];
        let len = match form {
            AkaPassword::HexRes => write_hex(&self.res, &mut octets),
            AkaPassword::RawRes => {
                octets[..self.res.len()].copy_from_slice(&self.res);
                self.res.len()
            }
        };
        AkaSecret { octets, len }
    }

    /// The password of `AKAv2-MD5`, base64 of PRF(RES || IK || CK, "http-digest-akav2-password")
    /// with HMAC-MD5 as the function (RFC 4169 3); nothing is allocated.
    pub fn password_v2(&self) -> AkaSecret {
        let mut key = [0; 40];
        key[..8].copy_from_slice(&self.res);
        key[8..24].copy_from_slice(&self.ik);
        key[24..].copy_from_slice(&self.ck);
        let mut prf = Hmac::<Md5>::new_from_slice(&key).expect("HMAC takes a key of any length");
        prf.update(b"http-digest-akav2-password");
        let mut octets = [0; SECRET_OCTETS_MAX];
        let len = BASE64
            .encode_slice(prf.finalize().into_bytes(), &mut octets)
            .expect("16 octets are 24 characters of base64");
        AkaSecret { octets, len }
    }
}

impl AkaSecret {
    /// The octets that stand for the password in H(A1).
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets[..self.len]
    }
}

/// Keeps passwords out of logs and failure messages.
impl std::fmt::Debug for AkaSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AkaSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AkaNonce, SubscriberKeys};
    use super::*;

    /// 3GPP TS 35.208, test set 1.
    fn answer() -> AkaAnswer {
        let keys = SubscriberKeys::with_op(
            &0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc_u128.to_be_bytes(),
            &0xcdc2_02d5_123e_20f6_2b6d_676a_c72c_b318_u128.to_be_bytes(),
        );
        AkaNonce::parse(b"I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=")
            .expect("a nonce")
            .answer(&keys)
    }

    #[test]
    fn each_form_gives_its_password() {
        let hex = answer().password(AkaPassword::HexRes);
        assert_eq!(hex.as_bytes(), b"a54211d5e3ba50bf");
        let raw = answer().password(AkaPassword::RawRes);
        assert_eq!(raw.as_bytes(), b"\xa5\x42\x11\xd5\xe3\xba\x50\xbf");
        // Computed with Python's hmac module.
        let second = answer().password_v2();
        assert_eq!(second.as_bytes(), b"shzt3q8CWaZnCAWqs3WmEQ==");
    }

    #[test]
    fn a_password_does_not_show_in_debug_output() {
        let secret = answer().password(AkaPassword::HexRes);
        assert_eq!(format!("{secret:?}"), "AkaSecret(..)");
    }
}
