//! TLS over the connections of the load's ports, by rustls: no thread and no lock per connection,
//! handshakes in the turns of their sockets.
//!
//! What a turn sends over one connection leaves in as few records as it fits in; what comes in is
//! handed out record by record from where it was deciphered.

mod contexts;
mod failure;
#[cfg(test)]
mod hostile;
mod info;
mod key_log;
mod provider;
mod session;
mod settings;
mod verify;

pub use contexts::{TlsClient, TlsServer};
pub use failure::TlsFailure;
pub use info::TlsInfo;
pub(super) use session::{Intake, Session};
pub use settings::{TlsError, TlsSettings, TlsVersions};
