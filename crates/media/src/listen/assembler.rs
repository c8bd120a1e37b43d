//! Cutting the audio of a stream into blocks on the timeline.

use std::time::{Duration, Instant};

use super::analyser::Analyser;
use super::block::{BLOCKS_PER_SECOND, Block};
use super::timeline::units_of;
use crate::codec::Codec;

/// Cuts one stream into blocks.
///
/// Blocks lie on the grid of the stream's RTP timestamps, so that packets fill
/// them whole. Timestamps are put on the timeline by the earliest arrival seen:
/// a packet that is late moves nothing, one that is early moves the stream
/// forward. A stream that stays more than [`DRIFT_MAX`] behind (its clock is
/// slow, or its timestamps stood still) is placed anew, and so is one that goes
/// on in a codec with other rates.
#[derive(Debug)]
pub(crate) struct Assembler {
    /// Samples per second, and those of the RTP clock.
    rates: (u32, u32),
    /// Timeline position of extended timestamp 0.
    offset: Option<i64>,
    /// The last RTP timestamp, extended; 0 at the first packet.
    last: Option<(u32, i64)>,
    /// The block so far.
    samples: Vec<i16>,
    received: usize,
    /// First and behind-the-last received sample of the block.
    filled: (usize, usize),
    /// Index of the block on the stream's grid.
    index: i64,
    touched: Instant,
}

/// A packet of decoded audio.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portion<'a> {
    pub(crate) codec: Codec,
    /// Its RTP timestamp.
    pub(crate) timestamp: u32,
    /// Its arrival on the timeline.
    pub(crate) position: u64,
    /// Its arrival.
    pub(crate) arrived: Instant,
    pub(crate) samples: &'a [i16],
}

impl Assembler {
    /// A stream whose blocks are flushed when nothing follows after `now`.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            rates: (0, 0),
            offset: None,
            last: None,
            samples: Vec::new(),
            received: 0,
            filled: (0, 0),
            index: 0,
            touched: now,
        }
    }

    /// Adds audio. Gives the blocks that are complete to `out` and returns where on the timeline the
    /// audio begins.
    pub(crate) fn push(
        &mut self,
        portion: &Portion<'_>,
        analyser: &mut Analyser,
        out: &mut dyn FnMut(Block),
    ) -> u64 {
        self.set_rates(portion.codec, analyser, out);
        let extended = self.extend(portion.timestamp);
        // Both rates divide each other in all codecs.
        let first = extended * i64::from(self.rates.0) / i64::from(self.rates.1);
        let begin = units_of(first, self.rates.0);
        self.place(begin, portion.position as i64, analyser, out);
        self.touched = portion.arrived;
        let length = self.samples.len();
        let mut at = first;
        let mut rest = portion.samples;
        while !rest.is_empty() {
            let index = at.div_euclid(length as i64);
            if index != self.index {
                self.finish(analyser, out);
                self.index = index;
            }
            let begin = at.rem_euclid(length as i64) as usize;
            let count = rest.len().min(length - begin);
            self.samples[begin..begin + count].copy_from_slice(&rest[..count]);
            if self.received == 0 {
                self.filled = (begin, begin + count);
            } else {
                self.filled = (self.filled.0.min(begin), self.filled.1.max(begin + count));
            }
            self.received = (self.received + count).min(length);
            at += count as i64;
            rest = &rest[count..];
            if self.received == length {
                self.finish(analyser, out);
            }
        }
        (begin + self.offset.unwrap_or(0)).max(0) as u64
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

    fn set_rates(&mut self, codec: Codec, analyser: &mut Analyser, out: &mut dyn FnMut(Block)) {
        let rates = (codec.sample_rate(), codec.clock_rate());
        if rates == self.rates {
            return;
        }
        self.finish(analyser, out);
        self.rates = rates;
        (self.offset, self.last) = (None, None);
        let length = (codec.sample_rate() / BLOCKS_PER_SECOND) as usize;
        self.samples.clear();
        self.samples.resize(length, 0);
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
        begin: i64,
        position: i64,
        analyser: &mut Analyser,
        out: &mut dyn FnMut(Block),
    ) {
        let placed = position - begin;
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
        let rate = self.rates.0;
        let begin = self.index * self.samples.len() as i64;
        let offset = self.offset.unwrap_or(0);
        let on_timeline =
            |sample: usize| (units_of(begin + sample as i64, rate) + offset).max(0) as u64;
        out(Block {
            start: on_timeline(self.filled.0),
            end: on_timeline(self.filled.1),
            received: units_of(self.received as i64, rate) as u16,
            level_dbfs,
            peaks,
        });
        self.samples.fill(0);
        self.received = 0;
    }
}

/// 500 ms in units of the timeline.
const DRIFT_MAX: i64 = 24_000;
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

    /// Units of the timeline that a sample of G.711 takes.
    const UNITS: u64 = 6;

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
            self.push_in(Codec::Pcmu, timestamp, position);
        }

        /// 20 ms; the position is in samples of 8000 Hz.
        fn push_in(&mut self, codec: Codec, timestamp: u32, position: u64) {
            let blocks = &mut self.blocks;
            let portion = Portion {
                codec,
                timestamp,
                position: position * UNITS,
                arrived: self.now,
                samples: &vec![1000; codec.sample_rate() as usize / 50],
            };
            self.assembler
                .push(&portion, &mut self.analyser, &mut |b| blocks.push(b));
        }

        fn flush(&mut self, after: Duration) {
            let blocks = &mut self.blocks;
            self.assembler
                .flush(self.now + after, &mut self.analyser, &mut |b| {
                    blocks.push(b);
                });
        }

        /// In samples of 8000 Hz.
        fn spans(&self) -> Vec<(u64, u64, u64)> {
            self.blocks
                .iter()
                .map(|b| {
                    (
                        b.start / UNITS,
                        b.end / UNITS,
                        u64::from(b.received) / UNITS,
                    )
                })
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

    #[test]
    fn blocks_are_as_long_in_codecs_of_other_rates() {
        for (codec, clock) in [
            (Codec::G722, 8),
            (Codec::Opus, 48),
            (
                Codec::L16 {
                    sample_rate: 44_100,
                    channels: 1,
                },
                44,
            ),
        ] {
            let mut bench = Bench::new();
            let packet = if clock == 44 { 882 } else { clock * 20 };
            for index in 0..4_u32 {
                bench.push_in(codec, 7 + index * packet, 800 + u64::from(index) * 160);
            }
            assert_eq!(
                bench.spans(),
                [(800, 1120, 320), (1120, 1440, 320)],
                "{codec}"
            );
        }
    }

    #[test]
    fn a_stream_that_changes_its_codec_goes_on_where_it_was() {
        let mut bench = Bench::new();
        for index in 0..3 {
            bench.push(160 * index, 100 + u64::from(160 * index));
        }
        // Another clock, whose timestamps tell nothing of those before.
        for index in 0..2 {
            bench.push_in(Codec::Opus, 5 + 960 * index, 580 + u64::from(160 * index));
        }
        assert_eq!(
            bench.spans(),
            [(100, 420, 320), (420, 580, 160), (580, 900, 320)]
        );
    }
}
