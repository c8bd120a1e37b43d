//! Registrations of an endpoint: the machines' wishes carried out.

use std::time::Instant;

use gannet_sip::{HeaderName, Method};

use super::client::Purpose;
use super::command::RequestSpec;
use super::core::{Endpoint, build};
use super::happening::{Happening, Outcome, RegistrationId};
use crate::registration::{Registration, RegistrationChange, RegistrationSpec, Wish};

impl Endpoint {
    /// Registers a contact and keeps it registered.
    pub fn register(&mut self, now: Instant, spec: RegistrationSpec) -> RegistrationId {
        self.last_other += 1;
        let id = RegistrationId(self.last_other);
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let mut registration = Registration::new(spec, call_id, tag, cseq);
        let wish = registration.start();
        self.registrations.insert(id, registration);
        self.grant(now, id, wish);
        id
    }

    /// Registers again now.
    pub fn refresh_registration(&mut self, now: Instant, id: RegistrationId) {
        if let Some(registration) = self.registrations.get_mut(&id) {
            let wish = registration.start();
            self.grant(now, id, wish);
        }
    }

    /// Changes the settings of a registration; they hold from the next REGISTER on.
    pub fn registration_spec_mut(&mut self, id: RegistrationId) -> Option<&mut RegistrationSpec> {
        self.registrations
            .get_mut(&id)
            .map(|registration| &mut registration.spec)
    }

    /// Removes the contact from the registrar.
    pub fn unregister(&mut self, now: Instant, id: RegistrationId) {
        if let Some(registration) = self.registrations.get_mut(&id) {
            let wish = registration.stop();
            self.grant(now, id, wish);
        }
    }

    /// Forgets a registration without telling the registrar.
    pub fn abandon_registration(&mut self, id: RegistrationId) {
        if let Some(registration) = self.registrations.get_mut(&id) {
            registration.abandon();
        }
    }

    fn grant(&mut self, now: Instant, id: RegistrationId, Wish::Send(expires): Wish) {
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        if registration.request.is_some() {
            // One REGISTER at a time (RFC 3261 10.2): the wish is granted when it is answered.
            registration.again = Some(expires);
            return;
        }
        registration.cseq += 1;
        let spec = &registration.spec;
        let mut aor = spec.aor.clone();
        aor.params = gannet_sip::Params::new();
        let mut contact = spec.contact.clone();
        if spec.expires_in_contact {
            contact.params.set("expires", expires.as_secs().to_string());
        }
        let mut request =
            RequestSpec::new(Method::Register, spec.registrar.clone(), aor.clone(), aor);
        request.contact = Some(contact);
        request.routes.clone_from(&spec.routes);
        request.destination = spec.destination;
        request.headers.clone_from(&spec.headers);
        if !spec.expires_in_contact {
            let seconds = expires.as_secs().to_string();
            request
                .headers
                .push((HeaderName::Expires.as_str().to_owned(), seconds));
        }
        let (tag, call_id, cseq) = (
            registration.from_tag.clone(),
            registration.call_id.clone(),
            registration.cseq,
        );
        match self.target_of(&request) {
            Ok(target) => {
                let builder = build(request, &tag, &call_id, cseq);
                let sent = self.launch(
                    now,
                    Method::Register,
                    builder,
                    target,
                    Purpose::Register(id),
                );
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.sent(sent, expires);
                }
            }
            Err(_) => self.register_done(now, id, Outcome::TransportFailed),
        }
    }

    pub(crate) fn register_done(&mut self, now: Instant, id: RegistrationId, outcome: Outcome) {
        let mut changes = Vec::new();
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        let wish = registration.handle_outcome(now, outcome, &mut changes);
        let again = registration.again.take().map(Wish::Send);
        self.report_registration(id, changes);
        if let Some(wish) = again.or(wish) {
            self.grant(now, id, wish);
        }
    }

    pub(crate) fn handle_registration_timeouts(&mut self, now: Instant) {
        let due: Vec<_> = self
            .registrations
            .iter()
            .filter(|(_, r)| r.next_deadline().is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let mut changes = Vec::new();
            let wish = self
                .registrations
                .get_mut(&id)
                .and_then(|registration| registration.handle_timeout(now, &mut changes));
            self.report_registration(id, changes);
            if let Some(wish) = wish {
                self.grant(now, id, wish);
            }
        }
    }

    fn report_registration(&mut self, id: RegistrationId, changes: Vec<RegistrationChange>) {
        for change in changes {
            self.happen(Happening::Registration {
                registration: id,
                change,
            });
        }
    }
}
