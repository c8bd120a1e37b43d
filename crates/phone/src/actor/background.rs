//! Requests that a phone answers by itself: what surrounds calls and must not disturb them.

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{CallId, Reply};
use gannet_ua::transaction::TransactionId;

use super::core::Actor;
use super::leg::{sdp_body, sdp_of};
use crate::mwi::MessageSummary;

/// The media type of message summaries (RFC 3842 3.5).
pub(super) const SIMPLE_MESSAGE_SUMMARY: &str = "application/simple-message-summary";

impl Actor {
    pub(super) fn handle_request(
        &mut self,
        now: Instant,
        request: TransactionId,
        call: Option<CallId>,
        message: &Message,
    ) {
        let reply = match (message.method(), call) {
            (Some(Method::Invite), Some(call)) => self.answer_reinvite(now, call, message),
            (Some(Method::Update), Some(call)) if sdp_of(message).is_some() => {
                self.answer_reinvite(now, call, message)
            }
            // INFO and UPDATE exist inside calls only (RFC 6086 4.2.2, RFC 3311 5.2).
            (Some(Method::Info | Method::Update), None) => Reply::new(481),
            (Some(Method::Info), Some(_)) => info(message),
            (Some(Method::Notify), _) => {
                self.note_summary(message);
                Reply::new(200)
            }
            _ => Reply::new(200),
        };
        self.endpoint.respond(now, request, reply);
    }

    /// A new offer inside a call is answered; a re-INVITE without one gets ours
    /// (RFC 3261 14.2, RFC 3311 5.2).
    fn answer_reinvite(&mut self, now: Instant, call: CallId, message: &Message) -> Reply {
        let Some(call) = self.handles.get(&call).copied() else {
            return Reply::new(481);
        };
        let description = match sdp_of(message) {
            Some(offer) => self.make_answer(now, call, &offer).transpose(),
            None => Ok(self.make_offer(call)),
        };
        match description {
            Ok(Some(description)) => Reply::new(200).body(sdp_body(&description)),
            Ok(None) => Reply::new(500),
            Err(_) => Reply::new(488),
        }
    }

    /// Keeps the message summary of a NOTIFY, asked for or not.
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

/// INFO of an old kind is accepted; of a package that was never offered it is refused
/// (RFC 6086 4.2.2).
fn info(message: &Message) -> Reply {
    if message.header(HeaderName::InfoPackage).is_some() {
        Reply::new(469).header(HeaderName::RecvInfo.as_str(), "")
    } else {
        Reply::new(200)
    }
}
