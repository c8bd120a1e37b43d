//! Header fields of event notification as typed values (RFC 6665 8.2).

mod failure;
mod package;
mod reason;
mod state;

pub(crate) use failure::ends_subscription;
pub use package::EventPackage;
pub use reason::TerminationReason;
pub use state::{StateKind, SubscriptionState};
