//! Requests of others that wait for our answer.

use gannet_sip::Message;

use super::happening::{CallId, NoticeId};
use crate::target::Target;

/// A request that was handed to the user.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) message: Message,
    pub(crate) source: Target,
    pub(crate) call: Option<CallId>,
    /// The subscription that a SUBSCRIBE is about.
    pub(crate) notice: Option<NoticeId>,
    /// The To tag of all its responses, where the request has none (RFC 3261 8.2.6.2).
    pub(crate) tag: String,
}
