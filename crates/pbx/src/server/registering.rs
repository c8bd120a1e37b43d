//! REGISTER: the registrar (RFC 3261 10.3).

use std::fmt::Write as _;
use std::time::Instant;

use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::Reply;
use gannet_ua::registrar::{
    Binding, BindingChange, LocationEvent, Q, RegisterRequest, RequestedContact, Source,
};

use super::call::Contact;
use super::flows::{Wishes, contact_of};
use super::place::{Place, refusal};
use super::state::Server;
use crate::event::PbxEvent;

impl Server {
    /// Carries out a REGISTER and gives the response.
    pub(super) fn register(&mut self, now: Instant, message: &Message, source: Target) -> Reply {
        let reply = match self.try_register(now, message, source) {
            Ok(reply) => {
                self.counters.registrations_granted += 1;
                reply
            }
            Err(reply) => reply,
        };
        self.drain_location(now);
        reply
    }

    fn try_register(
        &mut self,
        now: Instant,
        message: &Message,
        source: Target,
    ) -> Result<Reply, Reply> {
        let bad = |error: gannet_sip::FieldError| refusal(400, &error.to_string());
        let to = message.to().map_err(bad)?;
        let registrar = message.request_uri().map_err(bad)?;
        if !self.is_own(&registrar) {
            return Err(refusal(404, "Not a Domain of This Server"));
        }
        if let Ok(contacts) = requested_contacts(message) {
            self.check_first_hop(message, &contacts)?;
        }
        let name = self.registrant(now, message, &to.uri)?;
        let mut contacts = requested_contacts(message)?;
        let wishes = self.wishes(message, &mut contacts);
        if contacts.len() + self.bindings_len(now) > self.config.limits.registrations_max
            && !contacts.is_empty()
        {
            return Err(self.over_limit());
        }
        let aor = self.aor(&name);
        let request = RegisterRequest {
            aor: &aor,
            call_id: message.call_id().unwrap_or_default(),
            cseq: message.cseq().map_err(bad)?.number,
            contacts: &contacts,
            expires: message.number(HeaderName::Expires).ok(),
            source: Source {
                received: Some(source.address),
                flow: source.connection,
            },
            path: &wishes.path,
        };
        let equality = |one: &str, other: &str| match (Uri::parse(one), Uri::parse(other)) {
            (Ok(one), Ok(other)) => one.is_equivalent(&other),
            _ => one == other,
        };
        let updated = self.location.update(now, &request, &equality);
        let bindings = updated.map_err(|error| {
            let reply = refusal(error.status(), &error.to_string());
            match error.min_expires() {
                Some(seconds) => Reply::new(423).header("Min-Expires", seconds.to_string()),
                None => reply,
            }
        })?;
        let call_id = request.call_id;
        Ok(self.granted(now, &name, (&contacts, call_id), &bindings, &wishes))
    }

    /// The 200 with all bindings (RFC 3261 10.3 step 8).
    fn granted(
        &mut self,
        now: Instant,
        user: &str,
        (contacts, call_id): (&[RequestedContact], &str),
        bindings: &[Binding],
        wishes: &Wishes,
    ) -> Reply {
        let instance_of = |contact: &RequestedContact| match contact {
            RequestedContact::Address { instance_id, .. } => instance_id.clone(),
            RequestedContact::Wildcard => None,
        };
        let mut instances: Vec<_> = contacts.iter().filter_map(instance_of).collect();
        instances.dedup();
        let is_bound = |instance: &String| {
            let mut all = bindings.iter();
            all.any(|binding| binding.instance_id.as_ref() == Some(instance))
        };
        for instance in instances.iter().filter(|own| wishes.gruu && is_bound(own)) {
            self.mint_gruu(user, instance, call_id);
        }
        let date = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let reply = self.grant_wishes(Reply::new(200).header("Date", date), wishes);
        let contacts: Vec<_> = bindings
            .iter()
            .map(|binding| {
                let mut value = contact_value(now, binding);
                if let Some(instance) = binding.instance_id.as_ref().filter(|_| wishes.gruu) {
                    value.push_str(&self.gruu_params(user, instance));
                }
                value
            })
            .collect();
        if contacts.is_empty() {
            reply
        } else {
            reply.header("Contact", contacts.join(", "))
        }
    }

    /// The user for whom a REGISTER is (RFC 3261 10.3 steps 3 to 5).
    fn registrant(&mut self, now: Instant, message: &Message, aor: &Uri) -> Result<String, Reply> {
        let member = match self.place_of(aor) {
            Ok(Place::User(name)) => self.directory.find(&name).map(|m| m.user.clone()),
            _ => None,
        };
        if !self.config.auth_required {
            return member.map(|user| user.name).ok_or_else(|| Reply::new(404));
        }
        match member {
            Some(user) if user.password.is_none() => Ok(user.name),
            Some(user) => {
                let proven = self.authenticate(now, message, AuthTarget::Origin)?;
                if proven == user.name {
                    return Ok(user.name);
                }
                self.counters.auth_failures += 1;
                Err(refusal(403, "Not the Address of the Authenticated User"))
            }
            None => {
                self.authenticate(now, message, AuthTarget::Origin)?;
                Err(Reply::new(404))
            }
        }
    }

    fn bindings_len(&self, now: Instant) -> usize {
        let aors = self.location.aors(now);
        aors.map(|aor| self.location.bindings(now, aor).len()).sum()
    }

    /// Where the phones of a user are reached, by preference.
    pub(super) fn contacts_of(&self, now: Instant, name: &str) -> Vec<Vec<Contact>> {
        self.location
            .target_groups(now, &self.aor(name))
            .into_iter()
            .map(|group| group.into_iter().filter_map(contact_of).collect::<Vec<_>>())
            .filter(|group| !group.is_empty())
            .collect()
    }

    /// GRUUs that do not tell whose they are end with the last binding of their phone.
    fn note_instance_gone(&mut self, now: Instant, user: &str, binding: &Binding) {
        let Some(instance) = &binding.instance_id else {
            return;
        };
        let left = self.location.bindings(now, &self.aor(user));
        if !left
            .iter()
            .any(|other| other.instance_id.as_ref() == Some(instance))
        {
            self.forget_gruus(user, instance);
        }
    }

    /// Tells what happened to bindings.
    pub(super) fn drain_location(&mut self, now: Instant) {
        while let Some(event) = self.location.poll_event() {
            let LocationEvent {
                aor,
                change,
                binding,
                ..
            } = event;
            let user = Uri::parse(&aor).ok().and_then(|uri| uri.user_decoded());
            let user = user.unwrap_or(aor);
            let contact = binding.contact.clone();
            match change {
                BindingChange::Registered | BindingChange::Refreshed => {
                    let new = change == BindingChange::Registered;
                    let expires = binding.expires_at.saturating_duration_since(now);
                    self.emit(PbxEvent::Registered {
                        user: user.clone(),
                        contact,
                        expires,
                        new,
                    });
                    if new {
                        self.greet_phone(now, &user, &binding);
                        self.greet_with_texts(now, &user, &binding);
                        self.registration_changed(now, &user);
                    }
                }
                BindingChange::Expired
                | BindingChange::Unregistered
                | BindingChange::Deactivated => {
                    let expired = change == BindingChange::Expired;
                    self.note_instance_gone(now, &user, &binding);
                    self.registration_changed(now, &user);
                    self.emit(PbxEvent::Unregistered {
                        user,
                        contact,
                        expired,
                    });
                }
            }
        }
    }
}

fn contact_value(now: Instant, binding: &Binding) -> String {
    let mut value = format!("<{}>;expires={}", binding.contact, binding.expires_in(now));
    if let Some(q) = binding.q {
        let _ = write!(value, ";q={q}");
    }
    if let Some(instance) = &binding.instance_id {
        let _ = write!(value, ";+sip.instance=\"{instance}\"");
    }
    if let Some(reg_id) = binding.reg_id {
        let _ = write!(value, ";reg-id={reg_id}");
    }
    value
}

fn requested_contacts(message: &Message) -> Result<Vec<RequestedContact>, Reply> {
    let value = |text: &str| {
        if text == "*" {
            return Ok(RequestedContact::Wildcard);
        }
        let contact =
            NameAddr::parse("Contact", text).map_err(|error| refusal(400, &error.to_string()))?;
        let number = |name: &str| contact.params.get(name).and_then(|text| text.parse().ok());
        Ok(RequestedContact::Address {
            uri: contact.uri.to_string(),
            expires: number("expires"),
            q: contact.params.get("q").and_then(Q::parse),
            instance_id: contact.params.get_unquoted("+sip.instance"),
            reg_id: number("reg-id"),
        })
    };
    message.values(HeaderName::Contact).map(value).collect()
}
