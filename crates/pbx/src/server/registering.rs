//! REGISTER: the registrar (RFC 3261 10.3).

use std::fmt::Write as _;
use std::time::Instant;

use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::Reply;
use gannet_ua::registrar::{
    Binding, BindingChange, LocationEvent, Q, RegisterRequest, RequestedContact, Source,
};

use super::call::Contact;
use super::place::{Place, refusal};
use super::state::Server;
use crate::event::PbxEvent;

impl Server {
    /// Carries out a REGISTER and gives the response.
    pub(super) fn register(&mut self, now: Instant, message: &Message, source: Target) -> Reply {
        let reply = match self.try_register(now, message, source) {
            Ok(bindings) => {
                self.counters.registrations_granted += 1;
                granted(now, &bindings)
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
    ) -> Result<Vec<Binding>, Reply> {
        let bad = |error: gannet_sip::FieldError| refusal(400, &error.to_string());
        let to = message.to().map_err(bad)?;
        let registrar = message.request_uri().map_err(bad)?;
        if !self.is_own(&registrar) {
            return Err(refusal(404, "Not a Domain of This Server"));
        }
        let name = self.registrant(now, message, &to.uri)?;
        let contacts = requested_contacts(message)?;
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
            path: &[],
        };
        let equality = |one: &str, other: &str| match (Uri::parse(one), Uri::parse(other)) {
            (Ok(one), Ok(other)) => one.is_equivalent(&other),
            _ => one == other,
        };
        self.location
            .update(now, &request, &equality)
            .map_err(|error| {
                let reply = refusal(error.status(), &error.to_string());
                match error.min_expires() {
                    Some(seconds) => Reply::new(423).header("Min-Expires", seconds.to_string()),
                    None => reply,
                }
            })
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
                        self.registration_changed(now, &user);
                    }
                }
                BindingChange::Expired
                | BindingChange::Unregistered
                | BindingChange::Deactivated => {
                    let expired = change == BindingChange::Expired;
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

/// Where a binding is reached: at the literal address of its URI, or where its REGISTER came from
/// if the URI has a name. A connection is used as long as it is open, since a phone behind it may
/// not listen elsewhere (RFC 5626 does so too). Contacts of other schemes are no phones.
pub(super) fn contact_of(binding: &Binding) -> Option<Contact> {
    let uri = Uri::parse(&binding.contact).ok()?;
    if uri.scheme != gannet_sip::Scheme::Sip {
        return None;
    }
    let implied = match binding.source.flow {
        Some(_) => Transport::Tcp,
        None => Transport::Udp,
    };
    let transport = uri.transport().unwrap_or(implied);
    let address = uri.socket_addr().or(binding.source.received)?;
    let connection = binding.source.flow.filter(|_| transport == Transport::Tcp);
    let target = Target {
        transport,
        address,
        connection,
    };
    Some(Contact { uri, target })
}

/// The 200 with all bindings (RFC 3261 10.3 step 8).
fn granted(now: Instant, bindings: &[Binding]) -> Reply {
    let date = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let reply =
        Reply::new(200).header("Date", date.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    let contacts: Vec<_> = bindings.iter().map(|b| contact_value(now, b)).collect();
    if contacts.is_empty() {
        reply
    } else {
        reply.header("Contact", contacts.join(", "))
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
