//! What a message says of its call, as far as tokens are compared with it.

use gannet_sip::Uri;

/// The facts of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// Who calls: From, or P-Asserted-Identity where that is trusted.
    pub from: Uri,
    /// P-Asserted-Identity: a token may speak of either (RFC 8224 6.2 step 2).
    pub asserted: Vec<Uri>,
    /// Who was called: To.
    pub to: Uri,
    /// Where the request goes: differs from To when the call was diverted.
    pub target: Uri,
    /// Date, in seconds since 1970 began.
    pub date: Option<u64>,
    /// The values of Resource-Priority, in small letters.
    pub priorities: Vec<String>,
}
