//! The user-agent core (RFC 3261 8, 9, 12 to 15): what a phone and an embedded server have in
//! common, without I/O.

mod agenda;
mod call;
mod call_table;
mod callee;
mod caller;
mod census;
mod client;
mod command;
mod config;
mod core;
mod ending;
mod happening;
mod identity;
mod in_call;
mod incoming;
mod notices;
mod referring;
mod registrations;
mod replacing;
mod server;
mod subscriptions;
mod usage;

pub use census::Census;
pub use command::{Body, Reply, RequestSpec};
pub use config::{Dress, EndpointConfig, MessageKind};
pub use core::{Endpoint, SendError};
pub use happening::{
    CallId, EndCause, Happening, NoticeId, Outcome, RegistrationId, RequestId, SubscriptionId,
};
pub(crate) use referring::ReferPart;
pub use referring::{ReferChange, ReferPlace, ReferSpec};
pub(crate) use usage::HomeId;
