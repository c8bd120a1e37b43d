//! What a pacer is told.

/// The highest rate of a run, in calls per second.
pub const RATE_MAX: f64 = 1e9;

/// Calls that are due within this time of each other start together, so that at high rates both ends
/// wake up once for all of them: a call starts at most that much late.
pub(crate) const START_GRAIN_NS: u64 = 1_000_000;

/// How calls are spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Model {
    /// Evenly; what could not start in its second is not made up.
    Uniform,
    /// Evenly; what could not start in time is made up as soon as it can be.
    #[default]
    BestEffort,
    /// At random, independently of each other; what could not start in its turn is lost.
    Poisson,
}

/// Which part of the calls is a shard's: of every `count` calls one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Which shard, from 0.
    pub index: u32,
    /// How many shards there are.
    pub count: u32,
}

impl Share {
    /// The only shard.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// How many of the first `calls` calls are the shard's.
    pub(super) fn of(self, calls: u64) -> u64 {
        let (index, count) = (u64::from(self.index), u64::from(self.count));
        calls.saturating_add(count - 1 - index) / count
    }

    /// Among how many calls the `nth` (from 1) of the shard is the last.
    pub(super) fn nth(self, nth: u64) -> u64 {
        let (index, count) = (u64::from(self.index), u64::from(self.count));
        (nth - 1).saturating_mul(count).saturating_add(index + 1)
    }
}

/// What a pacer is told at first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PacerSettings {
    /// How calls are spread over time.
    pub model: Model,
    /// Calls per second of all shards together, to [`RATE_MAX`]; 0 starts none. Kept to 10^-9.
    pub calls_per_s: f64,
    /// The most calls that all shards together start in one second. Only best-effort heeds it; `None` and 0
    /// are no limit.
    pub burst_limit: Option<u32>,
    /// The shard's part.
    pub share: Share,
    /// Of what Poisson draws. Shards may have the same.
    pub seed: u64,
}
