//! Digest authentication as SIP uses it, for both ends: RFC 3261 22, RFC 7616 and
//! RFC 8760, with RFC 2617 and RFC 2069 peers understood.
//!
//! Everything here works on header field *values*: which header field they come from or go to
//! is named by [`AuthTarget`]. Time and randomness are passed in.
//!
//! Client side: [`ClientAuth`] keeps credentials and authentication sessions, one
//! [`AuthAttempt`] belongs to each request.
//!
//! ```
//! use gannet_ua::digest::{AuthAttempt, AuthOutcome, AuthTarget, ClientAuth, Credentials, RequestFacts};
//!
//! let mut rng = fastrand::Rng::with_seed(7);
//! let mut auth = ClientAuth::default();
//! auth.add_credentials(None, Credentials::password("bob", "zanzibar"));
//! let request = RequestFacts { method: "REGISTER", uri: "sip:biloxi.com", body: b"" };
//!
//! let mut attempt = AuthAttempt::default();
//! assert!(auth.authorize(&mut attempt, &request, &mut rng).is_empty());
//! let challenge = r#"Digest realm="biloxi.com", nonce="abc", qop="auth""#;
//! let outcome = auth.challenged(
//!     &mut attempt,
//!     &[(AuthTarget::Origin, challenge)],
//!     &request,
//!     &mut rng,
//! );
//! let AuthOutcome::Retry(fields) = outcome else { panic!("{outcome:?}") };
//! assert_eq!(fields[0].name, "Authorization");
//! ```
//!
//! Server side: [`DigestServer`] issues challenges and judges what comes back. It answers
//! neither ACK nor CANCEL, which cannot be challenged (RFC 3261 22.1): do not pass them in.

mod algorithm;
mod authorization;
mod challenge;
mod client;
mod compute;
mod field;
mod hex;
mod info;
mod lookup;
mod nonce;
mod octets;
mod outcome;
mod params;
mod policy;
mod replay;
mod secret;
mod server;
mod session;
mod verdict;
mod written;

pub use algorithm::{Algorithm, Hash};
pub use authorization::{Authorization, AuthorizationError};
pub use challenge::{Challenge, ChallengeError};
pub use client::{AuthAttempt, ClientAuth};
pub use compute::{DigestInput, Qop, session_key, user_hash, user_key};
pub use field::{AuthTarget, HeaderField, RequestFacts};
pub use hex::HexDigest;
pub(crate) use hex::write_hex;
pub use info::AuthenticationInfo;
pub use lookup::{auth_value, first_qop, quoted_len};
pub use octets::{OctetDigest, Protection};
pub use outcome::{AuthOutcome, GiveUp, InfoOutcome, InfoRefusal, ServerProof};
pub use params::{AuthParam, AuthSyntaxError};
pub use policy::{AlgorithmOrder, ClientKnobs, ClientPolicy, UriChoice};
pub use secret::{Credentials, Ha1, Secret, SecretSource};
pub use server::{DigestServer, ServerPolicy};
pub use verdict::{Accepted, Refusal, WrongReason};
pub use written::{CnonceText, WrittenCredentials};
