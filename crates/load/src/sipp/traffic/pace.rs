//! Whether the rate that was wanted was reached.

use gannet_events::traffic::Phase;
use gannet_traffic::sipp::Player;
use gannet_tui::Pace as Summed;

/// A shorter time says nothing about a rate.
const TIME_MIN_S: f64 = 0.9;

/// Adds up what was wanted and what came of it, while calls were to begin and had room.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Seen>,
    wanted: f64,
    time_s: f64,
    begun: u64,
}

/// The last moment at which calls were to begin.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at_ns: u64,
    calls: u64,
    rate: f64,
}

impl Pace {
    /// Looks at a player after a turn.
    pub(super) fn look(&mut self, now_ns: u64, player: &Player) {
        let figures = player.figures();
        let by_rate = player.phase() == Phase::Running && player.users().is_none();
        let rate = (by_rate && figures.open < player.calls_limit(now_ns))
            .then(|| player.call_rate(now_ns));
        self.note(now_ns, figures.outgoing, rate);
    }

    /// Calls that have begun, and the rate at which they are to; `None` if none is to begin now.
    fn note(&mut self, at_ns: u64, calls: u64, rate: Option<f64>) {
        if let Some(last) = self.last {
            let time_s = at_ns.saturating_sub(last.at_ns) as f64 / 1e9;
            self.wanted += last.rate * time_s;
            self.time_s += time_s;
            self.begun += calls.saturating_sub(last.calls);
        }
        self.last = rate.map(|rate| Seen { at_ns, calls, rate });
    }

    /// What came of it; nothing if it was too short to tell, or if calls began elsewhere.
    pub(super) fn summary(&self) -> Option<Summed> {
        (self.time_s >= TIME_MIN_S && self.begun > 0).then(|| Summed {
            wanted_calls_per_s: self.wanted / self.time_s,
            reached_calls_per_s: self.begun as f64 / self.time_s,
            shortfall: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000_000;

    #[test]
    fn time_in_which_no_call_is_to_begin_does_not_count() {
        let mut pace = Pace::default();
        pace.note(0, 0, Some(100.0));
        pace.note(S, 90, Some(200.0));
        pace.note(2 * S, 250, None);
        // No room, or paused.
        pace.note(9 * S, 250, Some(200.0));
        let summary = pace.summary().expect("two seconds");
        assert!((summary.wanted_calls_per_s - 150.0).abs() < 1e-9);
        assert!((summary.reached_calls_per_s - 125.0).abs() < 1e-9);
    }

    #[test]
    fn a_short_time_and_a_server_say_nothing() {
        let mut pace = Pace::default();
        pace.note(0, 0, Some(10.0));
        pace.note(S / 2, 5, None);
        assert_eq!(pace.summary(), None);
        pace.note(S, 0, Some(10.0));
        pace.note(9 * S, 0, None);
        let mut server = Pace::default();
        server.note(0, 0, Some(10.0));
        server.note(9 * S, 0, None);
        assert_eq!(server.summary(), None);
    }
}
