//! Registration and the subscription to message-summary.

use std::time::{Duration, Instant};

use gannet_sip::Method;
use gannet_ua::endpoint::{Outcome, RegistrationId, RequestSpec, SubscriptionId};
use gannet_ua::{EventPackage, RegistrationChange, SubscriptionChange, SubscriptionSpec};

use super::core::Actor;
use super::summaries::SIMPLE_MESSAGE_SUMMARY;
use crate::error::PhoneError;
use crate::flows::{FlowState, FlowStatus};
use crate::profile::BootRemoval;
use crate::state::{MwiSubscription, RegistrationState};

impl Actor {
    /// Starts to register; gives the number of REGISTERs that ended before.
    pub(crate) fn register(
        &mut self,
        now: Instant,
        expires: Option<Duration>,
    ) -> Result<u64, PhoneError> {
        self.require_server("registering")?;
        let style = &self.config.profile.registration;
        if self.registration.is_some() {
            for flow in &self.flows {
                if let (Some(expires), Some(spec)) =
                    (expires, self.endpoint.registration_spec_mut(flow.id))
                {
                    spec.expires = expires;
                }
            }
            self.refresh_flows(now);
            return Ok(self.rounds());
        }
        let expires = expires.unwrap_or(style.expires);
        if let Some((_, planned)) = &mut self.boot {
            // It registers as soon as its contacts are removed.
            *planned = expires;
            return Ok(self.rounds());
        }
        self.show(|state| state.registration = RegistrationState::Registering);
        if style.boot_removal != BootRemoval::Nothing && !self.booted {
            self.clear_contacts(now, expires)?;
        } else {
            self.start_registration(now, expires);
        }
        self.booted = true;
        Ok(self.rounds())
    }

    fn rounds(&self) -> u64 {
        self.state.borrow().registrations_done
    }

    pub(super) fn require_server(&self, action: &'static str) -> Result<(), PhoneError> {
        self.require_power()?;
        match self.config.server {
            Some(_) => Ok(()),
            None => Err(PhoneError::NoServer {
                phone: self.config.name.clone(),
                action,
            }),
        }
    }

    /// Removes all contacts of the address of record, or the phone's own (RFC 3261 10.2.2).
    fn clear_contacts(&mut self, now: Instant, expires: Duration) -> Result<(), PhoneError> {
        let aor = self.addresses.from();
        let registrar = self.addresses.registrar();
        let mut spec = RequestSpec::new(Method::Register, registrar, aor.clone(), aor);
        let contact = match self.config.profile.registration.boot_removal {
            BootRemoval::Own => self.registered_contact(self.config.transport).to_string(),
            BootRemoval::All | BootRemoval::Nothing => "*".to_owned(),
        };
        spec.headers = vec![
            ("Contact".to_owned(), contact),
            ("Expires".to_owned(), "0".to_owned()),
        ];
        spec.destination = self.addresses.server();
        let sent = self.endpoint.request(now, spec);
        let sent = sent.map_err(|error| PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: "REGISTER".to_owned(),
            reason: error.to_string(),
        })?;
        self.boot = Some((sent, expires));
        Ok(())
    }

    pub(crate) fn refresh(&mut self, now: Instant) -> Result<u64, PhoneError> {
        self.require_server("refreshing a registration")?;
        if self.flows.is_empty() {
            return Err(PhoneError::Misuse {
                phone: self.config.name.clone(),
                problem: "a registration is refreshed only after one was begun".to_owned(),
            });
        }
        self.refresh_flows(now);
        Ok(self.rounds())
    }

    fn refresh_flows(&mut self, now: Instant) {
        self.show(|state| {
            for flow in &mut state.flows {
                flow.status = FlowStatus::Registering;
            }
        });
        for flow in &self.flows {
            self.endpoint.refresh_registration(now, flow.id);
        }
    }

    /// `None` if there is nothing to remove.
    pub(crate) fn unregister(&mut self, now: Instant) -> Result<Option<u64>, PhoneError> {
        self.require_power()?;
        if self.flows.is_empty() {
            return Ok(None);
        }
        for flow in &self.flows {
            self.endpoint.unregister(now, flow.id);
        }
        Ok(Some(self.rounds()))
    }

    pub(super) fn handle_registration(
        &mut self,
        now: Instant,
        id: RegistrationId,
        change: RegistrationChange,
    ) {
        let Some(at) = self.flows.iter().position(|flow| flow.id == id) else {
            return;
        };
        if self.note_flow(now, at, &change) {
            return;
        }
        let registered = matches!(change, RegistrationChange::Registered { .. });
        let state = self.state.borrow();
        // With several flows the phone is registered as long as one is, and an attempt is over when
        // each of them has had its answer (RFC 5626 4.2.1).
        let one_is_there = state.flows.iter().any(FlowState::is_registered);
        let is_over = |flow: &FlowState| flow.status != FlowStatus::Registering;
        let all_are_over = state.flows.iter().all(is_over);
        drop(state);
        let (next, done) = match change {
            RegistrationChange::Registered { expires, .. } => (
                RegistrationState::Registered {
                    expires,
                    since: now,
                },
                all_are_over,
            ),
            RegistrationChange::Unregistered { outcome } if outcome.code() < 300 => {
                if !self.flows.is_empty() {
                    return;
                }
                (RegistrationState::Unregistered, true)
            }
            RegistrationChange::Unregistered { outcome } => (failed(&outcome), true),
            _ if one_is_there => {
                return self.show(|state| state.registrations_done += u64::from(all_are_over));
            }
            RegistrationChange::Expired => (RegistrationState::Unregistered, false),
            RegistrationChange::Failed { outcome, .. } => (failed(&outcome), all_are_over),
            RegistrationChange::FlowFailed { .. } => (failed(&Outcome::TransportFailed), false),
            RegistrationChange::FlowNeeded | RegistrationChange::KeptAlive { .. } => return,
        };
        self.show(|state| {
            state.registration = next;
            state.registrations_done += u64::from(done);
        });
        if registered && self.config.profile.mwi.subscribes && self.subscription.is_none() {
            self.start_subscription(now);
        }
    }

    pub(crate) fn subscribe_mwi(&mut self, now: Instant) -> Result<(), PhoneError> {
        self.require_server("subscribing")?;
        match self.subscription {
            Some(id) => {
                self.show(|state| state.mwi.subscription = MwiSubscription::Pending);
                self.endpoint.refresh_subscription(now, id);
            }
            None => self.start_subscription(now),
        }
        Ok(())
    }

    /// True if there was a subscription to end.
    pub(crate) fn unsubscribe_mwi(&mut self, now: Instant) -> bool {
        if let Some(id) = self.subscription {
            self.endpoint.unsubscribe(now, id);
        }
        self.subscription.is_some()
    }

    fn start_subscription(&mut self, now: Instant) {
        let from = self.addresses.from();
        let mut uri = self.addresses.domain();
        uri.user.clone_from(&from.uri.user);
        let to = gannet_sip::NameAddr::new(from.uri.clone());
        let contact = self.addresses.contact();
        let event = EventPackage::new("message-summary");
        let mut spec = SubscriptionSpec::new(uri, from, to, contact, event);
        spec.accept = Some(SIMPLE_MESSAGE_SUMMARY.to_owned());
        spec.expires = self.config.profile.mwi.expires;
        spec.anew = true;
        spec.destination = self.addresses.server();
        self.show(|state| state.mwi.subscription = MwiSubscription::Pending);
        self.subscription = Some(self.endpoint.subscribe(now, spec));
    }

    pub(super) fn handle_subscription(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        change: SubscriptionChange,
    ) {
        if self.subscription != Some(id) {
            return self.handle_watch(now, id, change);
        }
        let view = self.endpoint.subscription(id);
        let over = view.is_none_or(|view| view.over);
        let next = match change {
            // The answer to our own farewell.
            SubscriptionChange::Accepted { expires, .. } if expires.is_zero() => {
                self.subscription = None;
                MwiSubscription::Terminated
            }
            SubscriptionChange::Accepted { expires, .. } => MwiSubscription::Active { expires },
            SubscriptionChange::Notified { notify, .. } => return self.note_summary(&notify),
            // The summary that is shown holds on; forks are not asked for.
            SubscriptionChange::NotModified | SubscriptionChange::Forked { .. } => return,
            // It begins anew.
            SubscriptionChange::Terminated { .. } if !over => MwiSubscription::Pending,
            SubscriptionChange::Terminated { .. } => {
                self.subscription = None;
                MwiSubscription::Terminated
            }
            SubscriptionChange::Failed { outcome } => {
                // A refresh may fail without ending it.
                self.subscription = self.subscription.filter(|_| !over);
                MwiSubscription::Failed {
                    code: outcome.code(),
                }
            }
        };
        self.show(|state| state.mwi.subscription = next);
    }
}

fn failed(outcome: &Outcome) -> RegistrationState {
    RegistrationState::Failed {
        code: outcome.code(),
        response: outcome.response().cloned().map(Box::new),
    }
}
