//! The media of calls: captures, keys, streams and echo.
//!
//! [`RtpMedia`] is on the traffic thread: it knows the addresses and sockets of each call and turns
//! orders of scenarios into commands. One thread for each processor carries them out, with its own
//! share of the sockets and streams, a wheel of timers, and no thread of a call's own. Times are
//! absolute: a packet that is late does not push back those after it.

mod arriving;
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
mod phases;
mod reception;
mod rtp_media;
mod rtp_ports;
mod sending;
mod settings;
mod sockets;
mod streams;
mod worker;

pub use rtp_media::RtpMedia;
