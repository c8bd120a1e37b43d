//! The handle to a phone.

mod calls;
mod conference;
mod dtmf;
mod handle;
mod hold;
mod power;
mod registration;
mod requests;

pub(crate) use handle::MediaTable;
pub use handle::Phone;
