//! SIP over UDP and TCP: addresses and bytes in, addresses and bytes out.

mod binding;
mod connection;
mod connections;
mod incoming;
mod shared;
mod transport;
mod udp;

pub use binding::{SipBinding, SipLimits};
pub use incoming::{CloseReason, ConnectionId, Incoming, KeepAlive, Outgoing, SendError};
pub use shared::SipCounters;
pub use transport::SipTransport;
