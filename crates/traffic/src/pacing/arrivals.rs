//! Calls that come at random, as from many people who know nothing of each other.

use fastrand::Rng;
use gannet_scenario::model::draw;

use super::{PacerSettings, Share};

/// Mixes the shard into the seed.
const SHARD_STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// A Poisson process. The processes of several shards, each with its part of the rate, together are one with
/// the whole rate.
#[derive(Debug, Clone)]
pub(super) struct Arrivals {
    rng: Rng,
    share: Share,
    /// Calls per nanosecond of this shard.
    rate: f64,
    /// The first arrival that has not been counted; `None` without a rate.
    next_ns: Option<u64>,
    /// Arrivals between turns.
    counted: u64,
    /// Offered in the present turn, and not started yet.
    offered: u64,
    turn_ns: u64,
}

impl Arrivals {
    pub(super) fn new(settings: &PacerSettings, calls_per_s: f64, now_ns: u64) -> Self {
        let shard = u64::from(settings.share.index).wrapping_mul(SHARD_STRIDE);
        let mut arrivals = Self {
            rng: Rng::with_seed(settings.seed.wrapping_add(shard)),
            share: settings.share,
            rate: 0.0,
            next_ns: None,
            counted: 0,
            offered: 0,
            turn_ns: now_ns,
        };
        arrivals.reset(calls_per_s, now_ns);
        arrivals
    }

    /// Starts anew; what arrived and was not offered is dropped.
    pub(super) fn reset(&mut self, calls_per_s: f64, now_ns: u64) {
        self.rate = calls_per_s / 1e9 / f64::from(self.share.count);
        self.counted = 0;
        self.offered = 0;
        self.turn_ns = now_ns;
        self.draw_next(now_ns);
    }

    /// Goes on at another rate.
    pub(super) fn bend(&mut self, calls_per_s: f64, now_ns: u64) {
        self.count(now_ns);
        self.rate = calls_per_s / 1e9 / f64::from(self.share.count);
        // The process has no memory: the next arrival may be drawn again at any time.
        self.draw_next(now_ns);
    }

    /// Arrivals since the last turn, without those that were started meanwhile.
    pub(super) fn due(&mut self, now_ns: u64) -> u64 {
        if now_ns > self.turn_ns {
            self.turn_ns = now_ns;
            self.count(now_ns);
            self.offered = std::mem::take(&mut self.counted);
        }
        self.offered
    }

    pub(super) fn started(&mut self, calls: u64) {
        self.offered = self.offered.saturating_sub(calls);
    }

    pub(super) fn next_due_ns(&self, now_ns: u64) -> Option<u64> {
        if self.offered + self.counted > 0 {
            // Arrivals that were counted at a change of the rate are offered in a later turn.
            return Some(now_ns.max(self.turn_ns + u64::from(self.offered == 0)));
        }
        self.next_ns
    }

    /// The first arrival comes at its time; how many follow until now is a Poisson draw.
    fn count(&mut self, now_ns: u64) {
        if let Some(next_ns) = self.next_ns.filter(|&next_ns| next_ns <= now_ns) {
            let mean = self.rate * (now_ns - next_ns) as f64;
            let more = draw::poisson(&mut self.rng, mean);
            self.counted = self.counted.saturating_add(1).saturating_add(more);
            self.draw_next(now_ns);
        }
    }

    fn draw_next(&mut self, now_ns: u64) {
        self.next_ns = (self.rate > 0.0).then(|| {
            let gap = draw::exponential(&mut self.rng) / self.rate;
            // No arrival falls on a time that was counted already.
            now_ns.saturating_add((gap.round() as u64).max(1))
        });
    }
}
