//! Session timers (RFC 4028) on each side of a call of its own: the core asks, agrees and refreshes.

use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::Reply;

use super::state::Server;

impl Server {
    /// The answer to an UPDATE that offers nothing and refreshes the session of one side: the other
    /// side's is none of its business.
    pub(super) fn refresh_answer(&self, message: &Message) -> Option<Reply> {
        let refreshes = message.method() == Some(Method::Update)
            && message.body().is_empty()
            && message.header(HeaderName::SessionExpires).is_some();
        (refreshes && self.config.session_timers.is_some())
            .then(|| Reply::new(200).header(HeaderName::Allow.as_str(), self.allow.clone()))
    }
}
