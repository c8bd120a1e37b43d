//! Every key of a profile file: its name and how it is read.

mod addresses;
mod digest;
mod identity;
mod incoming;
mod lists;
mod messages;
mod registration;
mod sdp;
mod table;
mod timing;
mod transfer;

pub use table::setting_names;
pub(super) use table::{Key, NOT_YET, keys};
