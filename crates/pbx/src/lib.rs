//! The embedded server: registrar, call routing between registered phones as a B2BUA, voicemail
//! with message waiting, echo and music.
//!
//! Invariant: no test depends on it alone; the same features pass on other servers.
//!
//! - [`Pbx`]: the running server; its contract is at the type.
//! - [`PbxConfig`], [`PbxUser`]: what it is told; [`read_users`] reads users from a file.
//! - [`PbxSnapshot`], [`PbxEvent`]: what it tells.

mod command;
mod config;
mod error;
mod event;
mod media;
mod mwi;
mod numbers;
mod pbx;
mod server;
mod snapshot;
mod user;
mod users_file;

pub use config::{
    DigestUri, Diversion, ExpiresPolicy, ForwardMarks, PbxConfig, PbxLimits, SpecialExtensions,
    Transfer, VoicemailConfig,
};
pub use error::{PbxError, WaitTimeout};
pub use event::PbxEvent;
pub use numbers::{Action, Capability, ForwardWhen, Number, Numbers};
pub use pbx::Pbx;
pub use snapshot::{
    CallState, CallView, MailboxView, PbxCounters, PbxSnapshot, RegistrationView, Service,
    SubscriptionView, VoicemailView,
};
pub use user::{Forward, PbxUser};
pub use users_file::{UsersFile, read_users};
