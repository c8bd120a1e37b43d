//! Publication of event state as an event publication agent (RFC 3903 4).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::endpoint::{Body, Outcome, RequestId};
use crate::event::EventPackage;
use crate::target::Target;

/// Most PUBLISHes in a row that are answered 423 before the compositor is taken for confused.
const TOO_BRIEF_MAX: u32 = 3;

/// A refresh that failed for a passing reason is tried again half way to the end, but not if less
/// than this is left.
const WORTH_A_RETRY: Duration = Duration::from_secs(10);

/// What to publish and how.
#[derive(Debug, Clone)]
pub struct PublicationSpec {
    /// The Request-URI: whose state it is.
    pub uri: Uri,
    /// From, without tag.
    pub from: NameAddr,
    /// To, without tag.
    pub to: NameAddr,
    /// The event package.
    pub event: EventPackage,
    /// The state. It is sent again whenever the compositor has lost it.
    pub body: Body,
    /// The asked lifetime.
    pub expires: Duration,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// Send there instead of where the URI says.
    pub destination: Option<Target>,
}

/// What changed about a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicationChange {
    /// It was accepted, first time or again.
    Published {
        /// The entity tag that names it from now on; `None` if the compositor gave none, against
        /// RFC 3903 6. Then the next change is a publication of its own.
        etag: Option<String>,
        /// The granted lifetime.
        expires: Duration,
        /// The 2xx.
        response: Message,
    },
    /// 412: the compositor does not know the entity tag. The state is published anew
    /// (RFC 3903 5).
    Unknown {
        /// The 412.
        response: Message,
    },
    /// Refused or failed. What was published before stands until its lifetime ends.
    Failed {
        /// How it ended.
        outcome: Outcome,
        /// When it is tried again by itself.
        retry: Option<Instant>,
        /// Whether it is over: nothing was published before.
        over: bool,
    },
    /// Its lifetime ended before a refresh succeeded. It is over.
    Expired,
    /// It was removed on our wish, or was not there any more. It is over.
    Removed {
        /// The answer; `None` if nothing had to be sent.
        response: Option<Message>,
    },
}

/// What is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The state, as first publication or in place of what the entity tag names
    /// (RFC 3903 4.2, 4.4).
    State,
    /// A refresh, without body (RFC 3903 4.3).
    Refresh,
    /// A lifetime of zero, without body (RFC 3903 4.5).
    Remove,
}

/// One publication. Its inputs are responses and deadlines, its outputs [`PublicationChange`]s and
/// wishes for the endpoint to send a PUBLISH.
#[derive(Debug)]
pub(crate) struct Publication {
    pub(crate) spec: PublicationSpec,
    pub(crate) call_id: String,
    pub(crate) from_tag: String,
    pub(crate) cseq: u32,
    /// The name of what is published (SIP-ETag).
    pub(crate) etag: Option<String>,
    pub(crate) request: Option<RequestId>,
    /// What is on its way.
    doing: Wish,
    /// Whether it named an entity tag.
    conditional: bool,
    /// What is wanted as soon as that is answered.
    next: Option<Wish>,
    sent_at: Option<Instant>,
    act_at: Option<Instant>,
    /// What is to be done then.
    act: Wish,
    expires_at: Option<Instant>,
    too_brief: u32,
    pub(crate) ended: bool,
}

impl Publication {
    pub(crate) const fn new(
        spec: PublicationSpec,
        call_id: String,
        from_tag: String,
        cseq: u32,
    ) -> Self {
        Self {
            spec,
            call_id,
            from_tag,
            cseq,
            etag: None,
            request: None,
            doing: Wish::State,
            conditional: false,
            next: None,
            sent_at: None,
            act_at: None,
            act: Wish::Refresh,
            expires_at: None,
            too_brief: 0,
            ended: false,
        }
    }

    /// What to send for this wish now; `None` if it has to wait for the answer to another PUBLISH
    /// (RFC 3903 4), or if nothing is there to be removed.
    pub(crate) fn wants(
        &mut self,
        wish: Wish,
        changes: &mut Vec<PublicationChange>,
    ) -> Option<Wish> {
        if self.request.is_some() {
            let keeps_state = self.next == Some(Wish::State) && wish == Wish::Refresh;
            self.next = Some(if keeps_state { Wish::State } else { wish });
            return None;
        }
        match (wish, &self.etag) {
            (Wish::Remove, None) => {
                self.end();
                changes.push(PublicationChange::Removed { response: None });
                None
            }
            // Nothing to refresh: the state itself has to go.
            (Wish::Refresh, None) => Some(Wish::State),
            (wish, _) => Some(wish),
        }
    }

    /// The lifetime that a PUBLISH of this kind asks for.
    pub(crate) const fn asks(&self, wish: Wish) -> Duration {
        match wish {
            Wish::Remove => Duration::ZERO,
            Wish::State | Wish::Refresh => self.spec.expires,
        }
    }

    /// Notes that a PUBLISH went out.
    pub(crate) const fn sent(&mut self, now: Instant, request: RequestId, wish: Wish) {
        self.request = Some(request);
        self.sent_at = Some(now);
        self.act_at = None;
        self.doing = wish;
        self.conditional = self.etag.is_some();
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let act_at = self.act_at.filter(|_| self.request.is_none());
        [act_at, self.expires_at].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        changes: &mut Vec<PublicationChange>,
    ) -> Option<Wish> {
        if self.expires_at.is_some_and(|at| at <= now) {
            self.expires_at = None;
            self.etag = None;
            if self.request.is_none() {
                self.end();
            }
            changes.push(PublicationChange::Expired);
            return None;
        }
        let due = self.act_at.is_some_and(|at| at <= now) && self.request.is_none();
        if !due {
            return None;
        }
        self.act_at = None;
        Some(self.act)
    }

    /// The final response to a PUBLISH; gives what is to be sent next.
    pub(crate) fn handle_outcome(
        &mut self,
        now: Instant,
        outcome: Outcome,
        changes: &mut Vec<PublicationChange>,
    ) -> Option<Wish> {
        self.request = None;
        let wish = match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.accepted(now, response, changes);
                None
            }
            Outcome::Response(response) if response.status() == Some(412) && self.conditional => {
                self.unknown(response, changes)
            }
            Outcome::Response(response) if self.asks_for_more(&response) => Some(self.doing),
            other => {
                self.failed(now, other, changes);
                None
            }
        };
        let wish = self.next.take().or(wish).filter(|_| !self.ended)?;
        self.wants(wish, changes)
    }

    fn accepted(&mut self, now: Instant, response: Message, changes: &mut Vec<PublicationChange>) {
        self.too_brief = 0;
        if self.doing == Wish::Remove {
            self.etag = None;
            // Another state may be wanted already.
            if self.next.is_none() {
                self.end();
            }
            let response = Some(response);
            return changes.push(PublicationChange::Removed { response });
        }
        let etag = response.text(HeaderName::SipEtag);
        self.etag = etag.map(|etag| etag.trim().to_owned());
        let expires = response.number(HeaderName::Expires).ok();
        let expires = expires.map_or(self.spec.expires, |seconds| {
            Duration::from_secs(u64::from(seconds))
        });
        // The compositor counts from when it saw the request.
        let from = self.sent_at.unwrap_or(now);
        self.expires_at = Some(from + expires);
        let early = Duration::from_secs(30).min(expires / 2);
        self.act = Wish::Refresh;
        self.act_at = Some(from + expires.saturating_sub(early));
        changes.push(PublicationChange::Published {
            etag: self.etag.clone(),
            expires,
            response,
        });
    }

    fn unknown(&mut self, response: Message, changes: &mut Vec<PublicationChange>) -> Option<Wish> {
        self.etag = None;
        self.expires_at = None;
        if self.doing == Wish::Remove {
            if self.next.is_none() {
                self.end();
            }
            let response = Some(response);
            changes.push(PublicationChange::Removed { response });
            return None;
        }
        changes.push(PublicationChange::Unknown { response });
        Some(Wish::State)
    }

    /// 423: true if the compositor's minimum is asked for next (RFC 3903 5).
    fn asks_for_more(&mut self, response: &Message) -> bool {
        if response.status() != Some(423) || self.doing == Wish::Remove {
            return false;
        }
        self.too_brief += 1;
        let minimum = response.number(HeaderName::MinExpires).ok();
        let minimum = minimum.map(|seconds| Duration::from_secs(u64::from(seconds)));
        let longer = minimum.filter(|minimum| *minimum > self.spec.expires);
        let Some(longer) = longer.filter(|_| self.too_brief <= TOO_BRIEF_MAX) else {
            return false;
        };
        self.spec.expires = longer;
        true
    }

    fn failed(&mut self, now: Instant, outcome: Outcome, changes: &mut Vec<PublicationChange>) {
        let told = outcome
            .response()
            .and_then(|response| response.number(HeaderName::RetryAfter).ok())
            .map(|seconds| Duration::from_secs(u64::from(seconds).max(1)));
        let left = self
            .expires_at
            .map(|at| at.saturating_duration_since(now))
            .filter(|left| *left >= WORTH_A_RETRY);
        let passing = outcome.code() == 408 || outcome.code() / 100 == 5;
        let wait = told.or_else(|| left.filter(|_| passing).map(|left| left / 2));
        let retry = wait.map(|wait| now + wait);
        self.act = self.doing;
        self.act_at = retry;
        let over = self.expires_at.is_none() && retry.is_none() && self.next.is_none();
        if over {
            self.end();
        }
        changes.push(PublicationChange::Failed {
            outcome,
            retry,
            over,
        });
    }

    fn end(&mut self) {
        self.ended = true;
        self.act_at = None;
        self.expires_at = None;
    }
}
