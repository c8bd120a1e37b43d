//! Where certificates come from: whoever can fetch them hands them in.

use thiserror::Error;

/// A certificate as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The Content-Type that came with it; `None` when it comes from a file or a cache without one.
    pub content_type: Option<String>,
    /// The octets.
    pub octets: Vec<u8>,
}

/// Why a certificate is not there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Unavailable {
    /// What happened, in a few words.
    pub what: String,
}

/// Gives the certificates of `x5u` and `info`.
pub trait CertificateSource {
    /// What is at this URI.
    fn certificate(&self, uri: &str) -> Result<Fetched, Unavailable>;
}

impl<F: Fn(&str) -> Result<Fetched, Unavailable>> CertificateSource for F {
    fn certificate(&self, uri: &str) -> Result<Fetched, Unavailable> {
        self(uri)
    }
}
