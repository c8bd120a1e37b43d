//! Message waiting (RFC 3842): to those who subscribed, and unasked to phones that did not.

use std::time::Instant;

use gannet_sip::{Method, NameAddr, Uri};
use gannet_ua::endpoint::{Body, Reply, RequestSpec};
use gannet_ua::registrar::Binding;

use super::call::Contact;
use super::flows::contact_of;
use super::identity::Caller;
use super::mailbox::Mailbox;
use super::packages::{Extent, Package};
use super::pending::Pending;
use super::place::{Place, refusal};
use super::state::Server;
use super::watchers::Watch;
use crate::mwi::{MWI_CONTENT_TYPE, MWI_PACKAGE, message_summary};
use crate::snapshot::Service;

/// One's own mailbox.
pub(super) const PACKAGE: Package = Package {
    name: MWI_PACKAGE,
    content_type: MWI_CONTENT_TYPE,
    admit: own_mailbox,
    body,
    numbered: false,
};

/// By one's own address or by the number of the mailbox.
fn own_mailbox(_: &Server, caller: &Caller, place: Place) -> Result<String, Reply> {
    let Caller::User(user) = caller else {
        return Err(Reply::new(403));
    };
    match place {
        Place::User(name) if name != *user => Err(refusal(403, "Not Your Mailbox")),
        Place::User(_) | Place::Server | Place::Service(Service::Mailbox) => Ok(user.clone()),
        _ => Err(Reply::new(404)),
    }
}

fn body(server: &Server, _: Instant, watch: &Watch, _: Extent) -> Body {
    server.summary(&watch.resource)
}

impl Server {
    /// Tells everybody who should know about a change of a mailbox.
    pub(super) fn tell_mailbox(&mut self, now: Instant, user: &str) {
        self.changed();
        self.tell_watchers(now, MWI_PACKAGE, user);
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
        let watchers = self.watchers.of(MWI_PACKAGE, user);
        let mut views = watchers.iter().filter_map(|id| self.endpoint.notice(*id));
        let subscribed = views.any(|view| view.target.address == address);
        if subscribed || self.is_own_address(address) {
            return;
        }
        let own = NameAddr::new(Uri::sip(Some(user), &self.config.domain, None));
        let mut spec = RequestSpec::new(Method::Notify, contact.uri.clone(), own.clone(), own);
        spec.contact = Some(self.contact(None, contact.target.transport));
        spec.destination = Some(contact.target);
        spec.routes.clone_from(&contact.routes);
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
