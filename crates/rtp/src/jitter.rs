//! Interarrival jitter (RFC 3550 A.8).

use std::time::Duration;

/// The jitter estimate of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Jitter {
    clock_rate: u32,
    last_timestamp: u32,
    transit: Option<u32>,
    units: f64,
    highest: f64,
    /// Sum of the estimate over all packets, and their number.
    sum: f64,
    count: u64,
}

impl Jitter {
    pub(crate) fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            last_timestamp: 0,
            transit: None,
            units: 0.0,
            highest: 0.0,
            sum: 0.0,
            count: 0,
        }
    }

    /// Counts a packet that came `at` a time since any fixed moment. Packets
    /// that repeat a timestamp are left out: the updates of a telephone-event
    /// share one on purpose (RFC 4733 2.2).
    pub(crate) fn on_packet(&mut self, timestamp: u32, at: Duration) {
        if self.transit.is_some() && timestamp == self.last_timestamp {
            return;
        }
        self.last_timestamp = timestamp;
        let nanos = at.as_nanos() * u128::from(self.clock_rate);
        let arrival = (nanos / 1_000_000_000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(previous) = self.transit {
            let difference = (transit.wrapping_sub(previous) as i32).unsigned_abs();
            self.units += (f64::from(difference) - self.units) / 16.0;
            self.highest = self.highest.max(self.units);
            self.sum += self.units;
            self.count += 1;
        }
        self.transit = Some(transit);
    }

    /// The next packet is of a clock of this rate. What was estimated stays, as time.
    pub(crate) fn set_clock_rate(&mut self, clock_rate: u32) {
        if clock_rate != self.clock_rate {
            let scale = f64::from(clock_rate) / f64::from(self.clock_rate.max(1));
            self.units *= scale;
            self.highest *= scale;
            self.clock_rate = clock_rate;
            self.restart();
        }
    }

    /// The next packet begins a new sequence of timestamps.
    pub(crate) fn restart(&mut self) {
        self.transit = None;
    }

    /// The estimate in timestamp units.
    pub(crate) fn units(&self) -> f64 {
        self.units
    }

    pub(crate) fn duration(&self) -> Duration {
        self.in_time(self.units)
    }

    pub(crate) fn highest(&self) -> Duration {
        self.in_time(self.highest)
    }

    /// The mean of the estimate over all packets.
    pub(crate) fn mean(&self) -> Duration {
        self.in_time(self.sum / self.count.max(1) as f64)
    }

    fn in_time(&self, units: f64) -> Duration {
        Duration::from_secs_f64(units / f64::from(self.clock_rate.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(value: u64) -> Duration {
        Duration::from_millis(value)
    }

    #[test]
    fn jitter_follows_the_formula() {
        // D alternates between +80 and -80 units (10 ms late every other packet).
        let mut jitter = Jitter::new(8000);
        let mut expected = 0.0_f64;
        for index in 0..50_u32 {
            let late = if index % 2 == 1 { 10 } else { 0 };
            jitter.on_packet(index * 160, ms(u64::from(index) * 20 + late));
            if index > 0 {
                expected += (80.0 - expected) / 16.0;
            }
        }
        assert!((jitter.units() - expected).abs() < 1e-9);
        assert!(jitter.duration() > ms(9) && jitter.duration() < ms(10));
        // The estimate has risen from 0: its mean over 49 differences is lower.
        assert!(jitter.mean() > ms(6) && jitter.mean() < ms(8));
    }

    #[test]
    fn an_even_stream_has_no_jitter_also_over_a_timestamp_wrap() {
        let mut jitter = Jitter::new(8000);
        for index in 0..100_u32 {
            let timestamp = (u32::MAX - 1000).wrapping_add(index * 160);
            jitter.on_packet(timestamp, ms(u64::from(index) * 20));
        }
        assert!(jitter.units() < f64::EPSILON);
    }
}
