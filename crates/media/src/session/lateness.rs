//! How unevenly our own packets leave.

use std::time::Duration;

/// The interarrival jitter (RFC 3550 6.4.1) that packets have before they leave: a busy machine sends
/// them late, and looks at those that come as late.
#[derive(Debug, Default)]
pub(super) struct Lateness {
    last: Option<Duration>,
    /// In seconds.
    estimate: f64,
    sum: f64,
    count: u64,
}

impl Lateness {
    /// A packet leaves so long after it was due.
    pub(super) fn on_packet(&mut self, late: Duration) {
        if let Some(last) = self.last.replace(late) {
            let difference = late.abs_diff(last).as_secs_f64();
            self.estimate += (difference - self.estimate) / 16.0;
            self.sum += self.estimate;
            self.count += 1;
        }
    }

    /// The mean of the estimate over all packets.
    pub(super) fn mean(&self) -> Duration {
        Duration::from_secs_f64(self.sum / self.count.max(1) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_by_the_same_time_is_even() {
        let mut even = Lateness::default();
        let mut uneven = Lateness::default();
        for n in 0..400 {
            even.on_packet(Duration::from_millis(30));
            uneven.on_packet(Duration::from_millis(if n % 2 == 0 { 0 } else { 8 }));
        }
        assert_eq!(even.mean(), Duration::ZERO);
        let uneven = uneven.mean().as_secs_f64() * 1000.0;
        assert!((7.0..8.0).contains(&uneven), "{uneven}");
    }
}
