//! The timeline of what was heard, and the questions to it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::assembler::FLUSH;
use super::block::{BLOCK_UNITS, Block};
use super::reorder::HOLD;
use super::sound::{DominantTone, Heard, Quiet, Sound};
use super::span::Spans;
use super::timeline::{duration_of as duration, units_in};
use crate::level::SILENCE_DBFS;

/// After this time a received packet is on the timeline: it waited for lost
/// packets before it, for the rest of its block, and for an overdue poll. Ask
/// about times up to `now - LISTEN_DELAY`.
pub const LISTEN_DELAY: Duration = Duration::from_millis(160);
const _: () = assert!(
    LISTEN_DELAY.as_millis() >= HOLD.as_millis() + FLUSH.as_millis() + 40,
    "the delay must cover reordering, flushing and a block"
);

/// What was heard, in blocks of 40 ms, over a bounded time.
///
/// The listener belongs to an [`crate::RtpSession`], which fills it while it
/// handles datagrams and is polled. Questions change nothing and may be asked
/// again. Times before the session or before the kept time count as not heard.
#[derive(Debug)]
pub struct Listener {
    start: Instant,
    blocks: VecDeque<Block>,
    blocks_max: usize,
    received: u64,
}

impl Listener {
    pub(crate) fn new(start: Instant, kept: Duration) -> Self {
        let blocks_max = (units_in(kept) / BLOCK_UNITS).max(1) as usize;
        Self {
            start,
            blocks: VecDeque::new(),
            blocks_max,
            received: 0,
        }
    }

    /// How much of `sound` was heard between two moments.
    pub fn heard(&self, sound: Sound, from: Instant, to: Instant) -> Heard {
        let mut spans = Spans::new(self.position(from), self.position(to));
        let (mut energy, mut weight) = (0.0, 0.0);
        // Whether other audio came since the sound was last there: a gap of
        // lost packets is bridged, one with another sound in it is not.
        let mut interrupted = true;
        for block in self.blocks_between(from, to) {
            if !sound.is_in(block) {
                interrupted = true;
                continue;
            }
            spans.add(
                block.start,
                block.end,
                if interrupted { 0 } else { CONCEALED_UNITS },
            );
            interrupted = false;
            let length = (block.end - block.start) as f64;
            energy += length * 10.0_f64.powf(f64::from(block.level_dbfs) / 10.0);
            weight += length;
        }
        Heard {
            total: duration(spans.total()),
            covered: duration(spans.covered()),
            longest_gap: duration(spans.longest_gap()),
            first_heard_at: spans.first().map(|at| self.instant(at)),
            last_heard_at: spans.last().map(|at| self.instant(at)),
            level_dbfs: (weight > 0.0).then(|| (10.0 * (energy / weight).log10()) as f32),
        }
    }

    /// How quiet it was between two moments.
    pub fn silence(&self, from: Instant, to: Instant) -> Quiet {
        let (start, end) = (self.position(from), self.position(to));
        let mut sound = Spans::new(start, end);
        let mut stream = Spans::new(start, end);
        let mut loudest: Option<f32> = None;
        for block in self.blocks_between(from, to) {
            stream.add(block.start, block.end, 0);
            loudest = Some(loudest.map_or(block.level_dbfs, |level| level.max(block.level_dbfs)));
            if block.level_dbfs > SILENCE_DBFS {
                sound.add(block.start, block.end, 0);
            }
        }
        Quiet {
            total: duration(sound.total()),
            quiet: duration(sound.total() - sound.covered()),
            received: duration(stream.covered()),
            longest_sound: duration(sound.longest_span()),
            loudest_dbfs: loudest,
        }
    }

    /// The single tone that sounded most between two moments, if any did: it
    /// has half of the power while it sounds.
    pub fn dominant_tone(&self, from: Instant, to: Instant) -> Option<DominantTone> {
        let loud: Vec<&Block> = self
            .blocks_between(from, to)
            .filter(|block| block.level_dbfs > SILENCE_DBFS)
            .collect();
        let audible: u64 = loud.iter().map(|block| block.end - block.start).sum();
        let tones: Vec<&Block> = loud
            .into_iter()
            .filter(|block| block.peaks[0].share >= 0.5)
            .collect();
        let near = |hz: f32| {
            tones
                .iter()
                .filter(move |block| (block.peaks[0].frequency_hz - hz).abs() <= CLUSTER_HZ)
        };
        let length = |hz: f32| near(hz).map(|block| block.end - block.start).sum::<u64>();
        let mut bands: Vec<i32> = tones
            .iter()
            .map(|block| (block.peaks[0].frequency_hz / CLUSTER_HZ) as i32)
            .collect();
        bands.sort_unstable();
        bands.dedup();
        let centre = bands
            .into_iter()
            .map(|band| (band as f32 + 0.5) * CLUSTER_HZ)
            .max_by_key(|&hz| length(hz))?;
        let count = near(centre).count() as f32;
        let mean = |value: fn(&Block) -> f32| near(centre).map(|b| value(b)).sum::<f32>() / count;
        Some(DominantTone {
            frequency_hz: mean(|block| block.peaks[0].frequency_hz),
            duration: duration(length(centre)),
            share: length(centre) as f64 / audible as f64,
            level_dbfs: mean(|block| block.level_dbfs),
        })
    }

    /// How much audio came altogether, silence included, lost packets not.
    pub fn received_duration(&self) -> Duration {
        duration(self.received)
    }

    /// When the listener began.
    pub fn start(&self) -> Instant {
        self.start
    }

    pub(crate) fn add(&mut self, block: Block) {
        self.received += u64::from(block.received);
        // Blocks of two streams, or of one that was placed anew, may overlap.
        let behind = self
            .blocks
            .iter()
            .rev()
            .take_while(|old| old.start > block.start)
            .count();
        self.blocks.insert(self.blocks.len() - behind, block);
        if self.blocks.len() > self.blocks_max {
            self.blocks.pop_front();
        }
    }

    /// A moment on the timeline, in its units since the start.
    pub(crate) fn position(&self, at: Instant) -> u64 {
        units_in(at.saturating_duration_since(self.start))
    }

    /// The kept blocks, oldest first.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    pub(crate) fn instant(&self, position: u64) -> Instant {
        self.start + duration(position)
    }

    fn blocks_between(&self, from: Instant, to: Instant) -> impl Iterator<Item = &Block> {
        let (from, to) = (self.position(from), self.position(to));
        let first = self
            .blocks
            .partition_point(|block| block.start + BLOCK_LONGEST <= from);
        self.blocks
            .range(first..)
            .take_while(move |block| block.start < to)
            .filter(move |block| block.end > from)
    }
}

/// 80 ms: the longest loss within a sound that counts as heard.
const CONCEALED_UNITS: u64 = 2 * BLOCK_UNITS;
const BLOCK_LONGEST: u64 = BLOCK_UNITS;
/// Width of the band in which tones count as the same.
const CLUSTER_HZ: f32 = 10.0;
