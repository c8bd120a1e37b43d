//! One INVITE of theirs that rings under several To tags, as the phones behind a forking proxy do
//! (RFC 3261 12.1.2).

use std::time::Instant;

use super::call::{Call, CallState};
use super::command::Reply;
use super::core::Endpoint;
use super::happening::CallId;

/// What a call that came in has to do with others of the same INVITE.
#[derive(Debug)]
pub(crate) enum Family {
    /// It is the one that is answered; these ring beside it.
    First(Vec<CallId>),
    /// It rings beside another one.
    Fork,
}

impl Endpoint {
    /// One more early dialog for a call that came in and waits for its answer, with a tag of its own.
    /// [`ring`](Self::ring) and [`ring_reliably`](Self::ring_reliably) speak under it, and requests
    /// inside it are reported with the number that this gives, PRACK among them. The INVITE has one
    /// final response, which the call gives that came in: the fork ends with it, or when the caller
    /// ends it by BYE, and nothing reports that. `None` if the call does not wait for an answer, is a
    /// fork itself, or there are too many.
    pub fn fork_call(&mut self, call: CallId) -> Option<CallId> {
        let room = self.calls.len() < self.config.calls_max;
        let entry = self.calls.get(&call).filter(|_| room)?;
        if entry.state != CallState::Incoming || entry.is_fork() {
            return None;
        }
        let tag = self.config.identifiers.tag(&mut self.rng);
        let key = (entry.sip_call_id.clone(), tag);
        let mut fork = Call::new(CallState::Incoming, key, entry.invite.clone(), entry.peer);
        fork.server = entry.server;
        fork.contact.clone_from(&entry.contact);
        fork.remote_allow.clone_from(&entry.remote_allow);
        fork.family = Some(Box::new(Family::Fork));
        let id = self.new_call(fork);
        let entry = self.calls.get_mut(&call)?;
        match entry.family.as_deref_mut() {
            Some(Family::First(forks)) => forks.push(id),
            _ => entry.family = Some(Box::new(Family::First(vec![id]))),
        }
        Some(id)
    }

    /// The forks of a call, which has none from now on.
    pub(crate) fn take_forks(&mut self, call: CallId) -> Vec<CallId> {
        let entry = self.calls.get_mut(&call);
        let family = entry.and_then(|entry| entry.family.take_if(|family| !family.is_fork()));
        match family.map(|family| *family) {
            Some(Family::First(forks)) => forks,
            _ => Vec::new(),
        }
    }

    /// The INVITE has its final response: nobody rings beside it any more.
    pub(crate) fn end_forks(&mut self, now: Instant, call: CallId) {
        for fork in self.take_forks(call) {
            self.end_beside(now, fork);
        }
    }

    /// A fork ends; a PRACK that the end has overtaken may still come.
    pub(crate) fn end_beside(&mut self, now: Instant, fork: CallId) {
        let remove_at = now + self.config.timers.give_up();
        let Some(entry) = self.calls.get_mut(&fork) else {
            return;
        };
        if entry.state == CallState::Ended {
            return;
        }
        entry.state = CallState::Ended;
        entry.ringing = None;
        entry.remove_at = Some(remove_at);
        if let Some(queue) = &mut entry.reliable {
            queue.finish();
        }
        for open in entry.open.clone() {
            self.respond(now, open, Reply::new(487));
        }
        self.inherit_dialogs(fork, None);
        self.file(fork);
    }
}

impl Family {
    const fn is_fork(&self) -> bool {
        matches!(self, Self::Fork)
    }
}

impl Call {
    /// It rings beside the call that its INVITE began.
    pub(crate) fn is_fork(&self) -> bool {
        self.family.as_ref().is_some_and(|family| family.is_fork())
    }
}
