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
        let call_id = match &spec.policy.call_id {
            Some(call_id) => call_id.clone(),
            None => identifiers.call_id(&mut self.rng, self.config.local),
        };
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let mut registration = Registration::new(spec, call_id, tag, cseq);
        let wish = registration.start();
        self.registrations.insert(id, Box::new(registration));
        self.send_register(now, id, wish);
        id
    }

    /// Registers again now.
    pub fn refresh_registration(&mut self, now: Instant, id: RegistrationId) {
        if let Some(registration) = self.registrations.get_mut(&id) {
            let wish = registration.start();
            self.send_register(now, id, wish);
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
            self.send_register(now, id, wish);
        }
    }

    /// Forgets a registration without a word to the registrar, as a phone that loses its power: a
    /// REGISTER on its way is not repeated any more, and nothing more is told.
    pub fn abandon_registration(&mut self, id: RegistrationId) {
        let registration = self.registrations.remove(&id);
        self.registration_agenda.set(id, None);
        if let Some(request) = registration.and_then(|registration| registration.request) {
            self.abandon_request(request);
        }
    }

    fn send_register(&mut self, now: Instant, id: RegistrationId, wish: Wish) {
        let Wish::Send(expires) = wish else {
            return self.happen(Happening::Registration {
                registration: id,
                change: RegistrationChange::FlowNeeded,
            });
        };
        let newest = self.newest_cseq(id);
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        if registration.request.is_some() {
            // One REGISTER at a time (RFC 3261 10.2): the wish is granted when it is answered.
            registration.again = Some(expires);
            return;
        }
        let gap = self.config.cseq_gap_after(registration.sent_at.is_some());
        registration.cseq = registration.cseq.max(newest) + 1 + gap;
        let spec = &registration.spec;
        let mut aor = spec.aor.clone();
        aor.params = gannet_sip::Params::new();
        let mut contact = spec.contact.clone();
        if spec.expires_in_contact {
            contact.params.set("expires", expires.as_secs().to_string());
        }
        if let Some(reg_id) = spec.policy.reg_id {
            contact.params.set("reg-id", reg_id.to_string());
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
        let stale = registration.stale_contact.clone();
        match self.target_of(&request) {
            Ok(target) => {
                let mut builder = build(request, &tag, &call_id, cseq);
                if let Some(stale) = stale {
                    let stale = stale.with_param("expires", "0");
                    builder.push(HeaderName::Contact, stale.to_string());
                }
                let sent = self.launch(
                    now,
                    Method::Register,
                    builder,
                    target,
                    Purpose::Register(id),
                );
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.sent(now, sent, expires);
                }
                self.file_registration(id);
            }
            Err(_) => self.register_done(now, id, Outcome::TransportFailed),
        }
    }

    /// The greatest CSeq number of the registrations that share a Call-ID with this one; 0 if none
    /// does. Numbers of one Call-ID must grow (RFC 3261 10.2).
    fn newest_cseq(&self, id: RegistrationId) -> u32 {
        let own = self.registrations.get(&id).map(|own| &own.call_id);
        let same = self
            .registrations
            .values()
            .filter(|registration| Some(&registration.call_id) == own);
        same.map(|registration| registration.cseq)
            .max()
            .unwrap_or(0)
    }

    pub(crate) fn register_done(&mut self, now: Instant, id: RegistrationId, outcome: Outcome) {
        let mut changes = Vec::new();
        let facts = self.retry_facts(id);
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        let granted = outcome.response().filter(|_| outcome.code() < 300).cloned();
        let wish = registration.handle_outcome(now, outcome, facts, &mut changes);
        if let Some(response) = granted.filter(|_| registration.is_bound()) {
            registration.keep_alive_from(now, &response, &mut self.rng);
        }
        let again = registration.again.take().map(Wish::Send);
        self.report_registration(id, changes);
        if let Some(wish) = again.or(wish) {
            self.send_register(now, id, wish);
        }
        self.file_registration(id);
    }

    pub(crate) fn file_registration(&mut self, id: RegistrationId) {
        let registration = self.registrations.get(&id);
        let deadline = registration.and_then(|registration| registration.next_deadline());
        self.registration_agenda.set(id, deadline);
    }

    pub(crate) fn handle_registration_timeouts(&mut self, now: Instant) {
        for id in self.registration_agenda.due(now) {
            let mut changes = Vec::new();
            let wish = self
                .registrations
                .get_mut(&id)
                .and_then(|registration| registration.handle_timeout(now, &mut changes));
            self.report_registration(id, changes);
            if let Some(wish) = wish {
                self.send_register(now, id, wish);
            }
            self.keep_flow_alive(now, id);
            self.file_registration(id);
        }
    }

    pub(crate) fn report_registration(
        &mut self,
        id: RegistrationId,
        changes: Vec<RegistrationChange>,
    ) {
        for change in changes {
            self.happen(Happening::Registration {
                registration: id,
                change,
            });
        }
    }
}
