//! Response times: Seagull's and SIPp's classes, and percentiles.

use hdrhistogram::Histogram;

/// Longest time that the percentiles tell apart, in microseconds (one hour).
const LONGEST_US: u64 = 3_600_000_000;
/// Decimal digits that the percentiles keep.
const DIGITS: u8 = 3;
/// Bounds of the classes of a distribution in each decade, as the series R10 of ISO 3 has them.
const DECADE: [u64; 10] = [100, 125, 160, 200, 250, 315, 400, 500, 630, 800];

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

    /// How the times are distributed: above, up to and with, how many; in microseconds, ten classes
    /// to a decade, those without times left out.
    pub fn distribution_us(&self) -> Vec<(u64, u64, u64)> {
        let mut classes: Vec<(u64, u64, u64)> = Vec::new();
        let mut bounds = decades();
        let mut class = bounds.next().unwrap_or((0, u64::MAX));
        for value in self.histogram.iter_recorded() {
            let at = value.value_iterated_to();
            while at > class.1 {
                class = bounds.next().unwrap_or((class.1, u64::MAX));
            }
            match classes.last_mut().filter(|last| last.1 == class.1) {
                Some(last) => last.2 += value.count_at_value(),
                None => classes.push((class.0, class.1, value.count_at_value())),
            }
        }
        classes
    }
}

/// The bounds of classes, from 0 on.
fn decades() -> impl Iterator<Item = (u64, u64)> {
    let rising = (0..8).flat_map(|decade| DECADE.map(|bound| bound * 10_u64.pow(decade)));
    let mut before = 0;
    rising.map(move |bound| (std::mem::replace(&mut before, bound), bound))
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

    /// Nearest rank in the sorted samples.
    fn rank(sorted: &[u64], share: f64) -> u64 {
        let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
        sorted[rank - 1]
    }

    #[test]
    fn percentiles_agree_with_a_sorted_list() {
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut samples: Vec<Vec<u64>> = vec![
            vec![1],
            vec![7, 9_000_000],
            vec![5, 5, 5],
            vec![1, 2, 3_600_000_000],
            vec![3; 1_000],
        ];
        // Skewed: most of them short, few of them very long.
        samples.push((0..20_000).map(|_| 200 + random() % 100).collect());
        samples.push((0..20_000).map(|_| 1 << (random() % 31)).collect());
        let long = |n: u64| {
            if n.is_multiple_of(1_000) {
                40_000_000
            } else {
                900 + n % 50
            }
        };
        samples.push((1..=10_000).map(long).collect());
        for sample in samples {
            let mut times = ResponseTimes::new(&[]);
            for us in &sample {
                times.record(us * 1_000);
            }
            let mut sorted = sample.clone();
            sorted.sort_unstable();
            for share in [0.5, 0.9, 0.95, 0.99, 0.999, 1.0] {
                let (found, exact) = (times.quantile_us(share), rank(&sorted, share));
                let allowed = exact / 1_000 + 1;
                assert!(
                    found.abs_diff(exact) <= allowed,
                    "{share} of {} samples: {found} and not {exact}",
                    sample.len()
                );
            }
            let classes = times.distribution_us();
            let count: u64 = classes.iter().map(|class| class.2).sum();
            assert_eq!(count, times.count());
            for (from, to, count) in classes {
                let inside = sorted.iter().filter(|us| **us > from && **us <= to);
                // What a class of the histogram holds may lie on both sides of a bound.
                let near = sorted.iter().filter(|us| {
                    us.abs_diff(from) <= from / 1_000 || us.abs_diff(to) <= to / 1_000
                });
                let (inside, near) = (inside.count() as u64, near.count() as u64);
                assert!(
                    inside.abs_diff(count) <= near,
                    "{from} {to}: {count}, {inside}"
                );
            }
        }
    }

    #[test]
    fn times_beyond_an_hour_are_kept_in_the_last_class() {
        let mut times = ResponseTimes::new(&[50]);
        times.record(u64::MAX);
        assert_eq!(times.classes(), [0, 1]);
        assert!(times.quantile_us(1.0) >= LONGEST_US - LONGEST_US / 500);
    }
}
