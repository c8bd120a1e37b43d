//! Subscription as a subscriber (RFC 6665 4.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::endpoint::{AuthStyle, Body, HomeId, Outcome, ReferPart, RequestId, SubscriptionId};
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
    /// Whether it is refreshed by itself before it runs out.
    pub refreshes: bool,
    /// Whether it begins anew by itself when the notifier ends it for a reason that allows that
    /// (RFC 6665 4.1.3). It keeps its number, and has a new dialog.
    pub anew: bool,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// Send there instead of where the URI says.
    pub destination: Option<Target>,
}

impl SubscriptionSpec {
    /// A subscription of an hour with what every one needs, refreshed by itself and not begun anew.
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
            refreshes: true,
            anew: false,
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
        /// From when on one may subscribe anew; `None` if one should not (RFC 6665 4.1.3). With
        /// [`SubscriptionSpec::anew`] SUBSCRIBE is sent then.
        again: Option<Instant>,
    },
    /// SUBSCRIBE was refused or failed. No NOTIFY within timer N counts as no answer
    /// (RFC 6665 4.1.2.4).
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
    /// When a NOTIFY last said how long it lives.
    told_at: Option<Instant>,
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
    /// The Request-URI of the next SUBSCRIBE only, instead of the remote target.
    pub(crate) uri: Option<Uri>,
    /// The credentials of the next SUBSCRIBE only.
    pub(crate) auth: AuthStyle,
    /// It has left its dialog and begins anew at `refresh_at`.
    pub(crate) moved_out: bool,
    /// The notifier has accepted it or told its state.
    pub(crate) established: bool,
    /// A NOTIFY came.
    pub(crate) heard: bool,
    /// The name of the state that was told last (SIP-ETag).
    pub(crate) etag: Option<String>,
    pub(crate) removing: bool,
    pub(crate) refresh_at: Option<Instant>,
    pub(crate) expires_at: Option<Instant>,
    /// The first NOTIFY must have come by then (timer N).
    pub(crate) confirm_by: Option<Instant>,
    /// 423s in a row.
    pub(crate) too_brief: u32,
    /// How often it has begun anew after no more than a short life.
    pub(crate) short_lives: u32,
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
            told_at: None,
            peer: None,
            home: None,
            forks_until: None,
            ended: false,
            again: false,
            refer: None,
            extra: Vec::new(),
            uri: None,
            auth: AuthStyle::POLICY,
            moved_out: false,
            established: false,
            heard: false,
            etag: None,
            removing: false,
            refresh_at: None,
            expires_at: None,
            confirm_by: None,
            too_brief: 0,
            short_lives: 0,
        }
    }

    /// What another notifier makes of the same SUBSCRIBE.
    pub(crate) fn fork(&self) -> Self {
        let mut spec = self.spec.clone();
        // Its SUBSCRIBE would reach all notifiers again.
        spec.anew = false;
        let (call_id, tag) = (self.call_id.clone(), self.from_tag.clone());
        Self::new(spec, call_id, tag, self.cseq)
    }

    /// Notes that a SUBSCRIBE went out.
    pub(crate) fn sent(&mut self, now: Instant, request: RequestId, peer: Target, timers: Timers) {
        let timer_n = now + timers.give_up();
        self.moved_out = false;
        self.request = Some(request);
        self.sent_at = Some(now);
        self.peer = Some(peer);
        if self.home.is_none() {
            self.forks_until = Some(timer_n);
        }
        if !self.heard {
            self.confirm_by = Some(timer_n);
        }
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
        let idle = self.request.is_none();
        let refresh_at = self.refresh_at.filter(|_| idle);
        // While SUBSCRIBE is on its way its own time-out counts.
        let confirm_by = self.confirm_by.filter(|_| idle);
        [refresh_at, confirm_by, self.expires_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// True if a refresh must be sent now.
    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        changes: &mut Vec<SubscriptionChange>,
    ) -> bool {
        let idle = self.request.is_none();
        if self.confirm_by.is_some_and(|at| at <= now) && idle {
            self.end_unheard(now, changes);
            return false;
        }
        if self.expires_at.is_some_and(|at| at <= now) {
            self.end_unsaid(now, changes);
            return false;
        }
        let due = self.refresh_at.is_some_and(|at| at <= now) && idle;
        if due {
            self.refresh_at = None;
        }
        due
    }

    /// The final response to SUBSCRIBE; true if another one must be sent at once.
    pub(crate) fn handle_outcome(
        &mut self,
        now: Instant,
        outcome: Outcome,
        timers: Timers,
        changes: &mut Vec<SubscriptionChange>,
    ) -> bool {
        self.request = None;
        match outcome {
            // 202 means the same as 200 (RFC 6665 8.3.1).
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.accepted(now, response, timers, changes);
            }
            Outcome::Response(response) if self.asks_for_more(&response) => return true,
            other => {
                // 481 and the like end it; any other failed refresh leaves the old lifetime
                // (RFC 6665 4.1.2.2).
                if !self.established || ends_subscription(other.code()) {
                    self.end();
                }
                changes.push(SubscriptionChange::Failed { outcome: other });
            }
        }
        false
    }

    fn accepted(
        &mut self,
        now: Instant,
        response: Message,
        timers: Timers,
        changes: &mut Vec<SubscriptionChange>,
    ) {
        self.established = true;
        self.too_brief = 0;
        let not_modified = response.status() == Some(204);
        if not_modified {
            // No NOTIFY confirms it (RFC 5839 5.6).
            self.confirm_by = None;
        }
        let expires = response.number(HeaderName::Expires).ok();
        let expires = expires.map_or(self.wanted(), |seconds| {
            Duration::from_secs(u64::from(seconds))
        });
        // The last NOTIFY may have overtaken this response. So may one whose lifetime begins later than
        // this one's: what a NOTIFY says counts (RFC 6665 4.1.3).
        let sent_at = self.sent_at.unwrap_or(now);
        let told_since = self.told_at.is_some_and(|told_at| told_at >= sent_at);
        let told_longer = self.expires_at.is_some_and(|at| at > sent_at + expires);
        if !self.ended && (expires.is_zero() || !(told_since && told_longer)) {
            self.granted(sent_at, expires, timers);
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
        self.heard = true;
        self.confirm_by = None;
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
            let again = self.begin_anew(now, &state, timers);
            if again.is_none() {
                self.end();
            }
            changes.push(SubscriptionChange::Terminated {
                again: again.or_else(|| state.again_after().map(|wait| now + wait)),
                state: Some(state),
                notify: Some(notify),
            });
        } else if let Some(expires) = state.expires
            && !self.removing
        {
            self.told_at = Some(now);
            self.granted(now, expires, timers);
        }
    }
}
