//! What happened to bindings.

use super::Binding;

/// The change of a binding; the words are those of the registration event package
/// (RFC 3680 5.2), where they have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BindingChange {
    /// A binding that was not there before.
    Registered,
    /// A binding whose REGISTER came again.
    Refreshed,
    /// A binding that nobody refreshed in time.
    Expired,
    /// A binding removed by a REGISTER.
    Unregistered,
    /// A binding removed by this side: by command, because its flow broke, or to make room.
    Deactivated,
}

/// A binding of an address-of-record changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationEvent {
    /// The address-of-record.
    pub aor: String,
    /// What happened.
    pub change: BindingChange,
    /// The binding as it is now, or as it last was.
    pub binding: Binding,
    /// Bindings that the address-of-record has after all changes of the same cause; 0 says
    /// that it cannot be reached any more.
    pub bindings_left: usize,
}
