//! What all foreign phones can do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A phone that nobody here wrote, registered, answering by itself.
pub(crate) trait ForeignPhone {
    /// Calls `uri`.
    fn dial(&mut self, uri: &str);

    /// Ends the call, or refuses or cancels it while it rings.
    fn hang_up(&mut self);

    /// What it hears in the call whose [`finished_recording`](Self::finished_recording) was not
    /// asked for yet, if that has begun.
    fn recording(&self) -> Option<PathBuf>;

    /// The same recording once that call is over and the file is complete. Later recordings are
    /// those of the next call.
    fn finished_recording(&mut self) -> PathBuf;
}

impl dyn ForeignPhone + '_ {
    /// How much of the present call it has recorded by now, as far as it was written out.
    pub(crate) fn hears_for(&self) -> Duration {
        self.recording()
            .map_or(Duration::ZERO, |path| length(&path))
    }
}

/// The length of the audio that a WAV file holds, by the size of the file: while it grows its
/// header has no length yet, and with linphonec nothing at all.
fn length(path: &Path) -> Duration {
    const HEADER_BYTES: usize = 44;
    /// 8 kHz, 16 bits: what a phone records of G.711.
    const BYTES_A_SECOND: u32 = 16_000;
    let Ok(bytes) = fs::read(path) else {
        return Duration::ZERO;
    };
    let stated = bytes.get(28..32).map_or(0, |rate| {
        u32::from_le_bytes([rate[0], rate[1], rate[2], rate[3]])
    });
    let bytes_a_second = if stated == 0 { BYTES_A_SECOND } else { stated };
    let audio = bytes.len().saturating_sub(HEADER_BYTES);
    Duration::from_secs_f64(audio as f64 / f64::from(bytes_a_second))
}
