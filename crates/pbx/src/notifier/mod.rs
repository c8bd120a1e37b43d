//! The notifier side of subscriptions (RFC 6665 4.2), without I/O.

mod machine;
mod mwi;
mod subscribing;
mod subscription;

pub(crate) use machine::{Notifier, NotifierConfig, NotifierEvent, SubscriptionId};
pub(crate) use mwi::{MWI_CONTENT_TYPE, MWI_PACKAGE, message_summary};
pub(crate) use subscribing::Acceptance;
