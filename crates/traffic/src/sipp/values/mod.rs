//! Typed variables of a call, of a user and of the process.

mod number;
mod store;
mod value;

pub(super) use number::{number_of, push_fixed};
pub(super) use store::Stores;
pub(super) use value::Value;
