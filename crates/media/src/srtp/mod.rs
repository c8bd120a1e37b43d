//! SRTP (RFC 3711) with keys from session descriptions (RFC 4568): AES in counter mode or no
//! cipher, HMAC-SHA1. No SRTCP, no key derivation rate, one master key a direction.

mod context;
mod keys;
mod sdes;
mod suite;

pub use context::{SrtpContext, SrtpError};
pub use keys::MASTER_KEY_OCTETS;
pub use sdes::{CryptoLine, CryptoLineError, CryptoLines};
pub use suite::{Protection, Suite};
