//! A registrar with digest authentication.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method, Uri};
use gannet_ua::digest::{AuthTarget, DigestServer, Refusal, RequestFacts, Secret, ServerPolicy};
use gannet_ua::endpoint::{Census, Endpoint, EndpointConfig, Happening, Reply};
use gannet_ua::registrar::{
    Binding, Location, LocationPolicy, RegisterRequest, RequestedContact, Source,
};
use gannet_ua::{Target, Transmit};

use crate::world::Node;

/// The password of every user.
pub(crate) const PASSWORD: &str = "gannet";
/// The realm of the registrar.
pub(crate) const REALM: &str = "sim.test";

/// What a registrar is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegistrarHabits {
    /// The shortest lifetime granted, seconds.
    pub min_expires_s: u32,
    /// The longest lifetime granted, seconds.
    pub max_expires_s: u32,
    /// How long a nonce may be used.
    pub nonce_lifetime: Duration,
    /// Probability of answering 503 with Retry-After.
    pub unavailable: f64,
}

impl RegistrarHabits {
    /// Habits that a seed chooses.
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        Self {
            min_expires_s: if rng.u8(0..4) == 0 { 60 } else { 1 },
            max_expires_s: rng.u32(60..=180),
            nonce_lifetime: Duration::from_secs(rng.u64(3..=120)),
            unavailable: if rng.u8(0..4) == 0 { 0.2 } else { 0.0 },
        }
    }
}

/// An endpoint that answers REGISTER, with the store behind it.
#[derive(Debug)]
pub struct Registrar {
    address: SocketAddr,
    habits: RegistrarHabits,
    endpoint: Endpoint,
    digest: DigestServer,
    location: Location,
    rng: fastrand::Rng,
    notes: VecDeque<String>,
}

impl Registrar {
    /// A registrar without bindings.
    pub fn new(address: SocketAddr, habits: RegistrarHabits, now: Instant, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut config = EndpointConfig::new(address, rng.u64(..));
        config.allow = vec![Method::Register, Method::Options];
        let mut policy = ServerPolicy::new(REALM);
        policy.nonce_lifetime = habits.nonce_lifetime;
        let policy_of_store = LocationPolicy {
            min_expires_s: habits.min_expires_s,
            max_expires_s: habits.max_expires_s,
            ..LocationPolicy::default()
        };
        Self {
            address,
            habits,
            endpoint: Endpoint::new(config),
            digest: DigestServer::new(policy, now, &mut rng),
            location: Location::new(policy_of_store),
            rng,
            notes: VecDeque::new(),
        }
    }

    /// The bindings of an address-of-record.
    pub fn bindings(&self, now: Instant, aor: &str) -> Vec<&Binding> {
        self.location.bindings(now, aor)
    }

    /// True if nobody is registered.
    pub fn is_empty(&self, now: Instant) -> bool {
        self.location.aors(now).next().is_none()
    }

    /// What the endpoint keeps.
    pub fn census(&self) -> Census {
        self.endpoint.census()
    }

    fn react(&mut self, now: Instant) {
        while let Some(happening) = self.endpoint.poll_happening() {
            if let Happening::Request {
                request,
                message,
                source,
                ..
            } = happening
            {
                let reply = self.answer(now, &message, source);
                self.endpoint.respond(now, request, reply);
            }
        }
        while let Some(event) = self.location.poll_event() {
            self.notes.push_back(format!(
                "{} {:?} {}",
                event.aor, event.change, event.binding.contact
            ));
        }
    }

    fn answer(&mut self, now: Instant, message: &Message, source: Target) -> Reply {
        if message.method() != Some(Method::Register) {
            return Reply::new(200);
        }
        if self.rng.f64() < self.habits.unavailable {
            return Reply::new(503).header("Retry-After", "2");
        }
        match self.user_of(now, message) {
            Ok(user) => self.update(now, &user, message, source),
            Err(Refusal::Malformed(_)) => Reply::new(400),
            Err(refusal) => {
                let stale = refusal.is_stale();
                let fields = self.digest.challenge(now, AuthTarget::Origin, stale);
                fields.into_iter().fold(Reply::new(401), |reply, field| {
                    reply.header(field.name, field.value)
                })
            }
        }
    }

    fn user_of(&mut self, now: Instant, message: &Message) -> Result<String, Refusal> {
        let values: Vec<_> = message
            .headers_named(HeaderName::Authorization)
            .filter_map(|header| header.text())
            .collect();
        let facts = RequestFacts {
            method: Method::Register.as_str(),
            uri: message.request_uri_text().unwrap_or_default(),
            body: message.body_all(),
        };
        let secrets =
            |_: &str, _: &str| -> Option<Secret> { Some(Secret::Password(PASSWORD.to_owned())) };
        let accepted = self.digest.verify(now, &values, &facts, &secrets)?;
        Ok(accepted.username)
    }

    fn update(&mut self, now: Instant, user: &str, message: &Message, source: Target) -> Reply {
        let Ok(to) = message.to() else {
            return Reply::new(400);
        };
        if to.uri.user_decoded().as_deref() != Some(user) {
            return Reply::new(403);
        }
        let contacts: Vec<_> = message
            .name_addrs(HeaderName::Contact)
            .filter_map(Result::ok)
            .map(|contact| RequestedContact::Address {
                uri: contact.uri.to_string(),
                expires: contact.params.get("expires").and_then(|e| e.parse().ok()),
                q: None,
                instance_id: None,
                reg_id: None,
            })
            .collect();
        let request = RegisterRequest {
            aor: &to.uri.to_aor().to_string(),
            call_id: message.call_id().unwrap_or_default(),
            cseq: message.cseq().map_or(0, |cseq| cseq.number),
            contacts: &contacts,
            expires: message.number(HeaderName::Expires).ok(),
            source: Source {
                received: Some(source.address),
                flow: None,
            },
            path: &[],
        };
        let same = |one: &str, other: &str| match (Uri::parse(one), Uri::parse(other)) {
            (Ok(one), Ok(other)) => one.is_equivalent(&other),
            _ => one == other,
        };
        match self.location.update(now, &request, &same) {
            Ok(bindings) => bindings.iter().fold(Reply::new(200), |reply, binding| {
                let contact = format!("<{}>;expires={}", binding.contact, binding.expires_in(now));
                reply.header("Contact", contact)
            }),
            Err(refusal) => {
                let reply = Reply::new(refusal.status());
                match refusal.min_expires() {
                    Some(seconds) => reply.header("Min-Expires", seconds.to_string()),
                    None => reply,
                }
            }
        }
    }
}

impl Node for Registrar {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.endpoint.handle_message(now, bytes, source);
        self.react(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.location.expire(now);
        self.react(now);
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.endpoint
            .next_deadline()
            .into_iter()
            .chain(self.location.next_deadline())
            .min()
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    fn poll_note(&mut self) -> Option<String> {
        self.notes.pop_front()
    }
}
