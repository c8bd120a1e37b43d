//! Registration as a client (RFC 3261 10.2).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Uri};

use crate::endpoint::{Outcome, RequestId};
use crate::flow::FlowFailure;
use crate::keep_alive::KeepAlive;
use crate::registration_policy::{RegistrationPolicy, RetryFacts};
use crate::target::Target;

/// Most REGISTERs in a row that are answered 423 before the registrar is taken for confused.
const TOO_BRIEF_MAX: u32 = 3;

/// What to register and how.
#[derive(Debug, Clone)]
pub struct RegistrationSpec {
    /// The registrar: the Request-URI, without user part (RFC 3261 10.2).
    pub registrar: Uri,
    /// The address of record, for From and To.
    pub aor: NameAddr,
    /// The contact.
    pub contact: NameAddr,
    /// The asked lifetime; granted may be less.
    pub expires: Duration,
    /// How long before the end of a granted lifetime it is refreshed; half of it where that is
    /// less than twice this time.
    pub refresh_before: Duration,
    /// Wait before the next try after a failure that names no Retry-After. `None`: do not try again.
    pub retry_after: Option<Duration>,
    /// Register again with the address that `received` and `rport` of the response show, where it
    /// differs from the contact; the old contact is removed by the same request.
    pub follow_received: bool,
    /// Write `expires` as Contact parameter instead of an Expires field.
    pub expires_in_contact: bool,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// Pre-loaded Route values.
    pub routes: Vec<String>,
    /// Send there instead of where the registrar's URI says.
    pub destination: Option<Target>,
    /// How it is kept up.
    pub policy: RegistrationPolicy,
}

/// What changed about a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationChange {
    /// The contact is bound, first time or again.
    Registered {
        /// The granted lifetime.
        expires: Duration,
        /// The 200.
        response: Message,
    },
    /// Refused or failed; what comes next is told by `retry`.
    Failed {
        /// How it ended.
        outcome: Outcome,
        /// When it is tried again by itself.
        retry: Option<Instant>,
    },
    /// The granted lifetime ran out before a refresh succeeded.
    Expired,
    /// The contact was removed on our wish.
    Unregistered {
        /// How the REGISTER with expiry 0 ended.
        outcome: Outcome,
    },
    /// Its flow has failed (RFC 5626 4.5). Requests of others may not arrive until it is formed anew.
    FlowFailed {
        /// How that was seen.
        why: FlowFailure,
        /// When it is formed anew.
        retry: Instant,
    },
    /// A connection is wanted for it now: [`Endpoint::form_flow`](crate::endpoint::Endpoint::form_flow).
    FlowNeeded,
    /// The other side has answered a keep-alive.
    KeptAlive {
        /// Our address as it saw it, where it says so.
        mapped: Option<std::net::SocketAddr>,
    },
}

/// What the machine wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A REGISTER with this lifetime; zero removes the contact.
    Send(Duration),
    /// A new connection, over which the next REGISTER goes.
    NewFlow,
}

/// The client side of one binding. Its inputs are responses and deadlines, its outputs
/// [`RegistrationChange`]s and wishes for the endpoint to send a REGISTER.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) spec: RegistrationSpec,
    pub(crate) call_id: String,
    pub(crate) from_tag: String,
    pub(crate) cseq: u32,
    pub(crate) request: Option<RequestId>,
    /// A REGISTER with this lifetime is wanted as soon as the one on its way is answered.
    pub(crate) again: Option<Duration>,
    /// A contact that the registrar still has and that is not ours any more.
    pub(crate) stale_contact: Option<NameAddr>,
    pub(crate) keep_alive: KeepAlive,
    /// The flow is gone; a connection must be opened before the next REGISTER.
    pub(crate) wants_connection: bool,
    /// Failures in a row, of REGISTERs and of flows that did not last (RFC 5626 4.5).
    pub(crate) failures: u32,
    /// A refusal that is answered at once was met last.
    pub(crate) hurried: bool,
    removing: bool,
    /// When the REGISTER on its way was sent first.
    pub(crate) sent_at: Option<Instant>,
    pub(crate) granted_until: Option<Instant>,
    pub(crate) act_at: Option<Instant>,
    too_brief: u32,
}

impl Registration {
    pub(crate) const fn new(
        spec: RegistrationSpec,
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
            again: None,
            stale_contact: None,
            keep_alive: KeepAlive::new(),
            wants_connection: false,
            failures: 0,
            hurried: false,
            removing: false,
            sent_at: None,
            granted_until: None,
            act_at: None,
            too_brief: 0,
        }
    }

    /// Registers or refreshes now.
    pub(crate) const fn start(&mut self) -> Wish {
        self.act_at = None;
        Wish::Send(self.spec.expires)
    }

    /// Removes the contact now.
    pub(crate) const fn stop(&mut self) -> Wish {
        self.act_at = None;
        Wish::Send(Duration::ZERO)
    }

    /// Notes that a REGISTER with this lifetime went out.
    pub(crate) const fn sent(&mut self, now: Instant, request: RequestId, expires: Duration) {
        self.request = Some(request);
        self.sent_at = Some(now);
        self.act_at = None;
        self.removing = expires.is_zero();
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let act_at = self.act_at.filter(|_| self.request.is_none());
        [act_at, self.granted_until, self.keep_alive.next_deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// True while the registrar has the contact.
    pub(crate) const fn is_bound(&self) -> bool {
        self.granted_until.is_some()
    }

    /// True if the contact is being removed, or was.
    pub(crate) const fn is_removing(&self) -> bool {
        self.removing
    }

    pub(crate) fn handle_timeout(
        &mut self,
        now: Instant,
        changes: &mut Vec<RegistrationChange>,
    ) -> Option<Wish> {
        if self.granted_until.is_some_and(|until| until <= now) {
            self.granted_until = None;
            changes.push(RegistrationChange::Expired);
        }
        if self.act_at.is_some_and(|at| at <= now) && self.request.is_none() {
            if self.wants_connection {
                self.act_at = None;
                return Some(Wish::NewFlow);
            }
            return Some(self.start());
        }
        None
    }

    pub(crate) fn handle_outcome(
        &mut self,
        now: Instant,
        outcome: Outcome,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) -> Option<Wish> {
        self.request = None;
        if outcome.code() < 300 {
            self.stale_contact = None;
        }
        if self.removing {
            self.act_at = None;
            if outcome.code() < 300 {
                self.granted_until = None;
                self.keep_alive.stop();
            }
            changes.push(RegistrationChange::Unregistered { outcome });
            return None;
        }
        match outcome {
            Outcome::Response(response) if response.status().is_some_and(|code| code < 300) => {
                self.granted(now, response, facts, changes)
            }
            Outcome::Response(response)
                if response.status() == Some(423) && self.spec.policy.reaction(423).is_none() =>
            {
                self.too_brief(now, response, facts, changes)
            }
            other => self.refused(now, other, facts, changes),
        }
    }

    fn granted(
        &mut self,
        now: Instant,
        response: Message,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) -> Option<Wish> {
        self.too_brief = 0;
        let expires = self.granted_lifetime(&response);
        if expires.is_zero() {
            // A registrar that grants nothing has not registered anything.
            self.granted_until = None;
            self.failed(now, Outcome::Response(response), facts, changes);
            return None;
        }
        self.hurried = false;
        if !self.lasts_by_answers() {
            self.failures = 0;
        }
        // The registrar counts from when it saw the request: a response that came late, or only
        // when it was repeated, must not make the binding seem to last longer than it does.
        let counted_from = self.sent_at.unwrap_or(now);
        self.granted_until = Some(counted_from + expires);
        self.act_at = Some(counted_from + self.refresh_after(expires));
        let moved = self
            .spec
            .follow_received
            .then(|| self.seen_contact(&response))
            .flatten();
        changes.push(RegistrationChange::Registered { expires, response });
        let contact = moved?;
        self.stale_contact = Some(std::mem::replace(&mut self.spec.contact, contact));
        self.spec.follow_received = false;
        Some(self.start())
    }

    /// How long after a grant it is refreshed.
    fn refresh_after(&self, expires: Duration) -> Duration {
        if let Some(percent) = self.spec.policy.refresh_share {
            return expires * percent.min(100) / 100;
        }
        let early = self.spec.refresh_before;
        if expires < early * 2 {
            expires / 2
        } else {
            expires.saturating_sub(early)
        }
    }

    /// The lifetime of our contact: its own `expires` parameter, else the Expires field, else what
    /// was asked (RFC 3261 10.2.4).
    fn granted_lifetime(&self, response: &Message) -> Duration {
        let own = response
            .name_addrs(HeaderName::Contact)
            .filter_map(Result::ok)
            .find(|contact| self.is_own(contact));
        own.and_then(|contact| contact.params.get("expires")?.parse().ok())
            .or_else(|| response.number(HeaderName::Expires).ok())
            .map_or(self.spec.expires, |seconds| {
                Duration::from_secs(u64::from(seconds))
            })
    }

    /// Whether a Contact value of the 200 is for our binding: the same flow of the same instance
    /// (RFC 5626 6), else the same URI.
    pub(crate) fn is_own(&self, contact: &NameAddr) -> bool {
        let own = &self.spec.contact;
        let instance = |contact: &NameAddr| contact.params.get_unquoted("+sip.instance");
        let same_uri = contact.uri.is_equivalent(&own.uri);
        match self.spec.policy.reg_id {
            Some(reg_id) if contact.params.has("reg-id") => {
                contact
                    .params
                    .get("reg-id")
                    .and_then(|text| text.parse().ok())
                    == Some(reg_id)
                    && instance(contact) == instance(own)
            }
            _ => same_uri,
        }
    }

    /// The contact as the registrar saw it, if that is another address.
    fn seen_contact(&self, response: &Message) -> Option<NameAddr> {
        let via = response.via().ok()?;
        let seen = via.response_address()?;
        let contact = &self.spec.contact;
        if !via.params.has("received") || contact.uri.socket_addr() == Some(seen) {
            return None;
        }
        let mut moved = contact.clone();
        moved.uri.host = gannet_sip::host_text(seen.ip());
        moved.uri.port = Some(seen.port());
        Some(moved)
    }

    /// 423: ask for the registrar's minimum (RFC 3261 10.2.8).
    fn too_brief(
        &mut self,
        now: Instant,
        response: Message,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) -> Option<Wish> {
        let minimum = response.number(HeaderName::MinExpires).ok();
        let minimum = minimum.map(|seconds| Duration::from_secs(u64::from(seconds)));
        self.too_brief += 1;
        match minimum {
            Some(minimum) if minimum > self.spec.expires && self.too_brief <= TOO_BRIEF_MAX => {
                self.spec.expires = minimum;
                Some(self.start())
            }
            _ => {
                self.failed(now, Outcome::Response(response), facts, changes);
                None
            }
        }
    }
}
