//! DTMF keys in the audio (ITU-T Q.23): a low and a high tone together.

use std::time::{Duration, Instant};

use super::block::{BLOCK_UNITS, Block, Peak};
use super::listener::Listener;
use crate::level::SILENCE_DBFS;
use crate::source::{Tone, render};

/// A DTMF key that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeardKey {
    /// 0 to 9, `*`, `#`, A to D.
    pub key: char,
    /// When it began, to 40 ms.
    pub at: Instant,
    /// How long it sounded, to 40 ms.
    pub length: Duration,
}

impl Listener {
    /// The DTMF keys in the audio that is still kept, oldest first. Two equal keys are told apart by
    /// a pause of 80 ms or more between them; a key is sure to be heard if it sounds for 80 ms.
    pub fn dtmf_keys(&self) -> Vec<HeardKey> {
        let mut keys = Vec::new();
        let mut running: Option<Run> = None;
        for block in self.blocks() {
            let key = key_in(block);
            if let Some(run) = &mut running
                && key == Some(run.key)
                && block.start <= run.end + BLOCK_UNITS
            {
                run.end = block.end;
                continue;
            }
            keys.extend(running.take().map(|run| self.heard_key(&run)));
            running = key.map(|key| Run {
                key,
                start: block.start,
                end: block.end,
            });
        }
        keys.extend(running.map(|run| self.heard_key(&run)));
        keys
    }

    fn heard_key(&self, run: &Run) -> HeardKey {
        let (at, end) = (self.instant(run.start), self.instant(run.end));
        HeardKey {
            key: run.key,
            at,
            length: end.saturating_duration_since(at),
        }
    }
}

/// Blocks with one key, one after the other, in units of the timeline.
struct Run {
    key: char,
    start: u64,
    end: u64,
}

/// The samples of keys at [`crate::SAMPLE_RATE`], each of this length with a pause behind it.
///
/// `None` if a character is no key.
pub fn render_dtmf(keys: &[char], tone: Duration, pause: Duration) -> Option<Vec<i16>> {
    let mut samples = Vec::new();
    for key in keys {
        let index = KEYS.iter().position(|known| known == key)?;
        let tones = [LOW_HZ[index / 4], HIGH_HZ[index % 4]].map(Tone::new);
        samples.extend(render(&tones, tone));
        samples.extend(render(&[], pause));
    }
    Some(samples)
}

/// The key whose two tones are nearly all that a block has.
fn key_in(block: &Block) -> Option<char> {
    if block.level_dbfs <= SILENCE_DBFS {
        return None;
    }
    let [first, second] = [block.peaks[0], block.peaks[1]];
    if second.share < TONE_SHARE_MIN || first.share + second.share < KEY_SHARE_MIN {
        return None;
    }
    let (low, high) = if first.frequency_hz < second.frequency_hz {
        (first, second)
    } else {
        (second, first)
    };
    let (row, column) = (index_in(&LOW_HZ, low)?, index_in(&HIGH_HZ, high)?);
    Some(KEYS[row * 4 + column])
}

fn index_in(group: &[f32; 4], peak: Peak) -> Option<usize> {
    group
        .iter()
        .position(|hz| (peak.frequency_hz - hz).abs() <= hz * TOLERANCE)
}

/// Rows and columns of the keypad.
const LOW_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [char; 16] = [
    '1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D',
];
/// Q.24 has receivers take 1.5 % and refuse 3.5 %.
const TOLERANCE: f32 = 0.025;
/// The weaker tone may be 8 dB below the other.
const TONE_SHARE_MIN: f32 = 0.12;
/// Speech and music have more than two tones.
const KEY_SHARE_MIN: f32 = 0.8;
