//! One subscription of a peer.

use std::time::Instant;

use gannet_ua::{Dialog, Target};

/// What is kept of a subscription.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// Whose state is told.
    pub(crate) resource: String,
    /// The dialog, from the notifier's view.
    pub(crate) dialog: Dialog,
    /// Where its SUBSCRIBE came from: used where the Contact cannot be resolved.
    pub(crate) source: Target,
    /// When it ends.
    pub(crate) ends_at: Instant,
    /// The Event value, with its `id` (RFC 6665 4.5.2).
    pub(crate) event: String,
}

impl Subscription {
    /// Where NOTIFY goes.
    pub(crate) fn target(&self) -> Target {
        let next_hop = self.dialog.routing().next_hop;
        let Some(address) = next_hop.socket_addr() else {
            return self.source;
        };
        let transport = next_hop.transport().unwrap_or(self.source.transport);
        let same = self.source.transport == transport && self.source.address.ip() == address.ip();
        Target {
            transport,
            address,
            connection: self.source.connection.filter(|_| same),
        }
    }

    /// Whole seconds left, at least 1.
    pub(crate) fn seconds_left(&self, now: Instant) -> u64 {
        let left = self.ends_at.saturating_duration_since(now);
        (left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(1)
    }
}
