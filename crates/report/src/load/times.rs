//! Response times as a document.

use gannet_events::traffic::ResponseTimes;
use serde::{Deserialize, Serialize};

/// Times of one kind. All in milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadTimes {
    /// The scenario's name for it; `call` is from the beginning of a call to its end.
    pub name: String,
    /// The message that the time begins with, in lower case: `invite`.
    pub of: String,
    /// How many were measured.
    pub count: u64,
    /// Their mean.
    pub mean_ms: f64,
    /// Their standard deviation.
    pub deviation_ms: f64,
    /// Half are at most this long; of few, the nearest rank.
    pub p50_ms: f64,
    /// 90 % are at most this long.
    pub p90_ms: f64,
    /// 95 % are at most this long.
    pub p95_ms: f64,
    /// 99 % are at most this long.
    pub p99_ms: f64,
    /// 99.9 % are at most this long.
    pub p99_9_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// How they are distributed: classes that are not empty, rising.
    pub distribution: Vec<Bucket>,
}

/// A class of times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Longer than this, in milliseconds.
    pub from_ms: f64,
    /// At most this long, in milliseconds.
    pub to_ms: f64,
    /// How many.
    pub count: u64,
}

impl LoadTimes {
    pub(super) fn of(name: &str, of: &str, times: &ResponseTimes) -> Self {
        let quantile_ms = |share: f64| ms(times.quantile_us(share));
        let distribution = times.distribution_us().into_iter();
        Self {
            name: name.to_owned(),
            of: of.to_ascii_lowercase(),
            count: times.count(),
            mean_ms: times.mean_ns() as f64 / 1e6,
            // More digits are noise, and short numbers are read as they were written.
            deviation_ms: times.deviation_us().round() / 1e3,
            p50_ms: quantile_ms(0.5),
            p90_ms: quantile_ms(0.9),
            p95_ms: quantile_ms(0.95),
            p99_ms: quantile_ms(0.99),
            p99_9_ms: quantile_ms(0.999),
            max_ms: times.max_ns() as f64 / 1e6,
            distribution: distribution
                .map(|(from_us, to_us, count)| Bucket {
                    from_ms: ms(from_us),
                    to_ms: ms(to_us),
                    count,
                })
                .collect(),
        }
    }

    /// The quantiles with their shares in percent, as faces show them.
    pub fn percentiles(&self) -> [(&'static str, f64); 5] {
        [
            ("50", self.p50_ms),
            ("90", self.p90_ms),
            ("95", self.p95_ms),
            ("99", self.p99_ms),
            ("99.9", self.p99_9_ms),
        ]
    }
}

fn ms(us: u64) -> f64 {
    us as f64 / 1e3
}
