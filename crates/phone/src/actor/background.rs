//! Requests that a phone answers by itself: what surrounds calls and must not disturb them. Each
//! subject has a file of its own; here stands which one a request goes to.

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{CallId, Reply};
use gannet_ua::transaction::TransactionId;

use super::core::Actor;
use super::leg::sdp_of;

impl Actor {
    pub(super) fn handle_request(
        &mut self,
        now: Instant,
        request: TransactionId,
        call: Option<CallId>,
        message: &Message,
    ) {
        if self.by_hand {
            return self.leave_open(request);
        }
        if message.method() == Some(Method::Refer) {
            return self.handle_refer(now, request, call, message);
        }
        let reply = match (message.method(), call) {
            // The packages of others have no notifier here.
            (Some(Method::Subscribe), _) => {
                Reply::new(489).header(HeaderName::AllowEvents.as_str(), "refer")
            }
            // The other dialogs that a call rings in have no media to change.
            (Some(Method::Invite | Method::Prack | Method::Update), Some(call))
                if !self.handles.contains_key(&call) && sdp_of(message).is_some() =>
            {
                Reply::new(488)
            }
            // PRACK comes here with a new offer only (RFC 3262 5).
            (Some(Method::Invite | Method::Prack), Some(call)) => {
                self.answer_reinvite(now, call, message)
            }
            (Some(Method::Update), Some(call)) if sdp_of(message).is_some() => {
                self.answer_reinvite(now, call, message)
            }
            // INFO and UPDATE exist inside calls only (RFC 6086 4.2.2, RFC 3311 5.2).
            (Some(Method::Info | Method::Update), None) => Reply::new(481),
            (Some(Method::Info), Some(call)) => self.answer_info(now, call, message),
            (Some(Method::Notify), _) => self.answer_notify(message),
            (Some(Method::Message), call) => self.answer_text(now, call, message),
            // UPDATE without an offer refreshes the session and its target (RFC 3311 5.2).
            (Some(Method::Update), Some(_)) | (Some(Method::Options), _) => Reply::new(200),
            // A phone is nobody's compositor (RFC 3903 6).
            (Some(Method::Publish), _) => Reply::new(489),
            _ => self.not_allowed(),
        };
        self.endpoint.respond(now, request, reply);
        if message.method() == Some(Method::Notify) {
            self.obey(now, message);
        }
    }

    /// The answer to a method that the phone knows and does nothing for (RFC 3261 8.2.1).
    fn not_allowed(&self) -> Reply {
        let lists = self.config.profile.effective_lists();
        let allowed = lists.allow.iter().map(Method::as_str);
        let allowed = allowed.collect::<Vec<_>>().join(", ");
        Reply::new(405).header(HeaderName::Allow.as_str(), allowed)
    }
}
