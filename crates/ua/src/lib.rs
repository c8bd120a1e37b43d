//! The protocol machines of SIP: transactions, dialogs, digest authentication and its AKA form,
//! registration, subscription, the registrar's store, and the user-agent core that joins them.
//!
//! Invariant: input is (message or command, now), output is (messages, happenings, next deadline).
//! No I/O, no clock, no randomness of its own.

pub mod aka;
mod dialog;
pub mod digest;
pub mod endpoint;
mod event;
mod identifiers;
mod notice;
mod refer;
pub mod registrar;
mod registration;
mod respond;
mod sipfrag;
mod subscription;
mod target;
mod timers;
pub mod transaction;

pub use dialog::{Dialog, DialogError, DialogState, Routing};
pub use event::{EventPackage, StateKind, SubscriptionState, TerminationReason};
pub use identifiers::{Identifiers, RandomIdentifiers};
pub use notice::{Grant, News, NoticeChange, NoticeView};
pub use refer::{ReferReport, ReferTo, Replaces};
pub use registration::{RegistrationChange, RegistrationSpec};
pub use respond::response_to;
pub use sipfrag::Sipfrag;
pub use subscription::{ForkPolicy, SubscriptionChange, SubscriptionSpec};
pub use target::{Target, Transmit};
pub use timers::Timers;
