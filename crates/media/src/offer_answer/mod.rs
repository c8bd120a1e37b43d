//! Offer and answer (RFC 3264): what a device can do, the descriptions it
//! writes, and what both sides agreed.
//!
//! [`MediaCapabilities`] is the device (formats, ptime, layout of its SDP),
//! [`LocalMedia`] the call (address, direction, session id). From them come
//! [`build_offer`], [`build_answer`] and, once the answer is there,
//! [`apply_answer`]; the last two give a [`Negotiated`] for the RTP session.
//! A later offer in the same dialog is made by [`build_reoffer`]; any other
//! later description is brought under the version rule by [`continue_session`].

mod agree;
mod answer;
mod capabilities;
mod continuation;
mod dtls;
mod error;
mod offer;
mod security;
mod write;

pub use agree::{Negotiated, TelephoneEventTypes};
pub use answer::{Answer, apply_answer, build_answer};
pub use capabilities::{
    AttributeSlot, DirectionPlace, FmtpPlace, Format, LocalMedia, MediaCapabilities, SdpLayout,
};
pub use continuation::{ContinuationProblem, check_continuation, continue_session};
pub use dtls::{DtlsTerms, Fingerprint, LocalDtls};
pub use error::OfferAnswerError;
pub use offer::{build_offer, build_reoffer};
pub use security::{Keying, Keyring, OfferForm, Security, SrtpPolicy, SrtpStyle};
