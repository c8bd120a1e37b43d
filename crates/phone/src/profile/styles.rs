//! Small groups of what defines a device model.

use gannet_ua::SessionPolicy;

/// Which texts a device takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextStyle {
    /// Media types without parameters; others get 415 with this list (RFC 3261 8.2.3).
    pub types: Vec<String>,
    /// Longest body; longer ones get 413 (RFC 3261 21.4.11).
    pub bytes_max: usize,
}

/// What a device does about session timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionStyle {
    /// It knows them, and lists `timer` in Supported.
    pub support: bool,
    /// How it uses them then.
    pub policy: SessionPolicy,
}
