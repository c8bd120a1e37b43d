//! Sockets for traffic: one [`Ports`] serves every socket of one thread.
//!
//! Datagrams are taken from the kernel and given to it many at a time, into memory that is used
//! again: in steady state nothing is allocated per message. [`Ports::send`] puts a message into the
//! batch of its port; [`Ports::poll`] sends the batches, then hands out what came in. With
//! [`PortOptions::segmentation`] datagrams of equal length to one destination cross the kernel as
//! one, which is what decides how many a processor can move: see [`Ports::send_in_flow`].

mod counters;
mod datagram_port;
mod event;
mod flush;
mod limits;
mod listener;
mod open;
mod outbox;
mod poll;
mod port;
mod ports;
mod slots;
mod stream;
mod system;
mod timer;
mod trains;
mod turns;
mod waker;

pub use counters::{PortCounters, SendFailures};
pub use event::{CloseReason, PortEvent, SendFailure};
pub use limits::{PortLimits, PortOptions, TcpClose};
pub use ports::Ports;
pub use slots::PortId;
pub use waker::PortWaker;
