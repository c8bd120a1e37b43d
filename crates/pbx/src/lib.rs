//! The embedded server: registrar, call routing between registered phones as a B2BUA, presence
//! agent with busy lamps, voicemail with message waiting, echo and music.
//!
//! Invariant: no test depends on it alone; the same features pass on other servers.
//!
//! - [`Pbx`]: the running server; its contract is at the type.
//! - [`PbxConfig`], [`PbxUser`]: what it is told; [`read_users`] reads users from a file.
//! - [`PbxSnapshot`], [`PbxEvent`]: what it tells.

mod command;
mod config;
mod dialogs;
mod error;
mod event;
mod event_socket;
mod media;
mod mwi;
mod numbers;
mod pbx;
mod presence;
mod registrar;
mod server;
mod snapshot;
mod stir;
mod user;
mod users_file;

pub use config::{
    DigestUri, Diversion, ExpiresPolicy, ForwardMarks, PbxConfig, PbxLimits, SpecialExtensions,
    Transfer, VoicemailConfig, WatchRule,
};
pub use error::{PbxError, WaitTimeout};
pub use event::PbxEvent;
pub use numbers::{Action, Capability, ForwardWhen, Number, Numbers};
pub use pbx::Pbx;
pub use registrar::{RegistrarFeatures, TrustDomain};
pub use snapshot::{
    CallState, CallView, ChannelState, ChannelView, MailboxView, PbxCounters, PbxSnapshot,
    RegistrationView, Service, SubscriptionView, VoicemailView,
};
pub use stir::{IdentityRule, PbxSigning, PbxStir};
pub use user::{Forward, PbxUser, Screening};
pub use users_file::{UsersFile, read_users};
