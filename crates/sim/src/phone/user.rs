//! A user with a phone: an endpoint, habits, and a record of what it saw.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{Method, NameAddr, Uri};
use gannet_ua::digest::{Credentials, DigestServer, ServerPolicy};
use gannet_ua::endpoint::{
    Body, CallId, Census, Endpoint, EndpointConfig, RegistrationId, SubscriptionId,
};
use gannet_ua::registrar::Binding;
use gannet_ua::{RegistrationSpec, Target, Transmit};

use super::act::Action;
use super::habits::Habits;
use super::record::{CallRecord, Registering, RequestRecord};
use super::transfer::{Errand, ReferRecord};
use crate::registrar::{PASSWORD, REALM};
use crate::world::Node;

/// The realm of a phone that wants to know who calls.
pub(super) const OWN_REALM: &str = "callee.sim.test";

/// A node that behaves as a person with a phone may: it rings, answers, refuses, hesitates, hangs up
/// at random times. Every choice comes from its seed.
#[derive(Debug)]
pub struct Phone {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    pub(super) start: Instant,
    pub(super) endpoint: Endpoint,
    pub(super) habits: Habits,
    pub(super) rng: fastrand::Rng,
    /// What the user will do, by time and order.
    pub(super) plan: BTreeMap<(Instant, u64), Action>,
    pub(super) planned: u64,
    pub(super) calls: BTreeMap<CallId, CallRecord>,
    pub(super) requests: Vec<RequestRecord>,
    /// The call that the user has put on hold.
    pub(super) holding: Option<CallId>,
    pub(super) refers: BTreeMap<SubscriptionId, ReferRecord>,
    pub(super) errands: Vec<Errand>,
    pub(super) registration: Option<RegistrationId>,
    pub(super) registering: Vec<(Instant, Registering)>,
    /// Judges callers, where the habits ask for it.
    pub(super) doorkeeper: DigestServer,
    pub(super) notes: VecDeque<String>,
}

impl Phone {
    /// A phone at this address; its user part is `name`.
    pub fn new(name: &str, address: SocketAddr, habits: Habits, now: Instant, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut config = EndpointConfig::new(address, rng.u64(..));
        config.session = habits.session;
        config.allow.extend([Method::Refer, Method::Subscribe]);
        let mut endpoint = Endpoint::new(config);
        let password = if habits.wrong_password {
            "wrong"
        } else {
            PASSWORD
        };
        let auth = endpoint.auth_mut();
        auth.add_credentials(Some(REALM), Credentials::password(name, password));
        auth.add_credentials(Some(OWN_REALM), Credentials::password(name, PASSWORD));
        let doorkeeper = DigestServer::new(ServerPolicy::new(OWN_REALM), now, &mut rng);
        Self {
            name: name.to_owned(),
            address,
            start: now,
            endpoint,
            habits,
            rng,
            plan: BTreeMap::new(),
            planned: 0,
            calls: BTreeMap::new(),
            requests: Vec::new(),
            holding: None,
            refers: BTreeMap::new(),
            errands: Vec::new(),
            registration: None,
            registering: Vec::new(),
            doorkeeper,
            notes: VecDeque::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its habits.
    pub const fn habits(&self) -> &Habits {
        &self.habits
    }

    /// The address-of-record.
    pub fn aor(&self) -> Uri {
        Uri::sip(Some(&self.name), REALM, None)
    }

    /// The contact.
    pub fn contact(&self) -> NameAddr {
        NameAddr::new(Uri::at(Some(&self.name), self.address))
    }

    /// What the endpoint keeps.
    pub fn census(&self) -> Census {
        self.endpoint.census()
    }

    /// The calls so far.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls.values()
    }

    /// The requests inside calls so far.
    pub fn requests(&self) -> &[RequestRecord] {
        &self.requests
    }

    /// How the registration went so far.
    pub fn registering(&self) -> &[(Instant, Registering)] {
        &self.registering
    }

    /// True while a call lives or the user has something in mind.
    pub fn is_busy(&self) -> bool {
        !self.plan.is_empty() || self.calls.values().any(|call| call.ended.is_none())
    }

    /// Registers with the registrar at this address.
    pub fn register(&mut self, now: Instant, registrar: SocketAddr) {
        let spec = RegistrationSpec {
            registrar: Uri::sip(None, REALM, None),
            aor: NameAddr::new(self.aor()),
            contact: self.contact(),
            expires: self.habits.expires,
            refresh_before: self.habits.refresh_before,
            retry_after: Some(Duration::from_secs(3)).filter(|_| !self.habits.wrong_password),
            follow_received: false,
            expires_in_contact: self.habits.expires_in_contact,
            headers: Vec::new(),
            routes: Vec::new(),
            destination: Some(Target::new(gannet_sip::Transport::Udp, registrar)),
            policy: gannet_ua::RegistrationPolicy::default(),
        };
        self.registration = Some(self.endpoint.register(now, spec));
        self.note("registers");
        self.react(now);
    }

    /// Removes its contact from the registrar.
    pub fn unregister(&mut self, now: Instant) {
        if let Some(registration) = self.registration {
            self.endpoint.unregister(now, registration);
            self.note("unregisters");
            self.react(now);
        }
    }

    /// Forgets its registration, so that nothing is left to wake for.
    pub fn switch_off(&mut self) {
        if let Some(registration) = self.registration.take() {
            self.endpoint.abandon_registration(registration);
        }
    }

    /// Calls somebody by a binding of the registrar, or directly.
    pub fn call(&mut self, now: Instant, callee: &Uri, binding: Option<&Binding>) {
        let uri = binding
            .and_then(|binding| Uri::parse(&binding.contact).ok())
            .unwrap_or_else(|| callee.clone());
        self.start_call(now, uri, callee.clone(), Vec::new());
        self.react(now);
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push_back(text.into());
    }

    pub(super) fn in_future(&mut self, now: Instant, wait: Duration, action: Action) {
        self.planned += 1;
        self.plan.insert((now + wait, self.planned), action);
    }

    /// A random time up to so many milliseconds.
    pub(super) fn some_time(&mut self, up_to_ms: u64) -> Duration {
        Duration::from_millis(self.rng.u64(0..=up_to_ms))
    }

    pub(super) fn is_in_mood(&mut self, probability: f64) -> bool {
        self.rng.f64() < probability
    }

    pub(super) fn session(&self) -> Body {
        Body::sdp(format!("v=0\r\ns={}\r\n", self.name))
    }
}

impl Node for Phone {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.endpoint.handle_message(now, bytes, source);
        self.react(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.react(now);
        while let Some(entry) = self.plan.first_entry()
            && entry.key().0 <= now
        {
            let action = entry.remove();
            self.act(now, action);
            self.react(now);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let planned = self.plan.first_key_value().map(|((at, _), _)| *at);
        self.endpoint
            .next_deadline()
            .into_iter()
            .chain(planned)
            .min()
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    fn poll_note(&mut self) -> Option<String> {
        self.notes.pop_front()
    }
}
