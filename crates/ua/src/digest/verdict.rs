//! What a server finds out about credentials.

use super::{Algorithm, AuthenticationInfo, Authorization, AuthorizationError, DigestInput, Qop};

/// Credentials that are right.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The user, in clear even if the name came hashed.
    pub username: String,
    /// The algorithm used.
    pub algorithm: Algorithm,
    /// The quality of protection used; `None` in the form of RFC 2069.
    pub qop: Option<Qop>,
    /// The nonce count; `None` without qop.
    pub nonce_count: Option<u32>,
    /// The `uri` parameter, which the digest covers.
    pub digest_uri: String,
    key: String,
    next_nonce: Option<String>,
    credentials: Authorization,
}

impl Accepted {
    pub(super) fn new(
        username: String,
        algorithm: Algorithm,
        qop: Option<Qop>,
        nonce_count: Option<u32>,
        key: String,
        next_nonce: Option<String>,
        credentials: Authorization,
    ) -> Self {
        Self {
            username,
            algorithm,
            qop,
            nonce_count,
            digest_uri: credentials.uri.clone(),
            key,
            next_nonce,
            credentials,
        }
    }

    /// The Authentication-Info (or Proxy-Authentication-Info) for a success response with this
    /// body: the server's proof and, if the policy says so, the next nonce (RFC 7616 3.5).
    pub fn authentication_info(&self, response_body: &[u8]) -> AuthenticationInfo {
        let nc = self.credentials.nc.as_deref().unwrap_or_default();
        let cnonce = self.credentials.cnonce.as_deref().unwrap_or_default();
        let input = DigestInput {
            hash: self.algorithm.hash(),
            key: &self.key,
            nonce: &self.credentials.nonce,
            protection: self.qop.map(|qop| (qop, nc, cnonce)),
            uri: &self.credentials.uri,
            body: response_body,
        };
        let protected = |value: &str| self.qop.is_some().then(|| value.to_owned());
        AuthenticationInfo {
            nextnonce: self.next_nonce.clone(),
            qop: self.qop.map(|qop| qop.to_string()),
            rspauth: Some(input.rspauth()),
            cnonce: protected(cnonce),
            nc: protected(nc),
            other: Vec::new(),
        }
    }
}

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No credentials for this realm: challenge the client.
    #[error("no credentials for this realm")]
    Missing,
    /// Right credentials for a nonce that is too old, or unknown: challenge with stale=true.
    #[error("the nonce is stale")]
    Stale,
    /// Right credentials, but the nonce count was used before: challenge with stale=true.
    #[error("nonce count {count:08x} was used before")]
    Replay {
        /// The nonce count.
        count: u32,
    },
    /// Credentials that do not prove anything: challenge again.
    #[error(transparent)]
    Wrong(WrongReason),
    /// The user is not known; the answer must not differ from that to a wrong secret.
    #[error("no user {username:?} in this realm")]
    UnknownUser {
        /// The user name as received.
        username: String,
    },
    /// The header field cannot be judged: answer 400 (RFC 7616 3.4).
    #[error(transparent)]
    Malformed(AuthorizationError),
}

impl Refusal {
    /// Whether the next challenge is to say stale=true.
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Stale | Self::Replay { .. })
    }
}

/// What is wrong with well-formed credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongReason {
    /// The digest is not that of the user's secret and this request.
    #[error("response is {received}, expected {expected}")]
    Response {
        /// The digest that would be right.
        expected: String,
        /// The digest received.
        received: String,
    },
    /// An algorithm that the server did not offer, or does not know.
    #[error("algorithm {found} was not offered")]
    AlgorithmNotOffered {
        /// The algorithm, MD5 if none was named.
        found: String,
    },
    /// A quality of protection that the server did not offer, or does not know.
    #[error("qop {found:?} was not offered")]
    QopNotOffered {
        /// The quality received.
        found: String,
    },
    /// No quality of protection, which this server insists on.
    #[error("qop was offered and not used")]
    QopMissing,
    /// The user's stored hash cannot be used with this algorithm.
    #[error("the stored secret does not serve {algorithm}")]
    NoSecretFor {
        /// The algorithm of the credentials.
        algorithm: Algorithm,
    },
}
