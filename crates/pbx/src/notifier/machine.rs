//! All subscriptions of peers, and the transactions in which they are made and told.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use gannet_sip::{
    BRANCH_COOKIE, HeaderName, Message, Method, NameAddr, Transport, Uri, Via, host_text,
};
use gannet_ua::endpoint::Body;
use gannet_ua::transaction::{TransactionEvent, TransactionId, TransactionLayer};
use gannet_ua::{Target, Timers, Transmit};

use super::subscription::Subscription;
use crate::config::ExpiresPolicy;

/// Marks the branches of NOTIFY inside subscriptions: their responses come back here.
const BRANCH_MARK: &str = "sub-";

/// Number of a subscription, never used again.
pub(crate) type SubscriptionId = u64;

/// Settings of a [`Notifier`].
#[derive(Debug, Clone)]
pub(crate) struct NotifierConfig {
    pub(crate) timers: Timers,
    /// The address in Via and Contact.
    pub(crate) local: SocketAddr,
    pub(crate) expires: ExpiresPolicy,
    pub(crate) subscriptions_max: usize,
    pub(crate) seed: u64,
}

/// What the owner must act on.
#[derive(Debug)]
pub(crate) enum NotifierEvent {
    /// A SUBSCRIBE, to be answered by [`Notifier::refuse`] or [`Notifier::accept`].
    Request {
        request: TransactionId,
        message: Box<Message>,
    },
    /// A NOTIFY was answered with 2xx.
    Delivered { resource: String },
    /// A subscription ended other than by unsubscribing.
    Ended,
}

/// A subscription as others see it.
#[derive(Debug)]
pub(crate) struct Listed<'a> {
    pub(crate) resource: &'a str,
    pub(crate) contact: String,
    pub(crate) target: Target,
    pub(crate) ends_at: Instant,
}

/// Input: messages for which [`Notifier::takes`] holds, time, transport failures, and the answers
/// of its owner. Output: drain [`Notifier::poll_event`], then [`Notifier::poll_transmit`], after
/// each input; call [`Notifier::handle_timeout`] at [`Notifier::next_deadline`].
#[derive(Debug)]
pub(crate) struct Notifier {
    pub(super) config: NotifierConfig,
    pub(super) layer: TransactionLayer,
    pub(super) rng: fastrand::Rng,
    pub(super) subscriptions: BTreeMap<SubscriptionId, Subscription>,
    pub(super) by_dialog: HashMap<(String, String), SubscriptionId>,
    pub(super) ends: BTreeSet<(Instant, SubscriptionId)>,
    /// SUBSCRIBEs that are not answered yet.
    pub(super) requests: HashMap<TransactionId, (Message, Target)>,
    /// NOTIFYs on their way.
    notifies: HashMap<TransactionId, (SubscriptionId, String)>,
    pub(super) events: VecDeque<NotifierEvent>,
    pub(super) last: SubscriptionId,
}

impl Notifier {
    pub(crate) fn new(config: NotifierConfig) -> Self {
        Self {
            layer: TransactionLayer::new(config.timers),
            rng: fastrand::Rng::with_seed(config.seed),
            config,
            subscriptions: BTreeMap::new(),
            by_dialog: HashMap::new(),
            ends: BTreeSet::new(),
            requests: HashMap::new(),
            notifies: HashMap::new(),
            events: VecDeque::new(),
            last: 0,
        }
    }

    /// Whether a message is for this machine: SUBSCRIBE, and responses to its NOTIFYs.
    pub(crate) fn takes(message: &Message) -> bool {
        if message.is_request() {
            return message.method() == Some(Method::Subscribe);
        }
        message
            .via()
            .is_ok_and(|via| via.branch().is_some_and(has_mark))
    }

    pub(crate) fn handle_message(&mut self, now: Instant, message: Message, source: Target) {
        self.layer.handle_message(now, message, source);
        self.drain(now);
    }

    pub(crate) fn handle_transport_failure(&mut self, now: Instant, target: Target) {
        self.layer.handle_transport_failure(target);
        self.drain(now);
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.layer.handle_timeout(now);
        self.drain(now);
        while let Some(&(at, id)) = self.ends.first()
            && at <= now
        {
            self.ends.remove(&(at, id));
            self.send_notify(now, id, None, "terminated;reason=timeout");
            self.end(id);
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let end = self.ends.first().map(|(at, _)| *at);
        [self.layer.next_deadline(), end]
            .into_iter()
            .flatten()
            .min()
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.layer.poll_transmit()
    }

    pub(crate) fn poll_event(&mut self) -> Option<NotifierEvent> {
        self.events.pop_front()
    }

    /// All subscriptions to a resource.
    pub(crate) fn of(&self, resource: &str) -> Vec<SubscriptionId> {
        let of = |s: &Subscription| s.resource == resource;
        let all = self.subscriptions.iter().filter(|(_, s)| of(s));
        all.map(|(id, _)| *id).collect()
    }

    /// Every subscription.
    pub(crate) fn list(&self) -> impl Iterator<Item = Listed<'_>> {
        self.subscriptions.values().map(|s| Listed {
            resource: &s.resource,
            contact: s.dialog.remote_target.to_string(),
            target: s.target(),
            ends_at: s.ends_at,
        })
    }

    /// Whose state a subscription tells.
    pub(crate) fn resource(&self, id: SubscriptionId) -> Option<&str> {
        Some(&self.subscriptions.get(&id)?.resource)
    }

    /// Tells a subscriber the state.
    pub(crate) fn notify(&mut self, now: Instant, id: SubscriptionId, body: Body) {
        let Some(subscription) = self.subscriptions.get(&id) else {
            return;
        };
        let state = format!("active;expires={}", subscription.seconds_left(now));
        self.send_notify(now, id, Some(body), &state);
    }

    /// Tells a subscriber the state for the last time.
    pub(crate) fn notify_last(&mut self, now: Instant, id: SubscriptionId, body: Option<Body>) {
        self.send_notify(now, id, body, "terminated;reason=timeout");
        self.remove(id);
    }

    /// Ends all subscriptions to a resource that does not exist any more.
    pub(crate) fn remove_resource(&mut self, now: Instant, resource: &str) {
        for id in self.of(resource) {
            self.send_notify(now, id, None, "terminated;reason=noresource");
            self.end(id);
        }
    }

    fn drain(&mut self, now: Instant) {
        while let Some(event) = self.layer.poll_event() {
            match event {
                TransactionEvent::Request {
                    id,
                    message,
                    source,
                    merged,
                } => self.handle_subscribe(now, id, message, source, merged),
                TransactionEvent::Response { id, message } => {
                    let code = message.status().unwrap_or(500);
                    if code >= 200 {
                        self.notified(id, code);
                    }
                }
                TransactionEvent::TimedOut { id } | TransactionEvent::TransportFailed { id } => {
                    self.notified(id, 408);
                }
                // Neither INVITE nor CANCEL comes here; what is stray or broken has no effect.
                _ => {}
            }
        }
    }

    /// A NOTIFY is answered. 481 and silence end the subscription (RFC 6665 4.2.2).
    fn notified(&mut self, transaction: TransactionId, code: u16) {
        let Some((id, resource)) = self.notifies.remove(&transaction) else {
            return;
        };
        if code < 300 {
            self.events.push_back(NotifierEvent::Delivered { resource });
        } else if matches!(
            code,
            404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 604
        ) {
            self.end(id);
        }
    }

    fn send_notify(&mut self, now: Instant, id: SubscriptionId, body: Option<Body>, state: &str) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let target = subscription.target();
        let resource = subscription.resource.clone();
        let mut notify = subscription.dialog.request(&Method::Notify);
        notify.push(HeaderName::Event, subscription.event.clone());
        notify.push(HeaderName::SubscriptionState, state);
        notify.push(
            HeaderName::Contact,
            self.contact(target.transport).to_string(),
        );
        let branch = format!("{BRANCH_COOKIE}{BRANCH_MARK}{:032x}", self.rng.u128(..));
        let host = host_text(self.config.local.ip());
        let port = Some(self.config.local.port());
        let mut via = Via::new(target.transport, &host, port, &branch);
        via.params.set_flag("rport");
        notify.push_front(HeaderName::Via, via.to_string());
        if let Some(body) = body {
            notify.set_body(&body.content_type, body.bytes);
        }
        let transaction = self.layer.send_request(now, notify.message(), target);
        self.notifies.insert(transaction, (id, resource));
    }

    fn end(&mut self, id: SubscriptionId) {
        if self.remove(id) {
            self.events.push_back(NotifierEvent::Ended);
        }
    }

    fn remove(&mut self, id: SubscriptionId) -> bool {
        let Some(subscription) = self.subscriptions.remove(&id) else {
            return false;
        };
        self.ends.remove(&(subscription.ends_at, id));
        self.by_dialog
            .remove(&(subscription.dialog.call_id, subscription.dialog.local_tag));
        true
    }

    pub(super) fn contact(&self, transport: Transport) -> NameAddr {
        let mut uri = Uri::at(None, self.config.local);
        if transport != Transport::Udp {
            uri.params.set("transport", transport.as_param());
        }
        NameAddr::new(uri)
    }

    pub(super) fn tag(&mut self) -> String {
        format!("{:016x}", self.rng.u64(..))
    }
}

fn has_mark(branch: &str) -> bool {
    branch
        .strip_prefix(BRANCH_COOKIE)
        .is_some_and(|rest| rest.starts_with(BRANCH_MARK))
}
