//! Cutting the audio of a stream into blocks on the timeline.

use std::time::{Duration, Instant};

use super::analyser::Analyser;
use super::block::{BLOCK_SAMPLES, Block};

/// Cuts one stream into blocks.
///
/// Blocks lie on the grid of the stream's RTP timestamps, so that packets fill
/// them whole. Timestamps are put on the timeline by the earliest arrival seen:
/// a packet that is late moves nothing, one that is early moves the stream
/// forward. A stream that stays more than [`DRIFT_MAX`] behind (its clock is
/// slow, or its timestamps stood still) is placed anew.
#[derive(Debug)]
pub(crate) struct Assembler {
    /// Timeline position of extended timestamp 0.
    offset: Option<i64>,
    /// The last RTP timestamp, extended; 0 at the first packet.
    last: Option<(u32, i64)>,
    samples: [i16; BLOCK_SAMPLES],
    received: usize,
    /// First and behind-the-last received sample of the block.
    filled: (usize, usize),
    /// Index of the block on the stream's grid.
    index: i64,
    touched: Instant,
}

impl Assembler {
    /// A stream whose blocks are flushed when nothing follows after `now`.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            offset: None,
            last: None,
            samples: [0; BLOCK_SAMPLES],
            received: 0,
            filled: (0, 0),
            index: 0,
            touched: now,
        }
    }

    /// Adds decoded audio. `position` is its arrival on the timeline. Gives the
    /// blocks that are complete to `out` and returns where on the timeline the
    /// audio begins.
    pub(crate) fn push(
        &mut self,
        timestamp: u32,
        position: u64,
        now: Instant,
        samples: &[i16],
        analyser: &mut Analyser,
        out: &mut dyn FnMut(Block),
    ) -> u64 {
        let extended = self.extend(timestamp);
        self.place(extended, position as i64, analyser, out);
        self.touched = now;
        let mut at = extended;
        let mut rest = samples;
        while !rest.is_empty() {
            let index = at.div_euclid(BLOCK_SAMPLES as i64);
            if index != self.index {
                self.finish(analyser, out);
                self.index = index;
            }
            let begin = at.rem_euclid(BLOCK_SAMPLES as i64) as usize;
            let count = rest.len().min(BLOCK_SAMPLES - begin);
            self.samples[begin..begin + count].copy_from_slice(&rest[..count]);
            if self.received == 0 {
                self.filled = (begin, begin + count);
            } else {
                self.filled = (self.filled.0.min(begin), self.filled.1.max(begin + count));
            }
            self.received = (self.received + count).min(BLOCK_SAMPLES);
            at += count as i64;
            rest = &rest[count..];
            if self.received == BLOCK_SAMPLES {
                self.finish(analyser, out);
            }
        }
        (extended + self.offset.unwrap_or(0)).max(0) as u64
    }

    /// Gives out an incomplete block for which nothing came for [`FLUSH`].
    pub(crate) fn flush(
        &mut self,
        now: Instant,
        analyser: &mut Analyser,
        out: &mut dyn FnMut(Block),
    ) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.finish(analyser, out);
        }
    }

    /// When [`Self::flush`] has something.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        (self.received > 0).then(|| self.touched + FLUSH)
    }

    fn extend(&mut self, timestamp: u32) -> i64 {
        let extended = match self.last {
            Some((last, extended)) => extended + i64::from(timestamp.wrapping_sub(last) as i32),
            None => 0,
        };
        self.last = Some((timestamp, extended));
        extended
    }

    fn place(
        &mut self,
        extended: i64,
        position: i64,
        analyser: &mut Analyser,
        out: &mut dyn FnMut(Block),
    ) {
        let placed = position - extended;
        let late = self.offset.map_or(0, |offset| placed - offset);
        if late.abs() > DRIFT_MAX {
            // The block so far belongs to the old place.
            self.finish(analyser, out);
        }
        if self.offset.is_none() || !(0..=DRIFT_MAX).contains(&late) {
            self.offset = Some(placed);
        }
    }

    fn finish(&mut self, analyser: &mut Analyser, out: &mut dyn FnMut(Block)) {
        if self.received == 0 {
            return;
        }
        let (level_dbfs, peaks) = analyser.analyse(&self.samples, self.received);
        let begin = self.index * BLOCK_SAMPLES as i64 + self.offset.unwrap_or(0);
        let on_timeline = |sample: usize| (begin + sample as i64).max(0) as u64;
        out(Block {
            start: on_timeline(self.filled.0),
            end: on_timeline(self.filled.1),
            received: self.received as u16,
            level_dbfs,
            peaks,
        });
        self.samples.fill(0);
        self.received = 0;
    }
}

/// 500 ms in samples.
const DRIFT_MAX: i64 = 4000;
/// How long a block waits for the rest of its audio.
pub(super) const FLUSH: Duration = Duration::from_millis(60);

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        assembler: Assembler,
        analyser: Analyser,
        now: Instant,
        blocks: Vec<Block>,
    }

    impl Bench {
        fn new() -> Self {
            let now = Instant::now();
            let assembler = Assembler::new(now);
            Self {
                assembler,
                analyser: Analyser::new(),
                now,
                blocks: Vec::new(),
            }
        }

        fn push(&mut self, timestamp: u32, position: u64) {
            let blocks = &mut self.blocks;
            self.assembler.push(
                timestamp,
                position,
                self.now,
                &[1000; 160],
                &mut self.analyser,
                &mut |b| {
                    blocks.push(b);
                },
            );
        }

        fn flush(&mut self, after: Duration) {
            let blocks = &mut self.blocks;
            self.assembler
                .flush(self.now + after, &mut self.analyser, &mut |b| {
                    blocks.push(b);
                });
        }

        fn spans(&self) -> Vec<(u64, u64, u16)> {
            self.blocks
                .iter()
                .map(|b| (b.start, b.end, b.received))
                .collect()
        }
    }

    #[test]
    fn two_packets_make_a_block_also_over_a_timestamp_wrap() {
        let mut bench = Bench::new();
        for index in 0..4_u32 {
            bench.push(
                (u32::MAX - 100).wrapping_add(index * 160),
                5000 + u64::from(index) * 160,
            );
        }
        assert_eq!(bench.spans(), [(5000, 5320, 320), (5320, 5640, 320)]);
    }

    #[test]
    fn a_gap_is_seen_and_the_rest_of_a_block_is_flushed() {
        let mut bench = Bench::new();
        bench.push(0, 100);
        bench.push(320 + 160, 100 + 480);
        assert_eq!(bench.spans(), [(100, 260, 160)]);
        bench.flush(Duration::from_millis(59));
        assert_eq!(bench.blocks.len(), 1);
        bench.flush(FLUSH);
        assert_eq!(bench.spans()[1], (580, 740, 160));
    }

    #[test]
    fn late_packets_stay_in_place_and_a_jump_is_placed_anew() {
        let mut bench = Bench::new();
        bench.push(0, 100);
        bench.push(160, 900);
        assert_eq!(bench.spans(), [(100, 420, 320)]);
        // Timestamps stood still for a second.
        bench.push(320, 8420);
        bench.push(480, 8580);
        assert_eq!(bench.spans()[1], (8420, 8740, 320));
    }
}
