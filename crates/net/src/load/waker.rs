//! Ending a wait from another thread.

use std::sync::Arc;

/// Ends the wait in [`Ports::poll`](super::Ports::poll), or makes the next one short. Clones wake
/// the same ports.
#[derive(Debug, Clone)]
pub struct PortWaker(pub(super) Arc<mio::Waker>);

impl PortWaker {
    /// Wakes. Several calls before the wait ends are like one.
    pub fn wake(&self) {
        // The descriptor lives as long as the handle; there is nothing else to fail.
        let _ = self.0.wake();
    }
}
