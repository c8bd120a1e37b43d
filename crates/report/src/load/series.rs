//! The course of a run.

use serde::{Deserialize, Serialize};

use super::LoadFigures;
use super::figures::thousandths;

/// The most points that are kept. When there are more, two become one, so that a document of a run of
/// days is no longer than one of ten minutes.
pub const POINTS_MAX: usize = 600;

/// The course of a run, at equal intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Seconds of each point, except that the last one may be shorter.
    pub interval_s: f64,
    /// In order.
    pub points: Vec<Point>,
}

/// What happened in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Point {
    /// When it ended, in seconds since the start.
    pub t_s: f64,
    /// How long it was, in seconds.
    pub length_s: f64,
    /// The rate that was wanted at its end, in calls per second.
    pub rate_wanted: f64,
    /// Calls that began.
    pub begun: u64,
    /// Calls that ended well.
    pub successful: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls that were open at its end.
    pub open: u64,
    /// Messages sent.
    pub sent: u64,
    /// Messages received.
    pub received: u64,
    /// Messages sent or received again.
    pub retransmissions: u64,
    /// Half of the response times (the first kind) of it were at most this long; of a point that was
    /// made of several the highest.
    pub p50_ms: f64,
    /// 99 % of them.
    pub p99_ms: f64,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            interval_s: 1.0,
            points: Vec::new(),
        }
    }
}

impl Point {
    /// What happened between two states; from the start if there is no earlier one. `p50_ms` and
    /// `p99_ms` are those of the interval.
    pub fn between(
        earlier: Option<&LoadFigures>,
        now: &LoadFigures,
        (p50_ms, p99_ms): (f64, f64),
    ) -> Self {
        let before = |of: fn(&LoadFigures) -> u64| earlier.map_or(0, of);
        let grown = |of: fn(&LoadFigures) -> u64| of(now).saturating_sub(before(of));
        Self {
            t_s: now.elapsed_s,
            length_s: thousandths(now.elapsed_s - earlier.map_or(0.0, |it| it.elapsed_s)),
            rate_wanted: now.rate_wanted,
            begun: grown(|it| it.calls.begun),
            successful: grown(|it| it.calls.successful),
            failed: grown(|it| it.calls.failed),
            open: now.calls.open,
            sent: grown(|it| it.messages.sent),
            received: grown(|it| it.messages.received),
            retransmissions: grown(|it| it.messages.retransmissions),
            p50_ms,
            p99_ms,
        }
    }

    /// Calls that began, by second.
    pub fn call_rate(&self) -> f64 {
        super::figures::per_second(self.begun, self.length_s)
    }

    fn followed_by(self, next: Self) -> Self {
        Self {
            t_s: next.t_s,
            length_s: thousandths(self.length_s + next.length_s),
            rate_wanted: next.rate_wanted,
            begun: self.begun + next.begun,
            successful: self.successful + next.successful,
            failed: self.failed + next.failed,
            open: next.open,
            sent: self.sent + next.sent,
            received: self.received + next.received,
            retransmissions: self.retransmissions + next.retransmissions,
            p50_ms: self.p50_ms.max(next.p50_ms),
            p99_ms: self.p99_ms.max(next.p99_ms),
        }
    }
}

impl Series {
    /// Adds what came next. A point that is shorter than the interval is continued by it.
    pub fn push(&mut self, next: Point) {
        match self.points.last_mut() {
            // A tenth is left for ticks that come a little early.
            Some(last) if last.length_s + next.length_s <= self.interval_s * 1.1 => {
                *last = last.followed_by(next);
            }
            _ => self.points.push(next),
        }
        if self.points.len() > POINTS_MAX {
            self.interval_s *= 2.0;
            let pairs = self.points.chunks(2);
            self.points = pairs
                .map(|pair| match pair {
                    [one, other] => one.followed_by(*other),
                    _ => pair[0],
                })
                .collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_no_more_points_and_loses_no_call() {
        let mut series = Series::default();
        for second in 1..=5_000_u64 {
            series.push(Point {
                t_s: second as f64,
                length_s: 1.0,
                begun: second % 7,
                p99_ms: if second == 1_234 { 9.0 } else { 1.0 },
                ..Point::default()
            });
            assert!(series.points.len() <= POINTS_MAX);
        }
        let begun: u64 = series.points.iter().map(|point| point.begun).sum();
        assert_eq!(begun, (1..=5_000_u64).map(|second| second % 7).sum::<u64>());
        let highest = series.points.iter().map(|point| point.p99_ms);
        assert!((highest.fold(0.0, f64::max) - 9.0).abs() < 1e-9);
        assert!((series.points.last().unwrap().t_s - 5_000.0).abs() < 1e-9);
        assert!(series.points.is_sorted_by(|one, other| one.t_s < other.t_s));
    }
}
