//! All subscriptions of peers, and the transactions in which they are made and told.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_sip::{
    BRANCH_COOKIE, HeaderName, Message, Method, NameAddr, Transport, Uri, Via, host_text,
};
use gannet_ua::endpoint::{Body, Reply};
use gannet_ua::transaction::{TransactionEvent, TransactionId, TransactionLayer};
use gannet_ua::{Dialog, DialogState, Target, Timers, Transmit, response_to};

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

/// What [`Notifier::accept`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// Answered 200; a NOTIFY is due now.
    Accepted(SubscriptionId),
    /// Answered 200 to the end of a subscription, or to a fetch; a last NOTIFY is due now.
    Last(SubscriptionId),
    /// Refused with this code.
    Refused(u16),
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
    config: NotifierConfig,
    layer: TransactionLayer,
    rng: fastrand::Rng,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    by_dialog: HashMap<(String, String), SubscriptionId>,
    ends: BTreeSet<(Instant, SubscriptionId)>,
    /// SUBSCRIBEs that are not answered yet.
    requests: HashMap<TransactionId, (Message, Target)>,
    /// NOTIFYs on their way.
    notifies: HashMap<TransactionId, (SubscriptionId, String)>,
    events: VecDeque<NotifierEvent>,
    last: SubscriptionId,
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

    /// Refuses a SUBSCRIBE.
    pub(crate) fn refuse(&mut self, now: Instant, request: TransactionId, reply: &Reply) {
        if let Some((message, source)) = self.requests.remove(&request) {
            let tag = self.tag();
            self.reply(now, request, (&message, source), reply, &tag);
        }
    }

    /// Makes, prolongs or ends a subscription to `resource`, as the SUBSCRIBE asks
    /// (RFC 6665 4.2.1).
    pub(crate) fn accept(
        &mut self,
        now: Instant,
        request: TransactionId,
        resource: &str,
    ) -> Acceptance {
        let Some((message, source)) = self.requests.remove(&request) else {
            return Acceptance::Refused(481);
        };
        let expires = match self.granted(&message) {
            Ok(expires) => expires,
            Err(reply) => return self.refused(now, request, (&message, source), &reply),
        };
        let known = message.to_tag().map(|tag| self.find(&message, &tag));
        let id = match known {
            Some(None) => {
                let reply = Reply::new(481);
                return self.refused(now, request, (&message, source), &reply);
            }
            Some(Some(id)) => id,
            None if self.subscriptions.len() >= self.config.subscriptions_max => {
                let reply = Reply::new(503).header("Retry-After", "10");
                return self.refused(now, request, (&message, source), &reply);
            }
            None => match self.make(now, &message, source, resource) {
                Ok(id) => id,
                Err(reply) => return self.refused(now, request, (&message, source), &reply),
            },
        };
        self.prolong(now, id, expires, &message);
        let local_tag = self
            .subscriptions
            .get(&id)
            .map(|s| s.dialog.local_tag.clone())
            .unwrap_or_default();
        let reply = Reply::new(200)
            .header("Expires", expires.to_string())
            .header("Contact", self.contact(source.transport).to_string());
        self.reply(now, request, (&message, source), &reply, &local_tag);
        if expires == 0 {
            Acceptance::Last(id)
        } else {
            Acceptance::Accepted(id)
        }
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

    fn handle_subscribe(
        &mut self,
        now: Instant,
        id: TransactionId,
        message: Message,
        source: Target,
        merged: bool,
    ) {
        let usable = message.from().is_ok() && message.to().is_ok() && message.cseq().is_ok();
        let refusal = match message.to_tag() {
            _ if !usable => Some(400),
            _ if merged => Some(482),
            Some(tag) => match self.find(&message, &tag) {
                None => Some(481),
                // Older than one already seen (RFC 3261 12.2.2).
                Some(known) if !self.accept_cseq(known, &message) => Some(500),
                Some(_) => None,
            },
            None => None,
        };
        if let Some(code) = refusal {
            let tag = self.tag();
            return self.reply(now, id, (&message, source), &Reply::new(code), &tag);
        }
        self.requests.insert(id, (message.clone(), source));
        self.events.push_back(NotifierEvent::Request {
            request: id,
            message: Box::new(message),
        });
    }

    fn accept_cseq(&mut self, id: SubscriptionId, message: &Message) -> bool {
        let number = message.cseq().map_or(0, |cseq| cseq.number);
        self.subscriptions
            .get_mut(&id)
            .is_some_and(|s| s.dialog.accept_cseq(number))
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

    /// The lifetime: what was asked, within the limits; 0 ends or fetches.
    fn granted(&self, message: &Message) -> Result<u32, Reply> {
        let policy = self.config.expires;
        let asked = message
            .number(HeaderName::Expires)
            .unwrap_or(policy.default_s);
        // RFC 6665 4.2.1.1: an hour or more is never too brief.
        if asked > 0 && asked < policy.min_s && asked < 3600 {
            return Err(Reply::new(423).header("Min-Expires", policy.min_s.to_string()));
        }
        Ok(asked.min(policy.max_s))
    }

    fn find(&self, message: &Message, local_tag: &str) -> Option<SubscriptionId> {
        let call_id = message.call_id()?.to_owned();
        let id = *self.by_dialog.get(&(call_id, local_tag.to_owned()))?;
        let subscription = self.subscriptions.get(&id)?;
        let same = message.from_tag().unwrap_or_default() == subscription.dialog.remote_tag;
        same.then_some(id)
    }

    fn make(
        &mut self,
        now: Instant,
        message: &Message,
        source: Target,
        resource: &str,
    ) -> Result<SubscriptionId, Reply> {
        let tag = self.tag();
        let dialog =
            Dialog::from_request(message, &tag, DialogState::Confirmed).map_err(|error| Reply {
                reason: Some(error.to_string()),
                ..Reply::new(400)
            })?;
        self.last += 1;
        self.by_dialog
            .insert((dialog.call_id.clone(), tag), self.last);
        let event = message.text(HeaderName::Event).unwrap_or_default();
        let subscription = Subscription {
            resource: resource.to_owned(),
            dialog,
            source,
            ends_at: now,
            event: event.into_owned(),
        };
        self.subscriptions.insert(self.last, subscription);
        Ok(self.last)
    }

    fn prolong(&mut self, now: Instant, id: SubscriptionId, expires: u32, message: &Message) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        self.ends.remove(&(subscription.ends_at, id));
        subscription.dialog.refresh_target(message);
        subscription.ends_at = now + Duration::from_secs(u64::from(expires));
        if expires > 0 {
            self.ends.insert((subscription.ends_at, id));
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

    fn refused(
        &mut self,
        now: Instant,
        request: TransactionId,
        message: (&Message, Target),
        reply: &Reply,
    ) -> Acceptance {
        let tag = self.tag();
        self.reply(now, request, message, reply, &tag);
        Acceptance::Refused(reply.code)
    }

    fn reply(
        &mut self,
        now: Instant,
        request: TransactionId,
        (message, source): (&Message, Target),
        reply: &Reply,
        tag: &str,
    ) {
        let mut response = response_to(message, source.address, reply.code, Some(tag));
        if let Some(reason) = &reply.reason {
            *response.start_line_mut() = format!("SIP/2.0 {} {reason}", reply.code).into_bytes();
        }
        for (name, value) in &reply.headers {
            response.push(name.as_str(), value.as_str());
        }
        self.layer
            .respond(now, request, reply.code, response.build());
    }

    fn contact(&self, transport: Transport) -> NameAddr {
        let mut uri = Uri::at(None, self.config.local);
        if transport != Transport::Udp {
            uri.params.set("transport", transport.as_param());
        }
        NameAddr::new(uri)
    }

    fn tag(&mut self) -> String {
        format!("{:016x}", self.rng.u64(..))
    }
}

fn has_mark(branch: &str) -> bool {
    branch
        .strip_prefix(BRANCH_COOKIE)
        .is_some_and(|rest| rest.starts_with(BRANCH_MARK))
}
