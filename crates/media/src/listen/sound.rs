//! Questions to a listener and its answers.

use std::time::{Duration, Instant};

use super::block::Block;
use crate::level::SILENCE_DBFS;
use crate::source::Mark;

/// What to listen for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sound {
    /// Anything louder than [`SILENCE_DBFS`].
    Any,
    /// The mark of a phone, alone or mixed with other audio.
    Mark(Mark),
    /// A tone of this frequency in Hz, alone or with a few others (within
    /// 20 Hz, and a fifth of the power or more).
    Tone(f32),
    /// RTP of an agreed codec, whatever is in it, silence too.
    Stream,
}

impl Sound {
    pub(super) fn is_in(self, block: &Block) -> bool {
        let loud = block.level_dbfs > SILENCE_DBFS;
        match self {
            Self::Stream => true,
            Self::Any => loud,
            Self::Tone(hz) => loud && block.share_at(hz, TONE_TOLERANCE_HZ) >= TONE_SHARE_MIN,
            Self::Mark(mark) => {
                let [low, high] = mark
                    .frequencies_hz()
                    .map(|hz| block.share_at(hz, MARK_TOLERANCE_HZ));
                let (weak, strong) = (low.min(high), low.max(high));
                let present = weak >= MARK_SHARE_MIN
                    || weak >= MIXED_SHARE_MIN && block.tonal_share() >= TONAL_SHARE_MIN;
                loud && present && strong <= weak * MARK_RATIO_MAX
            }
        }
    }
}

/// How much of a sound was heard in a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// The time that was asked about.
    pub total: Duration,
    /// How much of it had the sound. Packets lost within the sound count as
    /// heard, up to 80 ms at a time.
    pub covered: Duration,
    /// The longest part without the sound, also at the beginning and the end.
    pub longest_gap: Duration,
    /// When the sound was first there.
    pub first_heard_at: Option<Instant>,
    /// When it was last there.
    pub last_heard_at: Option<Instant>,
    /// Level while it was there, in dBFS.
    pub level_dbfs: Option<f32>,
}

impl Heard {
    /// The part of the time with the sound, 0 to 1; 0 for no time at all.
    pub fn share(&self) -> f64 {
        if self.total.is_zero() {
            0.0
        } else {
            self.covered.as_secs_f64() / self.total.as_secs_f64()
        }
    }
}

/// How quiet a time was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quiet {
    /// The time that was asked about.
    pub total: Duration,
    /// How much of it had nothing louder than [`SILENCE_DBFS`], whether RTP
    /// came or not.
    pub quiet: Duration,
    /// How much of it had RTP.
    pub received: Duration,
    /// The longest sound.
    pub longest_sound: Duration,
    /// The loudest 40 ms, if RTP came, in dBFS.
    pub loudest_dbfs: Option<f32>,
}

/// The tone that sounded most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DominantTone {
    /// Frequency in Hz.
    pub frequency_hz: f32,
    /// For how long.
    pub duration: Duration,
    /// Part of the audible time, 0 to 1.
    pub share: f64,
    /// Level in dBFS.
    pub level_dbfs: f32,
}

const TONE_TOLERANCE_HZ: f32 = 20.0;
const TONE_SHARE_MIN: f32 = 0.2;
const MARK_TOLERANCE_HZ: f32 = 20.0;
/// A mark among three equally loud others has an eighth of the power per tone.
const MARK_SHARE_MIN: f32 = 0.1;
/// A mark among five equally loud others has a twelfth per tone; one beside a single tone that is
/// 10 dB louder has no more.
const MIXED_SHARE_MIN: f32 = 0.05;
/// So weak a tone says something only where nearly all is tones: noise has peaks like it.
const TONAL_SHARE_MIN: f32 = 0.75;
/// Both tones of a mark are sent equally loud; 5 dB is left for the way.
const MARK_RATIO_MAX: f32 = 3.0;
