//! Subscription as a subscriber (RFC 6665 4.1).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::dialog::Dialog;
use crate::endpoint::{Outcome, RequestId};
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
    /// The event package with parameters, for example `message-summary`.
    pub event: String,
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
        /// The NOTIFY.
        notify: Message,
    },
    /// The notifier ended it, or it ran out; the NOTIFY if there was one.
    Terminated {
        /// The last NOTIFY.
        notify: Option<Message>,
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
            changes.push(SubscriptionChange::Terminated { notify: None });
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
                let gone = matches!(
                    other.code(),
                    404 | 405 | 410 | 416 | 480..=485 | 489 | 501 | 604
                );
                if self.dialog.is_none() || gone {
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
        let state = notify
            .text(HeaderName::SubscriptionState)
            .unwrap_or_default()
            .into_owned();
        let mut pieces = state.split(';').map(str::trim);
        let terminated = pieces
            .next()
            .is_some_and(|s| s.eq_ignore_ascii_case("terminated"));
        let expires = pieces.find_map(|piece| piece.strip_prefix("expires=")?.parse::<u64>().ok());
        changes.push(SubscriptionChange::Notified {
            notify: notify.clone(),
        });
        if terminated {
            self.end();
            changes.push(SubscriptionChange::Terminated {
                notify: Some(notify),
            });
        } else if let Some(seconds) = expires
            && !self.removing
        {
            self.granted(now, Duration::from_secs(seconds), timers);
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
