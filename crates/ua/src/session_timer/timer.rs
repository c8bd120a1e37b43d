//! When a session must be refreshed, and when it is over.

use std::time::{Duration, Instant};

/// How long before its end a session counts as over, at most (RFC 4028 10).
const MARGIN_MAX: Duration = Duration::from_secs(32);

/// The timer of a session that was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    pub(crate) interval: Duration,
    /// Refreshing is our side's.
    pub(crate) we_refresh: bool,
    refresh_at: Option<Instant>,
    expire_at: Option<Instant>,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send a refresh.
    Refresh,
    /// End the session.
    Expire,
}

impl SessionTimer {
    /// A session begins, or was refreshed: half of the interval later it wants to be refreshed
    /// (RFC 4028 7.2), the smaller of 32 s and a third before its end it counts as over
    /// (RFC 4028 10).
    pub(crate) fn start(now: Instant, interval: Duration, we_refresh: bool) -> Self {
        let margin = (interval / 3).min(MARGIN_MAX);
        Self {
            interval,
            we_refresh,
            refresh_at: we_refresh.then(|| now + interval / 2),
            expire_at: Some(now + interval.saturating_sub(margin)),
        }
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.refresh_at.into_iter().chain(self.expire_at).min()
    }

    /// What is due now; each thing once.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Option<Due> {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(self.expire_at) {
            self.expire_at = None;
            self.refresh_at = None;
            return Some(Due::Expire);
        }
        if is_due(self.refresh_at) {
            self.refresh_at = None;
            return Some(Due::Refresh);
        }
        None
    }

    /// The refresh could not be had; it is tried again then, unless the session is over before.
    pub(crate) fn refresh_again(&mut self, at: Instant) {
        if self.we_refresh && self.expire_at.is_some() {
            self.refresh_at = Some(at);
        }
    }

    /// How long until the session counts as over.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.expire_at
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn refreshed_at_half_and_over_a_third_or_32_seconds_before_the_end() {
        #[expect(clippy::disallowed_methods, reason = "tests need a first instant")]
        let now = Instant::now();
        for (interval, refresh, over) in [(90, 45, 60), (1800, 900, 1768), (6, 3, 4)] {
            let mut timer = SessionTimer::start(now, s(interval), true);
            assert_eq!(timer.next_deadline(), Some(now + s(refresh)));
            assert_eq!(timer.handle_timeout(now + s(refresh)), Some(Due::Refresh));
            assert_eq!(timer.handle_timeout(now + s(refresh)), None, "once");
            timer.refresh_again(now + s(refresh) + s(1) / 2);
            assert_eq!(timer.next_deadline(), Some(now + s(refresh) + s(1) / 2));
            assert_eq!(timer.left(now), s(over));
            assert_eq!(timer.handle_timeout(now + s(over)), Some(Due::Expire));
            assert_eq!(timer.next_deadline(), None, "over is over");
            timer.refresh_again(now + s(over));
            assert_eq!(timer.next_deadline(), None);
            let mut theirs = SessionTimer::start(now, s(interval), false);
            assert_eq!(theirs.next_deadline(), Some(now + s(over)));
            theirs.refresh_again(now);
            assert_eq!(theirs.next_deadline(), Some(now + s(over)));
        }
    }
}
