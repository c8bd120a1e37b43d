//! What the server does about signed calls (RFC 8224).

use std::sync::Arc;

use gannet_net::http::PageCache;
use gannet_stir::{Attestation, Signer, Verifier};

/// What becomes of calls by their Identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdentityRule {
    /// It is passed on unread.
    #[default]
    Ignore,
    /// The callee is told by `verstat` what was found (3GPP TS 24.229 7.2A.20).
    Mark,
    /// What is wrong is refused (RFC 8224 6.2.2); calls without Identity go on.
    Refuse,
    /// As [`Self::Refuse`], and calls without Identity are refused with 428.
    Require,
}

/// Signing and verifying.
#[derive(Debug, Clone)]
pub struct PbxStir {
    /// How calls of users are signed that come without Identity; `None`: not at all.
    pub signing: Option<PbxSigning>,
    /// What becomes of calls by their Identity.
    pub rule: IdentityRule,
    /// Who is trusted.
    pub verifier: Arc<Verifier>,
    /// Where certificates come from.
    pub pages: Arc<PageCache>,
}

/// How calls are signed at the server's edge.
#[derive(Debug, Clone)]
pub struct PbxSigning {
    /// Key and certificate.
    pub signer: Signer,
    /// How well the server says to know its users.
    pub attest: Attestation,
    /// The `origid` of its calls (RFC 8588 5).
    pub origid: String,
}
