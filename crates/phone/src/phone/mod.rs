//! The handle to a phone.

mod calls;
mod conference;
mod control;
mod dtmf;
mod early;
mod events;
mod flows;
mod handle;
mod hold;
mod misbehaviour;
mod power;
mod registration;
mod requests;
mod session_timer;

pub(crate) use handle::MediaTable;
pub use handle::Phone;
