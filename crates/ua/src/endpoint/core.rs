//! The endpoint: one user agent's transactions, calls, registrations and subscriptions.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{
    HeaderName, Message, MessageBuilder, Method, NameAddr, Transport, Uri, host_text,
};
use thiserror::Error;

use super::agenda::Agenda;
use super::call::Call;
use super::client::{ClientRequest, Purpose};
use super::command::RequestSpec;
use super::config::{EndpointConfig, MessageKind};
use super::dialog_index::DialogIndex;
use super::fixed_replies::FixedReply;
use super::happening::{
    CallId, Happening, NoticeId, Outcome, PublicationId, RegistrationId, RequestId, SubscriptionId,
};
use super::identity::locate;
use super::incoming::Incoming;
use super::usage::Homes;
use crate::digest::ClientAuth;
use crate::hashing::HashMap;
use crate::notice::Notice;
use crate::publication::Publication;
use crate::registration::Registration;
use crate::subscription::Subscription;
use crate::target::{Target, Transmit};
use crate::transaction::{TransactionEvent, TransactionId, TransactionLayer};

/// Why a request cannot be sent at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendError {
    /// The next hop is a name without a known address.
    #[error("no address is known for \"{host}\": name it under hosts or set an outbound proxy")]
    NoAddress {
        /// The host of the next hop.
        host: String,
    },
    /// The call is not there, or not in a state that allows the request.
    #[error("the call has no dialog for this request")]
    NoDialog,
    /// A re-INVITE has to wait until the INVITE on its way, in either direction, is done
    /// (RFC 3261 14.1).
    #[error("another INVITE of the call is on its way")]
    InviteInProgress,
    /// An offer has to wait until the one before it, of either side, is answered (RFC 3264 4,
    /// RFC 3311 5.1).
    #[error("an offer of the call has no answer yet")]
    OfferInProgress,
    /// The other side has said which methods it takes, or has said nothing, and the method is not
    /// among them (RFC 3311 5.1).
    #[error("the other side does not take {method}: its Allow is {}", allow.as_deref().unwrap_or("missing"))]
    NotAllowed {
        /// The method.
        method: Method,
        /// The methods of its Allow, if it sent one.
        allow: Option<String>,
    },
    /// The INVITE does not let its provisional responses be sent reliably (RFC 3262 3).
    #[error(
        "the INVITE has 100rel neither in Supported nor in Require, or this side does not know it"
    )]
    Unreliable,
    /// No reliable provisional response waits for this PRACK.
    #[error("no reliable provisional response waits for PRACK")]
    NothingToAcknowledge,
}

/// A user-agent core without I/O.
///
/// Inputs: [`handle_message`](Self::handle_message),
/// [`handle_transport_failure`](Self::handle_transport_failure),
/// [`handle_timeout`](Self::handle_timeout) when [`next_deadline`](Self::next_deadline) has come,
/// and the commands ([`invite`](Self::invite), [`accept`](Self::accept), ...). After each of them
/// drain [`poll_transmit`](Self::poll_transmit), then
/// [`poll_happening`](Self::poll_happening), then ask for the deadline again.
///
/// By itself it answers CANCEL and BYE of its calls and NOTIFY of its subscriptions, refuses what
/// RFC 3261 8.2 and 12.2.2 say must be refused, sends ACK, repeats 2xx until ACK, ends extra forks,
/// tells subscribers of their end who did not refresh in time, and answers digest challenges. Every other request is a [`Happening::Request`] for its owner.
#[derive(Debug)]
pub struct Endpoint {
    pub(crate) config: EndpointConfig,
    pub(crate) transactions: TransactionLayer,
    pub(crate) auth: ClientAuth,
    pub(crate) rng: fastrand::Rng,
    pub(crate) requests: BTreeMap<RequestId, ClientRequest>,
    pub(crate) by_transaction: HashMap<TransactionId, RequestId>,
    /// Boxed, as all below that are large: the nodes of a tree that grows at its end stay half empty,
    /// and many an endpoint has only one of a kind.
    pub(crate) calls: BTreeMap<CallId, Box<Call>>,
    /// Calls by Call-ID and local tag.
    pub(crate) by_dialog: DialogIndex,
    /// INVITE client transactions whose 2xx may still be repeated.
    pub(crate) by_invite: HashMap<TransactionId, CallId>,
    /// Calls by the server transaction of their first INVITE.
    pub(crate) by_server: HashMap<TransactionId, CallId>,
    pub(crate) call_agenda: Agenda<CallId>,
    pub(crate) incoming: BTreeMap<TransactionId, Incoming>,
    pub(crate) registrations: BTreeMap<RegistrationId, Box<Registration>>,
    pub(crate) registration_agenda: Agenda<RegistrationId>,
    pub(crate) subscriptions: BTreeMap<SubscriptionId, Box<Subscription>>,
    pub(crate) subscription_agenda: Agenda<SubscriptionId>,
    /// Subscriptions by Call-ID and local tag of the SUBSCRIBE that began them.
    pub(crate) by_subscription: HashMap<(String, String), SubscriptionId>,
    pub(crate) publications: BTreeMap<PublicationId, Box<Publication>>,
    pub(crate) publication_agenda: Agenda<PublicationId>,
    pub(crate) notices: BTreeMap<NoticeId, Box<Notice>>,
    pub(crate) notice_agenda: Agenda<NoticeId>,
    /// The dialogs of subscriptions of both kinds.
    pub(crate) homes: Homes,
    /// Requests that are answered by rule.
    pub(crate) fixed_replies: Vec<FixedReply>,
    happenings: VecDeque<Happening>,
    pub(crate) last_request: u64,
    pub(crate) last_call: u64,
    pub(crate) last_other: u64,
}

impl Endpoint {
    /// An endpoint without calls.
    pub fn new(config: EndpointConfig) -> Self {
        let mut transactions = TransactionLayer::new(config.timers);
        transactions.set_max(config.transactions_max);
        transactions.set_own_timers(config.own_timers);
        Self {
            transactions,
            rng: fastrand::Rng::with_seed(config.seed),
            config,
            auth: ClientAuth::default(),
            requests: BTreeMap::new(),
            by_transaction: HashMap::default(),
            calls: BTreeMap::new(),
            by_dialog: DialogIndex::default(),
            by_invite: HashMap::default(),
            by_server: HashMap::default(),
            call_agenda: Agenda::new(),
            incoming: BTreeMap::new(),
            registrations: BTreeMap::new(),
            registration_agenda: Agenda::new(),
            subscriptions: BTreeMap::new(),
            subscription_agenda: Agenda::new(),
            by_subscription: HashMap::default(),
            publications: BTreeMap::new(),
            publication_agenda: Agenda::new(),
            notices: BTreeMap::new(),
            notice_agenda: Agenda::new(),
            homes: Homes::default(),
            fixed_replies: Vec::new(),
            happenings: VecDeque::new(),
            last_request: 0,
            last_call: 0,
            last_other: 0,
        }
    }

    /// The settings.
    pub const fn config(&self) -> &EndpointConfig {
        &self.config
    }

    /// The settings, to change what is sent from now on. Timers of open transactions stay.
    pub const fn config_mut(&mut self) -> &mut EndpointConfig {
        &mut self.config
    }

    /// Credentials for challenges.
    pub const fn auth_mut(&mut self) -> &mut ClientAuth {
        &mut self.auth
    }

    /// A message from the transport.
    pub fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.handle_parsed(now, Message::parse(bytes), source);
    }

    /// The same, where its user has looked into the message already.
    pub fn handle_parsed(&mut self, now: Instant, message: Message, source: Target) {
        self.transactions.set_timers(self.config.timers);
        self.transactions.handle_message(now, message, source);
        self.drain_transactions(now);
    }

    /// The transport could not deliver to `target`.
    pub fn handle_transport_failure(&mut self, now: Instant, target: Target) {
        self.transactions.handle_transport_failure(target);
        self.drain_transactions(now);
        self.flows_unreachable(now, target);
    }

    /// Fires everything that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.transactions.handle_timeout(now);
        self.drain_transactions(now);
        self.handle_call_timeouts(now);
        self.handle_registration_timeouts(now);
        self.handle_subscription_timeouts(now);
        self.handle_notice_timeouts(now);
        self.handle_publication_timeouts(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) must be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        [
            self.transactions.next_deadline(),
            self.call_agenda.first(),
            self.registration_agenda.first(),
            self.subscription_agenda.first(),
            self.notice_agenda.first(),
            self.publication_agenda.first(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transactions.poll_transmit()
    }

    /// The next thing that happened.
    pub fn poll_happening(&mut self) -> Option<Happening> {
        self.happenings.pop_front()
    }

    /// Sends a request outside any dialog; its end is a [`Happening::RequestDone`].
    pub fn request(&mut self, now: Instant, mut spec: RequestSpec) -> Result<RequestId, SendError> {
        self.preload(&mut spec);
        let target = self.target_of(&spec)?;
        let tag = self.config.identifiers.tag(&mut self.rng);
        let call_id = self.call_id_for(&spec);
        let cseq = self.config.identifiers.first_cseq(&mut self.rng);
        let method = spec.method.clone();
        let builder = build(spec, &tag, &call_id, cseq);
        Ok(self.launch(now, method, builder, target, Purpose::Plain(None)))
    }

    pub(crate) fn call_id_for(&mut self, spec: &RequestSpec) -> String {
        match &spec.call_id {
            Some(call_id) => call_id.clone(),
            None => self
                .config
                .identifiers
                .call_id(&mut self.rng, self.config.local),
        }
    }

    /// Where a request outside a dialog goes (RFC 3261 8.1.2).
    pub(crate) fn target_of(&self, spec: &RequestSpec) -> Result<Target, SendError> {
        if let Some(target) = spec.destination {
            return Ok(target);
        }
        if let Some(outbound) = self.config.outbound.filter(|_| self.config.outbound_always) {
            return Ok(outbound);
        }
        let route = spec
            .routes
            .first()
            .and_then(|text| NameAddr::parse("Route", text).ok());
        let next_hop = route.map_or_else(|| spec.uri.clone(), |route| route.uri);
        self.locate(&next_hop)
    }

    pub(crate) fn locate(&self, uri: &Uri) -> Result<Target, SendError> {
        locate(&self.config, uri).ok_or_else(|| SendError::NoAddress {
            host: uri.host.clone(),
        })
    }

    pub(crate) fn via(&self, transport: Transport, branch: &str) -> String {
        let (local, token) = (self.config.local, transport.as_str());
        let (host, port) = (host_text(local.ip()), local.port());
        let rport = if self.config.rport { ";rport" } else { "" };
        format!("SIP/2.0/{token} {host}:{port};branch={branch}{rport}")
    }

    pub(crate) fn dress(&self, message: &mut MessageBuilder, kind: &MessageKind) {
        if let Some(dress) = &self.config.dress {
            dress.dress(message, kind);
        }
    }

    pub(crate) fn happen(&mut self, happening: Happening) {
        self.happenings.push_back(happening);
    }

    fn drain_transactions(&mut self, now: Instant) {
        while let Some(event) = self.transactions.poll_event() {
            match event {
                TransactionEvent::Response { id, message } => {
                    self.handle_client_response(now, id, message);
                }
                TransactionEvent::TimedOut { id } => {
                    self.handle_client_failure(now, id, Outcome::Timeout);
                }
                TransactionEvent::TransportFailed { id } => {
                    self.handle_client_failure(now, id, Outcome::TransportFailed);
                }
                TransactionEvent::Request {
                    id,
                    message,
                    source,
                    merged,
                } => {
                    self.handle_request(now, id, message, source, merged);
                }
                TransactionEvent::Cancel {
                    id,
                    invite,
                    matches,
                    message,
                    source,
                } => {
                    self.handle_cancel(now, (id, invite, matches), message, source);
                }
                TransactionEvent::Ack { message, .. } => self.handle_ack(now, message),
                TransactionEvent::Unanswered { id } => self.handle_unanswered(id),
                TransactionEvent::FailureAcknowledged { .. }
                | TransactionEvent::AckMissing { .. } => {}
                TransactionEvent::StrayResponse { message, .. } => {
                    let why = "a response that belongs to no request";
                    self.happen(Happening::Dropped { message, why });
                }
                TransactionEvent::Unusable { message, .. } => {
                    let why = "neither a request nor a response with Via, CSeq and Call-ID";
                    self.happen(Happening::Dropped { message, why });
                }
            }
        }
    }
}

/// A request outside a dialog without Via (RFC 3261 8.1.1).
pub(crate) fn build(spec: RequestSpec, tag: &str, call_id: &str, cseq: u32) -> MessageBuilder {
    let mut request = MessageBuilder::request(&spec.method, &spec.uri);
    for route in spec.routes {
        request.push(HeaderName::Route, route);
    }
    request.push(HeaderName::MaxForwards, "70");
    let mut from = spec.from;
    if !tag.is_empty() {
        from.params.set("tag", tag);
    }
    request.push_value(HeaderName::From, from);
    request.push_value(HeaderName::To, spec.to);
    request.push(HeaderName::CallId, call_id);
    request.push_value(HeaderName::CSeq, format_args!("{cseq} {}", spec.method));
    if let Some(contact) = spec.contact {
        request.push_value(HeaderName::Contact, contact);
    }
    add_headers(&mut request, spec.headers);
    if let Some(body) = spec.body {
        request.set_body(&body.content_type, body.bytes);
    }
    request
}

/// Adds the user's header fields; the ones that may stand once replace what is there.
pub(crate) fn add_headers(message: &mut MessageBuilder, headers: Vec<(String, String)>) {
    const SINGLE: [HeaderName; 10] = [
        HeaderName::MaxForwards,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::CSeq,
        HeaderName::Contact,
        HeaderName::ContentType,
        HeaderName::ContentLength,
        HeaderName::Expires,
        HeaderName::Via,
    ];
    for (name, value) in headers {
        if SINGLE.contains(&HeaderName::from_bytes(name.as_bytes())) {
            message.set(name, value);
        } else {
            message.push(name, value);
        }
    }
}
