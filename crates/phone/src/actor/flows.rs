//! The flows of a registration: one for each way to the server (RFC 5626 4.2), or a single plain one.

use std::time::{Duration, Instant};

use gannet_net::ConnectionId;
use gannet_sip::{HeaderName, Message, Method, NameAddr, Transport, Uri};
use gannet_ua::endpoint::RegistrationId;
use gannet_ua::{
    Backoff, Identifiers, RegistrationChange, RegistrationPolicy, RegistrationSpec, Target,
};

use super::core::Actor;
use crate::addresses::instance;
use crate::error::PhoneError;
use crate::flows::{FlowState, FlowStatus, Gruus};
use crate::profile::{BackoffKind, GruuUse, InstanceStyle};

/// One way over which the phone is registered.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) id: RegistrationId,
    target: Target,
}

impl Actor {
    /// Registers over every flow of the profile.
    pub(super) fn start_registration(&mut self, now: Instant, expires: Duration) {
        let style = &self.config.profile.registration;
        let Some(server) = self.config.server_target() else {
            return;
        };
        let ways: Vec<_> = style
            .flows
            .iter()
            .map(|way| Target::new(way.transport, way.address.unwrap_or(server.address)))
            .collect();
        if ways.is_empty() {
            let spec = self.registration_spec(expires, None, server, None);
            return self.add_flow(now, spec, server, None);
        }
        let call_id = self.identifiers().call_id(&mut self.rng, self.local);
        for (number, way) in (1..).zip(ways) {
            let target = self.connected(way);
            let spec = self.registration_spec(expires, Some(number), target, Some(call_id.clone()));
            self.add_flow(now, spec, target, Some(number));
        }
    }

    fn add_flow(
        &mut self,
        now: Instant,
        spec: RegistrationSpec,
        target: Target,
        number: Option<u32>,
    ) {
        let id = self.endpoint.register(now, spec);
        self.registration.get_or_insert(id);
        self.flows.push(Flow { id, target });
        let shown = FlowState::new(number, target.transport);
        self.show(|state| state.flows.push(shown));
    }

    /// The same place by a connection of its own, where there are connections.
    fn connected(&self, way: Target) -> Target {
        let opened = (way.transport == Transport::Tcp)
            .then(|| self.transport.open_connection(way.address))
            .flatten();
        Target {
            connection: opened.map(ConnectionId::number),
            ..way
        }
    }

    fn registration_spec(
        &self,
        expires: Duration,
        number: Option<u32>,
        target: Target,
        call_id: Option<String>,
    ) -> RegistrationSpec {
        let style = &self.config.profile.registration;
        let mut contact = self.registered_contact(target.transport);
        if let Some(q) = &style.q {
            contact.params.set("q", q.as_str());
        }
        RegistrationSpec {
            registrar: self.addresses.registrar(),
            aor: self.addresses.from(),
            contact,
            expires,
            refresh_before: style.refresh_before,
            retry_after: style.retry_after,
            follow_received: style.follow_received,
            expires_in_contact: style.expires_in_contact,
            headers: self.registration_tags(),
            routes: Vec::new(),
            destination: Some(target),
            policy: RegistrationPolicy {
                refresh_share: style.refresh_percent,
                backoff: match style.backoff {
                    BackoffKind::Constant => Backoff::Constant,
                    BackoffKind::Linear => Backoff::Linear {
                        max: style.backoff_max,
                    },
                    BackoffKind::Outbound => Backoff::Outbound {
                        base: style.backoff_base,
                        base_alive: style.backoff_base_alive,
                        max: style.backoff_max,
                    },
                },
                tries_max: style.tries_max,
                reactions: style.reactions.clone(),
                reg_id: number,
                keep_alive: self.config.profile.keep_alive,
                call_id,
            },
        }
    }

    /// The contact of REGISTER with what the device says of itself in it.
    pub(super) fn registered_contact(&self, transport: Transport) -> NameAddr {
        let mut contact = self.addresses.own_contact(transport);
        if let Some(instance) = self.instance() {
            contact.params.set("+sip.instance", instance);
        }
        for (name, value) in &self.config.profile.registration.contact_parameters {
            if value.is_empty() {
                contact.params.set_flag(name);
            } else {
                contact.params.set(name, value.as_str());
            }
        }
        contact
    }

    /// The phone's `+sip.instance`; flows and GRUUs are nothing without one (RFC 5626 4.1,
    /// RFC 5627 4.1).
    pub(super) fn instance(&self) -> Option<String> {
        let style = &self.config.profile.registration;
        let needed = !style.flows.is_empty() || style.gruu != GruuUse::Off;
        let form = match style.instance {
            InstanceStyle::None if needed => InstanceStyle::Random,
            form => form,
        };
        instance(form, self.mac(), self.seed)
    }

    /// Supported of REGISTER where flows or GRUUs need more than the profile lists (RFC 5626 4.2.1,
    /// RFC 5627 4.1, RFC 3327 5.1).
    fn registration_tags(&self) -> Vec<(String, String)> {
        let profile = &self.config.profile;
        let style = &profile.registration;
        let mut needed = Vec::new();
        if !style.flows.is_empty() {
            needed.extend(["path", "outbound"]);
        }
        if style.gruu != GruuUse::Off {
            needed.push("gruu");
        }
        if needed.is_empty() {
            return Vec::new();
        }
        let lists = &profile.lists;
        let mut tags: Vec<_> = if lists.supported_on.contains(&Method::Register) {
            lists.supported.iter().map(String::as_str).collect()
        } else {
            Vec::new()
        };
        tags.extend(needed);
        let mut seen = Vec::new();
        tags.retain(|tag| {
            let new = !seen.contains(tag);
            seen.push(*tag);
            new
        });
        vec![("Supported".to_owned(), tags.join(", "))]
    }

    /// What changed about a flow. True if nothing is left to be said of it.
    pub(super) fn note_flow(
        &mut self,
        now: Instant,
        at: usize,
        change: &RegistrationChange,
    ) -> bool {
        let flow = |state: &mut crate::PhoneState, change: &dyn Fn(&mut FlowState)| {
            if let Some(flow) = state.flows.get_mut(at) {
                change(flow);
            }
        };
        match change {
            RegistrationChange::FlowNeeded => {
                self.renew_flow(now, at);
                return true;
            }
            RegistrationChange::KeptAlive { mapped } => {
                self.show(|state| {
                    flow(state, &|flow| {
                        flow.kept_alive += 1;
                        flow.mapped = mapped.or(flow.mapped);
                    });
                });
                return true;
            }
            RegistrationChange::Registered { response, .. } => {
                let outbound = requires_outbound(response);
                self.show(|state| {
                    flow(state, &|flow| {
                        if flow.failures > flow.recoveries {
                            flow.recoveries = flow.failures;
                        }
                        flow.status = FlowStatus::Registered;
                        flow.outbound = outbound;
                    });
                });
                self.take_granted(response);
            }
            RegistrationChange::FlowFailed { why, .. } => self.show(|state| {
                flow(state, &|flow| {
                    flow.status = FlowStatus::Failed;
                    flow.failures += 1;
                    flow.failed_by = Some(*why);
                });
            }),
            RegistrationChange::Failed { .. } | RegistrationChange::Expired => self.show(|state| {
                flow(state, &|flow| flow.status = FlowStatus::Failed);
            }),
            RegistrationChange::Unregistered { outcome } if outcome.code() < 300 => {
                let gone = self.flows.remove(at);
                self.show(|state| {
                    state.flows.remove(at);
                });
                if self.registration == Some(gone.id) {
                    self.registration = self.flows.first().map(|flow| flow.id);
                }
                if self.flows.is_empty() {
                    self.forget_granted();
                }
            }
            RegistrationChange::Unregistered { .. } => {}
        }
        self.choose_flow();
        false
    }

    /// A connection in place of one that is gone (RFC 5626 4.5).
    fn renew_flow(&mut self, now: Instant, at: usize) {
        let Some(flow) = self.flows.get(at) else {
            return;
        };
        let (id, target) = (flow.id, self.connected(flow.target));
        self.flows[at].target = target;
        self.endpoint.form_flow(now, id, target);
    }

    /// Requests outside dialogs take the first flow that works (RFC 5626 4.3).
    fn choose_flow(&mut self) {
        if self.config.profile.registration.flows.is_empty() {
            return;
        }
        let state = self.state.borrow();
        let working = state.flows.iter().position(FlowState::is_registered);
        let outbound = state.flows.iter().any(|flow| flow.outbound);
        drop(state);
        let chosen = working.and_then(|at| self.flows.get(at));
        let target = chosen.map_or_else(|| self.config.server_target(), |flow| Some(flow.target));
        self.addresses.send_to(target);
        self.addresses.ask_for_flow(outbound);
        self.endpoint.config_mut().outbound = target;
    }

    /// What the registrar grants beside the binding: GRUUs (RFC 5627 4.2) and Service-Route
    /// (RFC 3608 6.1).
    fn take_granted(&mut self, response: &Message) {
        let style = &self.config.profile.registration;
        if style.gruu != GruuUse::Off {
            let gruus = self.granted_gruus(response);
            let used = match style.gruu {
                GruuUse::Off => None,
                GruuUse::Public => gruus.public.clone(),
                GruuUse::Temporary => gruus.temporary.clone(),
            };
            self.addresses.present(used, gruus.temporary.clone());
            self.show(|state| state.gruus = Some(gruus));
        }
        if style.service_route {
            let routes: Vec<_> = response
                .values(HeaderName::ServiceRoute)
                .map(str::to_owned)
                .collect();
            self.endpoint.config_mut().service_route.clone_from(&routes);
            self.show(|state| state.service_route = routes);
        }
    }

    fn granted_gruus(&self, response: &Message) -> Gruus {
        let own = self.instance();
        let own = own.as_deref().map(|quoted| quoted.trim_matches('"'));
        let is_own = |contact: &NameAddr| {
            let instance = contact.params.get_unquoted("+sip.instance");
            instance.as_deref() == own
        };
        let contacts = response
            .name_addrs(HeaderName::Contact)
            .filter_map(Result::ok);
        let contact = contacts
            .filter(is_own)
            .find(|contact| contact.params.has("pub-gruu") || contact.params.has("temp-gruu"));
        let uri = |name: &str| {
            let text = contact.as_ref()?.params.get_unquoted(name)?;
            Uri::parse(&text).ok()
        };
        Gruus {
            public: uri("pub-gruu"),
            temporary: uri("temp-gruu"),
        }
    }

    /// What was granted holds no longer than the registration.
    pub(super) fn forget_granted(&mut self) {
        self.addresses.present(None, None);
        self.endpoint.config_mut().service_route.clear();
        self.show(|state| {
            state.gruus = None;
            state.service_route.clear();
        });
    }

    /// Closes the connection of a flow, as a NAT or a proxy that loses it does.
    pub(crate) fn cut_flow(&mut self, number: u32) -> Result<(), PhoneError> {
        self.require_power()?;
        let misuse = |problem: String| PhoneError::Misuse {
            phone: self.config.name.clone(),
            problem,
        };
        let state = self.state.borrow();
        let at = state
            .flows
            .iter()
            .position(|flow| flow.number == Some(number));
        let Some(flow) = at.and_then(|at| self.flows.get(at)) else {
            let known = state.flows.iter().filter_map(|flow| flow.number).count();
            return Err(misuse(format!(
                "it has {known} flows, and none is {number}"
            )));
        };
        match flow.target.connection {
            Some(connection) => {
                let connection = ConnectionId::from_number(connection);
                self.transport.close_connection(connection);
                Ok(())
            }
            None => Err(misuse(format!(
                "flow {number} goes over {} and has no connection to cut: `loses its connection` cuts all of the phone off",
                flow.target.transport
            ))),
        }
    }
}

fn requires_outbound(response: &Message) -> bool {
    response
        .values(HeaderName::Require)
        .any(|tag| tag.eq_ignore_ascii_case("outbound"))
}
