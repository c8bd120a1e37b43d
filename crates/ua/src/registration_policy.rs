//! How a registration is kept up: when it is refreshed, what a failure leads to, which flow it has.

use std::time::Duration;

use crate::keep_alive::KeepAlivePolicy;

/// Base-time of RFC 5626 4.5 while no flow works, and while another one does.
const OUTBOUND_BASE: Duration = Duration::from_secs(30);
const OUTBOUND_BASE_ALIVE: Duration = Duration::from_secs(90);
/// Max-time of RFC 5626 4.5.
const OUTBOUND_MAX: Duration = Duration::from_mins(30);
/// Powers of two beyond this are above every maximum.
const DOUBLINGS_MAX: u32 = 20;

/// How the wait after a failure grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backoff {
    /// Always [`RegistrationSpec::retry_after`](crate::RegistrationSpec::retry_after).
    #[default]
    Constant,
    /// That time once more after each failure in a row, up to `max`.
    Linear {
        /// The longest wait.
        max: Duration,
    },
    /// RFC 5626 4.5: half to all of `base * 2^failures`, up to `max`.
    Outbound {
        /// The base while no flow of the phone works.
        base: Duration,
        /// The base while another flow works.
        base_alive: Duration,
        /// The longest wait.
        max: Duration,
    },
}

impl Backoff {
    /// The waits of RFC 5626 4.5: bases of 30 s and 90 s, at most 1800 s.
    pub const RFC_5626: Self = Self::Outbound {
        base: OUTBOUND_BASE,
        base_alive: OUTBOUND_BASE_ALIVE,
        max: OUTBOUND_MAX,
    };

    /// The wait after so many failures in a row, at least one. `plain` is the constant one;
    /// `percent`, 50 to 100, is drawn by the caller.
    pub(crate) fn wait(
        self,
        plain: Option<Duration>,
        failures: u32,
        facts: RetryFacts,
    ) -> Option<Duration> {
        match self {
            Self::Constant => plain,
            Self::Linear { max } => plain.map(|wait| wait.saturating_mul(failures.max(1)).min(max)),
            Self::Outbound {
                base,
                base_alive,
                max,
            } => {
                let base = if facts.others_alive { base_alive } else { base };
                let doubled = base.saturating_mul(1 << failures.min(DOUBLINGS_MAX));
                Some(doubled.min(max) * facts.percent / 100)
            }
        }
    }
}

/// What a failing registration cannot know by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryFacts {
    /// Another flow of the same address-of-record works.
    pub(crate) others_alive: bool,
    /// Drawn between 50 and 100.
    pub(crate) percent: u32,
}

/// What a refusal leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// It is tried again as after any failure.
    Retry,
    /// It is tried again at once, as 423 is with a longer lifetime; the second time in a row counts
    /// as [`Reaction::Retry`].
    AtOnce,
    /// It is not tried again.
    Stop,
}

/// Which codes a [`Reaction`] is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusals {
    /// This one.
    Code(u16),
    /// All from 100 times this on: 4 for 4xx.
    Class(u16),
}

impl Refusals {
    const fn holds(self, code: u16) -> bool {
        match self {
            Self::Code(own) => own == code,
            Self::Class(class) => code / 100 == class,
        }
    }
}

/// How a registration is kept up. The default is a plain one: refreshed in time, tried again at one
/// pace for ever, not kept alive in between.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationPolicy {
    /// Refresh when this share of a granted lifetime is over, percent, instead of a fixed time before
    /// its end.
    pub refresh_share: Option<u32>,
    /// How waits after failures grow.
    pub backoff: Backoff,
    /// Failures in a row after which it is not tried again; `None`: never.
    pub tries_max: Option<u32>,
    /// What certain codes lead to; the first that holds counts, exact codes before classes.
    pub reactions: Vec<(Refusals, Reaction)>,
    /// Register a flow with this number (RFC 5626 4.2). The contact needs `+sip.instance`.
    pub reg_id: Option<u32>,
    /// How the flow is kept alive.
    pub keep_alive: KeepAlivePolicy,
    /// Use this Call-ID, as all flows of one phone do (RFC 5626 4.2 has one for them all).
    pub call_id: Option<String>,
}

impl RegistrationPolicy {
    pub(crate) fn reaction(&self, code: u16) -> Option<Reaction> {
        let exact = |(refusals, _): &&(Refusals, Reaction)| *refusals == Refusals::Code(code);
        let exact = self.reactions.iter().find(exact);
        let found = exact.or_else(|| {
            let mut all = self.reactions.iter();
            all.find(|(refusals, _)| refusals.holds(code))
        });
        found.map(|(_, reaction)| *reaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(others_alive: bool, percent: u32) -> RetryFacts {
        RetryFacts {
            others_alive,
            percent,
        }
    }

    #[test]
    fn waits_grow_as_rfc_5626_has_it() {
        let wait = |failures, alive, percent| {
            let wait = Backoff::RFC_5626.wait(None, failures, facts(alive, percent));
            wait.expect("it never gives up").as_secs()
        };
        assert_eq!((wait(1, false, 50), wait(1, false, 100)), (30, 60));
        assert_eq!((wait(2, false, 50), wait(2, false, 100)), (60, 120));
        assert_eq!((wait(1, true, 50), wait(1, true, 100)), (90, 180));
        assert_eq!((wait(9, false, 50), wait(9, false, 100)), (900, 1800));
        assert_eq!(wait(u32::MAX, true, 100), 1800);
    }

    #[test]
    fn other_waits_are_constant_or_linear() {
        let s = |seconds| Some(Duration::from_secs(seconds));
        let plain = |backoff: Backoff, failures| backoff.wait(s(20), failures, facts(false, 50));
        assert_eq!(plain(Backoff::Constant, 7), s(20));
        let linear = Backoff::Linear {
            max: Duration::from_mins(1),
        };
        assert_eq!([1, 2, 9].map(|n| plain(linear, n)), [s(20), s(40), s(60)]);
        assert_eq!(linear.wait(None, 1, facts(false, 50)), None);
    }

    #[test]
    fn exact_codes_win_over_classes() {
        let policy = RegistrationPolicy {
            reactions: vec![
                (Refusals::Class(4), Reaction::Stop),
                (Refusals::Code(404), Reaction::Retry),
            ],
            ..RegistrationPolicy::default()
        };
        let found = [403, 404, 503].map(|code| policy.reaction(code));
        assert_eq!(found, [Some(Reaction::Stop), Some(Reaction::Retry), None]);
    }
}
