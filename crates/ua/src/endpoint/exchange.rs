//! Offer and answer inside a call: whether one is on its way, and whose (RFC 3264 4, RFC 3311 5).

use gannet_sip::{Message, Method};

use super::call::{Call, CallState};
use super::core::Endpoint;
use super::happening::CallId;
use crate::transaction::TransactionId;

/// Where the exchange of descriptions in one dialog stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// No offer waits for its answer.
    Stable,
    /// Our offer has no answer.
    Ours,
    /// Their offer has no answer.
    Theirs,
}

impl Endpoint {
    /// Where the exchange in the dialog with this remote tag stands.
    pub(crate) fn exchange(&self, call: CallId, remote_tag: &str) -> Exchange {
        let Some(entry) = self.calls.get(&call) else {
            return Exchange::Stable;
        };
        if self.awaits_theirs(entry, remote_tag) {
            Exchange::Ours
        } else if self.owes_answer(entry, remote_tag) {
            Exchange::Theirs
        } else {
            Exchange::Stable
        }
    }

    fn awaits_theirs(&self, entry: &Call, remote_tag: &str) -> bool {
        let without_answer = |invite: &Message| {
            carries_session(invite) && !entry.has_early_answer(remote_tag, invite)
        };
        let reinvite = entry.reinviting.and_then(|id| self.requests.get(&id));
        entry.offers.iter().any(|(_, tag)| tag == remote_tag)
            || entry.pending.iter().any(|ok| ok.offers)
            || entry.reliable.as_ref().is_some_and(|queue| queue.offers())
            || (entry.state == CallState::Calling && without_answer(&entry.invite))
            || reinvite.is_some_and(|request| without_answer(&request.message))
    }

    fn owes_answer(&self, entry: &Call, remote_tag: &str) -> bool {
        let without_answer = |transaction: TransactionId, invite: &Message| {
            let queue = entry.reliable.as_ref();
            let queue = queue.filter(|queue| queue.transaction == transaction);
            carries_session(invite) && !queue.is_some_and(|queue| queue.answered())
        };
        let first = entry
            .server
            .filter(|_| entry.state == CallState::Incoming)
            .is_some_and(|server| without_answer(server, &entry.invite));
        let open_offer = |open: &TransactionId| {
            let incoming = self.incoming.get(open);
            incoming.is_some_and(|incoming| match incoming.message.method() {
                Some(Method::Invite) => without_answer(*open, &incoming.message),
                Some(Method::Update | Method::Prack) => carries_session(&incoming.message),
                _ => false,
            })
        };
        let owed = |owed: &super::prack::Owed| owed.offers && owed.remote_tag == remote_tag;
        entry.unanswered.is_some()
            || first
            || entry.owed.iter().any(owed)
            || entry.open.iter().any(open_offer)
    }

    /// A request of theirs with this method waits for its answer.
    pub(crate) fn has_open(&self, entry: &Call, method: &Method) -> bool {
        entry.open.iter().any(|open| {
            let incoming = self.incoming.get(open);
            incoming.is_some_and(|it| it.message.method().as_ref() == Some(method))
        })
    }
}

/// Whether a message has a session description.
pub(crate) fn carries_session(message: &Message) -> bool {
    !message.body().is_empty() && message.content_type() == "application/sdp"
}
