//! Subscriptions of others to us: the notifier's side (RFC 6665 4.2).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, NameAddr};

use crate::dialog::Dialog;
use crate::endpoint::{Body, HomeId, NoticeId, Outcome, RequestId};
use crate::event::{EventPackage, SubscriptionState};
use crate::target::Target;

/// How a SUBSCRIBE is accepted.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The lifetime, no longer than asked for. Zero ends the subscription, or makes a new one that
    /// is told the state once.
    pub expires: Duration,
    /// 200; 202 where notifiers of RFC 3265 are imitated; 204 where the state is known to the
    /// subscriber and need not be told (RFC 5839 7.1).
    pub code: u16,
    /// Contact of the response and of all NOTIFYs.
    pub contact: NameAddr,
    /// More header fields of the response.
    pub headers: Vec<(String, String)>,
}

impl Grant {
    /// 200 for this long.
    pub const fn new(expires: Duration, contact: NameAddr) -> Self {
        Self {
            expires,
            code: 200,
            contact,
            headers: Vec::new(),
        }
    }
}

/// What a NOTIFY tells: always the whole state, so that a later one can stand for an earlier one.
#[derive(Debug, Clone)]
pub struct News {
    /// How the subscription stands. `expires` is filled in when it is sent, unless it is set.
    pub state: SubscriptionState,
    /// The state of what was subscribed to.
    pub body: Option<Body>,
    /// The name of that state (SIP-ETag, RFC 5839 6.1).
    pub etag: Option<String>,
    /// More header fields.
    pub headers: Vec<(String, String)>,
}

impl News {
    /// News without a body.
    pub const fn new(state: SubscriptionState) -> Self {
        Self {
            state,
            body: None,
            etag: None,
            headers: Vec::new(),
        }
    }

    /// The same with a body.
    pub fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }
}

/// What became of a subscription of others or of a NOTIFY in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeChange {
    /// A NOTIFY was answered with 2xx.
    Delivered,
    /// A NOTIFY was refused with this code; the subscription stays. With Retry-After the state is
    /// told again then.
    Refused {
        /// The code.
        code: u16,
    },
    /// It was not refreshed in time. The last NOTIFY, `terminated;reason=timeout`, is on its way.
    Expired,
    /// A NOTIFY failed in a way that says that nobody listens any more (RFC 6665 4.2.2).
    Lost {
        /// The code, or the one that it counts as.
        code: u16,
    },
    /// It is over and forgotten. Always the last change of a subscription.
    Ended,
}

/// A subscription of others as it stands.
#[derive(Debug, Clone, Copy)]
pub struct NoticeView<'a> {
    /// Its number.
    pub id: NoticeId,
    /// What was subscribed to.
    pub event: &'a EventPackage,
    /// The dialog it lives in.
    pub dialog: &'a Dialog,
    /// When it ends unless it is refreshed.
    pub ends_at: Instant,
    /// Where NOTIFY goes.
    pub target: Target,
}

/// The notifier's side of one subscription.
#[derive(Debug)]
pub(crate) struct Notice {
    pub(crate) event: EventPackage,
    pub(crate) home: HomeId,
    pub(crate) contact: NameAddr,
    pub(crate) ends_at: Instant,
    /// The NOTIFY on its way.
    pub(crate) request: Option<RequestId>,
    /// What it tells.
    pub(crate) told: Option<News>,
    /// What is to be told next.
    pub(crate) waiting: Option<News>,
    /// Not before then: the subscriber asked for patience.
    pub(crate) retry_at: Option<Instant>,
    /// What is told, or is to be told, is the end.
    pub(crate) ending: bool,
}

impl Notice {
    /// Whole seconds left, at least one: an end is told by `terminated`.
    pub(crate) fn time_left(&self, now: Instant) -> Duration {
        let left = self.ends_at.saturating_duration_since(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Duration::from_secs(seconds.max(1))
    }

    /// Whether something waits to be told and may be.
    pub(crate) fn may_tell(&self, now: Instant) -> bool {
        self.waiting.is_some() && self.retry_at.is_none_or(|at| at <= now)
    }

    /// A NOTIFY was refused: with Retry-After it has not failed, and what it told, or what is newer,
    /// is told later (RFC 6665 4.2.2). An end is not told twice.
    pub(crate) fn put_off(&mut self, now: Instant, outcome: &Outcome, told: Option<News>) {
        let response = outcome.response().filter(|_| !self.ending);
        let wait = response.and_then(|it| it.number(HeaderName::RetryAfter).ok());
        if let Some(seconds) = wait {
            self.retry_at = Some(now + Duration::from_secs(u64::from(seconds.max(1))));
            self.waiting = self.waiting.take().or(told);
        }
    }
}
