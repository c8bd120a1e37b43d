//! The phone as a notifier (RFC 6665 4.2): its calls (RFC 4235) and its presence (RFC 3856), for
//! whoever asks.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message};
use gannet_ua::bodies::{DIALOG_INFO_CONTENT_TYPE, PIDF_CONTENT_TYPE};
use gannet_ua::endpoint::{Body, NoticeId, Reply};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{EventPackage, Grant, News, NoticeChange, SubscriptionState, TerminationReason};

use super::core::Actor;
use crate::events::{ToldCalls, dialog_document, presence_document};

/// Lifetime where SUBSCRIBE asks for none (RFC 4235 3.4, RFC 3856 6.4), and the longest.
const LIFETIME_S: u32 = 3600;

/// Subscriptions to one phone.
const WATCHERS_MAX: usize = 1000;

/// What a phone tells about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Dialogs,
    Presence,
}

impl Subject {
    const ALL: [Self; 2] = [Self::Dialogs, Self::Presence];

    const fn package(self) -> &'static str {
        match self {
            Self::Dialogs => "dialog",
            Self::Presence => "presence",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Dialogs => DIALOG_INFO_CONTENT_TYPE,
            Self::Presence => PIDF_CONTENT_TYPE,
        }
    }
}

/// One who watches this phone.
#[derive(Debug)]
struct Watcher {
    subject: Subject,
    /// The version of the next document.
    version: u32,
}

/// Those who watch this phone, and what they were told last.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    by_notice: BTreeMap<NoticeId, Watcher>,
    told: ToldCalls,
    dnd: bool,
    /// As how many notifiers more the phone tells whoever subscribes.
    more: u64,
}

impl Actor {
    /// A SUBSCRIBE: for the subscription `notice`, or for a new one.
    pub(super) fn answer_subscribe(
        &mut self,
        now: Instant,
        request: TransactionId,
        notice: Option<NoticeId>,
        message: &Message,
    ) {
        let subject = match subject_of(message) {
            Ok(subject) => subject,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        if notice.is_none() && self.watchers.by_notice.len() >= WATCHERS_MAX {
            let reply = Reply::new(503).header(HeaderName::RetryAfter.as_str(), "10");
            return self.endpoint.respond(now, request, reply);
        }
        let asked = message.number(HeaderName::Expires).unwrap_or(LIFETIME_S);
        let expires = Duration::from_secs(asked.min(LIFETIME_S).into());
        let grant = Grant::new(expires, self.addresses.contact());
        // Its dialog may be gone by now; it was told so.
        let Ok(id) = self.endpoint.grant(now, request, grant) else {
            return;
        };
        let watcher = Watcher {
            subject,
            version: 0,
        };
        self.watchers.by_notice.entry(id).or_insert(watcher);
        // Whoever is new need not hear of calls that have ended.
        (self.watchers.told, self.watchers.dnd) = self.picture();
        let state = if expires.is_zero() {
            SubscriptionState::terminated(TerminationReason::Timeout)
        } else {
            SubscriptionState::active()
        };
        let lasts = !state.is_terminated();
        self.tell_watcher(now, id, state);
        if notice.is_none() && lasts {
            self.fork_watcher(now, id, subject);
        }
    }

    /// The other notifiers that the phone stands for accept the same SUBSCRIBE.
    fn fork_watcher(&mut self, now: Instant, first: NoticeId, subject: Subject) {
        for _ in 0..self.watchers.more {
            let Some(id) = self.endpoint.fork_notice(first) else {
                return;
            };
            let watcher = Watcher {
                subject,
                version: 0,
            };
            self.watchers.by_notice.insert(id, watcher);
            self.tell_watcher(now, id, SubscriptionState::active());
        }
    }

    /// As how many notifiers the phone tells whoever subscribes from now on.
    pub(crate) fn fork_subscriptions(&mut self, notifiers: u64) {
        self.watchers.more = notifiers.saturating_sub(1);
    }

    pub(super) fn handle_notice(&mut self, notice: NoticeId, change: NoticeChange) {
        if change == NoticeChange::Ended {
            self.watchers.by_notice.remove(&notice);
        }
    }

    /// Tells everybody who watches, if there is something new to tell.
    pub(super) fn tell_watchers(&mut self, now: Instant) -> bool {
        if self.watchers.by_notice.is_empty() || !self.look_at_calls() {
            return false;
        }
        let ids: Vec<_> = self.watchers.by_notice.keys().copied().collect();
        for id in ids {
            self.tell_watcher(now, id, SubscriptionState::active());
        }
        true
    }

    /// Notes how the calls stand; true if there is something new. That calls which were told as
    /// ended need not be told any more is nothing new.
    fn look_at_calls(&mut self) -> bool {
        let (calls, dnd) = self.picture();
        if calls == self.watchers.told.open() && dnd == self.watchers.dnd {
            return false;
        }
        self.watchers.told = calls;
        self.watchers.dnd = dnd;
        true
    }

    fn picture(&self) -> (ToldCalls, bool) {
        let state = self.state.borrow();
        let calls = ToldCalls::of(state.calls.iter(), &self.watchers.told);
        (calls, state.dnd)
    }

    fn tell_watcher(&mut self, now: Instant, id: NoticeId, state: SubscriptionState) {
        let aor = self.addresses.aor();
        let Some(watcher) = self.watchers.by_notice.get_mut(&id) else {
            return;
        };
        let calls = &self.watchers.told;
        let text = match watcher.subject {
            Subject::Dialogs => {
                let version = watcher.version;
                watcher.version += 1;
                dialog_document(&aor, version, calls).to_xml()
            }
            Subject::Presence => {
                let words = match (calls.is_talking(), self.watchers.dnd) {
                    (true, _) => "On The Phone",
                    (false, true) => "Do Not Disturb",
                    (false, false) => "Available",
                };
                presence_document(&aor, words).to_xml()
            }
        };
        let body = Body {
            content_type: watcher.subject.content_type().to_owned(),
            bytes: text.into(),
        };
        self.endpoint.notify(now, id, News::new(state).body(body));
    }
}

/// What a SUBSCRIBE is about, or how it is refused (RFC 6665 4.2.1.1).
fn subject_of(message: &Message) -> Result<Subject, Reply> {
    let event = EventPackage::of(message);
    let subject = event.ok().and_then(|event| {
        let mut all = Subject::ALL.into_iter();
        all.find(|subject| event.name.eq_ignore_ascii_case(subject.package()))
    });
    let subject = subject.ok_or_else(|| {
        let known = Subject::ALL.map(Subject::package).join(", ");
        Reply::new(489).header(HeaderName::AllowEvents.as_str(), known)
    })?;
    let mine = subject.content_type();
    let takes = |value: &str| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        let known = ["*/*", "application/*", mine];
        known.iter().any(|known| kind.eq_ignore_ascii_case(known))
    };
    let mut accepted = message.values(HeaderName::Accept).peekable();
    if accepted.peek().is_some() && !accepted.any(takes) {
        return Err(Reply::new(406).header(HeaderName::Accept.as_str(), mine));
    }
    Ok(subject)
}
