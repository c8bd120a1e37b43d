//! What is done once in a period.

use std::time::Duration;

/// When something is due again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    period: Duration,
    next: Duration,
}

impl Schedule {
    pub(crate) fn every(seconds: u64) -> Self {
        let period = Duration::from_secs(seconds.max(1));
        Self {
            period,
            next: period,
        }
    }

    /// Whether it is due now; if so, it is due again after another period.
    pub(crate) fn is_due(&mut self, elapsed: Duration) -> bool {
        if elapsed < self.next {
            return false;
        }
        while self.next <= elapsed {
            self.next += self.period;
        }
        true
    }

    pub(super) fn set_period(&mut self, period: Duration, elapsed: Duration) {
        self.period = period.max(Duration::from_millis(100));
        self.next = elapsed + self.period;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_once_in_each_period() {
        let mut schedule = Schedule::every(1);
        let ms = [0, 999, 1_001, 1_500, 2_000, 2_999, 5_400, 5_900, 6_000];
        let due = ms.map(|ms| schedule.is_due(Duration::from_millis(ms)));
        let expected = [false, false, true, false, true, false, true, false, true];
        assert_eq!(due, expected);
    }

    #[test]
    fn a_new_period_begins_at_once() {
        let mut schedule = Schedule::every(10);
        schedule.set_period(Duration::from_secs(2), Duration::from_secs(3));
        let due = [4_000, 5_000, 6_000, 7_000].map(|ms| schedule.is_due(Duration::from_millis(ms)));
        assert_eq!(due, [false, true, false, true]);
        // Nothing is drawn all the time.
        schedule.set_period(Duration::ZERO, Duration::from_secs(7));
        assert!(!schedule.is_due(Duration::from_millis(7_050)));
        assert!(schedule.is_due(Duration::from_millis(7_100)));
    }
}
