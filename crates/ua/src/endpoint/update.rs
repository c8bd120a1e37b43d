//! UPDATE (RFC 3311): when it may be sent, and when one of theirs is refused.

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};

use super::call::{Call, CallState};
use super::command::{Body, Reply};
use super::core::{Endpoint, SendError};
use super::exchange::{Exchange, carries_session};
use super::happening::{CallId, RequestId};

impl Endpoint {
    /// Sends UPDATE inside a call, with an offer or without a body, in its dialog or else in its
    /// newest early one. Its end is a [`Happening::RequestDone`](super::Happening::RequestDone).
    ///
    /// # Errors
    /// If the other side did not list UPDATE in Allow, or if there is an offer and another one has
    /// no answer yet, the first of an early dialog included (RFC 3311 5.1).
    pub fn update(
        &mut self,
        now: Instant,
        call: CallId,
        headers: Vec<(String, String)>,
        body: Option<Body>,
    ) -> Result<RequestId, SendError> {
        let entry = self.calls.get(&call).ok_or(SendError::NoDialog)?;
        if matches!(entry.state, CallState::Ending | CallState::Ended) {
            return Err(SendError::NoDialog);
        }
        let dialog = entry.dialog.as_ref().or_else(|| entry.early.last());
        let remote_tag = dialog.ok_or(SendError::NoDialog)?.remote_tag.clone();
        if !entry.allows(&Method::Update) {
            return Err(SendError::NotAllowed {
                method: Method::Update,
                allow: entry.remote_allow.clone(),
            });
        }
        let ready = self.exchange(call, &remote_tag) == Exchange::Stable
            && entry.has_first_agreement(&remote_tag);
        if body.is_some() && !ready {
            return Err(SendError::OfferInProgress);
        }
        self.request_in_call(now, call, Method::Update, headers, body)
    }

    /// Why an UPDATE of theirs is refused at once (RFC 3311 5.2).
    pub(crate) fn update_refusal(&mut self, call: CallId, update: &Message) -> Option<Reply> {
        let entry = self.calls.get(&call)?;
        if self.has_open(entry, &Method::Update) {
            return Some(self.too_early());
        }
        if !carries_session(update) {
            return None;
        }
        let remote_tag = update.from_tag().unwrap_or_default();
        match self.exchange(call, &remote_tag) {
            Exchange::Stable => None,
            Exchange::Ours => Some(Reply::new(491)),
            Exchange::Theirs => Some(self.too_early()),
        }
    }

    /// 500 with a time after which it may be tried again (RFC 3261 14.2, RFC 3311 5.2).
    pub(crate) fn too_early(&mut self) -> Reply {
        Reply::new(500).header("Retry-After", self.rng.u32(0..=10).to_string())
    }
}

impl Call {
    /// Keeps the list of methods that the other side takes.
    pub(crate) fn note_allow(&mut self, message: &Message) {
        if message.header(HeaderName::Allow).is_some() {
            let methods: Vec<_> = message.values(HeaderName::Allow).collect();
            self.remote_allow = Some(methods.join(", "));
        }
    }

    /// The other side has said that it takes this method.
    fn allows(&self, method: &Method) -> bool {
        let list = self.remote_allow.as_deref().unwrap_or_default();
        list.split(',').any(|item| item.trim() == method.as_str())
    }

    /// The first offer of this dialog was answered: always once the INVITE has a 2xx, before that
    /// only by reliable messages (RFC 3311 5.1).
    fn has_first_agreement(&self, remote_tag: &str) -> bool {
        match self.state {
            CallState::Calling => self.has_early_answer(remote_tag, &self.invite),
            CallState::Incoming => {
                let queue = self.reliable.as_ref();
                queue.is_some_and(|queue| queue.is_agreed())
            }
            _ => true,
        }
    }
}
