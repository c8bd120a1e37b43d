//! The transaction layer: every message meets its state machine here.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{Message, Method, StartLine};

use super::effect::Effect;
use super::invite_client::InviteClient;
use super::invite_server::InviteServer;
use super::key::{cancelled_key, client_key, merge_key, server_key};
use super::non_invite_client::NonInviteClient;
use super::non_invite_server::NonInviteServer;
use super::table::{Machine, Table};
use crate::respond::response_to;
use crate::target::{Target, Transmit};
use crate::timers::Timers;

/// More transactions than this at once and new requests are dropped, counted in
/// [`TransactionLayer::refused`].
const TRANSACTIONS_MAX: usize = 500_000;

/// Number of a transaction, never used again within its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionId(pub(crate) u64);

/// What the layer tells the transaction user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionEvent {
    /// A response to a request of ours; for INVITE every 2xx, also repeated ones.
    Response {
        /// The client transaction.
        id: TransactionId,
        /// The response.
        message: Message,
    },
    /// Timer B or F fired: no final response came.
    TimedOut {
        /// The client transaction.
        id: TransactionId,
    },
    /// The transport could not deliver the request.
    TransportFailed {
        /// The client transaction.
        id: TransactionId,
    },
    /// A new request other than ACK and CANCEL.
    Request {
        /// The server transaction; answer by [`TransactionLayer::respond`].
        id: TransactionId,
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
        /// True if the same request came before over another way: answer 482
        /// (RFC 3261 8.2.2.2).
        merged: bool,
    },
    /// A CANCEL.
    Cancel {
        /// The server transaction of the CANCEL itself.
        id: TransactionId,
        /// The INVITE that it cancels, if there is one that still has no final response.
        invite: Option<TransactionId>,
        /// True if an INVITE matches, answered or not: answer 200, else 481 (RFC 3261 9.2).
        matches: bool,
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// An ACK for a 2xx.
    Ack {
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// The ACK for a final response other than 2xx came.
    FailureAcknowledged {
        /// The server transaction.
        id: TransactionId,
    },
    /// Timer H: no ACK for a final response other than 2xx.
    AckMissing {
        /// The server transaction.
        id: TransactionId,
    },
    /// A response that belongs to no transaction.
    StrayResponse {
        /// The response.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// Bytes that are neither a request nor a response, or that lack what identifies them.
    Unusable {
        /// What came.
        message: Message,
        /// Where it came from.
        source: Target,
    },
}

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
    table: Table,
    transmits: VecDeque<Transmit>,
    events: VecDeque<TransactionEvent>,
    refused: u64,
}

impl TransactionLayer {
    /// A layer without transactions.
    pub fn new(timers: Timers) -> Self {
        Self {
            timers,
            table: Table::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            refused: 0,
        }
    }

    /// Starts a client transaction. ACK is no transaction: use [`send_once`](Self::send_once).
    pub fn send_request(
        &mut self,
        now: Instant,
        request: Message,
        target: Target,
    ) -> TransactionId {
        let mut effects = Vec::new();
        let key = client_key(&request).unwrap_or_default();
        let reliable = target.transport.is_reliable();
        let machine = if request.method() == Some(Method::Invite) {
            let machine = InviteClient::start(request, reliable, self.timers, now, &mut effects);
            Machine::InviteClient(machine)
        } else {
            let machine = NonInviteClient::start(request, reliable, self.timers, now, &mut effects);
            Machine::NonInviteClient(machine)
        };
        let id = self.table.insert(machine, target, key, None);
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
        let mut effects = Vec::new();
        match &mut entry.machine {
            Machine::InviteServer(machine) => machine.respond(code, response, now, &mut effects),
            Machine::NonInviteServer(machine) => machine.respond(code, response, now, &mut effects),
            Machine::InviteClient(_) | Machine::NonInviteClient(_) => {}
        }
        self.carry_out(id, target, effects);
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
        let mut effects = Vec::new();
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
        let mut effects = Vec::new();
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
        if self.table.len() >= TRANSACTIONS_MAX {
            self.refused += 1;
            return;
        }
        let reliable = source.transport.is_reliable();
        let merge = merge_key(&message);
        let merged = merge
            .as_ref()
            .is_some_and(|merge| self.table.merged(merge).is_some());
        let machine = if message.method() == Some(Method::Invite) {
            let trying = response_to(&message, source.address, 100, None).build();
            Machine::InviteServer(InviteServer::start(trying, reliable, self.timers, now))
        } else {
            Machine::NonInviteServer(NonInviteServer::start(reliable, self.timers))
        };
        let target = response_target(&message, source);
        let id = self
            .table
            .insert(machine, target, key, merge.filter(|_| !merged));
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
    /// (RFC 3261 17.1.4).
    pub fn handle_transport_failure(&mut self, target: Target) {
        for id in self.table.clients_towards(target) {
            let Some(entry) = self.table.get_mut(id) else {
                continue;
            };
            let tell = match &mut entry.machine {
                Machine::InviteClient(machine) => machine.fail(),
                Machine::NonInviteClient(machine) => machine.fail(),
                Machine::InviteServer(_) | Machine::NonInviteServer(_) => false,
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
            let mut effects = Vec::new();
            match &mut entry.machine {
                Machine::InviteClient(machine) => machine.handle_timeout(now, &mut effects),
                Machine::NonInviteClient(machine) => machine.handle_timeout(now, &mut effects),
                Machine::InviteServer(machine) => machine.handle_timeout(now, &mut effects),
                Machine::NonInviteServer(machine) => machine.handle_timeout(now),
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

    fn carry_out(&mut self, id: TransactionId, target: Target, effects: Vec<Effect>) {
        for effect in effects {
            let event = match effect {
                Effect::Send(bytes) => {
                    self.transmits.push_back(Transmit { target, bytes });
                    continue;
                }
                Effect::Response(message) => TransactionEvent::Response {
                    id,
                    message: *message,
                },
                Effect::TimedOut => TransactionEvent::TimedOut { id },
                Effect::AckMissing => TransactionEvent::AckMissing { id },
                Effect::AckReceived => TransactionEvent::FailureAcknowledged { id },
            };
            self.events.push_back(event);
        }
        self.table.settle(id);
    }
}

/// Where responses go: back over the connection, or for datagrams where the top Via says after
/// `received` and `rport` were filled in (RFC 3261 18.2.2, RFC 3581 4).
fn response_target(request: &Message, source: Target) -> Target {
    if source.transport.is_reliable() {
        return source;
    }
    let address = request.via().ok().and_then(|mut via| {
        via.note_source(source.address);
        via.response_address()
    });
    Target {
        address: address.unwrap_or(source.address),
        ..source
    }
}
