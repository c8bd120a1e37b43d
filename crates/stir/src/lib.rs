//! Signed calls: PASSporT tokens, the Identity header field, their certificates, and what is to be said
//! of a call that carries them (RFC 8224, 8225, 8226, 8443, 8588, 8946).
//!
//! - [`Passport`], [`Party`], [`Attestation`]: what is signed, with its canonical JSON.
//! - [`SigningKey`], [`VerifyingKey`]: ES256.
//! - [`IdentityField`]: the header field in its full and compact form.
//! - [`Signer`], [`SignOrder`], [`Fault`]: signing a call, also wrongly.
//! - [`Verifier`], [`CallFacts`], [`Verdict`]: judging a call; certificates come through
//!   [`CertificateSource`].
//! - [`CertificateOrder`], [`Authority`]: certificates of tests; [`TnAuthList`] is what they speak for.
//!
//! Invariant: octets, text and the time come in, texts and verdicts go out; what a peer wrote never
//! panics. The one randomness is that of keys, serial numbers and signatures, which the cryptographic
//! library draws itself, as it must.

mod authority;
mod canonical;
mod certificate;
mod claims;
mod collector;
mod facts;
mod fitting;
mod identity_field;
mod key;
mod message;
mod outcome;
mod passport;
mod pem;
mod signer;
mod tn_auth_list;
mod token;
mod uuid;
mod verdict;
mod verifier;

pub use authority::{Authority, CertificateOrder, IssueError};
pub use canonical::canonical_json;
pub use certificate::{Certificate, CertificateError, Chain};
pub use claims::{Attestation, Party, canonical_number};
pub use collector::{CertificateSource, Fetched, Unavailable};
pub use facts::CallFacts;
pub use identity_field::{FieldError, IDENTITY_OCTETS_MAX, IdentityField};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use message::{facts_of, identities_of};
pub use outcome::{Judged, Outcome};
pub use passport::{Passport, PassportError};
pub use signer::{Fault, SignOrder, Signer};
pub use tn_auth_list::{TnAuthList, TnAuthListError, TnEntry};
pub use token::{Token, TokenError};
pub use uuid::uuid;
pub use verdict::Verdict;
pub use verifier::{FRESHNESS_S, Verifier};
