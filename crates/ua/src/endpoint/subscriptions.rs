//! Subscriptions of an endpoint (RFC 6665 4.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, MessageBuilder, Method};

use super::client::{ClientRequest, Purpose};
use super::command::{Reply, RequestSpec};
use super::core::{Endpoint, SendError, add_headers, build};
use super::happening::{CallId, Happening, Outcome, SubscriptionId};
use super::usage::{HomeId, Usage};
use crate::dialog::{Dialog, DialogState};
use crate::event::EventPackage;
use crate::subscription::{ForkPolicy, Subscription, SubscriptionChange, SubscriptionSpec};
use crate::target::Target;
use crate::transaction::TransactionId;

/// Notifiers of one SUBSCRIBE that are listened to at once; NOTIFYs of more are answered 481.
const FORKS_MAX: usize = 32;

impl Endpoint {
    /// Subscribes and keeps the subscription alive.
    pub fn subscribe(&mut self, now: Instant, spec: SubscriptionSpec) -> SubscriptionId {
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let subscription = Subscription::new(spec, call_id.clone(), tag.clone(), cseq);
        let id = self.add_subscription(subscription);
        self.by_subscription.insert((call_id, tag), id);
        self.send_subscribe(now, id);
        id
    }

    /// The same in the dialog of a call, which the subscription may outlive (RFC 5057 3.1).
    /// Request-URI, From and To are those of the dialog; an `id` in the event tells several
    /// subscriptions there apart.
    pub fn subscribe_in_call(
        &mut self,
        now: Instant,
        call: CallId,
        spec: SubscriptionSpec,
    ) -> Result<SubscriptionId, SendError> {
        let dialog = self.dialog(call).ok_or(SendError::NoDialog)?;
        let remote_tag = dialog.remote_tag.clone();
        let (call_id, tag) = (dialog.call_id.clone(), dialog.local_tag.clone());
        let id = self.add_subscription(Subscription::new(spec, call_id, tag, 0));
        let home = self.settle_in_call(call, &remote_tag, Usage::Subscriber(id));
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.home = home;
        }
        if home.is_none() {
            self.forget_subscription(id);
            return Err(SendError::NoDialog);
        }
        self.send_subscribe(now, id);
        Ok(id)
    }

    /// Sends SUBSCRIBE again now, or as soon as the one on its way is answered. Nothing happens
    /// once the subscription has ended.
    pub fn refresh_subscription(&mut self, now: Instant, id: SubscriptionId) {
        self.refresh_subscription_with(now, id, None, Vec::new());
    }

    /// The same, with another lifetime from now on, and with more header fields this time.
    pub fn refresh_subscription_with(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        expires: Option<Duration>,
        headers: Vec<(String, String)>,
    ) {
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.spec.expires = expires.unwrap_or(subscription.spec.expires);
            subscription.extra = headers;
        }
        self.send_subscribe(now, id);
    }

    pub(crate) fn add_subscription(&mut self, subscription: Subscription) -> SubscriptionId {
        self.last_other += 1;
        let id = SubscriptionId(self.last_other);
        self.subscriptions.insert(id, Box::new(subscription));
        id
    }

    pub(crate) fn send_subscribe(&mut self, now: Instant, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        if subscription.request.is_some() {
            subscription.again = true;
            return;
        }
        let Ok((builder, target)) = self.write_subscribe(id) else {
            let change = SubscriptionChange::Failed {
                outcome: Outcome::TransportFailed,
            };
            self.report_subscription(id, vec![change]);
            return self.forget_subscription(id);
        };
        let subscription = self.subscriptions.get_mut(&id);
        let auth = subscription.map(|it| std::mem::take(&mut it.auth));
        let sent = self.launch_as(
            now,
            Method::Subscribe,
            builder,
            target,
            Purpose::Subscribe(id),
            auth.unwrap_or_default(),
        );
        let timers = self.config.timers;
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.sent(now, sent, target, timers);
        }
        self.file_subscription(id);
    }

    /// The next SUBSCRIBE and where it goes.
    fn write_subscribe(
        &mut self,
        id: SubscriptionId,
    ) -> Result<(MessageBuilder, Target), SendError> {
        let subscription = self.subscriptions.get_mut(&id).ok_or(SendError::NoDialog)?;
        let spec = subscription.spec.clone();
        let headers = headers_of(subscription);
        let uri = subscription.uri.take();
        if let Some(home) = subscription.home {
            let (mut builder, target) = self.request_at(home, &Method::Subscribe)?;
            if let Some(uri) = uri {
                *builder.start_line_mut() = format!("SUBSCRIBE {uri} SIP/2.0").into_bytes();
            }
            builder.push(HeaderName::Contact, spec.contact.to_string());
            add_headers(&mut builder, headers);
            if let Some(body) = spec.body {
                builder.set_body(&body.content_type, body.bytes);
            }
            return Ok((builder, target));
        }
        subscription.cseq += 1;
        let (tag, call_id, cseq) = (
            subscription.from_tag.clone(),
            subscription.call_id.clone(),
            subscription.cseq,
        );
        let mut request = RequestSpec::new(Method::Subscribe, spec.uri, spec.from, spec.to);
        request.contact = Some(spec.contact);
        request.headers = headers;
        request.body = spec.body;
        request.destination = spec.destination;
        self.preload(&mut request);
        let target = self.target_of(&request)?;
        Ok((build(request, &tag, &call_id, cseq), target))
    }

    pub(crate) fn subscribe_done(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        request: &ClientRequest,
        outcome: Outcome,
    ) {
        let Some(subscription) = self.subscriptions.get(&id) else {
            return;
        };
        if let Some(response) = outcome.response().filter(|r| r.status() < Some(300)) {
            match subscription.home {
                Some(home) => self.note_target(home, response),
                None => {
                    if let Ok(dialog) = Dialog::from_response(&request.message, response) {
                        self.move_in(id, dialog, request.target);
                    }
                }
            }
        }
        let timers = self.config.timers;
        let mut changes = Vec::new();
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        let again = std::mem::take(&mut subscription.again);
        let more = subscription.handle_outcome(now, outcome, timers, &mut changes);
        let again = (again || more) && !subscription.ended;
        self.report_subscription(id, changes);
        if again {
            self.send_subscribe(now, id);
        }
        self.file_subscription(id);
    }

    /// A 2xx moves the target, unless it comes from another notifier than the first NOTIFY.
    pub(super) fn note_target(&mut self, home: HomeId, response: &Message) {
        let remote_tag = response.to_tag().unwrap_or_default();
        if let Some(dialog) = self.dialog_at_mut(home)
            && dialog.remote_tag == remote_tag
        {
            dialog.refresh_target(response);
        }
    }

    pub(crate) fn move_in(&mut self, id: SubscriptionId, dialog: Dialog, peer: Target) {
        let home = self.homes.open(dialog, peer, Usage::Subscriber(id));
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.home = Some(home);
        }
    }

    /// A NOTIFY with this To tag; true if it belonged to a subscription and was answered. It may
    /// come before the 2xx to SUBSCRIBE and then makes the dialog (RFC 6665 4.1.2.4).
    pub(crate) fn handle_notify(
        &mut self,
        now: Instant,
        id: TransactionId,
        notify: &Message,
        source: Target,
        local_tag: &str,
    ) -> bool {
        let Ok(event) = EventPackage::of(notify) else {
            return false;
        };
        let found = self.homes.of_request(notify, local_tag);
        let found = match found.map(|(home, _)| home) {
            Some(home) => self.subscription_at(home, &event),
            None => self.begin_by_notify(now, notify, source, local_tag, &event),
        };
        let Some((subscription_id, home)) = found else {
            return false;
        };
        let number = notify.cseq().map_or(0, |cseq| cseq.number);
        let in_order = self.dialog_at_mut(home).is_none_or(|dialog| {
            let in_order = dialog.accept_cseq(number);
            if in_order {
                dialog.refresh_target(notify);
            }
            in_order
        });
        let code = if in_order { 200 } else { 500 };
        let mut changes = Vec::new();
        let timers = self.config.timers;
        if in_order && let Some(subscription) = self.subscriptions.get_mut(&subscription_id) {
            subscription.handle_notify(now, notify.clone(), timers, &mut changes);
        }
        self.reply(now, id, (notify, source), Reply::new(code), None);
        self.report_subscription(subscription_id, changes);
        self.leave_if_moved_out(subscription_id);
        self.file_subscription(subscription_id);
        true
    }

    /// The subscription of a dialog that has this package and `id` (RFC 6665 8.2.1).
    pub(crate) fn subscription_at(
        &self,
        home: HomeId,
        event: &EventPackage,
    ) -> Option<(SubscriptionId, HomeId)> {
        let mut usages = self.homes.get(home)?.usages.iter();
        usages.find_map(|usage| match usage {
            Usage::Subscriber(id) => {
                let subscription = self.subscriptions.get(id)?;
                let fits = !subscription.ended && subscription.takes(event);
                fits.then_some((*id, home))
            }
            Usage::Notifier(_) => None,
        })
    }

    /// The first NOTIFY of a notifier makes a dialog: that of the subscription, or of a fork of it
    /// if forks are wanted (RFC 6665 4.1.4, 4.4.1).
    fn begin_by_notify(
        &mut self,
        now: Instant,
        notify: &Message,
        source: Target,
        local_tag: &str,
        event: &EventPackage,
    ) -> Option<(SubscriptionId, HomeId)> {
        let key = (notify.call_id()?.to_owned(), local_tag.to_owned());
        let id = self.by_subscription.get(&key).copied()?;
        let subscription = self.subscriptions.get(&id)?;
        if subscription.ended || !subscription.takes(event) {
            return None;
        }
        let mut dialog = Dialog::from_request(notify, local_tag, DialogState::Confirmed).ok()?;
        dialog.local_cseq = subscription.cseq;
        let peer = subscription.peer.unwrap_or(source);
        if subscription.home.is_none() {
            self.move_in(id, dialog, peer);
            return Some((id, self.subscriptions.get(&id)?.home?));
        }
        let wanted = subscription.spec.fork == ForkPolicy::Each
            && subscription.forks_until.is_some_and(|until| now < until)
            && self.homes.count(&key) < FORKS_MAX;
        if !wanted {
            return None;
        }
        let mut fork = subscription.fork();
        fork.peer = Some(peer);
        fork.begin_as_fork(now, self.config.timers);
        let new = self.add_subscription(fork);
        self.move_in(new, dialog, peer);
        self.report_subscription(id, vec![SubscriptionChange::Forked { new }]);
        Some((new, self.subscriptions.get(&new)?.home?))
    }

    pub(crate) fn handle_subscription_timeouts(&mut self, now: Instant) {
        for id in self.subscription_agenda.due(now) {
            let mut changes = Vec::new();
            let refresh = self
                .subscriptions
                .get_mut(&id)
                .is_some_and(|subscription| subscription.handle_timeout(now, &mut changes));
            self.report_subscription(id, changes);
            if refresh {
                self.send_subscribe(now, id);
            }
            self.file_subscription(id);
        }
    }

    /// Puts the next deadline on the agenda; forgets the subscription if it is over.
    pub(crate) fn file_subscription(&mut self, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get(&id) else {
            return;
        };
        if subscription.ended && subscription.request.is_none() {
            return self.forget_subscription(id);
        }
        self.subscription_agenda
            .set(id, subscription.next_deadline());
    }

    pub(crate) fn forget_subscription(&mut self, id: SubscriptionId) {
        self.subscription_agenda.set(id, None);
        let Some(subscription) = self.subscriptions.remove(&id) else {
            return;
        };
        if let Some(home) = subscription.home {
            self.homes.leave(home, Usage::Subscriber(id));
        }
        let key = (subscription.call_id, subscription.from_tag);
        if self.by_subscription.get(&key) == Some(&id) {
            self.by_subscription.remove(&key);
        }
    }

    pub(crate) fn report_subscription(
        &mut self,
        id: SubscriptionId,
        changes: Vec<SubscriptionChange>,
    ) {
        for change in changes {
            if self.report_refer(id, &change) {
                continue;
            }
            self.happen(Happening::Subscription {
                subscription: id,
                change,
            });
        }
    }
}

/// The header fields of a SUBSCRIBE beyond those of every request.
fn headers_of(subscription: &mut Subscription) -> Vec<(String, String)> {
    let spec = &subscription.spec;
    let mut headers = vec![
        (HeaderName::Event, spec.event.to_string()),
        (
            HeaderName::Expires,
            subscription.wanted().as_secs().to_string(),
        ),
    ];
    headers.extend(
        spec.accept
            .clone()
            .map(|accept| (HeaderName::Accept, accept)),
    );
    let known = subscription.known_state();
    headers.extend(known.map(|etag| (HeaderName::SuppressIfMatch, etag)));
    let named = headers
        .into_iter()
        .map(|(name, value)| (name.as_str().to_owned(), value));
    let mut headers: Vec<_> = named.collect();
    headers.extend(spec.headers.iter().cloned());
    headers.append(&mut subscription.extra);
    headers
}
