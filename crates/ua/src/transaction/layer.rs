//! The transaction layer: every message meets its state machine here.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{Message, Method, StartLine};

use super::effect::{Effect, Effects};
use super::event::{TransactionEvent, TransactionId};
use super::invite_client::InviteClient;
use super::invite_server::InviteServer;
use super::key::{cancelled_key, client_key, merge_key, server_key};
use super::non_invite_client::NonInviteClient;
use super::non_invite_server::NonInviteServer;
use super::table::{Machine, Route, Table};
use crate::target::{Target, Transmit};
use crate::timers::{OwnTimers, Timers, Trying};

/// More transactions than this at once and new requests are dropped, counted in
/// [`TransactionLayer::refused`], unless [`TransactionLayer::set_max`] says otherwise.
const TRANSACTIONS_MAX: usize = 500_000;

/// All transactions of one user agent or server.
///
/// Put in messages by [`handle_message`](Self::handle_message), the passing of time by
/// [`handle_timeout`](Self::handle_timeout) once [`next_deadline`](Self::next_deadline) has come,
/// requests and responses by [`send_request`](Self::send_request) and
/// [`respond`](Self::respond). After each of these take all of
/// [`poll_transmit`](Self::poll_transmit), then all of [`poll_event`](Self::poll_event).
#[derive(Debug)]
pub struct TransactionLayer {
    timers: Timers,
    own_timers: OwnTimers,
    table: Table,
    transmits: VecDeque<Transmit>,
    events: VecDeque<TransactionEvent>,
    refused: u64,
    transactions_max: usize,
}

impl TransactionLayer {
    /// A layer without transactions.
    pub fn new(timers: Timers) -> Self {
        Self {
            timers,
            own_timers: OwnTimers::default(),
            table: Table::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            refused: 0,
            transactions_max: TRANSACTIONS_MAX,
        }
    }

    /// Changes the timers of transactions that start from now on.
    pub const fn set_timers(&mut self, timers: Timers) {
        self.timers = timers;
    }

    /// Changes times that do not follow from them, for transactions that start from now on.
    pub const fn set_own_timers(&mut self, own_timers: OwnTimers) {
        self.own_timers = own_timers;
    }

    /// Changes how many transactions there may be before new requests are dropped.
    pub const fn set_max(&mut self, transactions_max: usize) {
        self.transactions_max = transactions_max;
    }

    /// Starts a client transaction. ACK is no transaction: use [`send_once`](Self::send_once).
    pub fn send_request(
        &mut self,
        now: Instant,
        request: Message,
        target: Target,
    ) -> TransactionId {
        let mut effects = Effects::new();
        let key = client_key(&request).unwrap_or_default();
        let reliable = target.transport.is_reliable();
        let timers = (self.timers, self.own_timers);
        let machine = if request.method() == Some(Method::Invite) {
            let machine = InviteClient::start(request, reliable, timers, now, &mut effects);
            Machine::InviteClient(machine)
        } else {
            let machine = NonInviteClient::start(request, reliable, timers, now, &mut effects);
            Machine::NonInviteClient(machine)
        };
        let id = self.table.insert(machine, Route::to(target), key, None);
        self.carry_out(id, target, effects);
        id
    }

    /// Sends bytes outside any transaction: the ACK for a 2xx.
    pub fn send_once(&mut self, bytes: Bytes, target: Target) {
        self.transmits.push_back(Transmit { target, bytes });
    }

    /// Sends a response. Responses to a transaction that has ended are dropped.
    pub fn respond(&mut self, now: Instant, id: TransactionId, code: u16, response: Bytes) {
        let Some(entry) = self.table.get_mut(id) else {
            return;
        };
        let target = entry.target;
        let mut effects = Effects::new();
        match &mut entry.machine {
            Machine::InviteServer(machine) => machine.respond(code, response, now, &mut effects),
            Machine::NonInviteServer(machine) => machine.respond(code, response, now, &mut effects),
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => {}
        }
        self.carry_out(id, target, effects);
    }

    /// Ends a transaction without a word to anybody: nobody waits for it any more.
    pub fn abandon(&mut self, id: TransactionId) {
        self.table.remove(id);
    }

    /// A message from the transport.
    pub fn handle_message(&mut self, now: Instant, message: Message, source: Target) {
        match message.start_line() {
            StartLine::Status { .. } => self.handle_response(now, message, source),
            StartLine::Request { .. } => self.handle_request(now, message, source),
            StartLine::Malformed(_) => {
                self.events
                    .push_back(TransactionEvent::Unusable { message, source });
            }
        }
    }

    fn handle_response(&mut self, now: Instant, message: Message, source: Target) {
        let id = client_key(&message).and_then(|key| self.table.client(&key));
        let Some((id, entry)) = id.and_then(|id| Some((id, self.table.get_mut(id)?))) else {
            self.events
                .push_back(TransactionEvent::StrayResponse { message, source });
            return;
        };
        let target = entry.target;
        let mut effects = Effects::new();
        match &mut entry.machine {
            Machine::InviteClient(machine) => machine.handle_response(message, now, &mut effects),
            Machine::NonInviteClient(machine) => {
                machine.handle_response(message, now, &mut effects);
            }
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => {}
        }
        self.carry_out(id, target, effects);
    }

    fn handle_request(&mut self, now: Instant, message: Message, source: Target) {
        let Some(key) = server_key(&message) else {
            self.events
                .push_back(TransactionEvent::Unusable { message, source });
            return;
        };
        let method = message.method();
        if let Some(id) = self.table.server(&key) {
            self.handle_known_request(now, id, message, source);
        } else if method == Some(Method::Ack) {
            self.events
                .push_back(TransactionEvent::Ack { message, source });
        } else {
            self.start_server(now, key, message, source);
        }
    }

    fn handle_known_request(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
    ) {
        let Some(entry) = self.table.get_mut(id) else {
            return;
        };
        let target = entry.target;
        let mut effects = Effects::new();
        match &mut entry.machine {
            Machine::InviteServer(machine) if message.method() == Some(Method::Ack) => {
                if machine.handle_ack(now, &mut effects) {
                    self.events
                        .push_back(TransactionEvent::Ack { message, source });
                }
            }
            Machine::InviteServer(machine) => machine.handle_retransmission(&mut effects),
            Machine::NonInviteServer(machine) => machine.handle_retransmission(&mut effects),
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => {}
        }
        self.carry_out(id, target, effects);
    }

    fn start_server(&mut self, now: Instant, key: String, message: Message, source: Target) {
        if self.table.len() >= self.transactions_max {
            self.refused += 1;
            return;
        }
        let reliable = source.transport.is_reliable();
        let merge = merge_key(&message);
        let merged = merge
            .as_ref()
            .is_some_and(|merge| self.table.merged(merge).is_some());
        let machine = if message.method() == Some(Method::Invite) {
            let request = (message.clone(), source.address);
            let timers = (self.timers, self.own_timers);
            Machine::InviteServer(InviteServer::start(request, reliable, timers, now))
        } else {
            Machine::NonInviteServer(NonInviteServer::start(reliable, self.timers, now))
        };
        let route = if reliable {
            Route {
                target: source,
                fallback: reconnect_target(&message, source),
            }
        } else {
            Route::to(via_target(&message, source).unwrap_or(source))
        };
        let id = self
            .table
            .insert(machine, route, key, merge.filter(|_| !merged));
        if self.own_timers.trying == Trying::After(Duration::ZERO) {
            // Before anybody else can answer.
            self.handle_timeout(now);
        }
        let event = if message.method() == Some(Method::Cancel) {
            let invite = cancelled_key(&message).and_then(|key| self.table.server(&key));
            let open = invite.filter(|id| self.is_proceeding(*id));
            let matches = invite.is_some();
            TransactionEvent::Cancel {
                id,
                invite: open,
                matches,
                message,
                source,
            }
        } else {
            TransactionEvent::Request {
                id,
                message,
                source,
                merged,
            }
        };
        self.events.push_back(event);
    }

    fn is_proceeding(&self, id: TransactionId) -> bool {
        let machine = self.table.get(id).map(|entry| &entry.machine);
        matches!(machine, Some(Machine::InviteServer(machine)) if machine.is_proceeding())
    }

    /// The transport could not deliver to `target`: its client transactions end
    /// (RFC 3261 17.1.4). Server transactions go on (RFC 6026 8.8); if their connection is the one
    /// that failed, later responses go to the address in Via (RFC 3261 18.2.2).
    pub fn handle_transport_failure(&mut self, target: Target) {
        for id in self.table.towards(target) {
            let Some(entry) = self.table.get_mut(id) else {
                continue;
            };
            let tell = match &mut entry.machine {
                Machine::InviteClient(machine) => machine.fail(),
                Machine::NonInviteClient(machine) => machine.fail(),
                Machine::InviteServer(_) | Machine::NonInviteServer(_) => {
                    entry.target = entry.fallback.unwrap_or(entry.target);
                    false
                }
            };
            self.table.settle(id);
            if tell {
                self.events
                    .push_back(TransactionEvent::TransportFailed { id });
            }
        }
    }

    /// Fires every timer that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(id) = self.table.due(now) {
            let Some(entry) = self.table.get_mut(id) else {
                break;
            };
            let target = entry.target;
            let mut effects = Effects::new();
            match &mut entry.machine {
                Machine::InviteClient(machine) => machine.handle_timeout(now, &mut effects),
                Machine::NonInviteClient(machine) => machine.handle_timeout(now, &mut effects),
                Machine::InviteServer(machine) => machine.handle_timeout(now, &mut effects),
                Machine::NonInviteServer(machine) => machine.handle_timeout(now, &mut effects),
            }
            self.carry_out(id, target, effects);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) must be called next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.table.next_deadline()
    }

    /// The next bytes to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<TransactionEvent> {
        self.events.pop_front()
    }

    /// The request of a client transaction that still lives.
    pub fn request(&self, id: TransactionId) -> Option<&Message> {
        match &self.table.get(id)?.machine {
            Machine::InviteClient(machine) => Some(machine.request()),
            Machine::NonInviteClient(machine) => Some(machine.request()),
            Machine::InviteServer(_) | Machine::NonInviteServer(_) => None,
        }
    }

    /// How many transactions live.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// True if none lives.
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// Requests dropped because there were too many transactions.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn carry_out(&mut self, id: TransactionId, target: Target, effects: Effects) {
        for effect in effects {
            let event = match effect {
                Effect::Send(bytes) => {
                    self.transmits.push_back(Transmit { target, bytes });
                    continue;
                }
                Effect::Response(message) => TransactionEvent::Response { id, message },
                Effect::TimedOut => TransactionEvent::TimedOut { id },
                Effect::AckMissing => TransactionEvent::AckMissing { id },
                Effect::AckReceived => TransactionEvent::FailureAcknowledged { id },
                Effect::Unanswered => TransactionEvent::Unanswered { id },
            };
            self.events.push_back(event);
        }
        self.table.settle(id);
    }
}

/// Where the top Via says that responses go after `received` and `rport` were filled in
/// (RFC 3261 18.2.2, RFC 3581 4).
fn via_target(request: &Message, source: Target) -> Option<Target> {
    let via = request.top_via().ok()?;
    Some(Target {
        address: via.response_address(source.address)?,
        connection: None,
        ..source
    })
}

/// The same for a connection that is gone: the source address with the port of sent-by, where its
/// owner listens (RFC 3261 18.2.2).
fn reconnect_target(request: &Message, source: Target) -> Option<Target> {
    let port = request.top_via().ok()?.port();
    let port = port.unwrap_or(source.transport.default_port());
    Some(Target::new(
        source.transport,
        SocketAddr::new(source.address.ip(), port),
    ))
}
