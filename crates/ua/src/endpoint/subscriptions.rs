//! Subscriptions of an endpoint (RFC 6665 4.1).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method};

use super::client::Purpose;
use super::command::{Reply, RequestSpec};
use super::core::{Endpoint, add_headers, build};
use super::happening::{Happening, Outcome, SubscriptionId};
use crate::dialog::{Dialog, DialogState};
use crate::subscription::{Subscription, SubscriptionChange, SubscriptionSpec};
use crate::target::Target;
use crate::transaction::TransactionId;

impl Endpoint {
    /// Subscribes and keeps the subscription alive.
    pub fn subscribe(&mut self, now: Instant, spec: SubscriptionSpec) -> SubscriptionId {
        self.last_other += 1;
        let id = SubscriptionId(self.last_other);
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        let cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        self.by_subscription
            .insert((call_id.clone(), tag.clone()), id);
        self.subscriptions
            .insert(id, Subscription::new(spec, call_id, tag, cseq));
        self.send_subscribe(now, id);
        id
    }

    /// Sends SUBSCRIBE again now, or as soon as the one on its way is answered. Nothing happens
    /// once the subscription has ended.
    pub fn refresh_subscription(&mut self, now: Instant, id: SubscriptionId) {
        self.send_subscribe(now, id);
    }

    /// Ends the subscription (RFC 6665 4.1.2.3).
    pub fn unsubscribe(&mut self, now: Instant, id: SubscriptionId) {
        if let Some(subscription) = self.subscriptions.get_mut(&id) {
            subscription.stop();
        }
        self.send_subscribe(now, id);
    }

    fn send_subscribe(&mut self, now: Instant, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        if subscription.request.is_some() {
            subscription.again = true;
            return;
        }
        let spec = subscription.spec.clone();
        let expires = subscription.wanted().as_secs().to_string();
        let mut headers = vec![
            (
                HeaderName::Event.as_str().to_owned(),
                spec.event.to_string(),
            ),
            (HeaderName::Expires.as_str().to_owned(), expires),
        ];
        if let Some(accept) = &spec.accept {
            headers.push((HeaderName::Accept.as_str().to_owned(), accept.clone()));
        }
        headers.extend(spec.headers.iter().cloned());
        let (builder, target) = if let Some(dialog) = &mut subscription.dialog {
            let next_hop = dialog.routing().next_hop;
            let mut builder = dialog.request(&Method::Subscribe);
            builder.push(HeaderName::Contact, spec.contact.to_string());
            add_headers(&mut builder, headers);
            (builder, self.locate(&next_hop))
        } else {
            subscription.cseq += 1;
            let (tag, call_id, cseq) = (
                subscription.from_tag.clone(),
                subscription.call_id.clone(),
                subscription.cseq,
            );
            let mut request = RequestSpec::new(Method::Subscribe, spec.uri, spec.from, spec.to);
            request.contact = Some(spec.contact);
            request.headers = headers;
            request.destination = spec.destination;
            let target = self.target_of(&request);
            (build(request, &tag, &call_id, cseq), target)
        };
        if let Ok(target) = target {
            let sent = self.launch(
                now,
                Method::Subscribe,
                builder,
                target,
                Purpose::Subscribe(id),
            );
            if let Some(subscription) = self.subscriptions.get_mut(&id) {
                subscription.request = Some(sent);
                subscription.sent_at = Some(now);
            }
            self.file_subscription(id);
        } else {
            let change = SubscriptionChange::Failed {
                outcome: Outcome::TransportFailed,
            };
            self.happen(Happening::Subscription {
                subscription: id,
                change,
            });
            self.forget_subscription(id);
        }
    }

    pub(crate) fn subscribe_done(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        request: &Message,
        outcome: Outcome,
    ) {
        let mut changes = Vec::new();
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        if let Some(response) = outcome.response().filter(|r| r.status() < Some(300)) {
            match &mut subscription.dialog {
                Some(dialog) => dialog.refresh_target(response),
                None => subscription.dialog = Dialog::from_response(request, response).ok(),
            }
        }
        let again = std::mem::take(&mut subscription.again);
        subscription.handle_outcome(now, outcome, self.config.timers, &mut changes);
        let again = again && !subscription.ended;
        self.report_subscription(id, changes);
        if again {
            self.send_subscribe(now, id);
        }
        self.file_subscription(id);
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
        let call_id = notify.call_id().unwrap_or_default();
        let key = (call_id.to_owned(), local_tag.to_owned());
        let Some(subscription_id) = self.by_subscription.get(&key).copied() else {
            return false;
        };
        let number = notify.cseq().map_or(0, |cseq| cseq.number);
        let Some(subscription) = self
            .subscriptions
            .get_mut(&subscription_id)
            .filter(|subscription| !subscription.ended)
        else {
            return false;
        };
        // Another fork of the SUBSCRIBE is not wanted (RFC 6665 4.1.4).
        let remote_tag = notify.from_tag().unwrap_or_default();
        if let Some(dialog) = &subscription.dialog
            && dialog.remote_tag != remote_tag
        {
            return false;
        }
        if subscription.dialog.is_none() {
            let made = Dialog::from_request(notify, local_tag, DialogState::Confirmed);
            subscription.dialog = made.ok().map(|mut dialog| {
                dialog.local_cseq = subscription.cseq;
                dialog
            });
        }
        let in_order = subscription.dialog.as_mut().is_none_or(|dialog| {
            let in_order = dialog.accept_cseq(number);
            if in_order {
                dialog.refresh_target(notify);
            }
            in_order
        });
        let code = if in_order { 200 } else { 500 };
        let mut changes = Vec::new();
        if in_order {
            subscription.handle_notify(now, notify.clone(), self.config.timers, &mut changes);
        }
        self.reply(now, id, (notify, source), Reply::new(code), None);
        self.report_subscription(subscription_id, changes);
        self.file_subscription(subscription_id);
        true
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
    fn file_subscription(&mut self, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get(&id) else {
            return;
        };
        if subscription.ended && subscription.request.is_none() {
            return self.forget_subscription(id);
        }
        self.subscription_agenda
            .set(id, subscription.next_deadline());
    }

    fn forget_subscription(&mut self, id: SubscriptionId) {
        self.subscription_agenda.set(id, None);
        if let Some(subscription) = self.subscriptions.remove(&id) {
            self.by_subscription
                .remove(&(subscription.call_id, subscription.from_tag));
        }
    }

    fn report_subscription(&mut self, id: SubscriptionId, changes: Vec<SubscriptionChange>) {
        for change in changes {
            self.happen(Happening::Subscription {
                subscription: id,
                change,
            });
        }
    }
}
