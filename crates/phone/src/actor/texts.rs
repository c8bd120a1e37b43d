//! MESSAGE: texts from others (RFC 3428).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{CallId, Reply};
use gannet_ua::valid_until;

use super::core::Actor;
use super::incoming::sender;
use crate::inbox::TextMessage;

impl Actor {
    /// Keeps a text. What the phone cannot show is refused with what it could (RFC 3261 8.2.3). One
    /// whose time is over is accepted and not shown: a 2xx says that it has arrived, not that it was
    /// read (RFC 3428 7).
    pub(super) fn answer_text(
        &self,
        now: Instant,
        call: Option<CallId>,
        message: &Message,
    ) -> Reply {
        if let Some(refusal) = self.text_refusal(message) {
            return refusal;
        }
        if is_over(message) {
            self.show(|state| state.inbox.count_expired());
            return Reply::new(200);
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

    fn text_refusal(&self, message: &Message) -> Option<Reply> {
        if message.body().is_empty() {
            return None;
        }
        if message.header(HeaderName::ContentEncoding).is_some() {
            return Some(Reply::new(415).header(HeaderName::AcceptEncoding.as_str(), "identity"));
        }
        let style = &self.config.profile.texts;
        let content_type = message.content_type();
        let mut types = style.types.iter();
        if !types.any(|known| content_type.eq_ignore_ascii_case(known)) {
            let types = style.types.join(", ");
            return Some(Reply::new(415).header(HeaderName::Accept.as_str(), types));
        }
        (message.body().len() > style.bytes_max).then(|| Reply::new(413))
    }
}

/// Whether the time of a text is over now.
fn is_over(message: &Message) -> bool {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_s = epoch.unwrap_or_default().as_secs();
    valid_until(message, now_s).is_some_and(|end_s| now_s > end_s)
}
