//! Sockets for traffic: one [`Ports`] serves every socket of one thread.
//!
//! Datagrams are taken from the kernel and given to it many at a time, into memory that is used
//! again: in steady state nothing is allocated per message. [`Ports::send`] puts a message into the
//! batch of its port; [`Ports::poll`] sends the batches, then hands out what came in. With
//! [`PortOptions::segmentation`] datagrams of equal length to one destination cross the kernel as
//! one, which is what decides how many a processor can move: see [`Ports::send_in_flow`].

mod bound_udp;
mod counters;
mod datagram_port;
mod event;
mod file_limit;
mod flush;
mod limits;
mod listener;
mod open;
mod outbox;
mod poll;
mod port;
mod ports;
mod protocol;
mod queue;
mod secure_turns;
mod slots;
mod stream;
mod system;
mod timer;
mod tls;
mod trains;
mod turns;
mod waker;
mod watching;

pub use bound_udp::BoundUdp;
pub use counters::{PortCounters, SendFailures};
pub use event::{CloseReason, PortEvent, SendFailure};
pub use file_limit::raise_file_limit;
pub use limits::{PortLimits, PortOptions, TcpClose};
pub use ports::Ports;
pub use slots::PortId;
pub use system::prefer_short_turns;
pub use tls::{TlsClient, TlsError, TlsFailure, TlsInfo, TlsServer, TlsSettings, TlsVersions};
pub use waker::PortWaker;
