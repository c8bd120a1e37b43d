//! What a client learns from challenges and information header fields.

use super::{AuthSyntaxError, ChallengeError, HeaderField};

/// What to do after a 401 or 407.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthOutcome {
    /// Repeat the request with these credentials instead of all earlier ones.
    Retry(Vec<HeaderField>),
    /// Take the response as final.
    GiveUp(GiveUp),
}

/// Why a client stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GiveUp {
    /// The response has no challenge (RFC 3261 21.4.2 and 21.4.8 require one).
    #[error("the response has no challenge")]
    NoChallenge,
    /// No challenge can be read; this is the last one's fault.
    #[error("no usable challenge: {0}")]
    BadChallenge(ChallengeError),
    /// Nothing is configured for the realm.
    #[error("no credentials for realm {realm:?}")]
    NoCredentials {
        /// The realm of the challenge.
        realm: String,
    },
    /// Algorithms or qualities of protection that this client does not have or may not use,
    /// or for which its stored secret does not serve.
    #[error("no supported challenge for realm {realm:?}, offered: {offered}")]
    Unsupported {
        /// The realm of the challenges.
        realm: String,
        /// Algorithm and qop of each.
        offered: String,
    },
    /// The server refused credentials for its own fresh nonce: user name or secret is wrong
    /// (RFC 3261 22.2).
    #[error("credentials of {username:?} for realm {realm:?} were rejected")]
    Rejected {
        /// The realm.
        realm: String,
        /// The user name that was sent.
        username: String,
    },
    /// The server calls one nonce after the other stale.
    #[error("realm {realm:?} called {retries} nonces stale and again one")]
    StaleLoop {
        /// The realm.
        realm: String,
        /// Repetitions made because of stale nonces.
        retries: u32,
    },
}

/// What an information header field brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InfoOutcome {
    /// The server's proof of knowing the secret.
    pub proof: ServerProof,
    /// Whether the session goes on with a new nonce.
    pub next_nonce: bool,
}

/// Whether the server proved that it knows the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerProof {
    /// `rspauth` is right.
    Verified,
    /// There is no `rspauth`.
    Absent,
}

/// Why an information header field cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InfoRefusal {
    /// The text cannot be read.
    #[error("not authentication information: {0}")]
    Syntax(#[from] AuthSyntaxError),
    /// The request carried no credentials for that target.
    #[error("{field} answers a request without credentials")]
    NotAsked {
        /// Name of the header field.
        field: &'static str,
    },
    /// A parameter does not belong to the request, or the proof is wrong.
    #[error("{name} is {received}, expected {expected}")]
    Differs {
        /// The parameter's name.
        name: &'static str,
        /// The value that would be right.
        expected: String,
        /// The value received.
        received: String,
    },
}
