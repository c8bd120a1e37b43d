//! SUBSCRIBE: how subscriptions are made, prolonged and ended (RFC 6665 4.2.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::Reply;
use gannet_ua::transaction::TransactionId;
use gannet_ua::{Dialog, DialogState, Target, response_to};

use super::machine::{Notifier, NotifierEvent, SubscriptionId};
use super::subscription::Subscription;

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

impl Notifier {
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

    pub(super) fn handle_subscribe(
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
}
