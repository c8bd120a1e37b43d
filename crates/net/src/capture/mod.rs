//! Capture: what crossed our sockets, kept in memory and written as pcap files.

mod duplicates;
mod file;
mod frame;
mod keys;
mod store;

pub use duplicates::Duplicates;
pub use file::{PcapSummary, write_pcap, write_pcapng};
pub(crate) use store::Packet;
pub use store::{Capture, CaptureLimits, CaptureTotals};
