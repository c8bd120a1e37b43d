//! Calls that failed, with their messages.

use serde::{Deserialize, Serialize};

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureExample {
    /// Its Call-ID.
    pub call_id: String,
    /// This side, by its address.
    pub own: String,
    /// The other side, by its address or as `peer`.
    pub peer: String,
    /// Where it failed, in words.
    pub place: String,
    /// When it failed, in milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// Its messages, in order, as many as were kept.
    pub messages: Vec<ExampleMessage>,
    /// Messages that were not kept because the call had too many.
    pub left_out: u64,
}

/// A message of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleMessage {
    /// When, in microseconds since 1970-01-01 UTC.
    pub at_us: u64,
    /// Sent by this side.
    pub sent: bool,
    /// `UDP`, `TCP`, `TLS` or `SCTP`.
    pub transport: String,
    /// The message; octets that are no UTF-8 are replaced.
    pub text: String,
}
