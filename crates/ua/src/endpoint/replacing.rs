//! Calls that take the place of others (RFC 3891).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};

use super::call::{Call, CallState};
use super::command::Reply;
use super::core::Endpoint;
use super::happening::CallId;
use crate::replaces::Replaces;

impl Endpoint {
    fn replaces_calls(&self) -> bool {
        let supported = &self.config.supported;
        supported
            .iter()
            .any(|tag| tag.eq_ignore_ascii_case("replaces"))
    }

    /// The call that an INVITE is to take the place of, or how the INVITE is refused (RFC 3891 3).
    /// Whoever does not support `replaces` sees a call like any other.
    pub(crate) fn replaced_call(&self, invite: &Message) -> Result<Option<CallId>, Reply> {
        if !self.replaces_calls() {
            return Ok(None);
        }
        let replaces = Replaces::of(invite).map_err(|error| refusal(400, &error.to_string()))?;
        let Some(replaces) = replaces else {
            return Ok(None);
        };
        let found = self.call_named(&replaces);
        // A server between two phones is at the other end of the dialog that either of them names
        // (RFC 3891 3 has the side of whoever gets the INVITE in mind).
        let found = found.or_else(|| {
            let turned = self
                .config
                .between_phones
                .then(|| replaces.clone().turned());
            self.call_named(&turned?)
        });
        let Some((call, entry)) = found else {
            return Err(Reply::new(481));
        };
        match entry.state {
            CallState::Ending | CallState::Ended => Err(Reply::new(603)),
            // An early dialog that the other side began.
            CallState::Incoming => Err(Reply::new(481)),
            CallState::NeedsAnswer | CallState::Accepted | CallState::Confirmed
                if replaces.early_only =>
            {
                Err(Reply::new(486))
            }
            CallState::Calling
            | CallState::NeedsAnswer
            | CallState::Accepted
            | CallState::Confirmed => Ok(Some(call)),
        }
    }

    fn call_named(&self, replaces: &Replaces) -> Option<(CallId, &Call)> {
        let call = self.call_with(&replaces.call_id, &replaces.to_tag)?;
        let entry = self.calls.get(&call)?;
        let mut dialogs = entry.dialog.iter().chain(&entry.early);
        dialogs
            .any(|dialog| replaces.is_from(&dialog.remote_tag))
            .then_some((call, entry))
    }

    /// The refusal of a request that says Replaces and is no INVITE (RFC 3891 3).
    pub(crate) fn misplaced_replaces(&self, message: &Message) -> Option<Reply> {
        let misplaced = self.replaces_calls()
            && message.method() != Some(Method::Invite)
            && message.header(HeaderName::Replaces).is_some();
        misplaced.then(|| refusal(400, "Replaces is for INVITE"))
    }

    /// The new call was accepted: the one that it takes the place of ends, by BYE or CANCEL.
    pub(crate) fn end_replaced(&mut self, now: Instant, call: CallId) {
        let entry = self.calls.get_mut(&call);
        if let Some(replaced) = entry.and_then(|entry| entry.replaces.take()) {
            self.hang_up(now, replaced);
        }
    }
}

fn refusal(code: u16, reason: &str) -> Reply {
    Reply {
        reason: Some(reason.to_owned()),
        ..Reply::new(code)
    }
}
