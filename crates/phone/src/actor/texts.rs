//! MESSAGE: texts from others (RFC 3428).

use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{CallId, Reply};

use super::core::Actor;
use super::incoming::sender;
use crate::inbox::TextMessage;

/// What a phone can show: the type that every user agent has (RFC 3428).
const PLAIN_TEXT: &str = "text/plain";

impl Actor {
    /// Keeps a text. What the phone cannot show is refused with what it could (RFC 3261 8.2.3).
    pub(super) fn answer_text(
        &self,
        now: Instant,
        call: Option<CallId>,
        message: &Message,
    ) -> Reply {
        let has_body = !message.body().is_empty();
        if has_body && message.header(HeaderName::ContentEncoding).is_some() {
            return Reply::new(415).header(HeaderName::AcceptEncoding.as_str(), "identity");
        }
        if has_body && !message.content_type().eq_ignore_ascii_case(PLAIN_TEXT) {
            return Reply::new(415).header(HeaderName::Accept.as_str(), PLAIN_TEXT);
        }
        let text = TextMessage {
            number: 0,
            from: sender(message),
            text: String::from_utf8_lossy(message.body()).into_owned(),
            sip_call_id: message.call_id().unwrap_or_default().to_owned(),
            call: call.and_then(|call| self.handles.get(&call).copied()),
            at: now,
        };
        self.show(|state| state.inbox.add(text));
        Reply::new(200)
    }
}
