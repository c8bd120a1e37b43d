//! SUBSCRIBE once more: with other credentials, to another URI, for the last time, beside another
//! subscription, or in a new dialog.

use std::time::{Duration, Instant};

use gannet_sip::Uri;

use super::auth_style::AuthStyle;
use super::core::{Endpoint, SendError};
use super::happening::SubscriptionId;
use super::usage::Usage;
use crate::subscription::{Subscription, SubscriptionSpec};

/// How a subscription is refreshed or ended where that differs from the last time.
#[derive(Debug, Clone, Default)]
pub struct Resubscribe {
    /// Another lifetime from now on; zero ends the subscription.
    pub expires: Option<Duration>,
    /// More header fields, this time.
    pub headers: Vec<(String, String)>,
    /// The Request-URI instead of the remote target, this time.
    pub uri: Option<Uri>,
    /// The credentials, this time.
    pub auth: AuthStyle,
}

/// What a subscription is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionView {
    /// It has ended; only the answer to its last SUBSCRIBE may still come.
    pub over: bool,
    /// A SUBSCRIBE has no final response yet.
    pub asking: bool,
}

impl Endpoint {
    /// A subscription as it stands; `None` once it is forgotten.
    pub fn subscription(&self, id: SubscriptionId) -> Option<SubscriptionView> {
        let subscription = self.subscriptions.get(&id)?;
        Some(SubscriptionView {
            over: subscription.ended,
            asking: subscription.request.is_some(),
        })
    }

    /// Sends SUBSCRIBE again now, or as soon as the one on its way is answered. Nothing happens
    /// once the subscription has ended.
    pub fn resubscribe(&mut self, now: Instant, id: SubscriptionId, how: Resubscribe) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        subscription.extra = how.headers;
        subscription.uri = how.uri;
        subscription.auth = how.auth;
        match how.expires {
            Some(expires) if expires.is_zero() => return self.unsubscribe(now, id),
            Some(expires) => subscription.spec.expires = expires,
            None => {}
        }
        self.send_subscribe(now, id);
    }

    /// Ends the subscription (RFC 6665 4.1.2.3). One that waits to begin anew ends at once.
    pub fn unsubscribe(&mut self, now: Instant, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        subscription.stop();
        if subscription.moved_out && subscription.request.is_none() {
            let mut changes = Vec::new();
            subscription.end_unsaid(now, &mut changes);
            self.report_subscription(id, changes);
            return self.file_subscription(id);
        }
        self.send_subscribe(now, id);
    }

    /// One more subscription in the dialog that another one lives in (RFC 6665 4.5.2). Package or
    /// `id` must differ. Request-URI, From and To are those of the dialog.
    ///
    /// # Errors
    /// If the other subscription has no dialog, or is the same by package and `id`.
    pub fn subscribe_beside(
        &mut self,
        now: Instant,
        beside: SubscriptionId,
        spec: SubscriptionSpec,
    ) -> Result<SubscriptionId, SendError> {
        let neighbour = self.subscriptions.get(&beside);
        let home = neighbour.and_then(|neighbour| neighbour.home);
        let home = home.ok_or(SendError::NoDialog)?;
        if self.subscription_at(home, &spec.event).is_some() {
            return Err(SendError::NoDialog);
        }
        let dialog = self.dialog_at(home).ok_or(SendError::NoDialog)?;
        let (call_id, tag) = (dialog.call_id.clone(), dialog.local_tag.clone());
        let mut subscription = Subscription::new(spec, call_id, tag, 0);
        subscription.home = Some(home);
        let id = self.add_subscription(subscription);
        self.homes.join(home, Usage::Subscriber(id));
        self.send_subscribe(now, id);
        Ok(id)
    }

    /// A subscription that begins anew does so outside its old dialog: with a Call-ID and a tag
    /// of its own (RFC 6665 4.1.3). What was on its way there is of no more interest.
    pub(crate) fn leave_if_moved_out(&mut self, id: SubscriptionId) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else {
            return;
        };
        if !subscription.moved_out || subscription.home.is_none() {
            return;
        }
        let home = subscription.home.take();
        let request = subscription.request.take();
        let identifiers = self.config.identifiers.clone();
        let call_id = identifiers.call_id(&mut self.rng, self.config.local);
        let tag = identifiers.tag(&mut self.rng);
        subscription.cseq = identifiers.first_cseq(&mut self.rng).saturating_sub(1);
        let call_id = std::mem::replace(&mut subscription.call_id, call_id);
        let tag = std::mem::replace(&mut subscription.from_tag, tag);
        let new_key = (subscription.call_id.clone(), subscription.from_tag.clone());
        let old_key = (call_id, tag);
        if self.by_subscription.get(&old_key) == Some(&id) {
            self.by_subscription.remove(&old_key);
        }
        self.by_subscription.insert(new_key, id);
        if let Some(home) = home {
            self.homes.leave(home, Usage::Subscriber(id));
        }
        if let Some(request) = request {
            self.abandon_request(request);
        }
    }
}
