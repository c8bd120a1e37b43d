//! The emulated phone: a device model ([`Profile`]) over the user-agent core, with media.
//!
//! - [`Phone`]: an async handle; one task per phone owns the sockets and never blocks. Every wait
//!   has a deadline and says what it waited for and what there was instead.
//! - [`PhoneState`]: registration, calls, messages waiting, watched by [`Phone::watch`].
//! - [`MessageLog`]: every SIP message with number and time.
//! - [`CallMedia`]: what a call plays and what was heard in it.
//! - [`PendingRequest`]: requests built by hand, for tests of single messages.
//! - [`profile`]: device models from TOML.
//!
//! Invariant: it behaves like its model, and its background traffic (answers to OPTIONS, NOTIFY,
//! INFO, UPDATE, MESSAGE) never disturbs a test.

mod actor;
mod addresses;
mod call;
mod config;
mod destination;
mod digits;
mod dtls;
mod error;
mod events;
mod flows;
mod inbox;
mod log;
mod look;
mod media;
mod media_line;
mod misbehaviour;
mod mwi;
mod pending;
mod phone;
mod policy;
pub mod profile;
mod raw;
mod report;
mod signalling;
mod signalling_profile;
mod signing;
mod state;
mod transfer;

pub use actor::Habits;
pub use call::{
    CallDirection, CallEnd, CallEndCause, CallHandle, CallRecord, CallState, CallTimes,
    RemoteParty, SessionView,
};
pub use config::{AuthUser, PhoneConfig, Server};
pub use destination::{CallOptions, Destination};
pub use digits::{DtmfWay, InfoDigit, ReceivedKey, dtmf_keys};
pub use error::PhoneError;
pub use events::{
    Events, PublishStage, Published, Watch, WatchHandle, WatchStage, Watching, presence_document,
};
pub use flows::{FlowState, FlowStatus, Gruus};
pub use inbox::{Inbox, TextMessage};
pub use log::{LogEntry, MessageLog};
pub use media::CallMedia;
pub use misbehaviour::{IgnoredMessage, MessageMatch, Misbehaviour};
pub use mwi::{MessageCounts, MessageSummary, MwiError};
pub use pending::PendingRequest;
pub use phone::Phone;
pub use policy::IncomingPolicy;
pub use profile::{Profile, ProfileError, ProfileLibrary};
pub use signalling::{SignallingEvent, SignallingPhone};
pub use signing::CallFields;
pub use state::{MwiState, MwiSubscription, PhoneState, Power, RegistrationState};
pub use transfer::{TransferOptions, TransferRecord, TransferState, TransferTo};
