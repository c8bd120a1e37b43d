//! What happened between two moments of a run, as faces show it.

use std::time::Duration;

use super::{Figures, Snapshot};

/// The figures of a stretch of a run.
#[derive(Debug, Clone)]
pub struct Period {
    /// How long it was.
    pub elapsed: Duration,
    /// What was counted in it.
    pub figures: Figures,
}

impl Period {
    /// From an earlier snapshot to `now`; from the start if there is none.
    pub fn between(earlier: Option<&Snapshot>, now: &Snapshot) -> Self {
        let Some(earlier) = earlier else {
            return Self {
                elapsed: now.elapsed,
                figures: now.figures.clone(),
            };
        };
        Self {
            elapsed: now.elapsed.saturating_sub(earlier.elapsed),
            figures: now.figures.since(&earlier.figures),
        }
    }

    /// From when the cumulative figures were last reset to `now`; from the start if never.
    pub fn cumulative(now: &Snapshot) -> Self {
        Self {
            elapsed: now.elapsed.saturating_sub(now.reset),
            figures: match &now.at_reset {
                Some(figures) => now.figures.since(figures),
                None => now.figures.clone(),
            },
        }
    }

    /// That many in this period, by second; 0 for a period shorter than a millisecond.
    ///
    /// In single precision and whole milliseconds, as Seagull computes it: its files are compared
    /// byte by byte.
    pub fn per_second(&self, count: u64) -> f32 {
        let elapsed_ms = self.elapsed.as_millis();
        if elapsed_ms == 0 {
            return 0.0;
        }
        1000.0 * count as f32 / elapsed_ms as f32
    }

    /// Calls that began, by second.
    pub fn call_rate(&self) -> f32 {
        self.per_second(self.figures.calls_started())
    }

    /// The mean response time; zero if none was measured.
    pub fn response_time(&self) -> Duration {
        Duration::from_nanos(self.figures.response_times.mean_ns())
    }
}

/// A time as `HH:MM:SS:mmm`.
pub fn clock_text(time: Duration) -> String {
    let seconds = time.as_secs();
    format!(
        "{:02}:{:02}:{:02}:{:03}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        time.subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::SystemTime;

    use super::*;
    use crate::traffic::{Layout, Phase};

    fn snapshot(elapsed_ms: u64, calls: u64) -> Snapshot {
        let mut figures = Figures::new(&Layout::default());
        figures.outgoing_calls = calls;
        figures.calls_open = 3;
        Snapshot {
            started: SystemTime::UNIX_EPOCH,
            elapsed: Duration::from_millis(elapsed_ms),
            reset: Duration::ZERO,
            at_reset: None,
            figures,
            call_rate: 10.0,
            call_rate_scale: 1.0,
            phase: Phase::Running,
        }
    }

    #[test]
    fn a_period_is_the_difference_of_two_snapshots() {
        let (before, now) = (snapshot(1_000, 10), snapshot(3_000, 50));
        let period = Period::between(Some(&before), &now);
        assert_eq!(period.elapsed, Duration::from_secs(2));
        assert_eq!(period.figures.outgoing_calls, 40);
        assert_eq!(period.figures.calls_open, 3);
        assert!((period.call_rate() - 20.0).abs() < f32::EPSILON);
    }

    #[test]
    fn cumulative_figures_begin_at_the_reset() {
        let mut now = snapshot(3_000, 50);
        assert_eq!(Period::cumulative(&now).figures.outgoing_calls, 50);
        now.reset = Duration::from_secs(1);
        now.at_reset = Some(Arc::new(snapshot(1_000, 10).figures));
        let cumulative = Period::cumulative(&now);
        assert_eq!(cumulative.figures.outgoing_calls, 40);
        assert_eq!(cumulative.elapsed, Duration::from_secs(2));
    }

    #[test]
    fn an_empty_period_has_no_rate() {
        let now = snapshot(0, 7);
        assert!(Period::between(None, &now).call_rate().abs() < f32::EPSILON);
    }

    #[test]
    fn times_are_written_with_colons() {
        let time = Duration::from_millis(36_061_007);
        assert_eq!(clock_text(time), "10:01:01:007");
    }
}
