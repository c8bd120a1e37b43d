//! NOTIFY: message summaries, asked for or not.

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::Reply;

use super::core::Actor;
use crate::mwi::MessageSummary;

/// The media type of message summaries (RFC 3842 3.5).
pub(super) const SIMPLE_MESSAGE_SUMMARY: &str = "application/simple-message-summary";

impl Actor {
    /// A NOTIFY that belongs to no subscription is accepted: servers send summaries to phones that
    /// never asked.
    pub(super) fn answer_notify(&self, notify: &Message) -> Reply {
        self.note_summary(notify);
        Reply::new(200)
    }

    /// Keeps the message summary of a NOTIFY.
    pub(super) fn note_summary(&self, notify: &Message) {
        let event = notify.text(HeaderName::Event).unwrap_or_default();
        let package = event.split(';').next().unwrap_or_default().trim();
        if !package.eq_ignore_ascii_case("message-summary")
            || notify.content_type() != SIMPLE_MESSAGE_SUMMARY
        {
            return;
        }
        // A body that cannot be read changes nothing; the log shows it.
        if let Ok(summary) = MessageSummary::parse(notify.body()) {
            self.show(|state| {
                state.mwi.summary = Some(summary);
                state.mwi.notified += 1;
            });
        }
    }
}
