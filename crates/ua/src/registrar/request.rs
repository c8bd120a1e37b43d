//! What a REGISTER asks for, as plain values.

use super::{Q, Source};

/// How contact URIs compare: RFC 3261 19.1.4, which lives with the URI parser. Implemented for
/// closures `Fn(&str, &str) -> bool`.
pub trait ContactEquality {
    /// Whether two URIs are equivalent.
    fn is_same(&self, one: &str, other: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool> ContactEquality for F {
    fn is_same(&self, one: &str, other: &str) -> bool {
        self(one, other)
    }
}

/// One Contact value of a REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedContact {
    /// `*`: all bindings.
    Wildcard,
    /// An address.
    Address {
        /// The URI as text.
        uri: String,
        /// The `expires` parameter, seconds. Leave out one that cannot be read: it counts as
        /// absent (RFC 3261 10.3 step 7).
        expires: Option<u32>,
        /// The `q` parameter.
        q: Option<Q>,
        /// The `+sip.instance` parameter.
        instance_id: Option<String>,
        /// The `reg-id` parameter.
        reg_id: Option<u32>,
    },
}

impl RequestedContact {
    /// A URI without parameters.
    pub fn new(uri: impl Into<String>) -> Self {
        Self::Address {
            uri: uri.into(),
            expires: None,
            q: None,
            instance_id: None,
            reg_id: None,
        }
    }
}

/// A REGISTER that passed steps 1 to 5 of RFC 3261 10.3.
#[derive(Debug, Clone, Copy, Default)]
pub struct RegisterRequest<'a> {
    /// The address-of-record in canonical form (RFC 3261 10.3 step 5): without parameters,
    /// escapes resolved.
    pub aor: &'a str,
    /// The Call-ID.
    pub call_id: &'a str,
    /// The CSeq number.
    pub cseq: u32,
    /// All Contact values; none asks for the bindings as they are.
    pub contacts: &'a [RequestedContact],
    /// The Expires header field, seconds.
    pub expires: Option<u32>,
    /// Where the request came from.
    pub source: Source,
    /// The Path values to store, topmost first.
    pub path: &'a [String],
}
