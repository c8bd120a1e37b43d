//! The arithmetic of RFC 7616 3.4, the same for both ends.

use super::{Algorithm, Hash, OctetDigest, Protection};

/// Quality of protection (RFC 7616 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qop {
    /// Authentication of the request line.
    Auth,
    /// Authentication of the request line and of the body.
    AuthInt,
}

impl Qop {
    /// The token.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }

    /// The quality that a token names, whatever its case.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Auth, Self::AuthInt]
            .into_iter()
            .find(|qop| qop.name().eq_ignore_ascii_case(token))
    }
}

impl std::fmt::Display for Qop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What a `response` or `rspauth` value is computed from, beside the secret.
#[derive(Debug, Clone, Copy)]
pub struct DigestInput<'a> {
    /// The hash function.
    pub hash: Hash,
    /// H(A1) as hexadecimal digits: see [`session_key`] and [`user_key`].
    pub key: &'a str,
    /// The nonce.
    pub nonce: &'a str,
    /// The `qop` token, the nonce count as sent and the client nonce; `None` is the form of
    /// RFC 2069, which a peer that offers no qop must be answered with (RFC 3261 22.4).
    pub protection: Option<(Qop, &'a str, &'a str)>,
    /// The `uri` parameter.
    pub uri: &'a str,
    /// The body of the message that carries the value.
    pub body: &'a [u8],
}

impl DigestInput<'_> {
    /// The `response` value of a request with this method (RFC 7616 3.4.1).
    pub fn response(&self, method: &str) -> String {
        self.with_a2_head(method)
    }

    /// The `rspauth` value of a response: A2 starts with an empty method and the body is that
    /// of the response (RFC 7616 3.5).
    pub fn rspauth(&self) -> String {
        self.with_a2_head("")
    }

    fn with_a2_head(&self, method: &str) -> String {
        let digest = OctetDigest {
            hash: self.hash,
            key: self.key.as_bytes(),
            nonce: self.nonce.as_bytes(),
            protection: self.protection.map(|(qop, nc, cnonce)| Protection {
                qop: qop.name().as_bytes(),
                nc: nc.as_bytes(),
                cnonce: cnonce.as_bytes(),
            }),
            method: method.as_bytes(),
            uri: self.uri.as_bytes(),
            body: self.body,
        };
        digest.response().as_str().to_owned()
    }
}

/// H(username ":" realm ":" password), the secret that a server may store instead of the
/// password (RFC 7616 3.4.2).
pub fn user_key(hash: Hash, username: &str, realm: &str, password: &str) -> String {
    hash.hex_joined(&[username.as_bytes(), realm.as_bytes(), password.as_bytes()])
}

/// H(A1): the user key itself, or for a `-sess` algorithm its hash with the nonce and client
/// nonce that began the authentication session (RFC 7616 3.4.2).
pub fn session_key(algorithm: Algorithm, user_key: &str, first: (&str, &str)) -> String {
    if algorithm.is_session() {
        algorithm
            .hash()
            .hex_joined(&[user_key.as_bytes(), first.0.as_bytes(), first.1.as_bytes()])
    } else {
        user_key.to_owned()
    }
}

/// H(username ":" realm), the `username` of a client that was asked for `userhash`
/// (RFC 7616 3.4.4).
pub fn user_hash(hash: Hash, username: &str, realm: &str) -> String {
    hash.hex_joined(&[username.as_bytes(), realm.as_bytes()])
}
