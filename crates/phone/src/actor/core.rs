//! The task itself: its data, its loop, what it shows.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_net::{Incoming, MediaScheduler, MediaSocket, SipTransport};
use gannet_ua::endpoint::{CallId, Endpoint, Outcome, RegistrationId, RequestId, SubscriptionId};
use gannet_ua::transaction::TransactionId;
use tokio::sync::{mpsc, oneshot, watch};

use crate::addresses::Addresses;
use crate::call::{CallHandle, CallRecord};
use crate::config::PhoneConfig;
use crate::error::PhoneError;
use crate::log::MessageLog;
use crate::media_line::LineControl;
use crate::phone::MediaTable;
use crate::state::{PhoneState, Power};

use super::filter::Filter;
use super::flows::Flow;
use super::leg::Leg;
use super::notifier::Watchers;
use super::publications::Publications;
use super::session_change::SessionChange;
use super::subscriptions::Watches;
use super::transfer::Transfers;

/// Something for the task to do.
pub(crate) type Act = Box<dyn FnOnce(&mut Actor, Instant) + Send>;

/// Ended calls that are remembered; the oldest go first.
const CALLS_KEPT_MAX: usize = 1024;

/// How long the sockets of a call stay open after its end, so that the last RTCP packet gets out.
pub(super) const MEDIA_LINGER: Duration = Duration::from_millis(200);

/// The task's own data.
pub(crate) struct Actor {
    pub(super) config: PhoneConfig,
    pub(super) addresses: Addresses,
    /// Where peers reach this phone.
    pub(super) local: SocketAddr,
    pub(super) seed: u64,
    pub(super) rng: fastrand::Rng,
    pub(super) endpoint: Endpoint,
    pub(super) transport: SipTransport,
    pub(super) incoming: mpsc::Receiver<Incoming>,
    pub(super) commands: mpsc::Receiver<Act>,
    pub(super) scheduler: MediaScheduler,
    pub(super) state: watch::Sender<PhoneState>,
    pub(super) log: MessageLog,
    pub(super) media: MediaTable,
    pub(super) line: LineControl,
    pub(super) legs: BTreeMap<CallHandle, Leg>,
    pub(super) handles: HashMap<CallId, CallHandle>,
    pub(super) last_call: u64,
    /// The first of the flows.
    pub(super) registration: Option<RegistrationId>,
    /// The ways over which the phone is registered, as they are shown in the state.
    pub(super) flows: Vec<Flow>,
    /// The lifetime to register for once the contacts are removed at boot.
    pub(super) boot: Option<(RequestId, Duration)>,
    pub(super) booted: bool,
    pub(super) subscription: Option<SubscriptionId>,
    pub(super) watches: Watches,
    pub(super) publications: Publications,
    pub(super) watchers: Watchers,
    pub(super) waiting: HashMap<RequestId, oneshot::Sender<Outcome>>,
    /// Changes of sessions that have no final response yet.
    pub(super) changes: HashMap<RequestId, SessionChange>,
    /// PRACKs of ours with an offer that have no final response yet.
    pub(super) prack_offers: HashMap<RequestId, CallHandle>,
    /// Reliable provisional responses are acknowledged.
    pub(super) sends_prack: bool,
    /// Transfers, its own and those that others asked it for.
    pub(super) transfers: Transfers,
    /// Requests are left to be answered by hand.
    pub(super) by_hand: bool,
    /// Those that were left, oldest first.
    pub(super) left_open: Vec<TransactionId>,
    /// Media sockets of ended calls and when they close.
    pub(super) lingering: Vec<(Instant, Arc<MediaSocket>)>,
    /// What stands between the core and the sockets while the phone misbehaves on purpose.
    pub(super) filter: Filter,
    /// What goes into INVITE beside the rest, by who calls whom.
    pub(crate) call_fields: Option<crate::signing::CallFields>,
    pub(super) finished: bool,
}

impl Actor {
    /// The address of the SIP sockets.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.local
    }

    /// How the phone talks to its server.
    pub(crate) fn transport(&self) -> gannet_sip::Transport {
        self.config.transport
    }

    pub(crate) fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<PhoneState> {
        self.state.subscribe()
    }

    pub(crate) fn log(&self) -> MessageLog {
        self.log.clone()
    }

    pub(crate) fn media_table(&self) -> MediaTable {
        Arc::clone(&self.media)
    }

    pub(crate) fn line(&self) -> LineControl {
        self.line.clone()
    }

    /// Works until the phone is stopped or its last handle is gone.
    pub(crate) async fn run(mut self) {
        while !self.finished {
            self.flush();
            let deadline = self.next_deadline();
            let due = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                act = self.commands.recv() => match act {
                    Some(act) => act(&mut self, Instant::now()),
                    None => break,
                },
                Some(incoming) = self.incoming.recv() => self.handle_incoming(incoming),
                () = due => self.handle_timeout(Instant::now()),
            }
        }
        self.flush();
        self.set_media_connected(false);
        self.lingering.clear();
        self.legs.clear();
        self.show(|state| state.power = Power::Off);
        self.transport.close().await;
    }

    /// Ends the task after this command.
    pub(crate) const fn finish(&mut self) {
        self.finished = true;
    }

    /// Changes what the phone shows.
    pub(crate) fn show(&self, change: impl FnOnce(&mut PhoneState)) {
        self.state.send_modify(change);
    }

    pub(super) fn show_call(&self, call: CallHandle, change: impl FnOnce(&mut CallRecord)) {
        self.state.send_modify(|state| {
            if let Some(record) = state.calls.iter_mut().find(|record| record.handle == call) {
                change(record);
            }
        });
    }

    pub(super) fn add_call(&mut self, record: CallRecord) {
        let handle = record.handle;
        let mut forgotten = Vec::new();
        self.state.send_modify(|state| {
            state.calls.push(record);
            while state.calls.len() > CALLS_KEPT_MAX
                && let Some(oldest) = state.calls.iter().position(|call| !call.state.is_open())
            {
                forgotten.push(state.calls.remove(oldest).handle);
            }
        });
        let mut table = self
            .media
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for old in forgotten {
            table.remove(&old);
        }
        if let Some(media) = self.legs.get(&handle).and_then(|leg| leg.media.as_ref()) {
            table.insert(handle, media.handle());
        }
    }

    pub(super) const fn new_handle(&mut self) -> CallHandle {
        self.last_call += 1;
        CallHandle(self.last_call)
    }

    pub(super) fn power(&self) -> Power {
        self.state.borrow().power
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let legs = self.legs.values().filter_map(Leg::next_deadline);
        let lingering = self.lingering.iter().map(|(at, _)| *at);
        self.endpoint
            .next_deadline()
            .into_iter()
            .chain(legs)
            .chain(lingering)
            .chain(self.filter.next_deadline())
            .min()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.lingering.retain(|(at, _)| *at > now);
        self.send_due(now);
        self.endpoint.handle_timeout(now);
        let due: Vec<_> = self
            .legs
            .iter()
            .filter(|(_, leg)| leg.next_deadline().is_some_and(|at| at <= now))
            .map(|(handle, _)| *handle)
            .collect();
        for call in due {
            self.leg_due(now, call);
        }
    }

    /// Sends and shows everything that the core has ready.
    pub(super) fn flush(&mut self) {
        loop {
            self.send_all();
            match self.endpoint.poll_happening() {
                Some(happening) => self.handle_happening(Instant::now(), happening),
                None if self.tell_watchers(Instant::now()) => {}
                None => break,
            }
        }
    }

    pub(super) fn error_no_call(&self, call: CallHandle) -> PhoneError {
        PhoneError::NoSuchCall {
            phone: self.config.name.clone(),
            call,
        }
    }
}
