//! Subscription as a subscriber (RFC 6665 4.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::dialog::Dialog;
use crate::endpoint::{Outcome, RequestId};
use crate::event::{EventPackage, StateKind, SubscriptionState, ends_subscription};
use crate::target::Target;
use crate::timers::Timers;

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
    /// The asked lifetime.
    pub expires: Duration,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// Send there instead of where the URI says.
    pub destination: Option<Target>,
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
    /// A NOTIFY; it was answered 200.
    Notified {
        /// What it says about the subscription: `pending` until somebody has decided about it.
        state: SubscriptionState,
        /// The NOTIFY.
        notify: Message,
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
    pub(crate) cseq: u32,
    pub(crate) request: Option<RequestId>,
    /// When the SUBSCRIBE on its way was sent first: the notifier counts from then at the earliest.
    pub(crate) sent_at: Option<Instant>,
    pub(crate) dialog: Option<Dialog>,
    pub(crate) ended: bool,
    /// Another SUBSCRIBE is wanted as soon as the one on its way is answered.
    pub(crate) again: bool,
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
            dialog: None,
            ended: false,
            again: false,
            removing: false,
            refresh_at: None,
            expires_at: None,
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
            self.end();
            changes.push(SubscriptionChange::Terminated {
                state: None,
                notify: None,
                again: Some(now),
            });
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
                let expires = response.number(HeaderName::Expires).ok();
                let expires = expires.map_or(self.wanted(), |seconds| {
                    Duration::from_secs(u64::from(seconds))
                });
                // The last NOTIFY may have overtaken this response.
                if !self.ended {
                    self.granted(self.sent_at.unwrap_or(now), expires, timers);
                }
                changes.push(SubscriptionChange::Accepted { expires, response });
            }
            other => {
                // 481 and the like end it; any other failed refresh leaves the old lifetime
                // (RFC 6665 4.1.2.2).
                if self.dialog.is_none() || ends_subscription(other.code()) {
                    self.end();
                }
                changes.push(SubscriptionChange::Failed { outcome: other });
            }
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
        self.refresh_at = (!self.removing).then(|| now + expires.saturating_sub(early));
    }

    const fn end(&mut self) {
        self.ended = true;
        self.refresh_at = None;
        self.expires_at = None;
    }
}
