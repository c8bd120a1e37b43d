//! The timer values of RFC 3261 17 and RFC 6026, derived from T1, T2 and T4.

use std::time::{Duration, Instant};

/// T1, T2 and T4 (RFC 3261 17.1.1.1, 17.1.2.1). Everything else follows from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Round-trip estimate, 500 ms by default.
    pub t1: Duration,
    /// Longest interval between retransmissions, 4 s by default.
    pub t2: Duration,
    /// How long a message may live in the network, 5 s by default.
    pub t4: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
        }
    }
}

impl Timers {
    /// 64*T1: timers B, F, H, L and M, and J over an unreliable transport; also how long a 2xx is
    /// repeated (RFC 3261 13.3.1.4).
    pub fn give_up(&self) -> Duration {
        self.t1 * 64
    }

    /// Timer D: 64*T1 over an unreliable transport (at least 32 s with the default T1), zero over a
    /// reliable one (RFC 3261 17.1.1.2).
    pub fn timer_d(&self, reliable: bool) -> Duration {
        if reliable {
            Duration::ZERO
        } else {
            self.give_up()
        }
    }

    /// Timer I and K: T4, or zero over a reliable transport.
    pub fn linger(&self, reliable: bool) -> Duration {
        if reliable { Duration::ZERO } else { self.t4 }
    }

    /// Timer J: 64*T1, or zero over a reliable transport.
    pub fn timer_j(&self, reliable: bool) -> Duration {
        if reliable {
            Duration::ZERO
        } else {
            self.give_up()
        }
    }
}

/// Times of a device that do not follow from T1, T2 and T4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnTimers {
    /// How long an INVITE waits for a first response (timer B, RFC 3261 17.1.1.2).
    pub timer_b: Option<Duration>,
    /// How long another request waits for its final response (timer F, RFC 3261 17.1.2.2).
    pub timer_f: Option<Duration>,
    /// How long a refusal of an INVITE is repeated without ACK (timer H, RFC 3261 17.2.1).
    pub timer_h: Option<Duration>,
    /// When 100 is sent for an INVITE that has no other response yet.
    pub trying: Trying,
}

/// When a server transaction sends 100 by itself (RFC 3261 17.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Trying {
    /// After 200 ms.
    #[default]
    Usual,
    /// After this time.
    After(Duration),
    /// Never.
    Never,
}

impl Trying {
    /// The time to wait; `None` for ever.
    pub(crate) const fn wait(self) -> Option<Duration> {
        match self {
            Self::Usual => Some(TRYING_AFTER),
            Self::After(wait) => Some(wait),
            Self::Never => None,
        }
    }
}

/// If the transaction user says nothing for so long, the transaction sends 100 by itself
/// (RFC 3261 17.2.1).
const TRYING_AFTER: Duration = Duration::from_millis(200);

/// A retransmission timer: when it fires next and the interval that led there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) at: Instant,
    interval: Duration,
}

impl Backoff {
    pub(crate) fn start(now: Instant, interval: Duration) -> Self {
        Self {
            at: now + interval,
            interval,
        }
    }

    /// From the next firing on, the interval is this one.
    pub(crate) fn continue_with(&mut self, interval: Duration) {
        self.interval = interval / 2;
    }

    /// The next firing: the interval doubles up to `cap`.
    pub(crate) fn advance(&mut self, now: Instant, cap: Option<Duration>) {
        self.interval *= 2;
        if let Some(cap) = cap {
            self.interval = self.interval.min(cap);
        }
        self.at = now + self.interval;
    }
}
