//! What a device does with calls that come in.

use std::time::Duration;

/// What a device does with calls that come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingStyle {
    /// The provisional response while it rings: 180 or 183.
    pub ring_code: u16,
    /// How long it rings; `None`: until the caller gives up.
    pub ring_time: Option<Duration>,
    /// Status code after that time.
    pub no_answer_code: u16,
    /// Status code when it is busy.
    pub busy_code: u16,
    /// Status code when its user refuses a call.
    pub reject_code: u16,
    /// Status code in do-not-disturb.
    pub dnd_code: u16,
    /// Most calls at the same time.
    pub calls_max: u32,
    /// Status code of further ones; `None`: the busy code.
    pub calls_max_code: Option<u16>,
    /// Where the caller's name and number are read, most trusted first.
    pub caller_id: Vec<CallerSource>,
    /// What makes it answer by itself.
    pub auto_answer: Vec<AnswerTrigger>,
}

/// A field that says who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallerSource {
    /// P-Asserted-Identity (RFC 3325 9.1).
    AssertedIdentity,
    /// Remote-Party-ID (draft-ietf-sip-privacy-04).
    RemotePartyId,
    /// From.
    From,
}

/// What in an INVITE asks for an answer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerTrigger {
    /// `Answer-Mode: Auto` (RFC 5373 4).
    AnswerMode,
    /// `answer-after` in Call-Info.
    CallInfo,
    /// Words in Alert-Info.
    AlertInfo,
}
