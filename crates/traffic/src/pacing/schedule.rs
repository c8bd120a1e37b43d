//! How many calls a rate has earned, exactly.

use super::settings::RATE_MAX;

/// Nanoseconds of a second.
pub(super) const SECOND_NS: u64 = 1_000_000_000;

/// Calls are counted in parts of 10^-18: nanoseconds times a rate in calls per 10^9 s.
const CALL: u128 = 1_000_000_000_000_000_000;

/// A rate as a whole number: calls in 10^9 seconds.
pub(super) fn whole_rate(calls_per_s: f64) -> u64 {
    // Whichever way round, what is no number would be clamped into one.
    if calls_per_s.is_nan() {
        return 0;
    }
    (calls_per_s.clamp(0.0, RATE_MAX) * 1e9).round() as u64
}

/// What becomes of a part of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    /// The call may start at the beginning of its interval.
    Up,
    /// The call may start at the end of its interval.
    Down,
}

/// Calls earned since some origin at a rate that may change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    rounding: Rounding,
    /// Calls earned before the count was last reset.
    base: u64,
    segment: Segment,
    /// What went before, for those who look back a little.
    earlier: Segment,
}

/// Time during which the rate is the same.
#[derive(Debug, Clone, Copy)]
struct Segment {
    origin_ns: u64,
    /// Earned from the last reset to the origin, in parts of a call.
    credit: u128,
    rate: u64,
}

impl Segment {
    fn parts(&self, now_ns: u64) -> u128 {
        let elapsed = now_ns.saturating_sub(self.origin_ns);
        self.credit
            .saturating_add(u128::from(elapsed) * u128::from(self.rate))
    }
}

impl Schedule {
    pub(super) fn new(rounding: Rounding, rate: u64, now_ns: u64) -> Self {
        let segment = Segment {
            origin_ns: now_ns,
            credit: 0,
            rate,
        };
        Self {
            rounding,
            base: 0,
            segment,
            earlier: segment,
        }
    }

    pub(super) fn rate(&self) -> u64 {
        self.segment.rate
    }

    pub(super) fn calls_per_s(&self) -> f64 {
        self.segment.rate as f64 / 1e9
    }

    /// Calls earned by now; at times before the last change of rate but one, possibly too many.
    pub(super) fn calls(&self, now_ns: u64) -> u64 {
        let parts = if now_ns < self.segment.origin_ns {
            self.earlier.parts(now_ns)
        } else {
            self.segment.parts(now_ns)
        };
        let calls = match self.rounding {
            Rounding::Up => parts.div_ceil(CALL),
            Rounding::Down => parts / CALL,
        };
        let calls = u64::try_from(calls).unwrap_or(u64::MAX);
        self.base.saturating_add(calls)
    }

    /// The first time at which [`calls`](Self::calls) is that many; `None` if never.
    pub(super) fn time_of(&self, calls: u64) -> Option<u64> {
        let Segment {
            origin_ns,
            credit,
            rate,
        } = self.segment;
        if self.calls(origin_ns) >= calls {
            return Some(origin_ns);
        }
        let missing = u128::from(calls - self.base);
        let rate = u128::from(rate);
        // Both are positive, because the call has not been earned at the origin.
        let elapsed = match self.rounding {
            Rounding::Up => ((missing - 1) * CALL - credit).checked_div(rate)? + 1,
            Rounding::Down if rate == 0 => return None,
            Rounding::Down => (missing * CALL - credit).div_ceil(rate),
        };
        u64::try_from(u128::from(origin_ns).saturating_add(elapsed)).ok()
    }

    /// Goes on at another rate; nothing earned is lost, not even a part of a call.
    pub(super) fn bend(&mut self, rate: u64, now_ns: u64) {
        self.earlier = self.segment;
        self.segment = Segment {
            origin_ns: now_ns,
            credit: self.segment.parts(now_ns),
            rate,
        };
    }

    /// Counts from now on; the part of a call that was begun is dropped.
    pub(super) fn reset(&mut self, rate: u64, now_ns: u64) {
        self.base = self.calls(now_ns);
        self.segment = Segment {
            origin_ns: now_ns,
            credit: 0,
            rate,
        };
        self.earlier = self.segment;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_call_is_the_first_at_which_it_is_earned() {
        for rounding in [Rounding::Up, Rounding::Down] {
            for calls_per_s in [0.001, 0.3, 1.0, 7.0, 999.9, 1e5, 1_234_567.8] {
                let mut schedule = Schedule::new(rounding, whole_rate(calls_per_s), 5);
                schedule.bend(whole_rate(calls_per_s / 3.0), 1_000_005);
                for calls in (1..50).chain([2_000_000]) {
                    let time = schedule.time_of(calls).expect("the rate is not 0");
                    assert!(schedule.calls(time) >= calls, "{rounding:?} {calls_per_s}");
                    if time > 1_000_005 {
                        assert!(
                            schedule.calls(time - 1) < calls,
                            "{rounding:?} {calls_per_s}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn no_rate_earns_nothing_and_no_number_is_no_rate() {
        for calls_per_s in [0.0, -5.0, f64::NAN, 1e-10] {
            let schedule = Schedule::new(Rounding::Up, whole_rate(calls_per_s), 0);
            assert_eq!(schedule.calls(u64::MAX), 0);
            assert_eq!(schedule.time_of(1), None);
        }
        assert_eq!(whole_rate(f64::INFINITY), whole_rate(RATE_MAX));
    }
}
