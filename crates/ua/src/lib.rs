//! The protocol machines of SIP: transactions, dialogs, digest authentication and its AKA form,
//! registration, subscription, the registrar's store, the bodies of events, and the user-agent
//! core that joins them.
//!
//! Invariant: input is (message or command, now), output is (messages, happenings, next deadline).
//! No I/O, no clock, no randomness of its own.

#![cfg_attr(
    test,
    expect(clippy::disallowed_methods, reason = "tests need a first instant")
)]

pub mod aka;
pub mod bodies;
mod dialog;
pub mod digest;
pub mod endpoint;
mod event;
mod flow;
mod hashing;
mod identifiers;
mod keep_alive;
mod notice;
mod publication;
mod refer;
pub mod registrar;
mod registration;
mod registration_failures;
mod registration_policy;
mod replaces;
mod respond;
mod session_timer;
mod sipfrag;
mod stun;
mod subscription;
mod subscription_life;
mod target;
mod timers;
pub mod transaction;
mod validity;

pub use dialog::{Dialog, DialogError, DialogState, Routing};
pub use event::{EventPackage, StateKind, SubscriptionState, TerminationReason};
pub use flow::FlowFailure;
pub use identifiers::{Identifiers, RandomIdentifiers};
pub use keep_alive::{KeepAliveKind, KeepAlivePolicy, OnLoss};
pub use notice::{Grant, News, NoticeChange, NoticeView};
pub use publication::{PublicationChange, PublicationSpec};
pub use refer::{ReferReport, ReferTo};
pub use registration::{RegistrationChange, RegistrationSpec};
pub use registration_policy::{Backoff, Reaction, Refusals, RegistrationPolicy};
pub use replaces::Replaces;
pub use respond::response_to;
pub use session_timer::{RefreshMethod, Refresher, SessionPolicy};
pub use sipfrag::Sipfrag;
pub use stun::{StunError, StunMessage, StunTransaction, is_stun};
pub use subscription::{ForkPolicy, SubscriptionChange, SubscriptionSpec};
pub use target::{Target, Transmit};
pub use timers::{OwnTimers, Timers, Trying};
pub use validity::valid_until;
