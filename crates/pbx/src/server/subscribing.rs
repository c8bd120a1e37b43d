//! SUBSCRIBE and NOTIFY: the server as notifier of all its packages (RFC 6665 4.2, RFC 5839).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{NoticeId, Reply};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{
    EventPackage, Grant, News, NoticeChange, SubscriptionState, Target, TerminationReason,
};

use super::packages::{Extent, Package};
use super::place::refusal;
use super::state::Server;
use super::watchers::Watch;
use crate::config::WatchRule;
use crate::event::PbxEvent;
use crate::mwi::MWI_PACKAGE;

impl Server {
    /// A SUBSCRIBE, also inside a call: for the subscription `notice`, or for a new one.
    pub(super) fn subscribe(
        &mut self,
        now: Instant,
        (request, notice): (TransactionId, Option<NoticeId>),
        message: &Message,
        source: Target,
    ) {
        let (watch, expires) = match self.admit_subscription(now, notice, message) {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        let etag = self.etag(now, &watch);
        let known = message.values(HeaderName::SuppressIfMatch).next();
        let known = known.is_some_and(|known| known == "*" || known == etag) && !watch.pending;
        // A new subscription that lasts needs a NOTIFY, if only without body (RFC 5839 6.3).
        let untold = known && (notice.is_some() || expires.is_zero());
        let mut grant = Grant::new(expires, self.contact(None, source.transport));
        grant.code = if untold {
            204
        } else {
            self.config.subscribe_code
        };
        if untold {
            grant.headers.push(("SIP-ETag".into(), etag.clone()));
        }
        // Its dialog may be gone by now; it was told so.
        let Ok(id) = self.endpoint.grant(now, request, grant) else {
            return;
        };
        let pending = watch.pending;
        if notice.is_none() {
            self.watchers.insert(id, watch);
        }
        self.changed();
        if untold {
            return;
        }
        let state = match () {
            () if expires.is_zero() => SubscriptionState::terminated(TerminationReason::Timeout),
            () if pending => SubscriptionState::pending(),
            () => SubscriptionState::active(),
        };
        if known {
            let news = News {
                etag: Some(etag),
                ..News::new(state)
            };
            self.endpoint.notify(now, id, news);
        } else {
            self.tell(now, id, state, Extent::Full);
        }
    }

    /// What a SUBSCRIBE is about and how long it is told, or how it is refused.
    fn admit_subscription(
        &mut self,
        now: Instant,
        notice: Option<NoticeId>,
        message: &Message,
    ) -> Result<(Watch, Duration), Reply> {
        let package = self.package_of(message)?;
        let watch = match notice {
            Some(notice) => self.known_watch(now, notice, message)?,
            None => self.new_watch(now, package, message)?,
        };
        let expires = self.lifetime(message)?;
        if notice.is_none()
            && self.endpoint.census().notices >= self.config.limits.subscriptions_max
        {
            return Err(self.over_limit());
        }
        Ok((watch, expires))
    }

    /// Inside a subscription the dialog says what is watched, whatever the Request-URI. That it is
    /// still the same one who asks must be proven each time.
    fn known_watch(
        &mut self,
        now: Instant,
        notice: NoticeId,
        message: &Message,
    ) -> Result<Watch, Reply> {
        let caller = self.identify_watcher(now, message)?;
        let watch = self.watchers.get(notice);
        watch
            .filter(|watch| watch.watcher == caller.name())
            .cloned()
            .ok_or_else(|| refusal(403, "Not Your Subscription"))
    }

    fn new_watch(
        &mut self,
        now: Instant,
        package: &'static Package,
        message: &Message,
    ) -> Result<Watch, Reply> {
        let bad = |error: gannet_sip::FieldError| refusal(400, &error.to_string());
        let uri = message.request_uri().map_err(bad)?;
        let event = EventPackage::of(message).map_err(bad)?;
        let target = self.config.subscribe_challenge;
        let caller = self.identify(now, message, target)?;
        let place = self.place_of(&uri)?;
        let resource = (package.admit)(self, &caller, place)?;
        let is_own = caller.user() == Some(&resource);
        let mut watch = Watch::new(package, event, resource, caller.name().to_owned());
        match self.config.watching {
            WatchRule::Refuse if !is_own => Err(refusal(403, "Watching Others Is Not Allowed")),
            rule => {
                watch.pending = rule == WatchRule::Pending && !is_own;
                Ok(watch)
            }
        }
    }

    /// What was asked, within the limits; zero ends or fetches.
    pub(super) fn lifetime(&self, message: &Message) -> Result<Duration, Reply> {
        let policy = self.config.expires;
        let asked = message
            .number(HeaderName::Expires)
            .unwrap_or(policy.default_s);
        // RFC 6665 4.2.1.1: an hour or more is never too brief.
        if asked > 0 && asked < policy.min_s && asked < 3600 {
            return Err(Reply::new(423).header("Min-Expires", policy.min_s.to_string()));
        }
        Ok(Duration::from_secs(asked.min(policy.max_s).into()))
    }

    /// Something became of a subscription, or of a NOTIFY in it.
    pub(super) fn handle_notice(&mut self, now: Instant, notice: NoticeId, change: NoticeChange) {
        match change {
            NoticeChange::Delivered | NoticeChange::Refused { .. } => {
                let delivered = change == NoticeChange::Delivered;
                self.told(now, notice, delivered);
            }
            NoticeChange::Ended => {
                self.watchers.remove(notice);
                self.changed();
            }
            NoticeChange::Expired | NoticeChange::Lost { .. } => self.changed(),
        }
    }

    /// A document was answered: what came up meanwhile is told now.
    fn told(&mut self, now: Instant, notice: NoticeId, delivered: bool) {
        let Some(watch) = self.watchers.get_mut(notice) else {
            return;
        };
        watch.in_flight = false;
        let dirty = std::mem::take(&mut watch.dirty);
        let user = (delivered && watch.package.name == MWI_PACKAGE).then(|| watch.resource.clone());
        if dirty {
            self.tell(now, notice, SubscriptionState::active(), Extent::Changes);
        }
        if let Some(user) = user {
            let subscribed = true;
            self.emit(PbxEvent::MwiDelivered { user, subscribed });
        }
    }

    /// Ends all subscriptions to a user who does not exist any more.
    pub(super) fn end_watching(&mut self, now: Instant, user: &str) {
        for id in self.watchers.of_all(user) {
            let state = SubscriptionState::terminated(TerminationReason::NoResource);
            self.endpoint.notify(now, id, News::new(state));
        }
    }

    /// Tells the state to one subscription.
    fn tell(&mut self, now: Instant, id: NoticeId, state: SubscriptionState, extent: Extent) {
        let Some(watch) = self.watchers.get(id) else {
            return;
        };
        let mut news = News::new(state);
        if !watch.pending {
            let extent = if watch.full_waits {
                Extent::Full
            } else {
                extent
            };
            news.body = Some((watch.package.body)(self, now, watch, extent));
            news.etag = Some(self.etag(now, watch));
        }
        if let Some(watch) = self.watchers.get_mut(id) {
            watch.etag.clone_from(&news.etag);
            watch.full_waits = watch.in_flight;
            watch.in_flight = true;
            watch.changed.clear();
            if news.body.is_some() {
                watch.version = watch.version.wrapping_add(1);
            }
        }
        self.endpoint.notify(now, id, news);
    }

    /// Tells everybody who watches a user by a package that something changed. The document is made
    /// once where it is the same for all, and nobody is told what they know.
    pub(super) fn tell_watchers(&mut self, now: Instant, package: &str, resource: &str) {
        let ids = self.watchers.of(package, resource);
        let first = ids.first().and_then(|id| self.watchers.get(*id));
        let Some(first) = first else {
            return;
        };
        if first.package.numbered {
            for id in ids {
                self.tell_change(now, id);
            }
            return;
        }
        let body = (first.package.body)(self, now, first, Extent::Full);
        let etag = etag_of(&body.bytes);
        for id in ids {
            let Some(watch) = self.watchers.get_mut(id) else {
                continue;
            };
            if watch.pending || watch.etag.as_ref() == Some(&etag) {
                continue;
            }
            watch.etag = Some(etag.clone());
            let mut news = News::new(SubscriptionState::active()).body(body.clone());
            news.etag = Some(etag.clone());
            self.endpoint.notify(now, id, news);
        }
    }

    /// One document at a time is on its way in a numbered package: changes gather behind it.
    fn tell_change(&mut self, now: Instant, id: NoticeId) {
        let Some(watch) = self.watchers.get_mut(id).filter(|watch| !watch.pending) else {
            return;
        };
        if watch.in_flight {
            watch.dirty = true;
        } else {
            self.tell(now, id, SubscriptionState::active(), Extent::Changes);
        }
    }

    /// The name of the state that a subscription is about (RFC 5839 6.1): the same for the same
    /// state, whatever the number of the document that tells it.
    fn etag(&self, now: Instant, watch: &Watch) -> String {
        let plain = Watch::new(
            watch.package,
            watch.event.clone(),
            watch.resource.clone(),
            String::new(),
        );
        etag_of(&(watch.package.body)(self, now, &plain, Extent::Full).bytes)
    }
}

fn etag_of(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
