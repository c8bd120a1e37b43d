//! A rate that changes step by step.

use super::schedule::SECOND_NS;

/// A straight line from one rate to another, in steps of a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ramp {
    from: f64,
    to: f64,
    start_ns: u64,
    duration_ns: u64,
    /// Steps that were taken.
    taken: u64,
}

/// The rate changes at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RampStep {
    pub(super) at_ns: u64,
    pub(super) calls_per_s: f64,
}

impl Ramp {
    pub(super) fn new(from: f64, to: f64, duration_ns: u64, now_ns: u64) -> Self {
        Self {
            from,
            to,
            start_ns: now_ns,
            duration_ns,
            taken: 0,
        }
    }

    /// The step to be taken next; `None` at the end.
    pub(super) fn next(&self) -> Option<RampStep> {
        (self.taken < self.duration_ns.div_ceil(SECOND_NS)).then(|| self.step(self.taken + 1))
    }

    /// The next step is taken.
    pub(super) fn take(&mut self) {
        self.taken += 1;
    }

    /// The rate at a time from the ramp's start on.
    pub(super) fn calls_per_s(&self, now_ns: u64) -> f64 {
        let elapsed = now_ns.saturating_sub(self.start_ns);
        if elapsed >= self.duration_ns {
            self.to
        } else {
            self.step(elapsed / SECOND_NS).calls_per_s
        }
    }

    fn step(&self, number: u64) -> RampStep {
        let elapsed = number.saturating_mul(SECOND_NS).min(self.duration_ns);
        let way = elapsed as f64 / self.duration_ns as f64;
        RampStep {
            at_ns: self.start_ns.saturating_add(elapsed),
            // Exact at the end, whatever the rounding on the way.
            calls_per_s: if elapsed == self.duration_ns {
                self.to
            } else {
                self.from + (self.to - self.from) * way
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_takes_one_step_a_second_and_ends_at_its_target() {
        let mut ramp = Ramp::new(10.0, 0.0, 2_500_000_000, 100);
        let mut steps = Vec::new();
        while let Some(step) = ramp.next() {
            steps.push((step.at_ns, step.calls_per_s));
            ramp.take();
        }
        let expected = [
            (1_000_000_100, 6.0),
            (2_000_000_100, 2.0),
            (2_500_000_100, 0.0),
        ];
        assert_eq!(steps, expected);
        for (now_ns, rate) in [
            (100, 10.0),
            (1_000_000_099, 10.0),
            (1_000_000_100, 6.0),
            (2_499_999_999, 2.0),
            (9_000_000_000, 0.0),
        ] {
            assert!((ramp.calls_per_s(now_ns) - rate).abs() < 1e-9, "{now_ns}");
        }
    }
}
