//! The handle to a phone.

mod calls;
mod handle;
mod power;
mod registration;
mod requests;

pub(crate) use handle::MediaTable;
pub use handle::Phone;
