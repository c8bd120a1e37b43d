//! Every key of a profile file: its name and how it is read.

mod addresses;
mod codecs;
mod digest;
mod events;
mod identity;
mod incoming;
mod keep_alive;
mod lines;
mod lists;
mod media;
mod messages;
mod outbound;
mod outgoing;
mod quirks;
mod registration;
mod reliability;
mod sdp;
mod session_timers;
mod srtp;
mod table;
mod texts;
mod timing;
mod transfer;
mod transport;
mod unsupported;

pub use table::setting_names;
pub(super) use table::{Key, keys};
pub use unsupported::{Unsupported, unsupported_settings};
pub(super) use unsupported::{refusal, unsupported_group};
