//! A phone without media and without a task of its own.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use gannet_media::offer_answer::{
    Keyring, LocalMedia, SrtpPolicy, apply_answer, build_answer, build_offer,
};
use gannet_sdp::SessionDescription;
use gannet_sip::{HeaderName, Message, Method, Uri};
use gannet_ua::digest::{AuthTarget, DigestServer, RequestFacts, Secret, ServerPolicy};
use gannet_ua::endpoint::{
    Body, CallId, EndCause, Endpoint, Happening, Outcome, Reply, RequestSpec, SendError,
};
use gannet_ua::{Target, Transmit};

use crate::actor::endpoint_for;
use crate::addresses::Addresses;
use crate::config::{AuthUser, PhoneConfig};
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::signalling_profile::unobeyed;

/// A port for media that nobody opens: what descriptions name where there is no media.
const DISCARD_PORT: u16 = 9;

/// Calls at once, those included that ended within the last 64*T1: 60,000 each second.
const CALLS_MAX: usize = 2_000_000;

/// A phone without media and without a task of its own, for many calls over one socket: the same
/// core, device model, digest and offers and answers as a [`Phone`](crate::Phone). It answers every
/// call at once.
///
/// Input: [`SignallingPhone::handle_message`], [`SignallingPhone::handle_timeout`] at
/// [`SignallingPhone::next_deadline`], and the calls of its user. After each take all of
/// [`SignallingPhone::poll_transmit`] and [`SignallingPhone::poll_event`].
#[derive(Debug)]
pub struct SignallingPhone {
    config: PhoneConfig,
    addresses: Addresses,
    local: SocketAddr,
    endpoint: Endpoint,
    rng: fastrand::Rng,
    /// The calls that have not ended, and our offer in those that are not answered yet: later ones
    /// would begin with the description in the last message.
    calls: HashMap<CallId, Option<SessionDescription>>,
    guard: Option<Guard>,
    events: VecDeque<SignallingEvent>,
}

/// Who may call.
#[derive(Debug)]
struct Guard {
    digest: DigestServer,
    caller: AuthUser,
}

/// What happened to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignallingEvent {
    /// A call of ours was answered, and both sides agree on a codec.
    Answered(CallId),
    /// A call to us was answered, and the caller has acknowledged.
    Confirmed(CallId),
    /// A call is over.
    Ended {
        /// The call.
        call: CallId,
        /// Whether it was answered and ended by a BYE that was answered.
        well: bool,
    },
}

impl SignallingPhone {
    /// A phone at this address. It is not bound to it: its owner has the socket.
    ///
    /// # Errors
    /// If the domain cannot stand in a URI, or the profile sets what needs media, keys or a call that
    /// waits, which such a phone does not have.
    pub fn new(config: PhoneConfig, local: SocketAddr) -> Result<Self, PhoneError> {
        let unobeyed = unobeyed(&config.profile);
        if !unobeyed.is_empty() {
            return Err(PhoneError::Misuse {
                phone: config.name.clone(),
                problem: format!(
                    "profile {} changes {}, which a phone without media does not obey",
                    config.profile.name,
                    unobeyed.join(", ")
                ),
            });
        }
        let addresses = Addresses::new(&config, local).map_err(|error| PhoneError::Misuse {
            phone: config.name.clone(),
            problem: format!(
                "domain \"{}\" cannot stand in a URI: {error}",
                config.domain
            ),
        })?;
        Ok(Self {
            endpoint: endpoint_for(&config, local, config.seed, Some(CALLS_MAX)),
            rng: fastrand::Rng::with_seed(config.seed ^ 1),
            addresses,
            local,
            config,
            calls: HashMap::new(),
            guard: None,
            events: VecDeque::new(),
        })
    }

    /// Only this user may call from now on, and must prove it (RFC 3261 22.2).
    pub fn require(&mut self, now: Instant, realm: &str, caller: AuthUser) {
        let digest = DigestServer::new(ServerPolicy::new(realm), now, &mut self.rng);
        self.guard = Some(Guard { digest, caller });
    }

    /// Calls this URI.
    ///
    /// # Errors
    /// If nothing leads there.
    pub fn call(&mut self, now: Instant, uri: Uri) -> Result<CallId, SendError> {
        let (uri, to, target) = self.addresses.callee(&Destination::Uri(uri));
        let mut spec = RequestSpec::new(Method::Invite, uri, self.addresses.from(), to);
        spec.contact = Some(self.addresses.contact());
        spec.destination = target;
        let local = self.local_media();
        let offer = build_offer(&self.config.profile.sdp, &local);
        spec.body = Some(Body::sdp(offer.to_bytes()));
        let call = self.endpoint.invite(now, spec)?;
        self.calls.insert(call, Some(offer));
        Ok(call)
    }

    /// Ends a call.
    pub fn hang_up(&mut self, now: Instant, call: CallId) {
        self.endpoint.hang_up(now, call);
    }

    /// Calls that have not ended.
    pub fn open_calls(&self) -> usize {
        self.calls.len()
    }

    /// A message came in.
    pub fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        let message = Message::parse(bytes);
        if !self.config.profile.quirks.ignores(&message) {
            self.endpoint.handle_parsed(now, message, source);
        }
        self.drain(now);
    }

    /// A deadline has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.drain(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.endpoint.next_deadline()
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<SignallingEvent> {
        self.events.pop_front()
    }

    fn local_media(&mut self) -> LocalMedia {
        let address = SocketAddr::new(self.local.ip(), DISCARD_PORT);
        let mut local = LocalMedia::new(address, &self.rng.u32(1..1 << 31).to_string(), 1);
        if self.config.profile.sdp.srtp.policy != SrtpPolicy::Off {
            local.keys = Some(Keyring::random(&mut self.rng));
        }
        local
    }

    fn drain(&mut self, now: Instant) {
        while let Some(happening) = self.endpoint.poll_happening() {
            match happening {
                Happening::IncomingCall { call, invite, .. } => {
                    self.handle_call(now, call, &invite);
                }
                Happening::Answered { call, response, .. } => {
                    self.handle_answered(now, call, &response);
                }
                Happening::Confirmed { call, .. } => {
                    self.events.push_back(SignallingEvent::Confirmed(call));
                }
                // Calls that were refused before they rang are none.
                Happening::CallEnded { call, cause } if self.calls.remove(&call).is_some() => {
                    let well = ended_well(&cause);
                    self.events.push_back(SignallingEvent::Ended { call, well });
                }
                Happening::Request { request, .. } => {
                    self.endpoint.respond(now, request, Reply::new(200));
                }
                _ => {}
            }
        }
    }

    fn handle_call(&mut self, now: Instant, call: CallId, invite: &Message) {
        if let Some(reply) = self.refusal(now, invite) {
            self.endpoint.reject(now, call, reply);
            return;
        }
        let local = self.local_media();
        let offer = SessionDescription::parse(invite.body());
        let Ok(answer) = build_answer(&offer, &self.config.profile.sdp, &local) else {
            self.endpoint.reject(now, call, Reply::new(488));
            return;
        };
        let body = Body::sdp(answer.description.to_bytes());
        self.calls.insert(call, None);
        let ring = Reply::new(self.config.profile.incoming.ring_code);
        self.endpoint.ring(now, call, ring);
        let contact = self.addresses.contact();
        let reply = Reply::new(200).body(body);
        self.endpoint.accept(now, call, contact, reply);
    }

    /// The challenge for a caller who has not proven who calls.
    fn refusal(&mut self, now: Instant, invite: &Message) -> Option<Reply> {
        let guard = self.guard.as_mut()?;
        let values: Vec<_> = invite
            .headers_named(HeaderName::Authorization)
            .map(|header| header.unfolded().into_owned())
            .collect();
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let facts = RequestFacts {
            method: "INVITE",
            uri: invite.request_uri_text().unwrap_or_default(),
            body: invite.body(),
        };
        let caller = guard.caller.clone();
        let secrets = move |user: &str, _: &str| {
            (user == caller.user).then(|| Secret::Password(caller.password.clone()))
        };
        let refused = guard.digest.verify(now, &values, &facts, &secrets).err()?;
        let target = AuthTarget::Origin;
        let mut reply = Reply::new(target.status());
        for field in guard.digest.challenge(now, target, refused.is_stale()) {
            reply = reply.header(field.name, field.value);
        }
        Some(reply)
    }

    fn handle_answered(&mut self, now: Instant, call: CallId, response: &Message) {
        let Some(offer) = self.calls.get_mut(&call).and_then(Option::take) else {
            return;
        };
        let answer = SessionDescription::parse(response.body());
        if apply_answer(&offer, &self.config.profile.sdp, &answer).is_ok() {
            self.events.push_back(SignallingEvent::Answered(call));
        } else {
            self.endpoint.hang_up(now, call);
        }
    }
}

fn ended_well(cause: &EndCause) -> bool {
    match cause {
        EndCause::RemoteBye(_) => true,
        EndCause::LocalBye(Outcome::Response(response)) => response.status() == Some(200),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use super::*;
    use crate::profile::ProfileLibrary;

    fn phone(name: &str, port: u16) -> SignallingPhone {
        let profile = ProfileLibrary::shipped().load("generic").unwrap();
        let mut config = PhoneConfig::new(name, profile);
        config.user = name.to_owned();
        config.domain = "test".to_owned();
        config.auth = Some(AuthUser {
            user: "alice".to_owned(),
            password: "secret".to_owned(),
        });
        SignallingPhone::new(config, at(port)).unwrap()
    }

    fn at(port: u16) -> SocketAddr {
        SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
    }

    /// Carries messages between both until there are none.
    fn carry(now: Instant, phones: &mut [SignallingPhone; 2]) {
        loop {
            let mut idle = true;
            for from in 0..2 {
                let source = Target::new(gannet_sip::Transport::Udp, phones[from].local);
                while let Some(transmit) = phones[from].poll_transmit() {
                    idle = false;
                    phones[1 - from].handle_message(now, transmit.bytes, source);
                }
            }
            if idle {
                return;
            }
        }
    }

    #[test]
    fn what_the_phone_cannot_obey_is_refused_by_name() {
        let table = [
            ("dtmf.way", "info", "[dtmf]"),
            ("rtp.ports", "[20000, 20010]", "[rtp]"),
            ("outgoing.privacy", "id", "outgoing.privacy"),
        ];
        for (key, value, named) in table {
            let mut config = phone("alice", 5061).config;
            let profile = config.profile.with_override(key, value).unwrap();
            config.profile = std::sync::Arc::new(profile);
            let refused = SignallingPhone::new(config, at(5061)).unwrap_err();
            assert!(refused.to_string().contains(named), "{refused}");
        }
    }

    #[test]
    fn requests_that_the_device_ignores_get_no_answer() {
        let now = Instant::now();
        let mut config = phone("bob", 5062).config;
        let profile = config.profile.with_override("quirks.ignores-bye", "true");
        config.profile = std::sync::Arc::new(profile.unwrap());
        let bob = SignallingPhone::new(config, at(5062)).unwrap();
        let mut phones = [phone("alice", 5061), bob];
        let uri = Uri::parse("sip:bob@127.0.0.1:5062").unwrap();
        let call = phones[0].call(now, uri).unwrap();
        carry(now, &mut phones);
        phones[0].hang_up(now, call);
        carry(now, &mut phones);
        assert_eq!([phones[0].open_calls(), phones[1].open_calls()], [1, 1]);
    }

    #[test]
    fn a_call_is_challenged_answered_and_ended() {
        let now = Instant::now();
        let mut phones = [phone("alice", 5061), phone("bob", 5062)];
        let caller = phones[0].config.auth.clone().unwrap();
        phones[1].require(now, "test", caller);
        let uri = Uri::parse("sip:bob@127.0.0.1:5062").unwrap();
        let call = phones[0].call(now, uri.clone()).unwrap();
        carry(now, &mut phones);
        assert_eq!(
            phones[0].poll_event(),
            Some(SignallingEvent::Answered(call))
        );
        assert!(matches!(
            phones[1].poll_event(),
            Some(SignallingEvent::Confirmed(_))
        ));
        assert_eq!([phones[0].open_calls(), phones[1].open_calls()], [1, 1]);
        phones[0].hang_up(now, call);
        carry(now, &mut phones);
        for phone in &mut phones {
            let Some(SignallingEvent::Ended { well, .. }) = phone.poll_event() else {
                panic!("a call that has not ended");
            };
            assert!(well);
            assert_eq!(phone.open_calls(), 0);
        }
        // Nothing is remembered of it after 64*T1.
        for phone in &mut phones {
            while let Some(deadline) = phone.next_deadline() {
                assert!(deadline < now + Duration::from_secs(40));
                phone.handle_timeout(deadline);
            }
        }

        let wrong = AuthUser {
            user: "alice".to_owned(),
            password: "other".to_owned(),
        };
        phones[1].require(now, "test", wrong);
        phones[0].call(now, uri).unwrap();
        carry(now, &mut phones);
        let ended = phones[0].poll_event();
        assert!(matches!(
            ended,
            Some(SignallingEvent::Ended { well: false, .. })
        ));
    }
}
