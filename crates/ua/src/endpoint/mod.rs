//! The user-agent core (RFC 3261 8, 9, 12 to 15): what a phone and an embedded server have in
//! common, without I/O.

mod agenda;
mod auth_style;
mod call;
mod call_table;
mod callee;
mod callee_forks;
mod caller;
mod census;
mod client;
mod command;
mod config;
mod core;
mod dialog_index;
mod ending;
mod exchange;
mod failover;
mod fixed_replies;
mod flows;
mod happening;
mod identity;
mod in_call;
mod incoming;
mod notice_forks;
mod notices;
mod prack;
mod publications;
mod referred;
mod referring;
mod registrations;
mod reliable;
mod reliable_queue;
mod replacing;
mod resubscribe;
mod server;
mod session_refresh;
mod session_timers;
mod subscriptions;
mod update;
mod usage;

pub use auth_style::AuthStyle;
pub use census::Census;
pub use command::{Body, Reply, RequestSpec};
pub use config::{Dress, EndpointConfig, MessageKind};
pub use core::{Endpoint, SendError};
pub use fixed_replies::FixedReply;
pub use happening::{
    CallId, EndCause, Happening, NoticeId, Outcome, PublicationId, RegistrationId, RequestId,
    SubscriptionId,
};
pub(crate) use referring::ReferPart;
pub use referring::{ReferChange, ReferPlace, ReferSpec};
pub use resubscribe::{Resubscribe, SubscriptionView};
pub(crate) use usage::HomeId;
