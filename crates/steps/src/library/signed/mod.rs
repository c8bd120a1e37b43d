//! Signed calls (STIR/SHAKEN): who signs, what is wrong with it, and what was received.

mod sentences;
mod signing;
mod verifying;

pub(super) use sentences::definitions;
pub(super) use signing::Plan;
