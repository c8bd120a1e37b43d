//! Every key of a profile file: its name and how it is read.

mod addresses;
mod codecs;
mod digest;
mod identity;
mod incoming;
mod keep_alive;
mod lists;
mod messages;
mod outbound;
mod registration;
mod reliability;
mod sdp;
mod session_timers;
mod table;
mod timing;
mod transfer;

pub use table::setting_names;
pub(super) use table::{Key, NOT_YET, keys};
