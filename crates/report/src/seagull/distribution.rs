//! Response times counted by the millisecond.

use std::fmt::Write as _;

/// The most bins of one millisecond that can be asked for.
pub const DISTRIBUTION_BINS_MAX: usize = 1_000_000;

/// What data-log-rtdistrib writes instead of single measures: how many response times had each
/// length in whole milliseconds, in a last bin all that are as long as the bound or longer.
#[derive(Debug, Clone)]
pub struct Distribution {
    periodic: Vec<u64>,
    cumulative: Vec<u64>,
}

impl Distribution {
    /// `bound_ms` is data-log-rtdistrib; at most [`DISTRIBUTION_BINS_MAX`].
    pub fn new(bound_ms: usize) -> Self {
        let bins = bound_ms.min(DISTRIBUTION_BINS_MAX) + 1;
        Self {
            periodic: vec![0; bins],
            cumulative: vec![0; bins],
        }
    }

    /// One response time. Allocates nothing.
    pub fn record(&mut self, response_ns: u64) {
        let last = self.cumulative.len() - 1;
        let bin = usize::try_from(response_ns / 1_000_000).map_or(last, |ms| ms.min(last));
        self.periodic[bin] += 1;
        self.cumulative[bin] += 1;
    }

    /// The block of a period, which ends with it; empty if nothing was measured.
    pub fn periodic(&mut self) -> String {
        let block = block("Dump Periodic;", &self.periodic);
        self.periodic.fill(0);
        block
    }

    /// The block of the whole run, at its end; empty if nothing was measured.
    pub fn cumulative(&self) -> String {
        block("Dump Cumulative;", &self.cumulative)
    }
}

fn block(title: &str, bins: &[u64]) -> String {
    let mut text = String::new();
    for (ms, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
        if text.is_empty() {
            let _ = writeln!(text, "{title}");
        }
        let _ = writeln!(text, "{ms};{count};");
    }
    text
}
