//! The ciphers.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, ring};
use rustls::{CipherSuite, SupportedCipherSuite, Tls12CipherSuite};

/// rustls over ring, with two changes for a generator of traffic:
///
/// - AES with 128 bits comes before 256: it costs less, and the other end mostly takes what is
///   named first.
/// - Over TLS 1.2 a key seals any number of records. rustls ends a connection after 2^24 of them,
///   because TLS 1.2 cannot change its keys on the way (TLS 1.3 can, and does): that is minutes of
///   load on one connection, and what is sealed here are test calls. Nonces never come twice: the
///   bound on them is another.
pub(super) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
        let mut provider = ring::default_provider();
        for suite in &mut provider.cipher_suites {
            if let SupportedCipherSuite::Tls12(tls12) = suite {
                *tls12 = without_limit(tls12);
            }
        }
        provider.cipher_suites.sort_by_key(is_costly);
        Arc::new(provider)
    });
    PROVIDER.clone()
}

fn without_limit(suite: &'static Tls12CipherSuite) -> &'static Tls12CipherSuite {
    let common = rustls::crypto::CipherSuiteCommon {
        confidentiality_limit: u64::MAX,
        ..suite.common
    };
    // One per suite and process: what rustls wants for ever is kept for ever.
    Box::leak(Box::new(Tls12CipherSuite { common, ..*suite }))
}

/// Newer versions first, then those that cost less.
fn is_costly(suite: &SupportedCipherSuite) -> (bool, bool) {
    let is_fast = matches!(
        suite.suite(),
        CipherSuite::TLS13_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    );
    (suite.tls13().is_none(), !is_fast)
}
