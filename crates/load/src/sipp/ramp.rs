//! A rate that changes in a straight line.

use std::time::Duration;

/// A rate that changes in a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ramp {
    from: f64,
    to: f64,
    begun: Duration,
    over: Duration,
}

impl Ramp {
    /// From a rate to another one, from a time of the run on, within a time.
    pub(super) fn new(from: f64, to: f64, begun: Duration, over: Duration) -> Self {
        Self {
            from,
            to,
            begun,
            over,
        }
    }

    /// The rate at a time of the run.
    pub(super) fn rate_at(&self, elapsed: Duration) -> f64 {
        if self.is_over(elapsed) {
            return self.to;
        }
        let passed = elapsed.saturating_sub(self.begun).as_secs_f64();
        self.from + (self.to - self.from) * passed / self.over.as_secs_f64()
    }

    /// Whether its end is reached.
    pub(super) fn is_over(&self, elapsed: Duration) -> bool {
        elapsed.saturating_sub(self.begun) >= self.over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_begins_and_ends_where_it_should() {
        let at = Duration::from_secs;
        let ramp = Ramp::new(10.0, 110.0, at(5), at(10));
        let rates = [4, 5, 6, 10, 15, 99].map(|second| ramp.rate_at(at(second)));
        let expected = [10.0, 10.0, 20.0, 60.0, 110.0, 110.0];
        let near = |(rate, expected): (&f64, f64)| (rate - expected).abs() < 1e-9;
        assert!(rates.iter().zip(expected).all(near), "{rates:?}");
        assert!(!ramp.is_over(at(14)) && ramp.is_over(at(15)));
        let at_once = Ramp::new(1.0, 2.0, at(0), Duration::ZERO);
        assert!((at_once.rate_at(at(0)) - 2.0).abs() < 1e-9);
    }
}
