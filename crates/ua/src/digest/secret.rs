//! What proves a user's identity, for both ends.

use super::compute::user_key;
use super::{Algorithm, Hash};

/// A stored H(A1) without session part: the hash of `username:realm:password`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ha1 {
    /// The hash function it was made with; it serves only algorithms with the same one.
    pub hash: Hash,
    /// The digest as lower-case hexadecimal digits.
    pub hex: String,
}

/// A password, or hashes of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The password in clear; serves every algorithm.
    Password(String),
    /// Stored hashes, at most one per hash function.
    Ha1(Vec<Ha1>),
}

impl Secret {
    /// Whether the secret can be used with an algorithm.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Password(_) => true,
            Self::Ha1(list) => list.iter().any(|ha1| ha1.hash == algorithm.hash()),
        }
    }

    /// H(username:realm:password) for an algorithm, or `None` if the secret does not serve it.
    pub(super) fn user_key(
        &self,
        algorithm: Algorithm,
        username: &str,
        realm: &str,
    ) -> Option<String> {
        match self {
            Self::Password(password) => Some(user_key(algorithm.hash(), username, realm, password)),
            Self::Ha1(list) => list
                .iter()
                .find(|ha1| ha1.hash == algorithm.hash())
                .map(|ha1| ha1.hex.to_ascii_lowercase()),
        }
    }
}

/// Keeps secrets out of logs and failure messages.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(..)",
            Self::Ha1(_) => "Ha1(..)",
        })
    }
}

/// A user's name and secret, as a client holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user name of the realm; often but not always the user part of the AOR.
    pub username: String,
    /// The secret.
    pub secret: Secret,
}

impl Credentials {
    /// Credentials with a password in clear.
    pub fn password(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            secret: Secret::Password(password.into()),
        }
    }

    /// Credentials with a stored hash.
    pub fn ha1(username: impl Into<String>, hash: Hash, hex: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            secret: Secret::Ha1(vec![Ha1 {
                hash,
                hex: hex.into(),
            }]),
        }
    }
}

/// Where a server finds the secret of a user. Implemented for closures
/// `Fn(username, realm) -> Option<Secret>`.
pub trait SecretSource {
    /// The secret of a user of a realm, or `None` if there is no such user.
    fn secret(&self, username: &str, realm: &str) -> Option<Secret>;

    /// The name of the user for whom `is_wanted` holds, needed to resolve a hashed user name
    /// (`userhash`, RFC 7616 3.4.4). The default knows nobody.
    fn find_user(&self, _is_wanted: &dyn Fn(&str) -> bool) -> Option<String> {
        None
    }
}

impl<F: Fn(&str, &str) -> Option<Secret>> SecretSource for F {
    fn secret(&self, username: &str, realm: &str) -> Option<Secret> {
        self(username, realm)
    }
}
