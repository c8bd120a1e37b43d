//! The media of calls: captures, keys, streams and echo.
//!
//! [`RtpMedia`] is on the traffic thread: it knows the addresses and sockets of each call and turns
//! orders of scenarios into commands. One thread carries them out: it has all sockets, a heap of
//! deadlines, and no thread of a call's own.

mod as_media;
mod call;
mod check;
mod engine;
mod figures;
mod generated;
mod guard;
mod inbox;
mod keys;
mod library;
mod order;
mod outgoing;
mod rtp_media;
mod rtp_ports;
mod settings;
mod sockets;
mod worker;

pub use rtp_media::RtpMedia;
