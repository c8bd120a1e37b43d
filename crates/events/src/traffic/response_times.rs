//! Response times: Seagull's and SIPp's classes, and percentiles.

use hdrhistogram::Histogram;

/// Longest time that the percentiles tell apart, in microseconds (one hour).
const LONGEST_US: u64 = 3_600_000_000;
/// Decimal digits that the percentiles keep.
const DIGITS: u8 = 3;

/// Times from request to response, or whatever a scenario measures.
#[derive(Debug, Clone)]
pub struct ResponseTimes {
    bounds_ms: Vec<u64>,
    classes: Vec<u64>,
    count: u64,
    sum_ns: u128,
    sum_squares_us: f64,
    max_ns: u64,
    histogram: Histogram<u64>,
}

impl ResponseTimes {
    /// Nothing recorded; classes below each of the rising bounds, and one for the rest.
    pub fn new(bounds_ms: &[u64]) -> Self {
        let mut histogram = Histogram::new_with_bounds(1, LONGEST_US, DIGITS)
            .expect("constant bounds that the histogram accepts");
        histogram.auto(false);
        Self {
            bounds_ms: bounds_ms.to_vec(),
            classes: vec![0; bounds_ms.len() + 1],
            count: 0,
            sum_ns: 0,
            sum_squares_us: 0.0,
            max_ns: 0,
            histogram,
        }
    }

    /// Records one time. Allocates nothing.
    pub fn record(&mut self, time_ns: u64) {
        let class = self
            .bounds_ms
            .iter()
            .position(|bound| time_ns < bound.saturating_mul(1_000_000))
            .unwrap_or(self.bounds_ms.len());
        self.classes[class] += 1;
        self.count += 1;
        self.sum_ns += u128::from(time_ns);
        let us = time_ns as f64 / 1_000.0;
        self.sum_squares_us += us * us;
        self.max_ns = self.max_ns.max(time_ns);
        self.histogram.saturating_record((time_ns / 1_000).max(1));
    }

    /// Adds the times of another record with the same bounds.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.classes.iter_mut().zip(&other.classes) {
            *mine += theirs;
        }
        self.count += other.count;
        self.sum_ns += other.sum_ns;
        self.sum_squares_us += other.sum_squares_us;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.histogram
            .add(&other.histogram)
            .expect("both histograms have the same constant bounds");
    }

    /// The times recorded here and not yet in an earlier state of the same record. The longest
    /// stays that of the whole record.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut later = self.clone();
        for (mine, theirs) in later.classes.iter_mut().zip(&earlier.classes) {
            *mine = mine.saturating_sub(*theirs);
        }
        later.count = self.count.saturating_sub(earlier.count);
        later.sum_ns = self.sum_ns.saturating_sub(earlier.sum_ns);
        later.sum_squares_us = (self.sum_squares_us - earlier.sum_squares_us).max(0.0);
        if later.histogram.subtract(&earlier.histogram).is_err() {
            // Not an earlier state: nothing can be told apart.
            later.histogram = self.histogram.clone();
        }
        later
    }

    /// Upper bounds of the classes, in milliseconds.
    pub fn bounds_ms(&self) -> &[u64] {
        &self.bounds_ms
    }

    /// How many times fell below each bound, and at the end how many beyond all.
    pub fn classes(&self) -> &[u64] {
        &self.classes
    }

    /// How many times were recorded.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Sum of all times, in nanoseconds.
    pub fn sum_ns(&self) -> u128 {
        self.sum_ns
    }

    /// Mean in nanoseconds; 0 if nothing was recorded.
    pub fn mean_ns(&self) -> u64 {
        if self.count == 0 {
            return 0;
        }
        (self.sum_ns / u128::from(self.count)) as u64
    }

    /// Standard deviation in microseconds; 0 if nothing was recorded.
    pub fn deviation_us(&self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let mean_us = self.mean_ns() as f64 / 1_000.0;
        (self.sum_squares_us / self.count as f64 - mean_us * mean_us)
            .max(0.0)
            .sqrt()
    }

    /// The longest, in nanoseconds.
    pub fn max_ns(&self) -> u64 {
        self.max_ns
    }

    /// The time in microseconds below which that share (0 to 1) of all times lies.
    pub fn quantile_us(&self, share: f64) -> u64 {
        // A histogram's class is a little wider than what fell in it.
        self.histogram
            .value_at_quantile(share)
            .min(self.max_ns.div_ceil(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_on_a_bound_belongs_to_the_class_above() {
        let mut times = ResponseTimes::new(&[50, 75]);
        for ms in [0, 49, 50, 74, 75, 5_000] {
            times.record(ms * 1_000_000);
        }
        assert_eq!(times.classes(), [2, 2, 2]);
        assert_eq!(times.count(), 6);
        assert_eq!(times.max_ns(), 5_000_000_000);
    }

    #[test]
    fn merged_records_are_as_one() {
        let mut one = ResponseTimes::new(&[50]);
        let mut other = one.clone();
        let mut both = one.clone();
        for us in 1..=1_000 {
            let half = if us % 2 == 0 { &mut one } else { &mut other };
            half.record(us * 1_000);
            both.record(us * 1_000);
        }
        one.merge(&other);
        assert_eq!(one.classes(), both.classes());
        assert_eq!(one.mean_ns(), both.mean_ns());
        assert_eq!(one.quantile_us(0.99), both.quantile_us(0.99));
        assert_eq!(one.quantile_us(0.5), 500);
        assert!((one.deviation_us() - both.deviation_us()).abs() < 1e-6);
    }

    #[test]
    fn the_times_of_a_period_are_a_difference() {
        let mut times = ResponseTimes::new(&[50]);
        times.record(10_000_000);
        let earlier = times.clone();
        times.record(60_000_000);
        times.record(80_000_000);
        let period = times.since(&earlier);
        assert_eq!(period.classes(), [0, 2]);
        assert_eq!(period.count(), 2);
        assert_eq!(period.mean_ns(), 70_000_000);
        assert!(period.quantile_us(0.0) >= 59_900);
    }

    #[test]
    fn times_beyond_an_hour_are_kept_in_the_last_class() {
        let mut times = ResponseTimes::new(&[50]);
        times.record(u64::MAX);
        assert_eq!(times.classes(), [0, 1]);
        assert!(times.quantile_us(1.0) >= LONGEST_US - LONGEST_US / 500);
    }
}
