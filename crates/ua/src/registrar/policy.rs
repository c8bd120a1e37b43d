//! What a registrar grants and refuses.

/// What a registrar grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationPolicy {
    /// The expiration of a contact that asks for none, seconds.
    pub default_expires_s: u32,
    /// The shortest expiration granted, seconds. Requests for an hour or more are never too
    /// brief, whatever stands here (RFC 3261 10.3 step 7).
    pub min_expires_s: u32,
    /// The longest expiration granted, seconds; longer ones are shortened.
    pub max_expires_s: u32,
    /// How many bindings one address-of-record may have.
    pub bindings_max: usize,
    /// What happens when there are more.
    pub overflow: Overflow,
    /// Whether contacts with instance and reg-id are flows of RFC 5626; otherwise they are
    /// told apart by their URI like all others.
    pub outbound: bool,
}

impl Default for LocationPolicy {
    fn default() -> Self {
        Self {
            default_expires_s: 3600,
            min_expires_s: 60,
            max_expires_s: 3600,
            bindings_max: 16,
            overflow: Overflow::Refuse,
            outbound: true,
        }
    }
}

/// What happens when an address-of-record would have too many bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// The request is refused.
    #[default]
    Refuse,
    /// The bindings updated longest ago make room.
    ReplaceOldest,
}
