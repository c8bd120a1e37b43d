//! The server as one state machine: what it holds, and how input reaches its parts.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use gannet_media::SharedMixer;
use gannet_net::{ConnectionId, Incoming};
use gannet_sdp::SessionDescription;
use gannet_sip::{Method, Transport};
use gannet_ua::digest::DigestServer;
use gannet_ua::endpoint::{Body, CallId, Endpoint, Happening, Outcome, RequestId, SubscriptionId};
use gannet_ua::registrar::Location;
use gannet_ua::transaction::TransactionId;
use gannet_ua::{Target, Transmit};
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use super::call::Call;
use super::channels::info_outcome;
use super::directory::Directory;
use super::gruu::TemporaryGruus;
use super::holding::Holding;
use super::keeping::KeptText;
use super::mailbox::Mailbox;
use super::messaging::Delivery;
use super::pending::{Deadline, Pending};
use super::referring::Errand;
use super::relay::passed_reply;
use super::retrieval::Retrieval;
use super::storing::Written;
use super::timetable::Timetable;
use super::watchers::Watchers;
use crate::config::PbxConfig;
use crate::dialogs::Dialogs;
use crate::event::PbxEvent;
use crate::media::MediaRoom;
use crate::presence::Publications;
use crate::snapshot::PbxCounters;
use crate::user::Screening;

/// Input: [`Server::handle_incoming`], [`Server::handle_command`](Server::handle_command),
/// [`Server::handle_timeout`] at [`Server::next_deadline`]. Output: [`Server::poll_transmit`] until
/// it is empty, after each input. All but the media sockets happens inside these calls.
#[derive(Debug)]
pub(crate) struct Server {
    pub(super) config: PbxConfig,
    /// As bound; may be a wildcard.
    pub(super) bound: SocketAddr,
    /// As others reach it.
    pub(super) local: SocketAddr,
    /// The answers that phones gave reliably before their 2xx, by leg.
    pub(super) early_answers: HashMap<CallId, Body>,
    pub(super) allow: String,
    pub(super) endpoint: Endpoint,
    pub(super) watchers: Watchers,
    pub(super) publications: Publications,
    pub(super) dialogs: Dialogs,
    pub(super) digest: DigestServer,
    pub(super) location: Location,
    pub(super) gruus: TemporaryGruus,
    /// When something came last, by where from and over which connection.
    pub(super) heard: HashMap<(SocketAddr, Option<u64>), Instant>,
    pub(super) directory: Directory,
    pub(super) mailboxes: BTreeMap<String, Mailbox>,
    pub(super) calls: BTreeMap<u64, Call>,
    pub(super) legs: HashMap<CallId, u64>,
    /// Legs that stand, and the calls that they are to go over into.
    pub(super) promised: HashMap<CallId, u64>,
    /// Parked calls by slot.
    pub(super) parked: BTreeMap<String, u64>,
    /// The agents of all queues, in the order in which they are asked.
    pub(super) agents: BTreeMap<String, Vec<String>>,
    /// Calls that wait in queues.
    pub(super) queued: BTreeSet<u64>,
    /// Agents who did not answer just now.
    pub(super) resting: BTreeSet<String>,
    pub(super) pending: HashMap<RequestId, Pending>,
    pub(super) deliveries: HashMap<TransactionId, Delivery>,
    /// REFERs that went on to phones, by the subscription there.
    pub(super) errands: HashMap<SubscriptionId, Errand>,
    /// Texts that wait for a phone of a user, oldest first.
    pub(super) kept_texts: HashMap<String, VecDeque<KeptText>>,
    /// Conference rooms by number.
    pub(super) rooms: BTreeMap<String, SharedMixer>,
    /// Which users do not take calls from whom, or may not call whom.
    pub(super) screened: BTreeSet<(String, Screening, String)>,
    /// Callers at their mailbox, by number of the call.
    pub(super) retrievals: HashMap<u64, Retrieval>,
    /// Calls in which music plays, or did not because both sides hold.
    pub(super) holdings: HashMap<u64, Holding>,
    /// What the server has said itself last in a session between two phones, by leg.
    pub(super) told: HashMap<CallId, SessionDescription>,
    pub(super) timetable: Timetable<Deadline>,
    pub(super) room: MediaRoom,
    pub(super) rng: fastrand::Rng,
    pub(super) counters: PbxCounters,
    pub(super) writes: JoinSet<Written>,
    /// Calls whose Identity is being looked at, and the legs of those that are still wanted.
    pub(super) examinations: JoinSet<super::signed::Examined>,
    pub(super) judging: BTreeSet<CallId>,
    pub(super) stopping: bool,
    pub(super) last_call: u64,
    pub(super) events: broadcast::Sender<PbxEvent>,
    /// Something that a snapshot shows has changed.
    pub(super) changed: bool,
}

/// Work of another thread that is done.
#[derive(Debug)]
pub(crate) enum Done {
    /// A file.
    Written(Written),
    /// A call whose Identity was looked at.
    Examined(Box<super::signed::Examined>),
}

impl Server {
    /// How long calls may take to end at a stop.
    pub(crate) fn stop_timeout(&self) -> std::time::Duration {
        self.config.limits.stop_timeout
    }

    /// Where the server is reached.
    pub(crate) fn address(&self) -> SocketAddr {
        self.local
    }

    /// Takes what the sockets report.
    pub(crate) fn handle_incoming(&mut self, now: Instant, incoming: Incoming) {
        match incoming {
            Incoming::Message {
                bytes,
                remote,
                transport,
                connection,
                ..
            } => {
                let source = Target {
                    transport,
                    address: remote,
                    connection: connection.map(ConnectionId::number),
                };
                self.hear(now, source.address, source.connection);
                self.endpoint.handle_message(now, bytes, source);
            }
            Incoming::SendFailed {
                remote, transport, ..
            } => {
                self.counters.send_failures += 1;
                let target = Target::new(transport, remote);
                self.endpoint.handle_transport_failure(now, target);
            }
            Incoming::Unreachable { remote, .. } => {
                let target = Target::new(Transport::Udp, remote);
                self.endpoint.handle_transport_failure(now, target);
            }
            Incoming::Closed { connection, .. } => self.handle_closed(now, connection.number()),
            // The transport has answered it.
            Incoming::KeepAlive {
                remote, connection, ..
            } => self.hear(now, remote, connection.map(ConnectionId::number)),
            Incoming::Stun { bytes, remote } => {
                self.hear(now, remote, None);
                let source = Target::new(Transport::Udp, remote);
                self.endpoint.handle_stun(now, &bytes, source);
            }
        }
        self.drain(now);
    }

    /// Does everything that is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.location.expire(now);
        self.drain_location(now);
        self.expire_publications(now);
        while let Some(deadline) = self.timetable.pop_due(now) {
            let call = deadline.call();
            match deadline {
                Deadline::NoAnswer(number) => self.handle_no_answer(now, number),
                Deadline::ServiceEnd(number) => self.service_end(now, number),
                Deadline::Heard(number, message) => self.message_heard(now, number, message),
                Deadline::Keys(number) => self.look_for_keys(now, number),
                Deadline::SilentFlows => self.drop_silent_flows(now),
                Deadline::ReinviteAgain(number) => self.reinvite_again(now, number),
                Deadline::ParkReturn(number) => self.park_return(now, number),
                Deadline::Rested => self.rested(),
            }
            if let Some(call) = call {
                self.call_changed(now, call);
            }
        }
        self.drain(now);
    }

    /// When [`Server::handle_timeout`] must be called next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let all = [
            self.endpoint.next_deadline(),
            self.location.next_deadline(),
            self.timetable.next(),
            self.publications.next_deadline(),
        ];
        all.into_iter().flatten().min()
    }

    /// The next message to send.
    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    /// The next work of other threads that is done; `None` if there is none.
    pub(crate) async fn next_done(&mut self) -> Option<Done> {
        // What panicked has nothing to tell.
        tokio::select! {
            Some(written) = self.writes.join_next() => Some(Done::Written(written.ok()?)),
            Some(examined) = self.examinations.join_next() => {
                Some(Done::Examined(Box::new(examined.ok()?)))
            }
            else => None,
        }
    }

    /// Whether files are being written.
    pub(crate) fn is_writing(&self) -> bool {
        !self.writes.is_empty()
    }

    /// Whether a snapshot would differ from the last time this was asked.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    pub(super) fn changed(&mut self) {
        self.changed = true;
    }

    /// Tells those who watch. Nobody need be there.
    pub(super) fn emit(&mut self, event: PbxEvent) {
        self.changed = true;
        let _ = self.events.send(event);
    }

    /// Acts on everything that the parts report.
    pub(super) fn drain(&mut self, now: Instant) {
        loop {
            while let Some(happening) = self.endpoint.poll_happening() {
                self.handle_one(now, happening);
            }
            if !self.run_queues(now) {
                break;
            }
        }
    }

    /// Whatever a happening changes, it is about the call of its leg, before or after.
    fn handle_one(&mut self, now: Instant, happening: Happening) {
        let leg = leg_of(&happening);
        let number = |server: &Self| server.legs.get(&leg?).copied();
        let before = number(self);
        self.handle_happening(now, happening);
        let after = number(self);
        for call in before.into_iter().chain(after.filter(|_| after != before)) {
            self.call_changed(now, call);
        }
    }

    // tidy(function-length): a dispatch, one arm for each happening
    fn handle_happening(&mut self, now: Instant, happening: Happening) {
        match happening {
            Happening::IncomingCall {
                call,
                invite,
                source,
                replaces,
            } => self.handle_incoming_call(now, call, &invite, (source, replaces)),
            Happening::Progress { call, response } => self.handle_progress(now, call, &response),
            Happening::Answered {
                call,
                response,
                needs_answer,
            } => self.handle_answered(now, call, &response, needs_answer),
            Happening::Confirmed { call, ack } => self.handle_confirmed(now, call, &ack),
            Happening::CallEnded { call, cause } => self.handle_leg_end(now, call, cause),
            Happening::Request {
                request,
                notice,
                message,
                source,
                ..
            } if message.method() == Some(Method::Subscribe) => {
                if Self::is_about_refer(&message) {
                    self.subscribe_to_refer(now, (request, notice), &message, source);
                } else {
                    self.subscribe(now, (request, notice), &message, source);
                }
            }
            Happening::Request {
                request,
                call: Some(leg),
                message,
                ..
            } if message.method() == Some(Method::Prack) => {
                self.relay_prack(now, request, leg, &message);
            }
            Happening::Request {
                request,
                call: Some(leg),
                message,
                ..
            } => match self.refresh_answer(&message) {
                Some(reply) => self.endpoint.respond(now, request, reply),
                None => self.handle_request_in_call(now, request, leg, &message),
            },
            Happening::Request {
                request,
                call: None,
                message,
                source,
                ..
            } => self.handle_request(now, request, &message, source),
            Happening::Provisional { request, response } => {
                if let Some(Pending::Relayed(relayed)) = self.pending.get(&request) {
                    let original = relayed.request;
                    self.endpoint
                        .respond(now, original, passed_reply(&response));
                }
            }
            Happening::RequestDone {
                request, outcome, ..
            } => self.handle_outcome(now, request, outcome),
            Happening::Refer { refer, change } => self.handle_refer_change(now, refer, change),
            Happening::Notice { notice, change } => self.handle_notice(now, notice, change),
            Happening::Dropped { .. } => self.counters.dropped_messages += 1,
            // The server has no credentials, registrations or subscriptions of its own, and
            // offers nothing that a provisional response could answer by an offer.
            Happening::Challenged { .. }
            | Happening::Session { .. }
            | Happening::PrackWanted { .. }
            | Happening::Pracked { .. }
            | Happening::Registration { .. }
            | Happening::Publication { .. }
            | Happening::Subscription { .. } => {}
        }
    }

    fn handle_outcome(&mut self, now: Instant, request: RequestId, outcome: Outcome) {
        match self.pending.remove(&request) {
            Some(Pending::Relayed(relayed)) => self.relay_outcome(now, &relayed, &outcome),
            Some(Pending::Reinvited(number, leg)) => self.reinvited(now, (number, leg), outcome),
            Some(Pending::Message(original)) => {
                self.message_outcome(now, request, original, outcome);
            }
            Some(Pending::Kept(kept)) => self.kept_outcome(now, *kept, &outcome),
            Some(Pending::Unsolicited(user)) if outcome.code() < 300 => {
                self.emit(PbxEvent::MwiDelivered {
                    user,
                    subscribed: false,
                });
            }
            Some(Pending::Info(answer)) => info_outcome(answer, &outcome),
            Some(Pending::Music(leg)) => self.music_outcome(leg, &outcome),
            Some(Pending::Unsolicited(_)) | None => {}
        }
    }
}

/// The leg of a call that a happening is about.
const fn leg_of(happening: &Happening) -> Option<CallId> {
    match happening {
        Happening::IncomingCall { call, .. }
        | Happening::Progress { call, .. }
        | Happening::Answered { call, .. }
        | Happening::Confirmed { call, .. }
        | Happening::CallEnded { call, .. } => Some(*call),
        Happening::Request { call, .. } | Happening::RequestDone { call, .. } => *call,
        _ => None,
    }
}
