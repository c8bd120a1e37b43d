//! What a phone does with calls that come in.

use std::time::Duration;

use gannet_sip::Uri;

/// What a phone does with calls that come in. `Status is set to DND` overrides it, see
/// [`crate::Phone::set_dnd`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum IncomingPolicy {
    /// Ring and wait to be told; after the profile's ring time refuse with its no-answer code.
    #[default]
    Ring,
    /// Ring and answer after this time; zero answers at once without ringing.
    AutoAnswer {
        /// From INVITE to 200.
        after: Duration,
    },
    /// Refuse with the profile's busy code.
    Busy,
    /// Refuse with this code.
    Reject(u16),
    /// Say nothing but 100: neither ring nor answer nor refuse.
    Ignore,
    /// Ring for this time, or for ever if `None`, then refuse with the profile's no-answer code.
    NoAnswer {
        /// How long it rings.
        ring_time: Option<Duration>,
    },
    /// Send the caller elsewhere with 302 (RFC 3261 8.3).
    Redirect(Uri),
    /// The same while there is another call; else ring.
    RedirectBusy(Uri),
    /// Ring for this time, then send the caller elsewhere.
    RedirectAfter {
        /// Where to.
        to: Uri,
        /// How long it rings.
        after: Duration,
    },
}

impl IncomingPolicy {
    /// Whether it sends callers elsewhere.
    pub const fn forwards(&self) -> bool {
        matches!(
            self,
            Self::Redirect(_) | Self::RedirectBusy(_) | Self::RedirectAfter { .. }
        )
    }
}
