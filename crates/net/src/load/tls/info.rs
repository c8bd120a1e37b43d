//! What a TLS connection has agreed on.

use rustls::{CipherSuite, HandshakeKind, ProtocolVersion};

/// What a TLS connection has agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsInfo {
    /// `"TLSv1.2"` or `"TLSv1.3"`.
    pub version: &'static str,
    /// The registered name of the cipher suite, for example `"TLS13_AES_128_GCM_SHA256"`.
    pub cipher: &'static str,
    /// The session of an earlier connection was resumed.
    pub resumed: bool,
}

impl TlsInfo {
    pub(super) fn new(
        version: ProtocolVersion,
        cipher: CipherSuite,
        kind: Option<HandshakeKind>,
    ) -> Self {
        Self {
            version: match version {
                ProtocolVersion::TLSv1_3 => "TLSv1.3",
                _ => "TLSv1.2",
            },
            cipher: cipher.as_str().unwrap_or("unknown"),
            resumed: kind == Some(HandshakeKind::Resumed),
        }
    }
}
