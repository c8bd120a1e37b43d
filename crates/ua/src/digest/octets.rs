//! The arithmetic of RFC 7616 3.4.1 on octets, for what is not text: a password of AKA
//! (RFC 3310 3.3), or values taken from a message as they are.

use super::{Hash, HexDigest};

/// What a `response` value is computed from, beside the secret. Computing allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct OctetDigest<'a> {
    /// The hash function.
    pub hash: Hash,
    /// H(A1) as hexadecimal digits: see [`Hash::joined`].
    pub key: &'a [u8],
    /// The nonce.
    pub nonce: &'a [u8],
    /// `None` is the form of RFC 2069, without qop.
    pub protection: Option<Protection<'a>>,
    /// The method; empty for `rspauth` (RFC 7616 3.5).
    pub method: &'a [u8],
    /// The `uri` parameter.
    pub uri: &'a [u8],
    /// The body, which `auth-int` covers.
    pub body: &'a [u8],
}

/// The parameters that go with `qop`, as they are sent.
#[derive(Debug, Clone, Copy)]
pub struct Protection<'a> {
    /// The quality of protection. `auth-int` in any case covers the body, anything else does
    /// not.
    pub qop: &'a [u8],
    /// The nonce count.
    pub nc: &'a [u8],
    /// The client nonce.
    pub cnonce: &'a [u8],
}

impl OctetDigest<'_> {
    /// The `response` value.
    pub fn response(&self) -> HexDigest {
        let hash = self.hash;
        let Some(Protection { qop, nc, cnonce }) = self.protection else {
            let a2 = hash.joined(&[self.method, self.uri]);
            return hash.joined(&[self.key, self.nonce, a2.as_bytes()]);
        };
        let a2 = if qop.eq_ignore_ascii_case(b"auth-int") {
            let body = hash.joined(&[self.body]);
            hash.joined(&[self.method, self.uri, body.as_bytes()])
        } else {
            hash.joined(&[self.method, self.uri])
        };
        hash.joined(&[self.key, self.nonce, nc, cnonce, qop, a2.as_bytes()])
    }
}
