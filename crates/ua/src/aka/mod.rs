//! Authentication and key agreement of 3G networks as a source of digest passwords: Milenage
//! (3GPP TS 35.206) and the nonces, passwords and `auts` of RFC 3310 and RFC 4169.
//!
//! A network that knows a subscriber's keys sends RAND and AUTN as the nonce of an ordinary
//! digest challenge. The subscriber gets a one-time password out of them, and learns whether
//! the network knows the keys too.
//!
//! ```
//! use gannet_ua::aka::{AkaNonce, AkaPassword, SubscriberKeys};
//!
//! // 3GPP TS 35.208, test set 1.
//! let keys = SubscriberKeys::with_op(
//!     &0x465b_5ce8_b199_b49f_aa5f_0a2e_e238_a6bc_u128.to_be_bytes(),
//!     &0xcdc2_02d5_123e_20f6_2b6d_676a_c72c_b318_u128.to_be_bytes(),
//! );
//! let nonce = AkaNonce::parse(b"I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=")?;
//! let answer = nonce.answer(&keys);
//! assert!(answer.mac_matches);
//! assert_eq!(answer.sqn, [0xff, 0x9b, 0xb4, 0xd0, 0xb6, 0x07]);
//! assert_eq!(answer.password(AkaPassword::HexRes).as_bytes(), b"a54211d5e3ba50bf");
//! # Ok::<(), gannet_ua::aka::AkaNonceError>(())
//! ```
//!
//! Nothing here decides what a wrong MAC or an old sequence number means: both are reported.

mod keys;
mod nonce;
mod password;
mod resync;

pub use keys::{AkaVector, SubscriberKeys};
pub use nonce::{AkaAnswer, AkaNonce, AkaNonceError};
pub use password::{AkaPassword, AkaSecret};
pub use resync::{Auts, AutsError};
