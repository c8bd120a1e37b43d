//! Keywords of SDES (RFC 4568 6.2, 9.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use gannet_scenario::sipp::model::{Crypto, CryptoKind, MediaKind};

use crate::shard::push_decimal;
use crate::sipp::state::{CallState, KEY_OCTETS};

/// Characters of base64 for a key with its salt: 30 octets need no padding.
const KEY_CHARS: usize = KEY_OCTETS / 3 * 4;

/// Appends what a keyword prints.
pub(super) fn append(rng: &mut Rng, state: &mut CallState, what: Crypto, out: &mut Vec<u8>) {
    match what.kind {
        CryptoKind::Tag => push_decimal(out, u64::from(what.slot)),
        CryptoKind::Suite { encrypts, tag_bits } => {
            out.extend_from_slice(if encrypts {
                b"AES_CM_128_HMAC_SHA1_"
            } else {
                b"NULL_HMAC_SHA1_"
            });
            push_decimal(out, u64::from(tag_bits));
        }
        CryptoKind::Unencrypted { .. } => out.extend_from_slice(b"UNENCRYPTED_SRTP"),
        CryptoKind::KeyParams { offset } => {
            let second = usize::from(what.slot == 2);
            let video = usize::from(what.media == MediaKind::Video);
            let slot = &mut state.extra_mut().crypto.get_or_insert_default()[2 * video + second];
            let key = match slot.key {
                Some(key) if offset < 0 => key,
                _ => std::array::from_fn(|_| rng.u8(..)),
            };
            slot.key = Some(key);
            let mut text = [0; KEY_CHARS];
            let written = STANDARD.encode_slice(key, &mut text);
            let length = written.expect("30 octets are 40 characters of base64");
            out.extend_from_slice(&text[..length]);
        }
    }
}
