//! Response times, one line each.

use std::fmt::Write as _;

/// The first line of the data log, with its end.
pub const DATA_LOG_HEADER: &str = "time-ms;response-time-ms;\n";

/// Every measured response time, collected until it is written.
///
/// data-log-number lines cause a write before the period is over; of twice as many that wait, the
/// rest is dropped, and counted.
#[derive(Debug, Clone)]
pub struct DataLog {
    number: usize,
    waiting: usize,
    lines: String,
    dropped: u64,
}

impl DataLog {
    /// `number` is data-log-number.
    pub fn new(number: usize) -> Self {
        Self {
            number,
            waiting: 0,
            lines: String::new(),
            dropped: 0,
        }
    }

    /// One measure: when it ended, since the start of the run, and how long it took.
    pub fn record(&mut self, at_ns: u64, response_ns: u64) {
        if self.waiting >= self.number.saturating_mul(2) {
            self.dropped += 1;
            return;
        }
        self.waiting += 1;
        let _ = writeln!(
            self.lines,
            "{:.6};{:.6};",
            milliseconds(at_ns),
            milliseconds(response_ns)
        );
    }

    /// Enough lines wait for a write.
    pub fn is_due(&self) -> bool {
        self.waiting >= self.number
    }

    /// The lines that wait; they are gone from here then.
    pub fn take(&mut self) -> String {
        self.waiting = 0;
        std::mem::take(&mut self.lines)
    }

    /// How many measures were dropped because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// Seagull's clock counts microseconds.
fn milliseconds(time_ns: u64) -> f64 {
    (time_ns / 1_000) as f64 / 1_000.0
}
