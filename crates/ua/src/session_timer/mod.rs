//! Session timers (RFC 4028): what is asked for, what is agreed on, when a session must be
//! refreshed and when it is over.

mod fields;
mod policy;
mod timer;

pub use fields::Refresher;
pub(crate) use fields::{Agreed, Asked, TIMER, may_refresh, min_se, session_expires, value};
pub use policy::{RefreshMethod, SessionPolicy};
pub(crate) use timer::{Due, SessionTimer};
