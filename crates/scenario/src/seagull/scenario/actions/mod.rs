//! Actions.

mod action;
mod calls;
mod checks;
mod values;

pub(super) use action::Site;
