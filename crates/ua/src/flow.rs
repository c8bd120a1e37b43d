//! Flows of registrations (RFC 5626 4.2 to 4.5): when one counts as failed, and how it comes back.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message};

use crate::keep_alive::KeepAliveKind;
use crate::registration::{Registration, RegistrationChange};
use crate::registration_failures::RETRY_MIN;
use crate::registration_policy::RetryFacts;
use crate::target::Target;

/// How a flow was seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowFailure {
    /// Its connection was closed.
    Closed,
    /// A keep-alive was not answered in time.
    NoAnswer,
    /// The network says that nobody is there (ICMP) while a keep-alive waits for its answer.
    Unreachable,
    /// The other side sees another address than before (RFC 5626 4.4.2).
    Moved,
}

impl std::fmt::Display for FlowFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Closed => "its connection was closed",
            Self::NoAnswer => "a keep-alive was not answered",
            Self::Unreachable => "nobody is there to answer a keep-alive",
            Self::Moved => "the other side sees another address",
        })
    }
}

impl Registration {
    /// Whether messages from and to there go over this registration's flow.
    pub(crate) fn is_over(&self, target: Target) -> bool {
        self.spec.destination.is_some_and(|own| {
            own.transport == target.transport
                && own.address == target.address
                && own
                    .connection
                    .is_none_or(|number| target.connection.is_none_or(|other| other == number))
        })
    }

    /// A flow counts as having worked once a keep-alive was answered, where there are any that can
    /// be (RFC 5626 4.5).
    pub(crate) fn lasts_by_answers(&self) -> bool {
        let reliable = self
            .spec
            .destination
            .is_some_and(|target| target.transport.is_reliable());
        let answered = match self.spec.policy.keep_alive.kind {
            KeepAliveKind::None => false,
            KeepAliveKind::Crlf | KeepAliveKind::ZeroBytes => reliable,
            _ => true,
        };
        answered && self.spec.policy.reg_id.is_some()
    }

    /// The granted registration's flow is kept alive from now on.
    pub(crate) fn keep_alive_from(
        &mut self,
        now: Instant,
        response: &Message,
        rng: &mut fastrand::Rng,
    ) {
        let told = response.number(HeaderName::FlowTimer).ok();
        let told = told.map(|seconds| Duration::from_secs(u64::from(seconds)));
        let reliable = self
            .spec
            .destination
            .is_some_and(|target| target.transport.is_reliable());
        let policy = &self.spec.policy.keep_alive;
        self.keep_alive.start(now, policy, reliable, told, rng);
    }

    /// A keep-alive was answered.
    pub(crate) const fn lasts(&mut self) {
        self.failures = 0;
    }

    /// The flow has failed: a new one is formed at once, or after a while if this one had never
    /// worked (RFC 5626 4.5).
    pub(crate) fn flow_failed(
        &mut self,
        now: Instant,
        why: FlowFailure,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) {
        let worked = self.keep_alive.answers > 0 || !self.lasts_by_answers();
        let retry = if worked {
            self.failures = 0;
            // A server that closes each flow at once is not asked without a pause.
            self.sent_at.map_or(now, |at| now.max(at + RETRY_MIN))
        } else {
            self.failures = self.failures.saturating_add(1);
            let policy = &self.spec.policy;
            let plain = self.spec.retry_after;
            let wait = policy.backoff.wait(plain, self.failures, facts);
            now + wait.unwrap_or_default()
        };
        self.flow_lost();
        self.granted_until = None;
        self.act_at = Some(retry);
        changes.push(RegistrationChange::FlowFailed { why, retry });
    }

    /// Nothing goes over the flow any more.
    pub(crate) fn flow_lost(&mut self) {
        self.keep_alive.stop();
        let connected = self
            .spec
            .destination
            .is_some_and(|target| target.connection.is_some());
        self.wants_connection = connected && self.spec.policy.reg_id.is_some();
    }

    /// Goes on as a plain registration. False if it was one already.
    pub(crate) fn give_up_outbound(&mut self) -> bool {
        if self.spec.policy.reg_id.take().is_none() {
            return false;
        }
        for (name, value) in &mut self.spec.headers {
            if HeaderName::from_bytes(name.as_bytes()) == HeaderName::Supported {
                let tags: Vec<_> = value
                    .split(',')
                    .map(str::trim)
                    .filter(|tag| !tag.eq_ignore_ascii_case("outbound"))
                    .collect();
                *value = tags.join(", ");
            }
        }
        self.spec.headers.retain(|(_, value)| !value.is_empty());
        true
    }
}
