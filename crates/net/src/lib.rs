//! Everything that touches the network: SIP over UDP and TCP, the media scheduler, capture and the
//! impairment switch.
//!
//! Invariant: the only crate with sockets; it does not know what a message means. It moves bytes
//! with their addresses and times, and takes from `gannet-sip` only the cutting of streams.
//!
//! - [`SipTransport`]: one SIP address (UDP and TCP on the same port) and the messages that come in.
//! - [`MediaScheduler`]: RTP and RTCP sockets on dedicated threads that keep the send times.
//! - [`load`]: many datagrams and connections (TCP, TLS, SCTP) on one thread, for traffic (Linux).
//! - [`Capture`]: what crossed the sockets, and [`write_pcapng`] to give it to other tools.
//! - [`Impairment`]: seeded loss, for tests of what happens on a bad network.
//! - [`http`]: a few pages served and fetched, for certificates.
//! - [`NetError`]: what the environment refused, where, and what to do about it.

mod address;
mod capture;
mod clock;
mod error;
pub mod http;
mod impairment;
#[cfg(target_os = "linux")]
pub mod load;
mod media;
mod port_holder;
mod sip;
#[cfg(target_os = "linux")]
mod unreachable;

pub use address::local_address_towards;
pub use capture::{
    Capture, CaptureLimits, CaptureTotals, Duplicates, PcapSummary, write_pcap, write_pcapng,
};
pub use clock::wallclock_of;
pub use error::NetError;
pub use impairment::{Impairment, SocketImpairment};
pub use media::{MediaCounters, MediaKind, MediaPort, MediaScheduler, MediaSocket};
pub use sip::{
    CloseReason, ConnectionId, Incoming, KeepAlive, Outgoing, SendError, SipBinding, SipCounters,
    SipLimits, SipTransport,
};
