//! Subscription as a subscriber (RFC 6665 4.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::endpoint::{Body, HomeId, Outcome, ReferPart, RequestId, SubscriptionId};
use crate::event::{EventPackage, StateKind, SubscriptionState, ends_subscription};
use crate::target::Target;
use crate::timers::Timers;

/// What becomes of NOTIFYs from further places that a SUBSCRIBE reached (RFC 6665 4.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForkPolicy {
    /// The first one is the subscription; the others are answered 481.
    #[default]
    First,
    /// Each is a subscription of its own.
    Each,
}

/// What to subscribe to and how.
#[derive(Debug, Clone)]
pub struct SubscriptionSpec {
    /// The Request-URI.
    pub uri: Uri,
    /// From, without tag.
    pub from: NameAddr,
    /// To, without tag.
    pub to: NameAddr,
    /// Contact.
    pub contact: NameAddr,
    /// The event package.
    pub event: EventPackage,
    /// Accept, for example `application/simple-message-summary`.
    pub accept: Option<String>,
    /// The asked lifetime. Zero asks for the state once (RFC 6665 4.4.3).
    pub expires: Duration,
    /// A filter or whatever else the package has in SUBSCRIBE.
    pub body: Option<Body>,
    /// Whether refreshes say which state is known, so that it need not be told again
    /// (RFC 5839 5.6).
    pub conditional: bool,
    /// Whether further notifiers are listened to.
    pub fork: ForkPolicy,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// Send there instead of where the URI says.
    pub destination: Option<Target>,
}

impl SubscriptionSpec {
    /// A subscription of an hour with what every one needs.
    pub const fn new(
        uri: Uri,
        from: NameAddr,
        to: NameAddr,
        contact: NameAddr,
        event: EventPackage,
    ) -> Self {
        Self {
            uri,
            from,
            to,
            contact,
            event,
            accept: None,
            expires: Duration::from_hours(1),
            body: None,
            conditional: false,
            fork: ForkPolicy::First,
            headers: Vec::new(),
            destination: None,
        }
    }
}

/// What changed about a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionChange {
    /// A 2xx to SUBSCRIBE.
    Accepted {
        /// The granted lifetime.
        expires: Duration,
        /// The response.
        response: Message,
    },
    /// The 2xx was 204: the state is still the one that was told last (RFC 5839 5.6).
    NotModified,
    /// A NOTIFY; it was answered 200.
    Notified {
        /// What it says about the subscription: `pending` until somebody has decided about it.
        state: SubscriptionState,
        /// The NOTIFY.
        notify: Message,
    },
    /// One more notifier told its state, and [`ForkPolicy::Each`] makes it a subscription.
    Forked {
        /// The subscription that began.
        new: SubscriptionId,
    },
    /// The notifier ended it, or it ran out: then nothing was said about it.
    Terminated {
        /// What the last NOTIFY says.
        state: Option<SubscriptionState>,
        /// The last NOTIFY.
        notify: Option<Message>,
        /// From when on one may subscribe anew; `None` if one should not (RFC 6665 4.1.3).
        again: Option<Instant>,
    },
    /// SUBSCRIBE was refused or failed.
    Failed {
        /// How it ended.
        outcome: Outcome,
    },
}

/// The subscriber's side of one subscription.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) spec: SubscriptionSpec,
    pub(crate) call_id: String,
    pub(crate) from_tag: String,
    /// The number of the last SUBSCRIBE outside a dialog.
    pub(crate) cseq: u32,
    pub(crate) request: Option<RequestId>,
    /// When the SUBSCRIBE on its way was sent first: the notifier counts from then at the earliest.
    pub(crate) sent_at: Option<Instant>,
    /// Where the last SUBSCRIBE went.
    pub(crate) peer: Option<Target>,
    /// The dialog that it lives in.
    pub(crate) home: Option<HomeId>,
    /// Further notifiers make subscriptions until then (timer N, RFC 6665 4.1.2.4).
    pub(crate) forks_until: Option<Instant>,
    pub(crate) ended: bool,
    /// Another SUBSCRIBE is wanted as soon as the one on its way is answered.
    pub(crate) again: bool,
    /// The REFER that made it, if one did.
    pub(crate) refer: Option<ReferPart>,
    /// More header fields of the next SUBSCRIBE only.
    pub(crate) extra: Vec<(String, String)>,
    /// The notifier has accepted it or told its state.
    established: bool,
    /// The name of the state that was told last (SIP-ETag).
    etag: Option<String>,
    removing: bool,
    refresh_at: Option<Instant>,
    expires_at: Option<Instant>,
}

impl Subscription {
    pub(crate) const fn new(
        spec: SubscriptionSpec,
        call_id: String,
        from_tag: String,
        cseq: u32,
    ) -> Self {
        Self {
            spec,
            call_id,
            from_tag,
            cseq,
            request: None,
            sent_at: None,
            peer: None,
            home: None,
            forks_until: None,
            ended: false,
            again: false,
            refer: None,
            extra: Vec::new(),
            established: false,
            etag: None,
            removing: false,
            refresh_at: None,
            expires_at: None,
        }
    }

    /// What another notifier makes of the same SUBSCRIBE.
    pub(crate) fn fork(&self) -> Self {
        Self::new(
            self.spec.clone(),
            self.call_id.clone(),
            self.from_tag.clone(),
            self.cseq,
        )
    }

    /// Notes that the next SUBSCRIBE ends the subscription.
    pub(crate) const fn stop(&mut self) {
        self.removing = true;
        self.refresh_at = None;
    }

    /// The lifetime for the next SUBSCRIBE.
    pub(crate) const fn wanted(&self) -> Duration {
        if self.removing {
            Duration::ZERO
        } else {
            self.spec.expires
        }
    }

    /// The state that the next SUBSCRIBE names as known.
    pub(crate) fn known_state(&self) -> Option<String> {
        self.etag.clone().filter(|_| self.spec.conditional)
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let refresh_at = self.refresh_at.filter(|_| self.request.is_none());
        [refresh_at, self.expires_at].into_iter().flatten().min()
    }

    /// True if a refresh must be sent now.
    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        changes: &mut Vec<SubscriptionChange>,
    ) -> bool {
        if self.expires_at.is_some_and(|at| at <= now) {
            self.end_unsaid(now, changes);
            return false;
        }
        let due = self.refresh_at.is_some_and(|at| at <= now) && self.request.is_none();
        if due {
            self.refresh_at = None;
        }
        due
    }

    pub(crate) fn handle_outcome(
        &mut self,
        now: Instant,
        outcome: Outcome,
        timers: Timers,
        changes: &mut Vec<SubscriptionChange>,
    ) {
        self.request = None;
        match outcome {
            // 202 means the same as 200 (RFC 6665 8.3.1).
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.accepted(now, response, timers, changes);
            }
            other => {
                // 481 and the like end it; any other failed refresh leaves the old lifetime
                // (RFC 6665 4.1.2.2).
                if !self.established || ends_subscription(other.code()) {
                    self.end();
                }
                changes.push(SubscriptionChange::Failed { outcome: other });
            }
        }
    }

    fn accepted(
        &mut self,
        now: Instant,
        response: Message,
        timers: Timers,
        changes: &mut Vec<SubscriptionChange>,
    ) {
        self.established = true;
        let not_modified = response.status() == Some(204);
        let expires = response.number(HeaderName::Expires).ok();
        let expires = expires.map_or(self.wanted(), |seconds| {
            Duration::from_secs(u64::from(seconds))
        });
        // The last NOTIFY may have overtaken this response.
        if !self.ended {
            self.granted(self.sent_at.unwrap_or(now), expires, timers);
        }
        changes.push(SubscriptionChange::Accepted { expires, response });
        if !not_modified {
            return;
        }
        changes.push(SubscriptionChange::NotModified);
        // No last NOTIFY will come (RFC 5839 5.7).
        if self.removing && !self.ended {
            self.end_unsaid(now, changes);
        }
    }

    /// A NOTIFY in this subscription's dialog.
    pub(crate) fn handle_notify(
        &mut self,
        now: Instant,
        notify: Message,
        timers: Timers,
        changes: &mut Vec<SubscriptionChange>,
    ) {
        self.established = true;
        if let Some(etag) = notify.text(HeaderName::SipEtag) {
            self.etag = Some(etag.into_owned());
        }
        // The field is mandatory (RFC 6665 8.2.3); without it the subscription goes on.
        let state = SubscriptionState::of(&notify)
            .unwrap_or_else(|_| SubscriptionState::new(StateKind::Other(String::new())));
        changes.push(SubscriptionChange::Notified {
            state: state.clone(),
            notify: notify.clone(),
        });
        if state.is_terminated() {
            self.end();
            changes.push(SubscriptionChange::Terminated {
                again: state.again_after().map(|wait| now + wait),
                state: Some(state),
                notify: Some(notify),
            });
        } else if let Some(expires) = state.expires
            && !self.removing
        {
            self.granted(now, expires, timers);
        }
    }

    /// A fork had no 2xx of its own: what its first NOTIFY does not say, the asked lifetime does
    /// (RFC 6665 4.1.4).
    pub(crate) fn begin_as_fork(&mut self, now: Instant, timers: Timers) {
        self.granted(now, self.spec.expires, timers);
    }

    /// A 2xx to REFER came, which says nothing about a lifetime: the first NOTIFY does. Timer N bounds
    /// the wait for it (RFC 6665 4.1.2.4).
    pub(crate) fn expect_first_state(&mut self, now: Instant, timers: Timers) {
        if !self.established && !self.ended {
            self.granted(now, Duration::ZERO, timers);
        }
    }

    /// It runs out unless the notifier ends it before.
    pub(crate) const fn stop_refreshing(&mut self) {
        self.refresh_at = None;
    }

    fn granted(&mut self, now: Instant, expires: Duration, timers: Timers) {
        if expires.is_zero() {
            // The last NOTIFY is still to come; timer N, 64*T1, bounds the wait
            // (RFC 6665 4.1.2.4).
            self.refresh_at = None;
            self.expires_at = Some(now + timers.give_up());
            return;
        }
        self.expires_at = Some(now + expires);
        let early = Duration::from_secs(30).min(expires / 2);
        // What a REFER led to is known once its end was told.
        let is_told = self.refer.is_some_and(|part| part.done);
        self.refresh_at = (!self.removing && !is_told).then(|| now + expires.saturating_sub(early));
    }

    fn end_unsaid(&mut self, now: Instant, changes: &mut Vec<SubscriptionChange>) {
        self.end();
        changes.push(SubscriptionChange::Terminated {
            state: None,
            notify: None,
            again: Some(now),
        });
    }

    const fn end(&mut self) {
        self.ended = true;
        self.refresh_at = None;
        self.expires_at = None;
    }
}
