//! Tones in WAV files: what a peer plays and what it has heard.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gannet_media::{Mark, Tone, render, write_wav};

use super::gate::Site;
use super::process::Process;

/// What the middle of a recording holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HeardTone {
    /// Length of the recording.
    pub(crate) seconds: f32,
    /// Root mean square of its samples of 16 bits.
    pub(crate) rms: f32,
    /// The strongest frequency.
    pub(crate) hz: f32,
}

const LISTEN_LIMIT: Duration = Duration::from_secs(20);
/// A tone at -16 dBFS, companded and expanded, has more than 3,000.
const RMS_MIN: f32 = 1_000.0;
/// Half the width of the bins of `wavtone.py`.
const TOLERANCE_HZ: f32 = 20.0;

impl HeardTone {
    /// Listens to a recording with the peers' own `wavtone.py`.
    pub(crate) fn of(site: &Site, recording: &Path) -> Self {
        let output = site.file("wavtone.out");
        let finished = Process::run("python3", &output, LISTEN_LIMIT, |command| {
            command.arg(site.peer("baresip/wavtone.py")).arg(recording);
        });
        Self::parse(&finished.output).unwrap_or_else(|| {
            panic!(
                "{} cannot be judged: {}",
                recording.display(),
                finished.output
            )
        })
    }

    /// Reads `4.00s 8000Hz rms=11359 tone=880Hz`.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let seconds = words.next()?.strip_suffix('s')?.parse().ok()?;
        words.next()?;
        Some(Self {
            seconds,
            rms: words.next()?.strip_prefix("rms=")?.parse().ok()?,
            hz: words
                .next()?
                .strip_prefix("tone=")?
                .strip_suffix("Hz")?
                .parse()
                .ok()?,
        })
    }

    /// Whether this is a phone of gannet: one tone of a mark, loud.
    pub(crate) fn is_a_mark(&self) -> bool {
        let near = |hz: f32| (hz - self.hz).abs() <= TOLERANCE_HZ;
        let marks = (0..Mark::COUNT).flat_map(|index| Mark::nth(index).frequencies_hz());
        self.rms >= RMS_MIN && marks.into_iter().any(near)
    }
}

/// Writes a WAV file with a tone.
pub(crate) fn write_tone(site: &Site, hz: u16, length: Duration) -> PathBuf {
    let path = site.file(&format!("tone-{hz}.wav"));
    let samples = render(&[Tone::new(f32::from(hz))], length);
    fs::write(&path, write_wav(&samples)).expect("the test's folder can be written");
    path
}
