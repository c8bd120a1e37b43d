//! Whether a rate was kept.

use std::time::Duration;

use gannet_events::traffic::{Phase, Snapshot};
use gannet_scenario::seagull::configuration::{TrafficModel, TrafficParams};
use gannet_tui::{Pace as Summed, count};

/// A shorter time says nothing about a rate.
const TIME_MIN: Duration = Duration::from_millis(900);
/// A share of the calls that may be missing.
const SHARE: f64 = 0.01;
/// Calls of that time may be missing: they are just about to begin.
const LATE_S: f64 = 0.05;
/// Standard deviations that a Poisson process may be off.
const DEVIATIONS: f64 = 4.0;

/// Adds up what was wanted and what came of it.
#[derive(Debug)]
pub(super) struct Pace {
    model: TrafficModel,
    burst_limit: Option<u64>,
    calls_max: u64,
    is_client: bool,
    first: Option<(Duration, u64)>,
    last: Option<Seen>,
    wanted: f64,
    time: Duration,
    begun: u64,
}

/// The last moment at which calls were begun.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Duration,
    calls: u64,
    rate: f64,
}

impl Pace {
    pub(super) fn new(params: &TrafficParams, is_client: bool) -> Self {
        Self {
            model: params.model,
            burst_limit: params.burst_limit,
            calls_max: params.calls_max,
            is_client,
            first: None,
            last: None,
            wanted: 0.0,
            time: Duration::ZERO,
            begun: 0,
        }
    }

    /// Takes the figures of another moment.
    pub(super) fn note(&mut self, now: &Snapshot) {
        if !self.is_client || now.phase != Phase::Running {
            self.last = None;
            return;
        }
        let calls = now.figures.outgoing_calls;
        self.first.get_or_insert((now.elapsed, calls));
        if let Some(last) = self.last {
            let time = now.elapsed.saturating_sub(last.at);
            self.wanted += f64::midpoint(last.rate, now.call_rate) * time.as_secs_f64();
            self.time += time;
            self.begun += calls.saturating_sub(last.calls);
        }
        self.last = Some(Seen {
            at: now.elapsed,
            calls,
            rate: now.call_rate,
        });
    }

    /// What came of it; nothing if it was too short to tell.
    pub(super) fn summary(&self, end: &Snapshot) -> Option<Summed> {
        if !self.is_client || self.time < TIME_MIN {
            return None;
        }
        let time = self.time.as_secs_f64();
        let wanted_calls_per_s = self.wanted / time;
        let reached_calls_per_s = self.begun as f64 / time;
        let by_chance = match self.model {
            TrafficModel::Poisson => DEVIATIONS * self.wanted.sqrt(),
            TrafficModel::Uniform | TrafficModel::BestEffort => 0.0,
        };
        let allowed = self.wanted * SHARE + wanted_calls_per_s * LATE_S + by_chance + 2.0;
        let is_short = self.wanted - self.begun as f64 > allowed;
        Some(Summed {
            wanted_calls_per_s,
            reached_calls_per_s,
            shortfall: is_short.then(|| self.why(wanted_calls_per_s, end)),
        })
    }

    fn why(&self, wanted_calls_per_s: f64, end: &Snapshot) -> String {
        let figures = &end.figures;
        if figures.late_starts > 0 || figures.calls_open_max >= self.calls_max {
            return format!(
                "all {} call contexts were in use; --open-max allows more",
                count(self.calls_max)
            );
        }
        match self.burst_limit {
            Some(limit) if (limit as f64) < wanted_calls_per_s => {
                format!("burst-limit is {}", count(limit))
            }
            _ => "this machine could not begin more".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use gannet_events::traffic::{Figures, Layout};

    use super::*;

    fn snapshot(ms: u64, calls: u64, phase: Phase) -> Snapshot {
        let mut figures = Figures::new(&Layout::default());
        figures.outgoing_calls = calls;
        Snapshot {
            started: SystemTime::UNIX_EPOCH,
            elapsed: Duration::from_millis(ms),
            reset: Duration::ZERO,
            at_reset: None,
            figures,
            call_rate: 100.0,
            call_rate_scale: 1.0,
            phase,
        }
    }

    fn of(points: &[(u64, u64, Phase)]) -> (Pace, Snapshot) {
        let params = TrafficParams {
            calls_max: 1_000,
            ..TrafficParams::default()
        };
        let mut pace = Pace::new(&params, true);
        let mut last = snapshot(0, 0, Phase::Running);
        for (ms, calls, phase) in points {
            last = snapshot(*ms, *calls, *phase);
            pace.note(&last);
        }
        (pace, last)
    }

    #[test]
    fn a_rate_that_is_kept_has_no_shortfall() {
        let (pace, last) = of(&[
            (0, 0, Phase::Running),
            (1_000, 99, Phase::Running),
            (2_000, 199, Phase::Running),
            (9_000, 200, Phase::Stopping),
        ]);
        let summary = pace.summary(&last).expect("long enough");
        assert!((summary.wanted_calls_per_s - 100.0).abs() < 1e-6);
        assert_eq!(summary.shortfall, None);
    }

    #[test]
    fn what_is_missing_has_a_reason() {
        let points = [
            (0, 0, Phase::Running),
            (1_000, 40, Phase::Running),
            (2_000, 80, Phase::Running),
        ];
        let (pace, mut last) = of(&points);
        let why = |pace: &Pace, last: &Snapshot| pace.summary(last).and_then(|it| it.shortfall);
        assert_eq!(
            why(&pace, &last).as_deref(),
            Some("this machine could not begin more")
        );
        last.figures.late_starts = 3;
        assert_eq!(
            why(&pace, &last).as_deref(),
            Some("all 1,000 call contexts were in use; --open-max allows more")
        );
    }

    #[test]
    fn pauses_and_short_runs_say_nothing() {
        let (pace, last) = of(&[
            (0, 0, Phase::Running),
            (1_000, 100, Phase::Running),
            (2_000, 100, Phase::Paused),
            (9_000, 100, Phase::Running),
        ]);
        assert_eq!(pace.summary(&last).expect("long enough").shortfall, None);
        let (pace, last) = of(&[(0, 0, Phase::Running), (300, 0, Phase::Running)]);
        assert_eq!(pace.summary(&last), None);
    }
}
