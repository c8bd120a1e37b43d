//! The description of 40 ms of received audio.

use super::timeline::UNITS_PER_SECOND;

/// Blocks per second.
pub(crate) const BLOCKS_PER_SECOND: u32 = 25;
/// Length of a block on the timeline: 40 ms.
pub(crate) const BLOCK_UNITS: u64 = (UNITS_PER_SECOND / BLOCKS_PER_SECOND) as u64;

/// Tones that are kept of a block: those of six marks.
pub(crate) const PEAKS_MAX: usize = 12;

/// What was in one block. Times are in units of the timeline since the listener began.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Block {
    /// First received sample.
    pub(crate) start: u64,
    /// Behind the last received sample.
    pub(crate) end: u64,
    /// How much of it was received; less than `end - start` with gaps.
    pub(crate) received: u16,
    /// Level of the received samples.
    pub(crate) level_dbfs: f32,
    /// Strongest tones, the strongest first; the rest has no share.
    pub(crate) peaks: [Peak; PEAKS_MAX],
}

/// A tone in a block.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Peak {
    pub(crate) frequency_hz: f32,
    /// Part of the power of the block, 0 to 1.
    pub(crate) share: f32,
}

impl Block {
    /// The share of all tones that were kept.
    pub(crate) fn tonal_share(&self) -> f32 {
        self.peaks.iter().map(|peak| peak.share).sum()
    }

    /// The share of the peak nearest to `frequency_hz`, if one is within
    /// `tolerance_hz`.
    pub(crate) fn share_at(&self, frequency_hz: f32, tolerance_hz: f32) -> f32 {
        self.peaks
            .iter()
            .filter(|peak| (peak.frequency_hz - frequency_hz).abs() <= tolerance_hz)
            .map(|peak| peak.share)
            .fold(0.0, f32::max)
    }
}
