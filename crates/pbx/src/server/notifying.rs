//! Message waiting (RFC 3842): to those who subscribed, and unasked to phones that did not.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, Method, NameAddr, Uri};
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{Body, NoticeId, Reply, RequestSpec};
use gannet_ua::registrar::Binding;
use gannet_ua::transaction::TransactionId;
use gannet_ua::{
    EventPackage, Grant, News, NoticeChange, SubscriptionState, Target, TerminationReason,
};

use super::call::Contact;
use super::identity::Caller;
use super::mailbox::Mailbox;
use super::place::{Place, refusal};
use super::registering::contact_of;
use super::state::{Pending, Server};
use crate::event::PbxEvent;
use crate::mwi::{MWI_CONTENT_TYPE, MWI_PACKAGE, message_summary};
use crate::snapshot::Service;

impl Server {
    /// A SUBSCRIBE, also inside a call: for the subscription `notice`, or for a new one.
    pub(super) fn subscribe(
        &mut self,
        now: Instant,
        (request, notice): (TransactionId, Option<NoticeId>),
        message: &Message,
        source: Target,
    ) {
        let (user, expires) = match self.admit_subscription(now, notice, message) {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        let grant = Grant::new(expires, self.contact(None, source.transport));
        // Its dialog may be gone by now; it was told so.
        let Ok(id) = self.endpoint.grant(now, request, grant) else {
            return;
        };
        if notice.is_none() {
            self.watchers.insert(id, &user);
        }
        let state = if expires.is_zero() {
            SubscriptionState::terminated(TerminationReason::Timeout)
        } else {
            SubscriptionState::active()
        };
        self.tell_watcher(now, id, state, &user);
        self.changed();
    }

    /// Whose mailbox a SUBSCRIBE is about and how long it is told, or how it is refused.
    fn admit_subscription(
        &mut self,
        now: Instant,
        notice: Option<NoticeId>,
        message: &Message,
    ) -> Result<(String, Duration), Reply> {
        check_package(message)?;
        let user = match notice {
            Some(notice) => self.watched_mailbox(now, notice, message)?,
            None => self.wanted_mailbox(now, message)?,
        };
        let expires = self.lifetime(message)?;
        if notice.is_none()
            && self.endpoint.census().notices >= self.config.limits.subscriptions_max
        {
            self.counters.refused_by_limit += 1;
            return Err(Reply::new(503).header("Retry-After", "10"));
        }
        Ok((user, expires))
    }

    /// Inside a subscription the dialog says whose mailbox it is, whatever the Request-URI. That it
    /// is still the same user who asks must be proven each time.
    fn watched_mailbox(
        &mut self,
        now: Instant,
        notice: NoticeId,
        message: &Message,
    ) -> Result<String, Reply> {
        let caller = self.identify_watcher(now, message)?;
        let user = self.watchers.resource(notice).map(str::to_owned);
        user.filter(|user| caller.user() == Some(user))
            .ok_or_else(|| refusal(403, "Not Your Subscription"))
    }

    /// Whose mailbox a new SUBSCRIBE is about: one's own, by one's own address or by the number
    /// of the mailbox.
    fn wanted_mailbox(&mut self, now: Instant, message: &Message) -> Result<String, Reply> {
        let uri = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let Caller::User(user) = self.identify(now, message, AuthTarget::Origin)? else {
            return Err(Reply::new(403));
        };
        match self.place_of(&uri)? {
            Place::User(name) if name != user => Err(refusal(403, "Not Your Mailbox")),
            Place::User(_) | Place::Server | Place::Service(Service::Mailbox) => Ok(user),
            Place::Service(_) | Place::Room(_) => Err(Reply::new(404)),
        }
    }

    /// What was asked, within the limits; zero ends or fetches.
    fn lifetime(&self, message: &Message) -> Result<Duration, Reply> {
        let policy = self.config.expires;
        let asked = message
            .number(HeaderName::Expires)
            .unwrap_or(policy.default_s);
        // RFC 6665 4.2.1.1: an hour or more is never too brief.
        if asked > 0 && asked < policy.min_s && asked < 3600 {
            return Err(Reply::new(423).header("Min-Expires", policy.min_s.to_string()));
        }
        Ok(Duration::from_secs(asked.min(policy.max_s).into()))
    }

    /// Something became of a subscription, or of a NOTIFY in it.
    pub(super) fn handle_notice(&mut self, notice: NoticeId, change: NoticeChange) {
        match change {
            NoticeChange::Delivered => {
                if let Some(user) = self.watchers.resource(notice).map(str::to_owned) {
                    let subscribed = true;
                    self.emit(PbxEvent::MwiDelivered { user, subscribed });
                }
            }
            NoticeChange::Ended => {
                self.watchers.remove(notice);
                self.changed();
            }
            NoticeChange::Expired | NoticeChange::Lost { .. } => self.changed(),
            NoticeChange::Refused { .. } => {}
        }
    }

    /// Ends all subscriptions to the mailbox of a user who does not exist any more.
    pub(super) fn end_watching(&mut self, now: Instant, user: &str) {
        for id in self.watchers.of(user) {
            let state = SubscriptionState::terminated(TerminationReason::NoResource);
            self.endpoint.notify(now, id, News::new(state));
        }
    }

    fn tell_watcher(&mut self, now: Instant, id: NoticeId, state: SubscriptionState, user: &str) {
        let news = News::new(state).body(self.summary(user));
        self.endpoint.notify(now, id, news);
    }

    /// Tells everybody who should know about a change of a mailbox.
    pub(super) fn tell_mailbox(&mut self, now: Instant, user: &str) {
        self.changed();
        for id in self.watchers.of(user) {
            self.tell_watcher(now, id, SubscriptionState::active(), user);
        }
        for contact in self.contacts_of(now, user).into_iter().flatten() {
            self.tell_phone(now, user, &contact);
        }
    }

    /// A phone has just registered: it is told of messages that wait.
    pub(super) fn greet_phone(&mut self, now: Instant, user: &str, binding: &Binding) {
        let (new, _) = self.mailboxes.get(user).map_or((0, 0), Mailbox::counts);
        if let Some(contact) = contact_of(binding).filter(|_| new > 0) {
            self.tell_phone(now, user, &contact);
        }
    }

    /// NOTIFY outside a subscription, which phones expect although RFC 6665 has no such thing, to
    /// a phone that has not subscribed.
    fn tell_phone(&mut self, now: Instant, user: &str, contact: &Contact) {
        let address = contact.target.address;
        let watchers = self.watchers.of(user);
        let mut views = watchers.iter().filter_map(|id| self.endpoint.notice(*id));
        let subscribed = views.any(|view| view.target.address == address);
        if subscribed || self.is_own_address(address) {
            return;
        }
        let own = NameAddr::new(Uri::sip(Some(user), &self.config.domain, None));
        let mut spec = RequestSpec::new(Method::Notify, contact.uri.clone(), own.clone(), own);
        spec.contact = Some(self.contact(None, contact.target.transport));
        spec.destination = Some(contact.target);
        spec.headers = vec![
            ("Event".into(), MWI_PACKAGE.into()),
            ("Subscription-State".into(), "terminated".into()),
        ];
        spec.body = Some(self.summary(user));
        if let Ok(id) = self.endpoint.request(now, spec) {
            let pending = Pending::Unsolicited(user.to_owned());
            self.pending.insert(id, pending);
        }
    }

    fn summary(&self, user: &str) -> Body {
        let (new, old) = self.mailboxes.get(user).map_or((0, 0), Mailbox::counts);
        Body {
            content_type: MWI_CONTENT_TYPE.to_owned(),
            bytes: message_summary(&self.aor(user), new, old).into(),
        }
    }
}

/// Whether the event package and the body type are ours (RFC 6665 4.2.1.1, RFC 3842 3.1).
fn check_package(message: &Message) -> Result<(), Reply> {
    let package = EventPackage::of(message).map(|event| event.name);
    if !package.is_ok_and(|name| name.eq_ignore_ascii_case(MWI_PACKAGE)) {
        return Err(Reply::new(489).header("Allow-Events", MWI_PACKAGE));
    }
    let accepted = |value: &str| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        ["*/*", "application/*", MWI_CONTENT_TYPE]
            .iter()
            .any(|known| kind.eq_ignore_ascii_case(known))
    };
    let mut accepts = message.values(HeaderName::Accept).peekable();
    if accepts.peek().is_some() && !accepts.any(accepted) {
        return Err(Reply::new(406).header("Accept", MWI_CONTENT_TYPE));
    }
    Ok(())
}
