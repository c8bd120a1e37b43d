//! A compiled scenario of SIPp as text.

mod action;
mod keyword;
mod scenario;
mod step;

pub use action::actions_by_step;
pub use scenario::dump;
