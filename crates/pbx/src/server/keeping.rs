//! Texts that are kept for users whose phones are away, and given to the next phone that registers
//! (RFC 3428 7: a message relay).

use std::collections::VecDeque;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gannet_sip::{HeaderName, Message, date_text};
use gannet_ua::endpoint::{Outcome, Reply, RequestSpec};
use gannet_ua::registrar::Binding;
use gannet_ua::valid_until;

use super::call::Contact;
use super::flows::contact_of;
use super::identity::Caller;
use super::pending::Pending;
use super::state::Server;

/// A text that was kept, on its way to a phone.
#[derive(Debug)]
pub(crate) struct Kept {
    user: String,
    text: KeptText,
    contact: Contact,
}

/// A text that waits for a phone.
#[derive(Debug)]
pub(crate) struct KeptText {
    message: Message,
    caller: Caller,
    hops: u32,
    /// When it came, in seconds since 1970 began.
    received_s: u64,
}

impl KeptText {
    fn is_over(&self) -> bool {
        let end_s = valid_until(&self.message, self.received_s);
        end_s.is_some_and(|end_s| now_s() > end_s)
    }
}

impl Server {
    /// Whether texts for users whose phones are away are kept from now on.
    pub(super) fn set_keeps_texts(&mut self, keeps: bool) {
        self.config.keeps_texts = keeps;
        if !keeps {
            self.kept_texts.clear();
        }
    }

    /// The answer to a text for a user none of whose phones is registered: 202 says that it may still
    /// arrive (RFC 3428 7). Expires 0 asks that nobody keeps it.
    pub(super) fn keep_text(
        &mut self,
        user: &str,
        message: &Message,
        caller: Caller,
        hops: u32,
    ) -> Reply {
        let now_or_never = message.number(HeaderName::Expires).is_ok_and(|s| s == 0);
        if !self.config.keeps_texts || now_or_never {
            return Reply::new(480);
        }
        let text = KeptText {
            message: message.clone(),
            caller,
            hops,
            received_s: now_s(),
        };
        let kept = self.kept_texts.entry(user.to_owned()).or_default();
        kept.retain(|text| !text.is_over());
        if kept.len() >= self.config.limits.texts_per_user_max {
            return Reply::new(480);
        }
        kept.push_back(text);
        Reply::new(202)
    }

    /// Gives what was kept for a user to a phone that has just registered.
    pub(super) fn greet_with_texts(&mut self, now: Instant, user: &str, binding: &Binding) {
        let reachable = |to: &Contact| !self.is_own_address(to.target.address);
        if let Some(contact) = contact_of(binding).filter(reachable) {
            self.deliver_kept(now, user, contact);
        }
    }

    /// Sends the oldest text. The next one follows its answer: one at a time (RFC 3428 8).
    fn deliver_kept(&mut self, now: Instant, user: &str, contact: Contact) {
        while let Some(text) = self.kept_texts.get_mut(user).and_then(VecDeque::pop_front) {
            if text.is_over() {
                continue;
            }
            let spec = self.spec_of_kept(&text, &contact);
            let Some(id) = spec.and_then(|spec| self.endpoint.request(now, spec).ok()) else {
                return self.keep_on(user, text);
            };
            let waits = Kept {
                user: user.to_owned(),
                text,
                contact,
            };
            self.pending.insert(id, Pending::Kept(Box::new(waits)));
            return;
        }
        self.kept_texts.remove(user);
    }

    fn spec_of_kept(&self, text: &KeptText, contact: &Contact) -> Option<RequestSpec> {
        let mut spec = self.message_for(&text.message, &text.caller, contact, text.hops)?;
        // Whoever reads it late must be able to tell when it was sent (RFC 3261 20.17).
        if text.message.header(HeaderName::Date).is_none() {
            let name = HeaderName::Date.as_str().to_owned();
            spec.headers.push((name, date_text(text.received_s)));
        }
        Some(spec)
    }

    fn keep_on(&mut self, user: &str, text: KeptText) {
        let kept = self.kept_texts.entry(user.to_owned()).or_default();
        kept.push_front(text);
    }

    /// A phone has answered a text that was kept. If it was not there after all, the text waits for the
    /// next one; what it refuses is gone.
    pub(super) fn kept_outcome(&mut self, now: Instant, kept: Kept, outcome: &Outcome) {
        let Kept {
            user,
            text,
            contact,
        } = kept;
        if !self.config.keeps_texts {
            return;
        }
        if matches!(outcome.code(), 408 | 480 | 500..600) {
            return self.keep_on(&user, text);
        }
        self.deliver_kept(now, &user, contact);
    }
}

fn now_s() -> u64 {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    epoch.unwrap_or_default().as_secs()
}
