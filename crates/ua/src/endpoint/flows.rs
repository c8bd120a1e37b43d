//! Flows of an endpoint: keep-alives out and in, what fails and what is formed anew (RFC 5626 4).

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{HeaderName, Method, NameAddr};

use super::client::Purpose;
use super::command::RequestSpec;
use super::core::{Endpoint, build};
use super::happening::{Happening, Outcome, RegistrationId};
use crate::flow::FlowFailure;
use crate::keep_alive::{Answer, Due, OnLoss, Probe};
use crate::registration::RegistrationChange;
use crate::registration_policy::{Backoff, RetryFacts};
use crate::stun::StunMessage;
use crate::target::Target;

/// CRLF CRLF (RFC 5626 3.5.1).
const PING: &[u8] = b"\r\n\r\n";

impl Endpoint {
    /// A connection is gone. Registrations whose flow it was form a new one.
    pub fn handle_closed(&mut self, now: Instant, connection: Target) {
        for id in self.flows_over(connection) {
            let numbered = self.registrations.get(&id).is_some_and(|registration| {
                registration.spec.policy.reg_id.is_some()
                    && registration
                        .spec
                        .destination
                        .is_some_and(|own| own.connection == connection.connection)
            });
            if numbered {
                self.flow_failed(now, id, FlowFailure::Closed);
            }
        }
    }

    /// A pong came: a single CRLF over a connection (RFC 5626 4.4.1).
    pub fn handle_pong(&mut self, now: Instant, source: Target) {
        for id in self.flows_over(source) {
            self.keep_alive_answered(now, id, |registration| registration.keep_alive.pong());
        }
    }

    /// Octets for STUN came over a datagram: a request is answered, a response is for one of the
    /// flows, and what is neither is dropped (RFC 5626 4.4.2, 8).
    pub fn handle_stun(&mut self, now: Instant, bytes: &[u8], source: Target) {
        let Ok(message) = StunMessage::parse(bytes) else {
            return;
        };
        if let Some(answer) = message.answer(source.address) {
            return self.send_bytes(source, answer.build());
        }
        let (transaction, mapped) = match message {
            StunMessage::Success {
                transaction,
                mapped,
            } => (transaction, mapped),
            // Any answer shows that somebody is there.
            StunMessage::Failure { transaction, .. } => (transaction, None),
            StunMessage::Request { .. } => return,
        };
        for id in self.flows_over(source) {
            self.keep_alive_answered(now, id, |registration| {
                registration.keep_alive.stun(transaction, mapped)
            });
        }
    }

    /// A flow for a registration that said [`RegistrationChange::FlowNeeded`]: it registers over it
    /// with the same number (RFC 5626 4.5).
    pub fn form_flow(&mut self, now: Instant, id: RegistrationId, destination: Target) {
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        registration.spec.destination = Some(destination);
        registration.wants_connection = false;
        self.refresh_registration(now, id);
    }

    /// Sends octets as they are, outside of any transaction.
    pub fn send_bytes(&mut self, target: Target, bytes: Bytes) {
        self.transactions.send_once(bytes, target);
    }

    /// Keep-alives that wait for an answer from there wait in vain.
    pub(crate) fn flows_unreachable(&mut self, now: Instant, target: Target) {
        for id in self.flows_over(target) {
            let waits = self
                .registrations
                .get(&id)
                .is_some_and(|registration| registration.keep_alive.is_waiting());
            if waits {
                self.flow_failed(now, id, FlowFailure::Unreachable);
            }
        }
    }

    /// Sends the keep-alive that is due, or gives the flow up.
    pub(crate) fn keep_flow_alive(&mut self, now: Instant, id: RegistrationId) {
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        let policy = registration.spec.policy.keep_alive;
        let keep_alive = &mut registration.keep_alive;
        match keep_alive.handle_timeout(now, &policy, &mut self.rng) {
            Some(Due::Send(probe)) => self.send_probe(now, id, probe),
            Some(Due::Lost) => self.keep_alive_lost(now, id),
            None => {}
        }
    }

    fn keep_alive_lost(&mut self, now: Instant, id: RegistrationId) {
        let on_loss = self
            .registrations
            .get(&id)
            .map(|registration| registration.spec.policy.keep_alive.on_loss);
        if on_loss == Some(OnLoss::NewFlow) {
            self.flow_failed(now, id, FlowFailure::NoAnswer);
        }
    }

    fn send_probe(&mut self, now: Instant, id: RegistrationId, probe: Probe) {
        let Some(registration) = self.registrations.get(&id) else {
            return;
        };
        let spec = &registration.spec;
        let Some(target) = spec.destination else {
            return;
        };
        let (method, event) = match probe {
            Probe::Ping => return self.send_bytes(target, Bytes::from_static(PING)),
            Probe::Stun(transaction) => {
                let request = StunMessage::request(transaction).build();
                return self.send_bytes(target, request);
            }
            Probe::Nothing => return self.send_bytes(target, Bytes::new()),
            Probe::Options => (Method::Options, None),
            Probe::Notify => (Method::Notify, Some("keep-alive")),
        };
        let to = NameAddr::new(spec.registrar.clone());
        let mut request =
            RequestSpec::new(method.clone(), spec.registrar.clone(), spec.aor.clone(), to);
        request.contact = Some(spec.contact.clone());
        let event = event.map(|event| (HeaderName::Event.as_str().to_owned(), event.to_owned()));
        request.headers.extend(event);
        request.routes.clone_from(&spec.routes);
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = self.call_id_for(&request);
        let cseq = self.config.identifiers.first_cseq(&mut self.rng);
        let builder = build(request, &tag, &call_id, cseq);
        self.launch(now, method, builder, target, Purpose::KeepAlive(id));
    }

    /// An OPTIONS or NOTIFY that served as keep-alive is done.
    pub(crate) fn keep_alive_done(&mut self, now: Instant, id: RegistrationId, outcome: &Outcome) {
        match outcome {
            Outcome::Response(_) => self.keep_alive_answered(now, id, |registration| {
                // With a bound of its own it may have come too late.
                registration.keep_alive.pong().or(Some(Answer::Alive))
            }),
            Outcome::Timeout | Outcome::TransportFailed => self.keep_alive_lost(now, id),
        }
    }

    fn keep_alive_answered(
        &mut self,
        now: Instant,
        id: RegistrationId,
        take: impl FnOnce(&mut crate::registration::Registration) -> Option<Answer>,
    ) {
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        match take(registration) {
            Some(Answer::Alive) => {
                registration.lasts();
                let mapped = registration.keep_alive.mapped();
                self.happen(Happening::Registration {
                    registration: id,
                    change: RegistrationChange::KeptAlive { mapped },
                });
            }
            Some(Answer::Moved) => self.flow_failed(now, id, FlowFailure::Moved),
            None => {}
        }
        self.file_registration(id);
    }

    fn flow_failed(&mut self, now: Instant, id: RegistrationId, why: FlowFailure) {
        let facts = self.retry_facts(id);
        let Some(registration) = self.registrations.get_mut(&id) else {
            return;
        };
        if registration.is_removing() {
            return;
        }
        let pending = registration.request.take();
        let mut changes = Vec::new();
        registration.flow_failed(now, why, facts, &mut changes);
        if let Some(request) = pending {
            // Its answer cannot come over a flow that is gone.
            self.abandon_request(request);
        }
        self.report_registration(id, changes);
        self.file_registration(id);
    }

    /// What a failing registration cannot know by itself.
    pub(crate) fn retry_facts(&mut self, id: RegistrationId) -> RetryFacts {
        let aor = self
            .registrations
            .get(&id)
            .map(|own| own.spec.aor.uri.clone());
        let others_alive = self.registrations.iter().any(|(other, registration)| {
            *other != id
                && registration.is_bound()
                && Some(&registration.spec.aor.uri) == aor.as_ref()
        });
        let backoff = self
            .registrations
            .get(&id)
            .map(|own| own.spec.policy.backoff);
        let percent = match backoff {
            Some(Backoff::Outbound { .. }) => self.rng.u32(50..=100),
            _ => 100,
        };
        RetryFacts {
            others_alive,
            percent,
        }
    }

    fn flows_over(&self, target: Target) -> Vec<RegistrationId> {
        let all = self.registrations.iter();
        let over = all.filter(|(_, registration)| registration.is_over(target));
        over.map(|(id, _)| *id).collect()
    }
}
