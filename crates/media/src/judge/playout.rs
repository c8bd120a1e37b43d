//! A jitter buffer in figures: which packets of a stream a telephone would have played.

use std::collections::VecDeque;
use std::time::Duration;

/// So long a telephone waits for a packet after the earliest moment at which it could have come.
pub const JITTER_BUFFER: Duration = Duration::from_millis(60);

/// What a jitter buffer of [`JITTER_BUFFER`] would have made of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PlayoutFigures {
    /// Packets that the sequence numbers say were sent.
    pub expected: u64,
    /// Of these, packets that never came or came too late to be played.
    pub missing: u64,
    /// Packets that came too late to be played.
    pub discarded: u64,
    /// How many times one or more packets on end were missing.
    pub bursts: u64,
    /// How late a packet came at most, after the earliest moment at which it could have come.
    pub latest: Duration,
}

impl PlayoutFigures {
    /// Missing packets in percent of those expected.
    pub fn missing_percent(&self) -> f64 {
        if self.expected == 0 {
            return 0.0;
        }
        self.missing as f64 * 100.0 / self.expected as f64
    }

    /// How bursty the loss is: the mean length of a burst over the one that random loss of the same
    /// rate would have (ITU-T G.107 7.5, BurstR), 1 to 8.
    pub fn burst_ratio(&self) -> f64 {
        if self.bursts == 0 {
            return 1.0;
        }
        let mean = self.missing as f64 / self.bursts as f64;
        (mean * (1.0 - self.missing_percent() / 100.0)).clamp(1.0, BURST_RATIO_MAX)
    }
}

/// Follows one stream.
#[derive(Debug, Clone)]
pub(crate) struct Playout {
    clock_rate: f64,
    /// The RTP timestamp of the last packet, extended.
    timestamp: Option<(u32, i64)>,
    /// The least transit time in ms, and when that was.
    base: Option<(f64, f64)>,
    /// Packets on end that were late, and the least transit time among them.
    late_run: (u32, f64),
    /// Extended sequence number of the first packet in `window`.
    window_start: u64,
    /// Which of the newest packets can be played.
    window: VecDeque<bool>,
    in_burst: bool,
    figures: PlayoutFigures,
}

impl Playout {
    /// For timestamps of `clock_rate` Hz.
    pub(crate) fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate: f64::from(clock_rate.max(1)),
            timestamp: None,
            base: None,
            late_run: (0, f64::MAX),
            window_start: 0,
            window: VecDeque::new(),
            in_burst: false,
            figures: PlayoutFigures::default(),
        }
    }

    /// Counts a packet that came `at` a time since any fixed moment. `timestamp` is that of audio;
    /// packets of other kinds have none and are always in time.
    pub(crate) fn on_packet(
        &mut self,
        extended_sequence: u64,
        timestamp: Option<u32>,
        at: Duration,
    ) {
        let in_time = timestamp.is_none_or(|timestamp| self.is_in_time(timestamp, at));
        if !in_time {
            self.figures.discarded += 1;
        }
        self.place(extended_sequence, in_time);
    }

    /// The figures so far.
    pub(crate) fn figures(&self) -> PlayoutFigures {
        let mut rest = self.clone();
        rest.settle(0);
        rest.figures
    }

    fn is_in_time(&mut self, timestamp: u32, at: Duration) -> bool {
        let extended = match self.timestamp {
            Some((last, extended)) => extended + i64::from(timestamp.wrapping_sub(last) as i32),
            None => 0,
        };
        self.timestamp = Some((timestamp, extended));
        let now = at.as_secs_f64() * 1000.0;
        let transit = now - extended as f64 * 1000.0 / self.clock_rate;
        let base = self.base.map_or(transit, |(base, since)| {
            base + (now - since).max(0.0) * CLOCK_DRIFT_MAX
        });
        let late = transit - base;
        if late.abs() > RESYNC_MS {
            // Timestamps that began anew.
            self.base = Some((transit, now));
            self.late_run = (0, f64::MAX);
            return true;
        }
        self.base = Some((base.min(transit), now));
        let late = late.max(0.0);
        self.figures.latest = self
            .figures
            .latest
            .max(Duration::from_secs_f64(late / 1000.0));
        if late <= JITTER_BUFFER.as_secs_f64() * 1000.0 {
            self.late_run = (0, f64::MAX);
            return true;
        }
        // The way has become longer for good: the buffer follows.
        self.late_run = (self.late_run.0 + 1, self.late_run.1.min(transit));
        if self.late_run.0 >= LATE_RUN_MAX {
            self.base = Some((self.late_run.1, now));
            self.late_run = (0, f64::MAX);
        }
        false
    }

    fn place(&mut self, extended_sequence: u64, in_time: bool) {
        if self.window.is_empty() {
            self.window_start = extended_sequence;
        }
        let Some(index) = extended_sequence.checked_sub(self.window_start) else {
            // It is settled already that this one was not played.
            return;
        };
        if index >= GAP_MAX {
            // The sender began a new sequence.
            self.settle(0);
            self.window_start = extended_sequence;
            self.window.push_back(in_time);
            return;
        }
        let index = index as usize;
        while self.window.len() <= index {
            self.window.push_back(false);
        }
        self.window[index] = in_time;
        self.settle(WINDOW);
    }

    /// Counts the oldest packets until `keep` are left.
    fn settle(&mut self, keep: usize) {
        while self.window.len() > keep {
            let Some(played) = self.window.pop_front() else {
                return;
            };
            self.window_start += 1;
            self.figures.expected += 1;
            if !played {
                self.figures.missing += 1;
                self.figures.bursts += u64::from(!self.in_burst);
            }
            self.in_burst = !played;
        }
    }
}

/// The model was made for ratios up to this one.
const BURST_RATIO_MAX: f64 = 8.0;
/// Clocks differ by less than 500 ppm.
const CLOCK_DRIFT_MAX: f64 = 500e-6;
/// Timestamps that are off by more begin anew.
const RESYNC_MS: f64 = 2000.0;
/// Late packets on end after which the buffer takes the delay for the new normal: half a second.
const LATE_RUN_MAX: u32 = 25;
/// Packets that may still come out of order.
const WINDOW: usize = 64;
/// A longer gap in sequence numbers is none (RFC 3550 A.1).
const GAP_MAX: u64 = 3000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of 20 ms: sequence number and how late each is in ms.
    fn play(packets: impl IntoIterator<Item = (u64, u64)>) -> PlayoutFigures {
        let mut playout = Playout::new(8000);
        for (sequence, late_ms) in packets {
            let timestamp = (sequence as u32).wrapping_mul(160).wrapping_sub(400);
            let at = Duration::from_millis(sequence * 20 + late_ms);
            playout.on_packet(sequence, Some(timestamp), at);
        }
        playout.figures()
    }

    #[test]
    fn an_even_stream_is_played_whole() {
        let figures = play((5..505).map(|n| (n, n % 3)));
        assert_eq!((figures.expected, figures.missing), (500, 0));
        assert!(figures.latest <= Duration::from_millis(3));
        assert!((figures.burst_ratio() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn lost_and_late_packets_are_missing_in_bursts() {
        let lost = (0..1000).filter(|n| n % 100 >= 4);
        let figures = play(lost.map(|n| (n, if n % 100 == 50 { 90 } else { 0 })));
        // The first four of all are not known to be lost; of each hundred one is late.
        assert_eq!(figures.expected, 996);
        assert_eq!((figures.missing, figures.discarded), (36 + 10, 10));
        assert_eq!(figures.bursts, 19);
        assert!((89..=90).contains(&figures.latest.as_millis()));
        let ratio = 46.0 / 19.0 * (1.0 - 46.0 / 996.0);
        assert!((figures.burst_ratio() - ratio).abs() < 1e-9);
    }

    #[test]
    fn order_does_not_matter_while_packets_are_in_time() {
        let figures = play([(0, 0), (2, 0), (1, 40), (3, 0), (5, 0), (4, 30)]);
        assert_eq!((figures.expected, figures.missing), (6, 0));
    }

    #[test]
    fn the_buffer_follows_a_way_that_became_longer() {
        let figures = play((0..200).map(|n| (n, if n < 100 { 0 } else { 200 })));
        assert_eq!(figures.discarded, u64::from(LATE_RUN_MAX));
    }

    #[test]
    fn new_sequences_and_timestamps_are_no_loss() {
        let mut playout = Playout::new(8000);
        for n in 0..100_u64 {
            let (sequence, timestamp) = match n {
                0..50 => (n, n as u32 * 160),
                _ => (90_000 + n, 0x8000_0000 + n as u32 * 160),
            };
            playout.on_packet(sequence, Some(timestamp), Duration::from_millis(n * 20));
        }
        let figures = playout.figures();
        assert_eq!((figures.expected, figures.missing), (100, 0));
    }
}
