//! Message waiting (RFC 3842): to those who subscribed, and unasked to phones that did not.

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method, NameAddr, Uri};
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{Body, Reply, RequestSpec};
use gannet_ua::registrar::Binding;
use gannet_ua::transaction::TransactionId;

use super::call::Contact;
use super::identity::Caller;
use super::mailbox::Mailbox;
use super::place::{Place, refusal};
use super::registering::contact_of;
use super::state::{Pending, Server};
use crate::event::PbxEvent;
use crate::notifier::{Acceptance, MWI_CONTENT_TYPE, MWI_PACKAGE, NotifierEvent, message_summary};
use crate::snapshot::Service;

impl Server {
    /// Acts on what the notifier reports.
    pub(super) fn drain_notifier(&mut self, now: Instant) {
        while let Some(event) = self.notifier.poll_event() {
            match event {
                NotifierEvent::Request { request, message } => {
                    self.subscribe(now, request, &message);
                }
                NotifierEvent::Delivered { resource } => self.emit(PbxEvent::MwiDelivered {
                    user: resource,
                    subscribed: true,
                }),
                NotifierEvent::Ended => self.changed(),
            }
        }
    }

    fn subscribe(&mut self, now: Instant, request: TransactionId, message: &Message) {
        // Inside a subscription the dialog itself says whose it is.
        let resource = if message.to_tag().is_some() {
            check_package(message).map(|()| String::new())
        } else {
            self.wanted_mailbox(now, message)
        };
        let resource = match resource {
            Ok(resource) => resource,
            Err(reply) => return self.notifier.refuse(now, request, &reply),
        };
        match self.notifier.accept(now, request, &resource) {
            Acceptance::Accepted(id) => {
                if let Some(body) = self.summary_of(id) {
                    self.notifier.notify(now, id, body);
                }
            }
            Acceptance::Last(id) => {
                let body = self.summary_of(id);
                self.notifier.notify_last(now, id, body);
            }
            Acceptance::Refused(503) => self.counters.refused_by_limit += 1,
            Acceptance::Refused(_) => {}
        }
        self.changed();
    }

    /// Whose mailbox a new SUBSCRIBE is about: one's own, by one's own address or by the number
    /// of the mailbox.
    fn wanted_mailbox(&mut self, now: Instant, message: &Message) -> Result<String, Reply> {
        check_package(message)?;
        let uri = message
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let Caller::User(user) = self.identify(now, message, AuthTarget::Origin)? else {
            return Err(Reply::new(403));
        };
        match self.place_of(&uri)? {
            Place::User(name) if name != user => Err(refusal(403, "Not Your Mailbox")),
            Place::User(_) | Place::Server | Place::Service(Service::Mailbox) => Ok(user),
            Place::Service(_) => Err(Reply::new(404)),
        }
    }

    /// Tells everybody who should know about a change of a mailbox.
    pub(super) fn tell_mailbox(&mut self, now: Instant, user: &str) {
        self.changed();
        let body = self.summary(user);
        for id in self.notifier.of(user) {
            self.notifier.notify(now, id, body.clone());
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
        let subscribed = self
            .notifier
            .list()
            .any(|s| s.resource == user && s.target.address == address);
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

    fn summary_of(&self, id: crate::notifier::SubscriptionId) -> Option<Body> {
        Some(self.summary(self.notifier.resource(id)?))
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
    let event = message.text(HeaderName::Event).unwrap_or_default();
    let package = event.split(';').next().unwrap_or_default().trim();
    if !package.eq_ignore_ascii_case(MWI_PACKAGE) {
        return Err(Reply::new(489).header("Allow-Events", MWI_PACKAGE));
    }
    let accepted = |value: &str| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        ["*/*", "application/*", MWI_CONTENT_TYPE]
            .iter()
            .any(|known| kind.eq_ignore_ascii_case(known))
    };
    let required: Vec<_> = message.values(HeaderName::Require).collect();
    if !required.is_empty() {
        return Err(Reply::new(420).header("Unsupported", required.join(", ")));
    }
    let mut accepts = message.values(HeaderName::Accept).peekable();
    if accepts.peek().is_some() && !accepts.any(accepted) {
        return Err(Reply::new(406).header("Accept", MWI_CONTENT_TYPE));
    }
    Ok(())
}
