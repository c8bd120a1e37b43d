//! SRTP and SRTCP (RFC 3711): AES in counter mode with keys of 128 and 256 bits (RFC 6188) or no
//! cipher, with HMAC-SHA1, and AES-GCM (RFC 7714); keys in session descriptions (RFC 4568). No key
//! derivation rate, one master key a direction.

mod context;
mod control;
mod header;
mod keys;
mod sdes;
mod source;
mod suite;

pub use context::{SrtpContext, SrtpError};
pub use keys::{MASTER_KEY_OCTETS, MasterKey};
pub use sdes::{CryptoLine, CryptoLineError, CryptoLines};
pub use suite::{Protection, Suite};
