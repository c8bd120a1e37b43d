//! How Call-IDs, tags and branches are made.

use std::net::SocketAddr;

use gannet_sip::BRANCH_COOKIE;

/// Makes the identifiers of a device model. Uniqueness comes from `rng`.
pub trait Identifiers: Send + Sync {
    /// A new Call-ID (RFC 3261 8.1.1.4).
    fn call_id(&self, rng: &mut fastrand::Rng, local: SocketAddr) -> String;

    /// A new tag (RFC 3261 19.3: at least 32 bits of randomness). An empty one is not written, as
    /// devices of RFC 2543 have none.
    fn tag(&self, rng: &mut fastrand::Rng) -> String;

    /// A new branch with the magic cookie (RFC 3261 8.1.1.7).
    fn branch(&self, rng: &mut fastrand::Rng) -> String;

    /// The first CSeq number of a dialog or request (below 2^31, RFC 3261 8.1.1.5).
    fn first_cseq(&self, rng: &mut fastrand::Rng) -> u32;
}

/// Plain random identifiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIdentifiers;

impl Identifiers for RandomIdentifiers {
    fn call_id(&self, rng: &mut fastrand::Rng, local: SocketAddr) -> String {
        format!("{:032x}@{}", rng.u128(..), local.ip())
    }

    fn tag(&self, rng: &mut fastrand::Rng) -> String {
        format!("{:016x}", rng.u64(..))
    }

    fn branch(&self, rng: &mut fastrand::Rng) -> String {
        format!("{BRANCH_COOKIE}{:032x}", rng.u128(..))
    }

    fn first_cseq(&self, _rng: &mut fastrand::Rng) -> u32 {
        1
    }
}
