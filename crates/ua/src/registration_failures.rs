//! What becomes of a REGISTER that was refused or not answered.

use std::time::{Duration, Instant};

use gannet_sip::HeaderName;

use crate::endpoint::Outcome;
use crate::registration::{Registration, RegistrationChange, Wish};
use crate::registration_policy::{Reaction, RetryFacts};

/// Shortest wait before a failed registration is tried again, whatever Retry-After says.
pub(crate) const RETRY_MIN: Duration = Duration::from_millis(500);

impl Registration {
    /// A REGISTER failed: what the policy makes of it.
    pub(crate) fn refused(
        &mut self,
        now: Instant,
        outcome: Outcome,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) -> Option<Wish> {
        let code = outcome.code();
        let reaction = self.spec.policy.reaction(code);
        if code == 439 && reaction.is_none() && self.give_up_outbound() {
            // The client may do without (RFC 5626 4.2.1).
            return Some(self.start());
        }
        match reaction {
            Some(Reaction::AtOnce) if !std::mem::replace(&mut self.hurried, true) => {
                Some(self.start())
            }
            Some(Reaction::Stop) => {
                self.act_at = None;
                self.keep_alive.stop();
                let retry = None;
                changes.push(RegistrationChange::Failed { outcome, retry });
                None
            }
            _ => {
                self.failed(now, outcome, facts, changes);
                None
            }
        }
    }

    pub(crate) fn failed(
        &mut self,
        now: Instant,
        outcome: Outcome,
        facts: RetryFacts,
        changes: &mut Vec<RegistrationChange>,
    ) {
        let told = outcome
            .response()
            .and_then(|response| response.number(HeaderName::RetryAfter).ok())
            .map(|seconds| Duration::from_secs(u64::from(seconds)));
        self.failures = self.failures.saturating_add(1);
        let policy = &self.spec.policy;
        let more = policy.tries_max.is_none_or(|max| self.failures < max);
        let plain = self.spec.retry_after;
        let grown = || policy.backoff.wait(plain, self.failures, facts);
        let wait = told.or_else(grown).filter(|_| more);
        let retry = wait.map(|wait| now + wait.max(RETRY_MIN));
        self.act_at = retry;
        match outcome.response() {
            None => self.flow_lost(),
            Some(_) if !self.is_bound() => self.keep_alive.stop(),
            Some(_) => {}
        }
        changes.push(RegistrationChange::Failed { outcome, retry });
    }
}
