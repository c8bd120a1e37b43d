//! PEM and DER, whichever a file or a body holds.

use rustls_pki_types::pem::{PemObject, SectionKind};

/// The sections of a PEM text, in order: what each is, and its DER. Empty if it is no PEM.
pub(crate) fn sections(octets: &[u8]) -> Vec<(SectionKind, Vec<u8>)> {
    <(SectionKind, Vec<u8>)>::pem_slice_iter(octets)
        .filter_map(Result::ok)
        .collect()
}

/// Whether it looks like PEM at all.
pub(crate) fn is_pem(octets: &[u8]) -> bool {
    octets
        .windows(11)
        .take(64 * 1024)
        .any(|window| window == b"-----BEGIN ")
}
