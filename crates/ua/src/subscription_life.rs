//! How long a subscription lasts: granted, refused as too short, run out, begun anew.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message};

use crate::endpoint::Outcome;
use crate::event::{SubscriptionState, TerminationReason};
use crate::subscription::{Subscription, SubscriptionChange};
use crate::timers::Timers;

/// Most SUBSCRIBEs in a row that are answered 423 before the notifier is taken for confused.
const TOO_BRIEF_MAX: u32 = 3;

/// The wait before a subscription begins anew that the notifier ended without saying how long to
/// wait, but for reasons that ask for it at once.
const ANEW_LATER: Duration = Duration::from_secs(30);

/// The longest wait that short lives in a row add up to, as a power of two of seconds.
const SHORT_LIVES_MAX: u32 = 6;

impl Subscription {
    /// 423: true if the notifier's minimum is asked for next (RFC 6665 4.2.1.1).
    pub(crate) fn asks_for_more(&mut self, response: &Message) -> bool {
        if response.status() != Some(423) || self.removing {
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

    /// When a terminated subscription begins anew, if it does by itself; its dialog is left then.
    /// Notifiers that end each one at once are asked less and less often.
    pub(crate) fn begin_anew(
        &mut self,
        now: Instant,
        state: &SubscriptionState,
        timers: Timers,
    ) -> Option<Instant> {
        let once = self.spec.expires.is_zero();
        if !self.spec.anew || self.removing || once {
            return None;
        }
        let told = state.again_after()?;
        let at_once = matches!(
            state.reason,
            Some(TerminationReason::Deactivated | TerminationReason::Timeout)
        );
        let wait = if at_once || state.retry_after.is_some() {
            told
        } else {
            ANEW_LATER
        };
        let lived = self.sent_at.map(|sent| now.saturating_duration_since(sent));
        let floor = if lived.is_some_and(|lived| lived >= timers.give_up()) {
            self.short_lives = 0;
            Duration::ZERO
        } else {
            self.short_lives += 1;
            let doublings = (self.short_lives - 1).min(SHORT_LIVES_MAX);
            Duration::from_secs((1 << doublings) - 1)
        };
        let at = now + wait.max(floor);
        self.moved_out = true;
        self.established = false;
        self.heard = false;
        self.etag = None;
        self.again = false;
        self.forks_until = None;
        self.expires_at = None;
        self.confirm_by = None;
        self.refresh_at = Some(at);
        Some(at)
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

    pub(crate) fn granted(&mut self, now: Instant, expires: Duration, timers: Timers) {
        if expires.is_zero() {
            // The last NOTIFY is still to come; timer N, 64*T1, bounds the wait
            // (RFC 6665 4.1.2.4).
            self.refresh_at = None;
            self.expires_at = Some(now + timers.give_up());
            return;
        }
        // What is not refreshed is ended by the notifier: its last NOTIFY is waited for.
        let patience = if self.spec.refreshes {
            Duration::ZERO
        } else {
            timers.give_up()
        };
        self.expires_at = Some(now + expires + patience);
        let early = Duration::from_secs(30).min(expires / 2);
        // What a REFER led to is known once its end was told.
        let is_told = self.refer.is_some_and(|part| part.done);
        let refreshed = self.spec.refreshes && !self.removing && !is_told;
        self.refresh_at = refreshed.then(|| now + expires.saturating_sub(early));
    }

    /// Nothing was ever heard of the notifier.
    pub(crate) fn end_unheard(&mut self, now: Instant, changes: &mut Vec<SubscriptionChange>) {
        if self.removing {
            return self.end_unsaid(now, changes);
        }
        self.end();
        let outcome = Outcome::Timeout;
        changes.push(SubscriptionChange::Failed { outcome });
    }

    pub(crate) fn end_unsaid(&mut self, now: Instant, changes: &mut Vec<SubscriptionChange>) {
        self.end();
        changes.push(SubscriptionChange::Terminated {
            state: None,
            notify: None,
            again: Some(now),
        });
    }

    pub(crate) const fn end(&mut self) {
        self.ended = true;
        self.refresh_at = None;
        self.expires_at = None;
        self.confirm_by = None;
    }
}
