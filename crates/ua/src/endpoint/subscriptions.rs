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
        self.subscriptions
            .insert(id, Subscription::new(spec, call_id, tag, cseq));
        self.send_subscribe(now, id);
        id
    }

    /// Sends SUBSCRIBE again now.
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
        let Some(subscription) = self
            .subscriptions
            .get_mut(&id)
            .filter(|s| s.request.is_none())
        else {
            return;
        };
        let spec = subscription.spec.clone();
        let expires = subscription.wanted().as_secs().to_string();
        let mut headers = vec![
            (HeaderName::Event.as_str().to_owned(), spec.event.clone()),
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
            }
        } else {
            let change = SubscriptionChange::Failed {
                outcome: Outcome::TransportFailed,
            };
            self.happen(Happening::Subscription {
                subscription: id,
                change,
            });
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
        subscription.handle_outcome(now, outcome, &mut changes);
        self.report_subscription(id, changes);
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
        let found = self
            .subscriptions
            .iter()
            .find(|(_, s)| s.call_id == call_id && s.from_tag == local_tag && !s.ended)
            .map(|(found, _)| *found);
        let Some(subscription_id) = found else {
            return false;
        };
        let number = notify.cseq().map_or(0, |cseq| cseq.number);
        let Some(subscription) = self.subscriptions.get_mut(&subscription_id) else {
            return false;
        };
        if subscription.dialog.is_none() {
            let made = Dialog::from_request(notify, local_tag, DialogState::Confirmed);
            subscription.dialog = made.ok().map(|mut dialog| {
                dialog.local_cseq = subscription.cseq;
                dialog
            });
        }
        let in_order = subscription.dialog.as_mut().is_none_or(|dialog| {
            dialog.refresh_target(notify);
            dialog.accept_cseq(number)
        });
        let code = if in_order { 200 } else { 500 };
        let mut changes = Vec::new();
        if in_order {
            subscription.handle_notify(now, notify.clone(), &mut changes);
        }
        self.reply(now, id, (notify, source), Reply::new(code), None);
        self.report_subscription(subscription_id, changes);
        true
    }

    pub(crate) fn handle_subscription_timeouts(&mut self, now: Instant) {
        let due: Vec<_> = self
            .subscriptions
            .iter()
            .filter(|(_, s)| s.next_deadline().is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            let mut changes = Vec::new();
            let refresh = self
                .subscriptions
                .get_mut(&id)
                .is_some_and(|subscription| subscription.handle_timeout(now, &mut changes));
            self.report_subscription(id, changes);
            if refresh {
                self.send_subscribe(now, id);
            }
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
