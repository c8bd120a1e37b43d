//! Received messages, read once and without copies.
//!
//! Whatever holds "SIP/2.0" is a message; a header field that is absent or broken is `None`.

mod address;
mod header;
mod media;
mod message;

pub(super) use address::uri_of;
pub(super) use header::{HeaderLine, HeaderLines};
pub(super) use media::MediaAddresses;
pub(super) use message::{Reader, Received, Start};
